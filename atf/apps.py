from django.apps import AppConfig


class AtfConfig(AppConfig):
    """The project itself: users, sign-in, home pages and health checks."""

    name = "atf"
    verbose_name = "People"
