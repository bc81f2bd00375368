from django.apps import AppConfig


class RecommendationsConfig(AppConfig):
    """The framework everyone shares, and what is measured."""

    name = "recommendations"
    verbose_name = "Framework"
