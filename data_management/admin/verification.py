"""Marks of source-data verification: set on the page of a record, listed here, taken back with a reason."""

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
from data_management import services
from data_management.admin.query_words import page_of_subject
from data_management.models import SourceVerification
from data_management.queries.subjects import subject_models, subject_of
from webkit.admin import NamedRefusals, RecordForm, RoleScopedAdmin
from webkit.admin.display import moment
from webkit.admin.requests import attribution, person_of
from webkit.admin.verbs import Verb


class VerifySourceForm(RecordForm):
    """Which record and version comes with the address, from the record's own page."""

    subject = forms.CharField(widget=forms.HiddenInput, required=False)
    subject_id = forms.IntegerField(widget=forms.HiddenInput, required=False)
    subject_version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    remark = forms.CharField(
        label=_lazy("Remark"),
        required=False,
        max_length=300,
        help_text=_lazy("For example which source: “chart of 6 April”. Never a name."),
        widget=forms.TextInput(attrs={"class": "long", "autocomplete": "off"}),
    )

    class Meta:
        model = SourceVerification
        fields = ("subject", "subject_id", "subject_version", "remark")

    def _post_clean(self) -> None:
        """The service asks the rules."""
        if self.refusal is not None:
            self.add_error(None, self.refusal)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not all(cleaned.get(name) for name in ("subject", "subject_id", "subject_version")):
            raise ValidationError(_("Record: open the record first, and mark it from its page."))
        return cleaned


class TakeBackMarkForm(NamedRefusals, forms.ModelForm[SourceVerification]):
    why = forms.CharField(
        label=_lazy("Why is the mark wrong?"),
        max_length=300,
        widget=forms.TextInput(attrs={"class": "long", "autocomplete": "off"}),
    )

    class Meta:
        model = SourceVerification
        fields: tuple[str, ...] = ()

    def _post_clean(self) -> None:
        """Nothing of the mark changes here."""


def take_back_verification(request: HttpRequest, mark: SourceVerification, form: TakeBackMarkForm) -> str:
    services.take_back_verification(mark=mark, **attribution(request, reason=form.cleaned_data["why"]))
    return _("Taken back. The mark stays readable.")


TAKE_BACK = Verb(
    "take-back",
    _lazy("Take the mark back"),
    _lazy("Take it back"),
    Action.VERIFY_SOURCE,
    TakeBackMarkForm,
    take_back_verification,
    lambda mark: mark.taken_back_at is None,
)


@admin.register(SourceVerification)
class SourceVerificationAdmin(RoleScopedAdmin):
    view_action = Action.VIEW_QUERIES
    add_action = Action.VERIFY_SOURCE
    form = VerifySourceForm
    verbs = (TAKE_BACK,)
    list_display = ("record", "participant", "site", "subject_version", "state", "verifier", "when", "remark")
    list_filter = ("site",)
    list_select_related = ("participant", "site", "verified_by")
    search_fields = ("participant__code", "remark")
    search_help_text = _lazy("Participant or words of the remark")
    ordering = ("-verified_at", "-id")
    sortable_by = ()
    shown = ("record", "participant", "site", "subject_version", "state", "verifier", "when", "remark")

    def get_queryset(self, request: HttpRequest) -> QuerySet[SourceVerification]:
        return super().get_queryset(request).select_related("participant", "site", "trial", "verified_by")

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        words = {"has_add_permission": False, **(extra_context or {})}
        return super().changelist_view(request, words)

    def name_of(self, obj: SourceVerification) -> str:
        who = obj.participant.code if obj.participant else obj.site.code
        return f"{who} · {self.record(obj)}"

    @admin.display(description=_lazy("Record"))
    def record(self, obj: SourceVerification) -> str:
        return f"{subject_models()[obj.subject]._meta.verbose_name} {obj.subject_id}"

    @admin.display(description=_lazy("Verified by"))
    def verifier(self, obj: SourceVerification) -> str:
        return obj.verified_by.get_full_name() or obj.verified_by.get_username()

    @admin.display(description=_lazy("When"))
    def when(self, obj: SourceVerification) -> str:
        return moment(obj.verified_at)

    @admin.display(description=_lazy("State"))
    def state(self, obj: SourceVerification) -> str:
        return _("stands") if obj.taken_back_at is None else _("taken back")

    def get_fieldsets(self, request: HttpRequest, obj: SourceVerification | None = None) -> Any:  # noqa: ARG002
        fields = list(self.shown) if obj else ["subject", "subject_id", "subject_version", "remark"]
        return [(_("Verification against the source"), {"fields": fields})]

    def get_readonly_fields(self, request: HttpRequest, obj: SourceVerification | None = None) -> Any:  # noqa: ARG002
        return self.shown if obj else ()

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """The record of the address, at the version that the page now shows."""
        subject, pk = request.GET.get("subject", ""), request.GET.get("subject_id", "")
        page = page_of_subject(subject)
        record = page.get_object(request, pk) if page and pk.isdecimal() else None
        if record is None:
            return {}
        return {"subject": subject, "subject_id": int(pk), "subject_version": record.version}

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        mark: SourceVerification | None = context.get("original")
        context["title"] = self.name_of(mark) if mark else _("Mark as verified against the source")
        context["save_label"] = _("Mark this version as verified")
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(
        self,
        request: HttpRequest,
        obj: SourceVerification,
        form: VerifySourceForm,
        change: bool,  # noqa: ARG002
    ) -> None:
        given = form.cleaned_data
        made = services.verify_source(
            record=subject_of(subject=given["subject"], subject_id=given["subject_id"]),
            seen_version=given["subject_version"],
            remark=given["remark"],
            by=person_of(request),
            at=timezone.now(),
        )
        for name in ("pk", "participant", "site", "trial", "subject", "subject_id", "subject_version"):
            setattr(obj, name, getattr(made, name))

    def say_saved(self, request: HttpRequest, obj: SourceVerification, *, is_new: bool) -> str:  # noqa: ARG002
        return _(
            "Verified: %(record)s, version %(version)d. A later change leaves the mark on this version."
        ) % {
            "record": self.name_of(obj),
            "version": obj.subject_version,
        }
