"""Pages of the site as a whole: home, health checks, the answer to a locked sign-in."""

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import JsonResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views.generic import TemplateView


class HomeView(TemplateView):
    """What the signed-in user's role does, as links."""

    template_name = "home.html"


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
