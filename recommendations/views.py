"""Pages on the framework, for everyone who signs in."""

from django.views.generic import DetailView, ListView

from .models import BeaconIndicator, Theme


class ThemeList(ListView):
    """The themes and the system recommendations."""

    queryset = Theme.objects.prefetch_related("recommendations", "indicators")
    template_name = "recommendations/theme/list.html"


class ThemeDetail(DetailView):
    """A theme with its recommendations and its indicators."""

    queryset = Theme.objects.prefetch_related("recommendations__responsible_bodies", "indicators")
    slug_field = "code"
    slug_url_kwarg = "code"
    template_name = "recommendations/theme/detail.html"

    def get_context_data(self, **kwargs):
        """With the themes before and after this one, in the order of the list."""
        themes = [None, *Theme.objects.all(), None]
        here = themes.index(self.object)
        return super().get_context_data(previous=themes[here - 1], next=themes[here + 1], **kwargs)


class IndicatorList(ListView):
    """The beacon indicators."""

    queryset = BeaconIndicator.objects.select_related("theme")
    template_name = "recommendations/indicator/list.html"
