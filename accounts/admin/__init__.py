"""The pages about accounts, and the base of every record's pages."""

from accounts.admin.base import RoleScopedAdmin, problems_of
from accounts.admin.forms import FIRST_ENTRY, RecordForm
from accounts.admin.paging import CappedPaginator

__all__ = ["FIRST_ENTRY", "CappedPaginator", "RecordForm", "RoleScopedAdmin", "problems_of"]
