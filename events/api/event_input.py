"""The input of an adverse event over HTTP: the format only. The rules check the values."""

from typing import Any

from django.db import models
from rest_framework import serializers

from events.api.event_output import JudgedEventOutput
from events.choices import EventStatus, Lowering, Outcome
from events.models import AdverseEvent
from events.rules.adverse_events.entered import ENTERED, FOLLOWED_UP
from webkit.api.shapes import StrictSerializer


class EventInput(StrictSerializer):
    """The input of an event; the output is the judged event."""

    def to_representation(self, instance: Any) -> Any:
        return JudgedEventOutput(instance, context=self.context).data


def entered_input(name: str) -> serializers.Field[Any, Any, Any, Any]:
    """The serializer field of an entered field without an own declaration: like its column, and never required."""
    column: Any = AdverseEvent._meta.get_field(name)
    if column.choices:
        return serializers.ChoiceField(choices=column.choices, required=False, allow_blank=column.blank)
    if isinstance(column, models.BooleanField):
        return serializers.BooleanField(required=False, allow_null=True)
    if isinstance(column, models.DateTimeField):
        return serializers.DateTimeField(required=False, allow_null=True)
    return serializers.CharField(required=False, allow_blank=True, max_length=column.max_length)


def _present_grade() -> serializers.IntegerField:
    return serializers.IntegerField(
        required=False,
        allow_null=True,
        min_value=1,
        max_value=5,
        help_text="Today's grade, only when it is lower than at its worst.",
    )


def _lowering() -> serializers.ChoiceField:
    return serializers.ChoiceField(
        choices=[(each.value, each.label) for each in (Lowering.ERROR, Lowering.IMPROVED)],
        required=False,
        help_text="Needed when a recorded grade, severity, criterion, seriousness or fatal outcome becomes less: "
        "`error` = it never was so bad; `improved` = it was, and the worst stays.",
    )


class EnteredInput(EventInput):
    """The entered fields named in `entered`, in that order, then the other fields of the class."""

    entered: tuple[str, ...] = ()

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        own = super().get_fields()
        entered = {name: own.get(name) or entered_input(name) for name in self.entered}
        return {**entered, **{name: field for name, field in own.items() if name not in entered}}


class EventFields(EnteredInput):
    """The entered fields of an event.

    Dates as exactly as known: `2020`, `2020-04`, `2020-04-06`, `2020-04-06T03:40`.
    """

    entered = ENTERED
    ctcae_term = serializers.CharField(
        required=False,
        allow_null=True,
        max_length=150,
        help_text="The eight-digit code or the name of a term of the protocol's CTCAE version.",
    )
    after_infusion = serializers.IntegerField(
        required=False,
        allow_null=True,
        min_value=1,
        help_text="The infusion's number; left out, it is derived.",
    )
    reopens = serializers.IntegerField(
        required=False,
        allow_null=True,
        min_value=1,
        help_text="The number of the participant's earlier event that comes back after a recovery.",
    )
    grade = serializers.IntegerField(required=False, allow_null=True, min_value=-32768, max_value=32767)
    present_grade = _present_grade()


class NewEvent(EventFields):
    """A new event of a participant; `status` draft saves an incomplete one."""

    trial = serializers.CharField(required=False, help_text="Needed only when your account reaches several.")
    participant = serializers.CharField(help_text="The participant's code.")
    status = serializers.ChoiceField(choices=EventStatus.choices, default=EventStatus.RECORDED)
    reason = serializers.CharField(required=False, max_length=500, help_text="Kept in the trail.")


class ChangedEvent(EventFields):
    """A correction: the fields that change, the version that was read, and the reason."""

    version = serializers.IntegerField(min_value=1)
    reason = serializers.CharField(max_length=500, allow_blank=True)
    lowering = _lowering()


class CompletedEvent(EventFields):
    """The input that completes a draft."""

    version = serializers.IntegerField(min_value=1)
    reason = serializers.CharField(required=False, max_length=500)


class FollowUp(EnteredInput):
    """The follow-up of an event."""

    entered = FOLLOWED_UP
    present_grade = _present_grade()
    version = serializers.IntegerField(min_value=1)
    reason = serializers.CharField(max_length=500, allow_blank=True)
    lowering = _lowering()


class ObservationFields(StrictSerializer):
    """The input of a row of an event's course. `observed` as exactly as known, empty when unknown."""

    observed = serializers.CharField(required=False, allow_blank=True, max_length=32)
    grade = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=5)
    intervention = serializers.CharField(required=False, allow_blank=True, max_length=250)
    outcome = serializers.ChoiceField(choices=Outcome.choices, required=False, allow_blank=True)
    note = serializers.CharField(required=False, allow_blank=True, max_length=500)


class NewObservation(ObservationFields):
    """A row to add; `version` is that of the event that was seen."""

    version = serializers.IntegerField(min_value=1, required=False)
    reason = serializers.CharField(required=False, max_length=500)


class CorrectedObservation(ObservationFields):
    """A correction of row `number`: what changes, the version of the row that was seen, and why."""

    number = serializers.IntegerField(min_value=1)
    version = serializers.IntegerField(min_value=1)
    reason = serializers.CharField(max_length=500, allow_blank=True)


class VoidedObservation(StrictSerializer):
    """Why row `number` never was."""

    number = serializers.IntegerField(min_value=1)
    reason = serializers.CharField(max_length=500, allow_blank=True)


class SponsorTold(StrictSerializer):
    """When the sponsor was informed that the event had become worse."""

    informed_at = serializers.DateTimeField()
    reason = serializers.CharField(required=False, max_length=500)


class Signature(EventInput):
    """The version that is signed, and the signer's password beside the token (21 CFR 11.200: two components)."""

    version = serializers.IntegerField(min_value=1)
    password = serializers.CharField(
        write_only=True, trim_whitespace=False, max_length=128, style={"input_type": "password"}
    )


class Voiding(EventInput):
    """The reason for voiding the event."""

    reason = serializers.CharField(max_length=500, allow_blank=True)
    version = serializers.IntegerField(min_value=1, required=False)
