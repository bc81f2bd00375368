"""What the lists have in common."""

from django_filters.views import FilterView

from atf.paging import NearestPageMixin


class FilteredList(NearestPageMixin, FilterView):
    """A list that is narrowed and sorted by what the address says."""

    # A filter that can't be read shows its error and nothing else.
    strict = True

    def get_context_data(self, **kwargs):
        return super().get_context_data(form=kwargs["filter"].form, **kwargs)
