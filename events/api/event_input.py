"""What is sent in of an adverse event over HTTP: the shape only. Whether it can be true is asked of
the rules.
"""

from typing import Any

from rest_framework import serializers

from events.api.event_output import JudgedEventOutput
from events.choices import ActionTaken, EventStatus, Lowering, Outcome, Severity
from webkit.api.shapes import StrictSerializer


class EventInput(StrictSerializer):
    """What is sent about an event; what comes back is the event as it was judged."""

    def to_representation(self, instance: Any) -> Any:
        return JudgedEventOutput(instance, context=self.context).data


def _answer() -> serializers.BooleanField:
    return serializers.BooleanField(required=False, allow_null=True)


def _text(length: int | None = None) -> serializers.CharField:
    return serializers.CharField(required=False, allow_blank=True, max_length=length)


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


class EventFields(EventInput):
    """What is entered of an event. Dates as exactly as known: `2020`, `2020-04`, `2020-04-06`,
    `2020-04-06T03:40`.
    """

    reported_term = _text(250)
    ctcae_term = serializers.CharField(
        required=False,
        allow_null=True,
        max_length=150,
        help_text="The eight-digit code or the name of a term of the protocol's CTCAE version.",
    )
    specify = _text(250)
    dictionary_term = _text(250)
    dictionary_soc = _text(250)
    onset = _text(32)
    worsened = _text(32)
    ended = _text(32)
    ongoing = _answer()
    after_infusion = serializers.IntegerField(
        required=False,
        allow_null=True,
        min_value=1,
        help_text="The infusion's number; left out, it is derived.",
    )
    grade = serializers.IntegerField(required=False, allow_null=True, min_value=-32768, max_value=32767)
    present_grade = _present_grade()
    severity = serializers.ChoiceField(choices=Severity.choices, required=False, allow_blank=True)
    serious = _answer()
    results_in_death = _answer()
    life_threatening = _answer()
    hospitalisation = _answer()
    disability = _answer()
    congenital_anomaly = _answer()
    medically_important = _answer()
    causality = _text(40)
    action_taken = serializers.ChoiceField(choices=ActionTaken.choices, required=False, allow_blank=True)
    outcome = serializers.ChoiceField(choices=Outcome.choices, required=False, allow_blank=True)
    narrative = _text()
    aware_at = serializers.DateTimeField(required=False, allow_null=True)
    sponsor_informed_at = serializers.DateTimeField(required=False, allow_null=True)


class NewEvent(EventFields):
    """A new event of a participant; `status` draft keeps what is not complete yet."""

    trial = serializers.CharField(required=False, help_text="Needed only when your account reaches several.")
    participant = serializers.CharField(help_text="The participant's code.")
    status = serializers.ChoiceField(choices=EventStatus.choices, default=EventStatus.RECORDED)
    reason = serializers.CharField(required=False, max_length=500, help_text="Kept in the trail.")


class ChangedEvent(EventFields):
    """A correction: the fields that change, the version that was seen, and why."""

    version = serializers.IntegerField(min_value=1)
    reason = serializers.CharField(max_length=500, allow_blank=True)
    lowering = _lowering()


class CompletedEvent(EventFields):
    """What completes a draft."""

    version = serializers.IntegerField(min_value=1)
    reason = serializers.CharField(required=False, max_length=500)


class FollowUp(EventInput):
    """How an event goes on."""

    present_grade = _present_grade()
    outcome = serializers.ChoiceField(choices=Outcome.choices, required=False, allow_blank=True)
    ended = _text(32)
    ongoing = _answer()
    action_taken = serializers.ChoiceField(choices=ActionTaken.choices, required=False, allow_blank=True)
    narrative = _text()
    sponsor_informed_at = serializers.DateTimeField(required=False, allow_null=True)
    version = serializers.IntegerField(min_value=1)
    reason = serializers.CharField(max_length=500, allow_blank=True)
    lowering = _lowering()


class Signature(EventInput):
    """The version that is signed, and the signer's password beside the token (21 CFR 11.200: two components)."""

    version = serializers.IntegerField(min_value=1)
    password = serializers.CharField(
        write_only=True, trim_whitespace=False, max_length=128, style={"input_type": "password"}
    )


class Voiding(EventInput):
    """Why the event should not be there."""

    reason = serializers.CharField(max_length=500, allow_blank=True)
    version = serializers.IntegerField(min_value=1, required=False)
