"""The pages of inadvertent unblindings: the fact is open.

What happened is stored under seal and not displayed again.
"""

from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.choices import Action
from accounts.models import User
from accounts.queries import site_codes_for, trial_codes_for
from product.admin.unblinding.inadvertent_verbs import VERBS, sealed_text
from product.choices import BlindImpact, LeakChannel
from product.models import InadvertentUnblinding
from product.services.unblinding import (
    correct_inadvertent_unblinding,
    read_account,
    read_notices,
    record_inadvertent_unblinding,
)
from trials.models import Participant, Site, Trial
from webkit.admin import RecordForm, RoleScopedAdmin
from webkit.admin.display import NOT_RECORDED, moment, partial
from webkit.admin.fields import PartialDateField, YesNoField
from webkit.admin.requests import attribution, person_of

PLACE = ("participant", "site")
FACTS = ("occurred", "learner", "learner_description")
SEALED = ("channel", "what_happened", "known_to", "corrective_action")
SEALED_HINT = _lazy("Goes under seal: only the unblinded statistician can read it, you cannot either.")


class InadvertentForm(RecordForm):
    """Fields that blinded people may read, then sealed fields.

    A sealed field left empty in a correction is unchanged.
    """

    occurred = PartialDateField(
        label=_lazy("When?"), required=False, help_text=_lazy("As exactly as known; leave empty what is not.")
    )
    account_name = forms.CharField(
        label=_lazy("Their user name, if they have an account"),
        required=False,
        max_length=150,
        widget=forms.TextInput(attrs={"class": "medium", "autocomplete": "off", "spellcheck": "false"}),
    )
    is_corrected = YesNoField(label=_lazy("Was corrective action taken?"))
    channel = forms.ChoiceField(
        label=_lazy("How did it become known?"), choices=LeakChannel.choices, widget=forms.RadioSelect
    )
    what_happened = sealed_text(_lazy("What happened?"), help_text=SEALED_HINT)
    known_to = sealed_text(_lazy("Who may have learnt what?"), required=False, help_text=SEALED_HINT)
    corrective_action = sealed_text(_lazy("Which corrective action?"), required=False, help_text=SEALED_HINT)

    class Meta:
        model = InadvertentUnblinding
        fields = (*PLACE, *FACTS, "is_corrected")
        labels = {
            "participant": _lazy("Whose arm?"),
            "site": _lazy("Site, when it concerns more than one participant"),
            "learner": _lazy("Who learnt it?"),
            "learner_description": _lazy("Their function"),
        }
        help_texts = {
            "participant": _lazy("Leave empty when it concerns more than one."),
            "learner_description": _lazy("For example “ward physiotherapist”. No name, and no arm."),
        }
        widgets = {"learner_description": forms.TextInput(attrs={"class": "long", "autocomplete": "off"})}

    trials: QuerySet[Trial]
    """Where the person may record; set per request."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            return
        for name in ("channel", "what_happened"):
            self.fields[name].required = False
        channel: Any = self.fields["channel"]
        channel.choices = [("", _("As recorded")), *LeakChannel.choices]
        self.initial.setdefault("account_name", self._learnt_by_name())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.instance.pk is None:
            self.instance.trial_id = self._trial_id(cleaned)
        cleaned["learnt_by"] = self._learnt_by(cleaned.get("account_name", ""))
        self.instance.learnt_by = cleaned["learnt_by"]
        return cleaned

    def facts(self) -> dict[str, Any]:
        """The open fields."""
        return {name: self.cleaned_data[name] for name in (*FACTS, "is_corrected", "learnt_by")}

    def account(self) -> dict[str, str]:
        """The sealed fields that were filled in."""
        return {name: self.cleaned_data[name] for name in SEALED if self.cleaned_data.get(name)}

    def _trial_id(self, cleaned: dict[str, Any]) -> int | None:
        place: Participant | Site | None = cleaned.get("participant") or cleaned.get("site")
        if place is not None:
            return place.trial_id
        return self.trials.order_by("code").values_list("pk", flat=True).first()

    def _learnt_by_name(self) -> str:
        return self.instance.learnt_by.get_username() if self.instance.learnt_by else ""

    def _learnt_by(self, name: str) -> User | None:
        found = User.objects.filter(username=name.strip()).first() if name.strip() else None
        if name.strip() and found is None:
            message = _("User name: no account is called %(name)s; leave it empty if there is none.")
            self.add_error("account_name", ValidationError(message, params={"name": name}))
        return found


@admin.register(InadvertentUnblinding)
class InadvertentUnblindingAdmin(RoleScopedAdmin):
    view_action = Action.VIEW_UNBLINDINGS
    add_action = change_action = Action.RECORD_UNBLINDING
    add_label = _lazy("Record an inadvertent unblinding")
    verbs = VERBS
    form = InadvertentForm
    change_form_template = "admin/product/unblinding/inadvertent.html"
    list_display = ("number", "participant_shown", "site", "when", "learner", "impact", "is_void")
    list_filter = ("impact", "learner")
    search_fields = ("participant__code",)
    search_help_text = _lazy("Participant's code")
    list_select_related = ("participant", "site")
    ordering = ("-recorded_at", "-id")
    sortable_by = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[InadvertentUnblinding]:
        related = ("trial", "site", "participant__site", "learnt_by", "assessed_by")
        return super().get_queryset(request).select_related(*related)

    def name_of(self, obj: InadvertentUnblinding) -> str:
        return _("Inadvertent unblinding %(number)d") % {"number": obj.pk}

    # The list -------------------------------------------------------------

    @admin.display(description=_lazy("No."))
    def number(self, obj: InadvertentUnblinding) -> str:
        return str(obj.pk)

    @admin.display(description=_lazy("Participant"))
    def participant_shown(self, obj: InadvertentUnblinding) -> str:
        return obj.participant.code if obj.participant else _("more than one")

    @admin.display(description=_lazy("When"))
    def when(self, obj: InadvertentUnblinding) -> str:
        return partial(obj.occurred) if obj.occurred else str(NOT_RECORDED)

    @admin.display(description=_lazy("State"))
    def is_void(self, obj: InadvertentUnblinding) -> str:
        return _("Void") if obj.voided_at else _("Stands")

    # The form -------------------------------------------------------------

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change, **kwargs)
        form.trials = Trial.objects.filter(
            code__in=trial_codes_for(person_of(request), Action.RECORD_UNBLINDING)
        )
        return form

    def get_fieldsets(self, request: HttpRequest, obj: InadvertentUnblinding | None = None) -> Any:
        if obj is not None and not self.has_change_permission(request, obj):
            return [(None, {"fields": []})]
        open_fields = ["occurred", "learner", "account_name", "learner_description", "is_corrected"]
        why = [(_("Why"), {"fields": ["reason", "seen_version"]})] if obj else []
        return [
            (_("What everybody may read"), {"fields": [*(() if obj else PLACE), *open_fields]}),
            (_("Under seal"), {"fields": list(SEALED)}),
            *why,
        ]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in PLACE:
            kwargs["queryset"] = self._reach(request, Participant if db_field.name == "participant" else Site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def _reach(self, request: HttpRequest, model: type[Participant] | type[Site]) -> QuerySet[Any]:
        """The enrolled participants, or the sites, for which the person may make a record."""
        rows: QuerySet[Any] = model._default_manager.none()
        site_path = "site__code__in" if model is Participant else "code__in"
        for code in sorted(trial_codes_for(person_of(request), Action.RECORD_UNBLINDING)):
            sites = site_codes_for(person_of(request), Action.RECORD_UNBLINDING, trial_code=code)
            here = model._default_manager.filter(trial__code=code)
            rows = rows | (here if sites is None else here.filter(**{site_path: sites}))
        return rows.filter(enrolment_number__isnull=False) if model is Participant else rows

    def save_model(
        self, request: HttpRequest, obj: InadvertentUnblinding, form: InadvertentForm, change: bool
    ) -> None:
        said = attribution(request, reason=form.stated_reason)
        if change:
            record = InadvertentUnblinding.objects.get(pk=obj.pk)
            changes = {name: value for name, value in form.facts().items() if getattr(record, name) != value}
            correct_inadvertent_unblinding(
                record=record,
                changes=changes,
                account_changes=form.account(),
                seen_version=form.cleaned_data.get("seen_version"),
                **said,
            )
            return
        obj.pk = record_inadvertent_unblinding(
            trial=Trial.objects.get(pk=obj.trial_id),
            participant=obj.participant,
            site=obj.site,
            facts=form.facts(),
            account=form.account(),
            **said,
        ).pk

    def say_saved(self, request: HttpRequest, obj: InadvertentUnblinding, *, is_new: bool) -> str:
        if is_new:
            return _("Recorded; what happened is kept under seal. Next: somebody else assesses the impact.")
        return super().say_saved(request, obj, is_new=is_new)

    # The page -------------------------------------------------------------

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        response = super().change_view(request, object_id, form_url, extra_context)
        if response.status_code == HTTPStatus.OK:
            read_notices(by=person_of(request), at=timezone.now(), inadvertent=int(object_id))
        return response

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row: InadvertentUnblinding | None = context.get("original")
        context["title"] = _("Inadvertent unblinding")
        if row is not None:
            context.update(facts=inadvertent_facts(row), can_write=self.has_change_permission(request, row))
            if self.may(request, Action.VIEW_ALLOCATION):
                context["account"] = read_account(record=row, by=person_of(request), at=timezone.now())
        return super().render_change_form(request, context, *args, **kwargs)


def inadvertent_facts(row: InadvertentUnblinding) -> list[tuple[str, str]]:
    """The facts that blinded people may read."""
    corrected = {True: _("yes"), False: _("no"), None: str(NOT_RECORDED)}[row.is_corrected]
    facts = [
        (_("Participant"), row.participant.code if row.participant else _("more than one")),
        (_("Site"), row.site.name if row.site else _("the whole trial")),
        (_("When"), partial(row.occurred) if row.occurred else str(NOT_RECORDED)),
        (_("Who learnt it"), " · ".join(filter(None, [row.get_learner_display(), row.learner_description]))),
        (_("Their account"), row.learnt_by.get_username() if row.learnt_by else str(NOT_RECORDED)),
        (_("Impact"), str(BlindImpact(row.impact).label)),
        (_("Corrective action taken"), corrected),
    ]
    if row.assessed_by is not None:
        facts.append((_("Assessed"), f"{row.assessed_by.get_username()}, {moment(row.assessed_at)}"))
    if row.voided_at is not None:
        facts.append((_("Void"), f"{moment(row.voided_at)}: {row.void_reason}"))
    return facts
