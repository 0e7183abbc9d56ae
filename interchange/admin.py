"""The list of imports: the folder, the time, and what there is to reconcile."""

from typing import ClassVar

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.choices import Action
from interchange.models import ImportRun
from webkit.admin import RoleScopedAdmin
from webkit.admin.display import moment


@admin.register(ImportRun)
class ImportRunAdmin(RoleScopedAdmin):
    """The pages of imports."""

    view_action = Action.IMPORT_DATA
    site_path = None
    list_display = ("folder_name", "trial", "when")
    list_select_related = ("trial",)
    ordering = ("-imported_at",)
    sortable_by: ClassVar[tuple[str, ...]] = ()
    fields = ("trial", "folder_name", "imported_at", "sha256", "summary")

    def name_of(self, obj: ImportRun) -> str:
        return obj.folder_name

    @admin.display(description=_("SHA-256 of the folder"))
    def sha256(self, obj: ImportRun) -> str:
        return obj.folder_sha256

    @admin.display(description=_("imported at"))
    def when(self, obj: ImportRun) -> str:
        return moment(obj.imported_at)
