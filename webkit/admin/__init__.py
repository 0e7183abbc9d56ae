"""The base of every record's pages."""

from webkit.admin.base import RoleScopedAdmin, problems_of
from webkit.admin.forms import NamedRefusals, RecordForm
from webkit.admin.paging import CappedPaginator
from webkit.admin.sealed import SealedAdmin

__all__ = [
    "CappedPaginator",
    "NamedRefusals",
    "RecordForm",
    "RoleScopedAdmin",
    "SealedAdmin",
    "problems_of",
]
