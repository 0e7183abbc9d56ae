"""What the pages of a participant's records share: laboratory results, medication, sensitising events."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.choices import Action
from trials.admin.choosing import participant_combo, participants_for
from webkit.admin import RecordForm, RoleScopedAdmin
from webkit.admin.requests import attribution


class ParticipantRecordAdmin(RoleScopedAdmin):
    """The list and the page of one kind of record.

    A subclass names the entered fields, their heading, the title of the page of a new record, and the services with
    their word for the record.
    """

    view_action = Action.VIEW_ASSESSMENTS
    add_action = change_action = Action.RECORD_ASSESSMENT
    site_path = "participant__site"
    list_select_related = ("participant",)
    sortable_by = ()
    entered: ClassVar[tuple[str, ...]]
    heading: ClassVar[Promise]
    title_of_new: ClassVar[Promise]
    subject: ClassVar[str]
    record_service: ClassVar[Callable[..., Model]]
    correct_service: ClassVar[Callable[..., Model]]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        return rows.select_related("participant__site", "participant__trial", "trial")

    @admin.display(description=_lazy("State"))
    def state(self, obj: Any) -> str:
        return _("void") if obj.voided_at else _("recorded")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        why = ["reason", "seen_version"] if obj and self.has_change_permission(request, obj) else []
        who = [] if obj else ["participant"]
        return [(self.heading, {"fields": [*who, *self.entered, *why]})]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "participant":
            kwargs["queryset"] = participants_for(request, Action.RECORD_ASSESSMENT)
            kwargs["widget"] = participant_combo()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        record = context.get("original")
        context["title"] = self.name_of(record) if record else self.title_of_new
        context["save_label"] = _("Save the change") if record else _("Record it")
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: RecordForm, change: bool) -> None:
        said = attribution(request, reason=form.stated_reason)
        if change:
            changes = {name: form.cleaned_data[name] for name in self.entered if name in form.changed_data}
            row = self.model._default_manager.select_related("participant").get(pk=obj.pk)
            type(self).correct_service(**{self.subject: row}, changes=changes, **said)
            return
        values = {name: form.cleaned_data[name] for name in self.entered}
        made = type(self).record_service(participant=obj.participant, values=values, **said)
        obj.pk = made.pk
