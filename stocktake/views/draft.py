"""Drafts: saving what is being typed, and throwing it away."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from .. import operations
from ..drafts import Ticket, typed
from ..models import Activity, Draft


def keep(data, *, detached=False):
    """Keep a form as a draft; returns the draft, or None where its ticket no longer allows it."""
    ticket = Ticket.of(data.get("draft", ""))
    return ticket and operations.keep_draft(ticket=ticket, content=typed(data), detached=detached)


# The ticket stands for signing in and for the token against forged requests: both may be out of
# date in a window that was left open, and what was typed in it must not be lost.
@method_decorator(login_not_required, name="dispatch")
@method_decorator(csrf_exempt, name="dispatch")
class DraftSave(View):
    """Keeping what is being typed; answers with a line for the form."""

    http_method_names = ["post"]

    def post(self, request):
        draft = keep(request.POST)
        if draft is None:
            return render(request, "stocktake/draft/refused.html", status=409)
        signed_out = request.user.pk != draft.author_id
        return render(
            request,
            "stocktake/draft/saved.html",
            {"draft": draft, "signed_out": signed_out},
            status=401 if signed_out else 200,
        )


class DraftDiscard(View):
    """Throwing away what someone typed themselves; a saved entry stays as it is."""

    http_method_names = ["post"]

    def post(self, request, key):
        draft = get_object_or_404(Draft, author=request.user, key=key)
        draft.delete()
        messages.success(request, f"What you had typed for “{draft}” was discarded.")
        seen = Activity.objects.visible_to(request.user).filter(pk=draft.activity_id).first()
        return HttpResponseRedirect(seen.get_absolute_url() if seen else reverse("home"))
