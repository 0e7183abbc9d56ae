"""The pages of infusions: start, end, interruption, not given. The product in the bag is on other pages."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.choices import Action
from trials import services
from trials.admin.choosing import participant_combo, participants_for
from trials.admin.infusion_verbs import NOT_KNOWN_IS_EMPTY, VERBS
from trials.admin.page_parts import window_page_of
from trials.choices import InfusionStatus, ParticipantStatus, TimePrecision
from trials.models import Infusion, Participant
from webkit.admin import RecordForm, RoleScopedAdmin
from webkit.admin.display import clock, day, study_date, study_day_label
from webkit.admin.fields import MomentField, NumberInput, YesNoField
from webkit.admin.requests import attribution

INTERRUPTION = ("interrupted", "interruption_reason", "interrupted_at", "resumed_at")
GIVEN = ("number", "started_at", "ended_at", *INTERRUPTION, "volume_ml", "kit_number")


class InfusionForm(RecordForm):
    """An infusion that has begun, or that was given: the end may be added later."""

    started_at = MomentField(label=_lazy("Started at"))
    ended_at = MomentField(
        label=_lazy("Ended at"), required=False, help_text=_lazy("Leave empty while it is running.")
    )
    interrupted = YesNoField(label=_lazy("Was it interrupted?"))
    interrupted_at = MomentField(
        label=_lazy("Interrupted from"), required=False, help_text=NOT_KNOWN_IS_EMPTY
    )
    resumed_at = MomentField(
        label=_lazy("Interrupted to"),
        required=False,
        help_text=_lazy("Of several interruptions the end of the last one."),
    )

    class Meta:
        model = Infusion
        fields = ("participant", *GIVEN)
        labels = {
            "number": _lazy("Which infusion?"),
            "volume_ml": _lazy("Volume given (mL)"),
            "kit_number": _lazy("Kit number"),
            "interruption_reason": _lazy("Why was it interrupted?"),
        }
        help_texts = {"kit_number": _lazy("As printed on the bag's label.")}
        widgets = {
            "number": NumberInput,
            "volume_ml": NumberInput,
            "kit_number": forms.TextInput(attrs={"class": "medium", "autocomplete": "off"}),
            "interruption_reason": forms.TextInput(attrs={"class": "long"}),
        }

    class Media:
        js = (forms.Script("webkit/combo.js", defer=True),)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        person: Participant | None = cleaned.get("participant")
        if person is not None:
            self.instance.trial_id = person.trial_id
        return cleaned


@admin.register(Infusion)
class InfusionAdmin(RoleScopedAdmin):
    view_action = Action.VIEW_PARTICIPANTS
    add_label = _lazy("Start infusion")
    add_action = change_action = Action.RECORD_INFUSION
    site_path = "participant__site"
    verbs = VERBS
    form = InfusionForm
    change_form_template = "admin/trials/infusion/change_form.html"
    list_display = ("participant", "number_shown", "day_shown", "started", "ended", "state")
    list_display_links = ("participant", "number_shown")
    list_filter = ("status", "number")
    search_fields = ("participant__code", "kit_number")
    search_help_text = _lazy("Participant or kit number")
    list_select_related = ("participant",)
    ordering = ("-started_at", "-id")
    sortable_by = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Infusion]:
        return (
            super().get_queryset(request).select_related("participant__site", "participant__trial", "trial")
        )

    def name_of(self, obj: Infusion) -> str:
        return _("%(participant)s, infusion %(number)d") % {
            "participant": obj.participant.code,
            "number": obj.number,
        }

    # The list -------------------------------------------------------------

    @admin.display(description=_lazy("Infusion"))
    def number_shown(self, obj: Infusion) -> str:
        return str(obj.number)

    @admin.display(description=_lazy("Study day"))
    def day_shown(self, obj: Infusion) -> str:
        return (
            study_day_label(obj.participant.day0_date, study_date(obj.started_at)) if obj.started_at else "–"
        )

    @admin.display(description=_lazy("Started"))
    def started(self, obj: Infusion) -> str:
        return _when(obj.started_at, obj.start_precision)

    @admin.display(description=_lazy("Ended"))
    def ended(self, obj: Infusion) -> str:
        return _when(obj.ended_at, obj.end_precision)

    @admin.display(description=_lazy("State"))
    def state(self, obj: Infusion) -> str:
        if obj.voided_at:
            return _("void")
        if obj.status == InfusionStatus.NOT_GIVEN:
            return _("not given")
        if obj.ended_at is None:
            return _("no end recorded")
        return _("interrupted") if obj.interrupted else _("given")

    # The form ----------------------------------------------------------------

    def get_fieldsets(self, request: HttpRequest, obj: Infusion | None = None) -> Any:
        if obj is None:
            return [
                (_("Who"), {"fields": ["participant", "number"]}),
                (_("What and when"), {"fields": ["kit_number", "started_at"]}),
            ]
        why = ["reason", "seen_version"] if self.has_change_permission(request, obj) else []
        given = [
            "number",
            "kit_number",
            ("started_at", "ended_at"),
            "volume_ml",
            "interrupted",
            "interruption_reason",
            ("interrupted_at", "resumed_at"),
        ]
        return [(None, {"fields": [*given, *why]})]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "participant":
            kwargs["queryset"] = self._recipients(request)
            kwargs["widget"] = participant_combo()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def _recipients(self, request: HttpRequest) -> QuerySet[Participant]:
        return participants_for(request, Action.RECORD_INFUSION).filter(
            status__in=[ParticipantStatus.SCREENED, ParticipantStatus.ENROLLED]
        )

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {
            "started_at": timezone.localtime().replace(second=0, microsecond=0),
            **super().get_changeform_initial_data(request),
        }

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        infusion: Infusion | None = context.get("original")
        context["title"] = _("Start an infusion") if infusion is None else self.name_of(infusion)
        context["save_label"] = _("The infusion has started") if infusion is None else _("Save the change")
        if infusion is not None:
            may_read = self.may(request, Action.VIEW_READINGS, infusion)
            context["after_infusion_url"] = window_page_of(infusion) if may_read else ""
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Infusion, form: InfusionForm, change: bool) -> None:
        said = attribution(request, reason=form.stated_reason)
        if change:
            values = {name: form.cleaned_data[name] for name in GIVEN if name in form.changed_data}
            services.correct_infusion(infusion=Infusion.objects.get(pk=obj.pk), changes=values, **said)
            return
        started = services.start_infusion(
            participant=obj.participant,
            number=obj.number,
            started_at=form.cleaned_data["started_at"],
            kit_number=obj.kit_number,
            **said,
        )
        obj.pk = started.pk
        skipped = unrecorded_before(started)
        if skipped:
            text = _(
                "Infusion %(numbers)s of %(participant)s is not recorded. Is %(number)d the right number?"
            )
            values = {"numbers": skipped, "participant": obj.participant.code, "number": started.number}
            messages.warning(request, text % values)

    def say_saved(self, request: HttpRequest, obj: Infusion, *, is_new: bool) -> str:
        if is_new:
            return _("Started: %(infusion)s. The checks of the next hours are on the worklist.") % {
                "infusion": self.name_of(obj)
            }
        return super().say_saved(request, obj, is_new=is_new)


def unrecorded_before(started: Infusion) -> str:
    """The numbers before this one that are recorded neither as given nor as not given, as text."""
    rows = Infusion.objects.standing().filter(participant=started.participant)
    recorded = set(rows.values_list("number", flat=True))
    return ", ".join(str(number) for number in range(1, started.number) if number not in recorded)


def _when(at: Any, precision: str) -> str:
    if at is None:
        return "–"
    return f"{day(at)} {clock(at)}" if precision == TimePrecision.MINUTE else day(at)
