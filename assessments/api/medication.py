"""Medication over HTTP."""

from typing import Any, ClassVar

import django_filters
from rest_framework import serializers

from assessments import services
from assessments.api.participant_records import (
    FILTERS_AFTER,
    FILTERS_BEFORE,
    ParticipantRecordFilter,
    ParticipantRecordViewSet,
    described,
    shapes_of,
)
from assessments.choices import MedicationRoute
from assessments.models import Medication
from trials.api.shapes import ChangeSerializer, CreateSerializer

SAID = ("drug", "dose", "dose_unit", "route", "started", "ended", "indication")


class MedicationSerializer(serializers.ModelSerializer[Medication]):
    """One medication. `trial`, `participant` and `site` are codes; a null dose is not known, never zero."""

    trial = serializers.CharField(source="trial.code", read_only=True)
    participant = serializers.CharField(source="participant.code", read_only=True)
    site = serializers.CharField(source="participant.site.code", read_only=True)

    class Meta:
        model = Medication
        fields = [
            "id", "trial", "participant", "site", *SAID, "started_earliest_at", "started_latest_at", "ended_earliest_at",
            "ended_latest_at", "voided_at",
            "void_reason", "recorded_at", "changed_at", "version",
        ]  # fmt: skip
        read_only_fields = fields


def _number() -> serializers.DecimalField:
    return serializers.DecimalField(max_digits=16, decimal_places=6, required=False, allow_null=True)


def _text(*, longest: int) -> serializers.CharField:
    return serializers.CharField(max_length=longest, required=False, allow_blank=True)


class RecordMedicationSerializer(CreateSerializer):
    """The input of a new medication; times as exactly as known."""

    trial = serializers.SlugField(max_length=40, help_text="The trial's code.")
    participant = serializers.CharField(max_length=40, help_text="The participant's code.")
    drug = serializers.CharField(max_length=120)
    dose = _number()
    dose_unit = _text(longest=24)
    route = serializers.ChoiceField(MedicationRoute.choices, required=False, allow_blank=True)
    started = serializers.CharField(max_length=32)
    ended = _text(longest=32)
    indication = _text(longest=500)

    def to_representation(self, instance: Medication) -> dict[str, Any]:
        return dict(MedicationSerializer(instance).data)


class CorrectMedicationSerializer(ChangeSerializer):
    """A correction: only the fields that change, and the reason."""

    drug = serializers.CharField(max_length=120, required=False)
    dose = _number()
    dose_unit = _text(longest=24)
    route = serializers.ChoiceField(MedicationRoute.choices, required=False, allow_blank=True)
    started = serializers.CharField(max_length=32, required=False)
    ended = _text(longest=32)
    indication = _text(longest=500)


class MedicationFilter(ParticipantRecordFilter):
    """`trial`, `participant` and `site` are codes; without `voided` both kinds are listed."""

    drug = django_filters.CharFilter(lookup_expr="iexact")
    route = django_filters.ChoiceFilter(choices=MedicationRoute.choices)

    class Meta:
        model = Medication
        fields = [*FILTERS_BEFORE, "drug", "route", *FILTERS_AFTER]


@described(
    record=RecordMedicationSerializer,
    correct=CorrectMedicationSerializer,
    shown=MedicationSerializer,
    recording="Record a medication.",
    voiding="Void a medication that was not given; it stays readable.",
)
class MedicationViewSet(ParticipantRecordViewSet):
    """Medication other than the study product. Nothing is deleted: `void` excludes one, with a reason."""

    queryset = Medication.objects.select_related("trial", "participant__trial", "participant__site")
    filterset_class = MedicationFilter
    ordering_columns: ClassVar = {
        "id": "id",
        "started_earliest_at": "started_earliest_at",
        "changed_at": "changed_at",
        "recorded_at": "recorded_at",
    }
    subject = "medication"
    shown = MedicationSerializer
    shapes: ClassVar = shapes_of(record=RecordMedicationSerializer, correct=CorrectMedicationSerializer)
    record_service = services.record_medication
    correct_service = services.correct_medication
    void_service = services.void_medication
