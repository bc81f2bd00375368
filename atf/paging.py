"""Lists in pages."""

from django.core.paginator import Paginator


class NearestPageMixin:
    """Shows the page that the address names, or the nearest there is."""

    paginate_by = 25

    def paginate_queryset(self, queryset, page_size):
        """As of a ListView, but without a 404: rows go while one reads."""
        page = Paginator(queryset, page_size).get_page(self.request.GET.get("page"))
        return page.paginator, page, page.object_list, page.has_other_pages()
