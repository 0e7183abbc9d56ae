"""The site that nurses, laboratory and everybody else works in: Django's admin, with our own first page and templates."""

from django.contrib.admin import AdminSite
from django.utils.translation import gettext_lazy as _


class SafetyAdminSite(AdminSite):
    """Django's admin under our own permission table."""

    site_header = site_title = _("Safety monitor")
    enable_nav_sidebar = False
