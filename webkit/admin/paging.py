"""Pages of long lists without counting the whole table."""

from functools import cached_property
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet

CAP = 1000
"""Rows counted at most.

A list longer than that is searched or filtered, not leafed through (an exact count of a million rows costs tens of
milliseconds on every page).
"""


class CappedPaginator(Paginator[Any]):
    """A paginator that counts up to a cap."""

    cap = CAP

    @cached_property
    def count(self) -> int:
        return min(self._counted, self.cap)

    @property
    def is_capped(self) -> bool:
        return self._counted > self.cap

    @cached_property
    def _counted(self) -> int:
        if isinstance(self.object_list, QuerySet):
            return self.object_list.order_by()[: self.cap + 1].count()
        return len(self.object_list)
