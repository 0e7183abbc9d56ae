"""The pages about accounts, registered with the admin site."""

from safety_monitor.attacks_admin import WrongPasswordAdmin
from safety_monitor.people_admin import MembershipAdmin, UserAdmin

__all__ = ["MembershipAdmin", "UserAdmin", "WrongPasswordAdmin"]
