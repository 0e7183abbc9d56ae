"""The pages about accounts, and the base of every record's pages."""

from accounts.admin.attacks import WrongPasswordAdmin
from accounts.admin.base import RoleScopedAdmin, problems_of
from accounts.admin.forms import NamedRefusals, RecordForm
from accounts.admin.paging import CappedPaginator
from accounts.admin.people import MembershipAdmin, UserAdmin
from accounts.admin.sealed import SealedAdmin

__all__ = [
    "CappedPaginator",
    "MembershipAdmin",
    "NamedRefusals",
    "RecordForm",
    "RoleScopedAdmin",
    "SealedAdmin",
    "UserAdmin",
    "WrongPasswordAdmin",
    "problems_of",
]
