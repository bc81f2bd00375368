"""Pages of the site as a whole: home, health checks, the answer to a locked sign-in."""

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import JsonResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views.generic import TemplateView

from stocktake.models import Round
from stocktake.progress import unsaved, working_day


class HomeView(TemplateView):
    """What the signed-in user's role does: for a lead, what waits for their place."""

    def get_template_names(self):
        return ["home_lead.html" if self.request.user.is_lead else "home.html"]

    def get_context_data(self, **kwargs):
        user = self.request.user
        kwargs["unsaved"] = unsaved(user)
        if user.is_lead:
            kwargs |= self.working_day(user, self.request.GET.get("place"))
        return super().get_context_data(**kwargs)

    def working_day(self, user, slug):
        """What waits for a lead at the place in the address, or at the first of theirs."""
        places = list(user.own_places)
        place = next((each for each in places if each.slug == slug), next(iter(places), None))
        round = Round.objects.current()
        return {
            "places": places,
            "round": round,
            "day": working_day(round, place) if round and place else None,
        }


@method_decorator(login_not_required, name="dispatch")
class StatementView(TemplateView):
    """A statement that everyone may read: accessibility, cookies, privacy."""


@login_not_required
def live(request):
    """Whether the process answers."""
    return JsonResponse({"status": "ok"})


@login_not_required
def ready(request):
    """Whether it can do its work: 503 while the database does not answer."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"status": "no database"}, status=503)
    return JsonResponse({"status": "ok"})


def locked_out(request, response, credentials):
    """The answer to a sign-in that is locked after repeated failures."""
    return render(request, "locked.html", status=429)
