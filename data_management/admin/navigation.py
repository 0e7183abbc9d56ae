"""Where data management stands in the navigation."""

from django.utils.translation import gettext_lazy as _

from accounts.choices import Action
from webkit.admin.desk import NavigationEntry, navigation_entry

navigation_entry(
    NavigationEntry(
        _("Queries"),
        _("Questions about the data, and what the sites answered"),
        "admin:data_management_dataquery_changelist",
        Action.VIEW_QUERIES,
    )
)
navigation_entry(
    NavigationEntry(
        _("Missing data"), _("Expected and entered, by site and form"), "admin:missing", Action.VIEW_MISSING
    )
)
navigation_entry(
    NavigationEntry(
        _("Verification"),
        _("What was compared with the source"),
        "admin:data_management_sourceverification_changelist",
        Action.VERIFY_SOURCE,
    )
)
navigation_entry(
    NavigationEntry(
        _("Exported lists"),
        _("Who saved which list as a file"),
        "admin:data_management_listexport_changelist",
        Action.VIEW_AUDIT,
    )
)
