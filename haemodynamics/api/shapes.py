"""Serializers of readings and findings. Rules check the values."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from haemodynamics.choices import RateUnit, RespiratorySupport, Vasopressor
from haemodynamics.models import HaemodynamicFinding, HaemodynamicReading
from haemodynamics.rules import MEASUREMENTS, SIGNS
from trials.choices import Salt, TimePrecision
from webkit.api.shapes import ReasonSerializer, StrictSerializer


class VasopressorShape(StrictSerializer):
    """One running vasopressor: its rate, the rate's unit, and what the milligrams are of."""

    agent = serializers.ChoiceField(choices=Vasopressor.choices)
    rate = serializers.DecimalField(max_digits=8, decimal_places=3)
    unit = serializers.ChoiceField(choices=RateUnit.choices)
    salt = serializers.ChoiceField(
        choices=Salt.choices,
        required=False,
        help_text="Left out: what the site's pharmacy labels. An unknown salt is never assumed to be one of the two: a "
        "threshold is met or not met when it is so as base and as tartrate, else not evaluable.",
    )


class PersonShape(serializers.ModelSerializer[Any]):
    """Trial, site and participant by their codes."""

    trial = serializers.CharField(source="trial.code", read_only=True)
    site = serializers.CharField(source="participant.site.code", read_only=True)
    participant = serializers.CharField(source="participant.code", read_only=True)


class ReadingOutput(PersonShape):
    """One reading. Null is "not recorded", never zero.

    No vasopressor and `vasopressors_checked` is "none running".
    """

    vasopressors = VasopressorShape(many=True, read_only=True)

    class Meta:
        model = HaemodynamicReading
        fields = (
            "id", "trial", "site", "participant", "taken_at", "taken_precision", "timepoint", *MEASUREMENTS,
            "respiratory_support", *SIGNS, "vasopressors_checked", "vasopressors", "source", "recorded_at",
            "changed_at", "version", "voided_at", "void_reason",
        )  # fmt: skip
        read_only_fields = fields


def _measurement(name: str) -> serializers.Field[Any, Any, Any, Any]:
    field = HaemodynamicReading._meta.get_field(name)
    digits = getattr(field, "max_digits", None)
    if digits is None:
        return serializers.IntegerField(required=False, allow_null=True, min_value=-32768, max_value=32767)
    places = getattr(field, "decimal_places", 0)
    return serializers.DecimalField(
        required=False, allow_null=True, max_digits=digits + 2, decimal_places=places
    )


class ReadingValuesInput(ReasonSerializer):
    """The values read at the bedside. A field left out was not read."""

    taken_at = serializers.DateTimeField(help_text="ISO 8601 with offset.")
    taken_precision = serializers.ChoiceField(choices=TimePrecision.choices, required=False)
    timepoint = serializers.CharField(required=False, allow_blank=True, max_length=60)
    respiratory_support = serializers.ChoiceField(
        choices=RespiratorySupport.choices, required=False, allow_blank=True
    )
    vasopressors_checked = serializers.BooleanField(
        required=False, allow_null=True, help_text="True without a vasopressor: none was running."
    )
    vasopressors = VasopressorShape(many=True, required=False)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        fields = super().get_fields()
        fields.update({name: _measurement(name) for name in MEASUREMENTS})
        fields.update({name: serializers.BooleanField(required=False, allow_null=True) for name in SIGNS})
        return fields

    def to_representation(self, instance: Any) -> Any:
        return ReadingOutput(instance, context=self.context).data


class ReadingInput(ReadingValuesInput):
    """A new reading."""

    participant = serializers.CharField(help_text="Code of the participant.")
    trial = serializers.CharField(required=False, help_text="Needed when you have several trials.")
    reason = serializers.CharField(max_length=1000, required=False)


class ReadingCorrectionInput(ReadingValuesInput):
    """A correction: fields left out stay as they are; `vasopressors`, when given, replace all of them."""

    taken_at = serializers.DateTimeField(required=False, help_text="ISO 8601 with offset.")


class FindingOutput(PersonShape):
    """A criterion of the protocol that was met after an infusion: a candidate until a clinician decides."""

    infusion = serializers.IntegerField(source="infusion.number", read_only=True)
    adverse_event = serializers.IntegerField(source="adverse_event_id", read_only=True, allow_null=True)
    inputs = serializers.SerializerMethodField(
        help_text="Thresholds, window, weight, baseline and first hit."
    )

    class Meta:
        model = HaemodynamicFinding
        fields = (
            "id", "trial", "site", "participant", "infusion", "criterion", "state", "first_hit_at", "inputs",
            "rule_set", "decided_by", "decided_at", "decision_reason", "adverse_event", "recorded_at",
            "changed_at", "version",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field({"type": "object", "additionalProperties": True})
    def get_inputs(self, row: HaemodynamicFinding) -> dict[str, Any]:
        inputs: dict[str, Any] = row.inputs
        return inputs


class ConfirmationInput(ReasonSerializer):
    """Why the finding is confirmed, and the adverse event that it was recorded as, if any."""

    adverse_event = serializers.IntegerField(required=False, allow_null=True, help_text="Its `id`.")
