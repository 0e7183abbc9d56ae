"""The pages of participants: the list, the course of one, and the steps from screening to the end."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.choices import Action
from accounts.queries import site_codes_for, trial_codes_for
from trials import services
from trials.admin.lock_verbs import LOCK_VERBS
from trials.admin.page_parts import links_of, pages_of, warnings_of
from trials.admin.participant_verbs import VERBS
from trials.models import Participant, Site
from trials.rules.codes import plain_code
from webkit.admin import RecordForm, RoleScopedAdmin
from webkit.admin.display import NOT_RECORDED, day, moment, number, study_date, study_day_label
from webkit.admin.fields import DayField, MomentField, NumberInput
from webkit.admin.requests import attribution, person_of
from webkit.admin.timeline import timeline_of

SCREENED = ("screened_date", "consented_at", "sex", "age_years", "weight_kg")


class ParticipantForm(RecordForm):
    """The data known at screening. Never a name or a date of birth."""

    screened_date = DayField(label=_lazy("Screened on"), required=False)
    consented_at = MomentField(label=_lazy("Consent given at"), required=False)

    class Meta:
        model = Participant
        fields = ("site", "code", *SCREENED)
        labels = {
            "code": _lazy("Participant's code"),
            "age_years": _lazy("Age (years)"),
            "weight_kg": _lazy("Weight (kg)"),
        }
        help_texts = {"code": _lazy("As on the screening log, for example 07-012. No initials.")}
        widgets = {
            "age_years": NumberInput,
            "weight_kg": NumberInput,
            "sex": forms.RadioSelect,
            "code": forms.TextInput(attrs={"class": "medium", "autocomplete": "off"}),
        }

    def clean_code(self) -> str:
        return plain_code(self.cleaned_data["code"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        site: Site | None = cleaned.get("site")
        if site is not None:
            self.instance.trial_id = site.trial_id
        return cleaned


@admin.register(Participant)
class ParticipantAdmin(RoleScopedAdmin):
    view_action = Action.VIEW_PARTICIPANTS
    add_label = _lazy("Screen participant")
    add_action = Action.SCREEN_PARTICIPANT
    change_action = Action.RECORD_PARTICIPANT_STATUS
    verbs = (*VERBS, *LOCK_VERBS)
    form = ParticipantForm
    change_form_template = "admin/trials/participant/change_form.html"
    list_display = ("code", "site", "status", "day_now", "enrolled_on")
    list_filter = ("status", "site")
    list_select_related = ("site",)
    search_fields = ("code",)
    search_help_text = _lazy("Participant's code")
    ordering = ("code",)
    sortable_by = ("code", "status")
    radio_fields = {"sex": admin.HORIZONTAL}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Participant]:
        return super().get_queryset(request).select_related("site", "trial")

    def get_urls(self) -> list[URLPattern]:
        return [*pages_of(self), *super().get_urls()]

    @admin.display(description=_lazy("Study day"))
    def day_now(self, obj: Participant) -> str:
        return study_day_label(obj.day0_date, study_date(timezone.now())) if obj.status == "enrolled" else "–"

    @admin.display(description=_lazy("Enrolled"))
    def enrolled_on(self, obj: Participant) -> str:
        return day(obj.enrolled_at) if obj.enrolled_at else "–"

    def get_fieldsets(self, request: HttpRequest, obj: Participant | None = None) -> Any:
        who = [] if obj else [("site", "code")]
        why = ["reason", "seen_version"] if obj and self.has_change_permission(request, obj) else []
        return [
            (
                None,
                {
                    "fields": [
                        *who,
                        ("screened_date", "consented_at"),
                        "sex",
                        ("age_years", "weight_kg"),
                        *why,
                    ]
                },
            )
        ]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        sites = list(self._sites(request)[:2])
        only = {"site": sites[0].pk} if len(sites) == 1 else {}
        return {
            "screened_date": timezone.localdate(),
            **only,
            **super().get_changeform_initial_data(request),
        }

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "site":
            kwargs["queryset"] = self._sites(request)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def _sites(self, request: HttpRequest) -> QuerySet[Site]:
        rows = Site.objects.none()
        for code in sorted(trial_codes_for(person_of(request), Action.SCREEN_PARTICIPANT)):
            sites = site_codes_for(person_of(request), Action.SCREEN_PARTICIPANT, trial_code=code)
            mine = Site.objects.filter(trial__code=code)
            rows = rows | (mine if sites is None else mine.filter(code__in=sites))
        return rows

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        person: Participant | None = context.get("original")
        context["title"] = _("Screen a participant") if person is None else person.code
        context["save_label"] = _("Record the screening") if person is None else _("Save the change")
        if person is not None:
            today = study_date(timezone.now())
            context.update(
                timeline=timeline_of(person, person_of(request)),
                facts=participant_facts(person),
                day_now=study_day_label(person.day0_date, today) if person.status == "enrolled" else "",
                can_write=self.has_change_permission(request, person),
                links=links_of(self, request, person),
                warnings=warnings_of(self, request, person),
            )
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Participant, form: ParticipantForm, change: bool) -> None:
        said = attribution(request, reason=form.stated_reason)
        values = {name: form.cleaned_data[name] for name in SCREENED if name in form.cleaned_data}
        if change:
            services.correct_participant(
                participant=Participant.objects.get(pk=obj.pk), changes=values, **said
            )
        else:
            obj.pk = services.screen_participant(site=obj.site, code=obj.code, **values, **said).pk

    def say_saved(self, request: HttpRequest, obj: Participant, *, is_new: bool) -> str:
        if is_new:
            return _(
                "Screened: %(code)s. Next: enrol, or record that screening failed, on the participant's page."
            ) % {"code": obj.code}
        return super().say_saved(request, obj, is_new=is_new)


def participant_facts(person: Participant) -> list[tuple[str, str]]:
    """The facts beside the timeline."""

    def shown(value: Any, unit: str = "") -> str:
        if value in (None, ""):
            return str(NOT_RECORDED)
        return f"{number(value) if isinstance(value, Decimal) else value} {unit}".strip()

    day0: date | None = person.day0_date
    return [
        (_("Status"), str(person.get_status_display())),
        (_("Site"), person.site.name),
        (
            _("Enrolment"),
            _("number %(number)d, %(moment)s")
            % {"number": person.enrolment_number, "moment": moment(person.enrolled_at)}
            if person.enrolment_number
            else str(NOT_RECORDED),
        ),
        (_("Day 0"), day(day0)),
        (_("Sex"), str(person.get_sex_display())),
        (_("Age"), shown(person.age_years, _("years"))),
        (_("Weight"), shown(person.weight_kg, "kg")),
    ]
