"""The HLA typing of the participants, entered by the laboratory, which sees its own. Sealed."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.choices import Action, ClearanceGround
from immunology import services
from immunology.models import ParticipantTyping
from trials.admin.choosing import participant_combo, participants_for
from webkit.admin import RecordForm, SealedAdmin
from webkit.admin.forms import NamedRefusals
from webkit.admin.requests import attribution, person_of
from webkit.admin.verbs import Verb


class ParticipantTypingForm(RecordForm):
    class Meta:
        model = ParticipantTyping
        fields = ("participant", "specificity")


class VoidTypingForm(NamedRefusals, forms.ModelForm[ParticipantTyping]):
    reason = forms.CharField(
        label=_lazy("Why is it void?"), max_length=500, widget=forms.TextInput(attrs={"class": "long"})
    )

    class Meta:
        model = ParticipantTyping
        fields: tuple[str, ...] = ()

    def _post_clean(self) -> None:
        """Skip the record's own validation: nothing of it changes here."""


def void_typing(request: HttpRequest, typing: ParticipantTyping, form: VoidTypingForm) -> str:
    said = attribution(request, reason=form.cleaned_data["reason"])
    said.pop("seen_version", None)
    services.void_participant_typing(trial=typing.trial, typing_id=typing.pk, **said)
    return _("The typing is void. It stays in the trail, and counts nowhere.")


@admin.register(ParticipantTyping)
class ParticipantTypingAdmin(SealedAdmin):
    view_action = Action.VIEW_OWN_ANTIBODIES
    add_action = Action.RECORD_ANTIBODIES
    clearance_ground = ClearanceGround.LABORATORY
    add_label = _lazy("Record a participant's typing")
    form = ParticipantTypingForm
    verbs = (
        Verb(
            "void",
            _lazy("Void"),
            _lazy("Void this typing"),
            Action.RECORD_ANTIBODIES,
            VoidTypingForm,
            void_typing,
            lambda typing: typing.voided_at is None,
            _lazy("For a typing entered by mistake. Nothing is deleted."),
        ),
    )
    list_display = ("participant", "locus", "specificity")
    list_select_related = ("participant",)
    search_fields = ("participant__code", "specificity")
    search_help_text = _lazy("Participant's code, allele or antigen")
    ordering = ("participant__code", "locus", "specificity")
    sortable_by = ()
    fields = ("participant", "specificity")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ParticipantTyping]:
        rows = (
            super().get_queryset(request).select_related("participant__site", "participant__trial", "trial")
        )
        return rows.filter(recorded_by_id=request.user.pk, voided_at=None)

    def name_of(self, obj: ParticipantTyping) -> str:
        return f"{obj.participant.code} · {obj.specificity}"

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "participant":
            people = participants_for(request, Action.RECORD_ANTIBODIES)
            kwargs["queryset"] = people.filter(trial=self.trial_id_of(request))
            kwargs["widget"] = participant_combo()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(
        self,
        request: HttpRequest,
        obj: ParticipantTyping,
        form: ParticipantTypingForm,
        change: bool,  # noqa: ARG002
    ) -> None:
        (kept,) = services.record_participant_typings(
            participant=obj.participant,
            specificities=[("", obj.specificity)],
            by=person_of(request),
            at=timezone.now(),
            reason=form.stated_reason,
        )
        obj.pk = kept.pk
