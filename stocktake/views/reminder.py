"""Reminders: what went, what would go now, and sending it."""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.text import get_text_list
from django.views import View
from django.views.generic import TemplateView

from atf.access import RoleRequiredMixin

from .. import operations
from ..filters import ReminderFilter
from ..models import Reminder
from ..reminders import digests
from .lists import FilteredList


class ReminderList(RoleRequiredMixin, FilteredList):
    """The log of what people were told, the newest first."""

    filterset_class = ReminderFilter
    queryset = Reminder.objects.select_related("recipient", "sent_by")
    template_name = "stocktake/reminder/list.html"


class ReminderPreview(RoleRequiredMixin, TemplateView):
    """The e-mails that would go now, word for word."""

    template_name = "stocktake/reminder/preview.html"

    def get_context_data(self, **kwargs):
        due = [(digest, digest.message()) for digest in digests(timezone.localdate())]
        return super().get_context_data(due=due, **kwargs)


class ReminderSend(RoleRequiredMixin, View):
    """Sending everyone what is new for them."""

    http_method_names = ["post"]

    def post(self, request):
        sending = operations.send_reminders(by=request.user)
        if number := len(sending.sent):
            noun = "e-mail was" if number == 1 else "e-mails were"
            messages.success(request, f"{number} {noun} sent.")
        if sending.failed:
            names = get_text_list([str(user) for user in sending.failed], "and")
            messages.warning(
                request, f"No e-mail could be sent to {names}. Nothing is lost: send again later."
            )
        if not (sending.sent or sending.failed):
            messages.warning(request, "Nothing was sent: there is nothing new for anyone.")
        return HttpResponseRedirect(reverse("stocktake:reminder-list"))
