"""Pages."""

from rest_framework import pagination


class CursorPagination(pagination.CursorPagination):
    """Pages by cursor, never by number: nothing is counted, and no row is skipped when rows are added."""

    page_size = 100
    page_size_query_param = "page_size"
    max_page_size = 1000
    ordering = "-id"
