from django.apps import AppConfig


class StocktakeConfig(AppConfig):
    """What is being done about the recommendations, round by round."""

    name = "stocktake"
    verbose_name = "Stocktake"
