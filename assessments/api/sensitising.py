"""Blood products and other sensitising events over HTTP."""

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
from assessments.choices import SensitiserKind
from assessments.models import SensitisingEvent
from trials.api.shapes import ChangeSerializer, CreateSerializer

SAID = ("kind", "occurred", "units", "remark")


class SensitisingEventSerializer(serializers.ModelSerializer[SensitisingEvent]):
    """One product or event.

    `trial`, `participant` and `site` are codes; `units` null is not known, never zero.
    """

    trial = serializers.CharField(source="trial.code", read_only=True)
    participant = serializers.CharField(source="participant.code", read_only=True)
    site = serializers.CharField(source="participant.site.code", read_only=True)

    class Meta:
        model = SensitisingEvent
        fields = [
            "id", "trial", "participant", "site", *SAID, "occurred_earliest_at", "occurred_latest_at", "voided_at",
            "void_reason", "recorded_at", "changed_at", "version",
        ]  # fmt: skip
        read_only_fields = fields


def _units() -> serializers.IntegerField:
    return serializers.IntegerField(min_value=1, max_value=32767, required=False, allow_null=True)


def _remark() -> serializers.CharField:
    return serializers.CharField(max_length=500, required=False, allow_blank=True)


class RecordSensitisingEventSerializer(CreateSerializer):
    """The input of a new product or event; `occurred` as exactly as known."""

    trial = serializers.SlugField(max_length=40, help_text="The trial's code.")
    participant = serializers.CharField(max_length=40, help_text="The participant's code.")
    kind = serializers.ChoiceField(SensitiserKind.choices)
    occurred = serializers.CharField(max_length=32)
    units = _units()
    remark = _remark()

    def to_representation(self, instance: SensitisingEvent) -> dict[str, Any]:
        return dict(SensitisingEventSerializer(instance).data)


class CorrectSensitisingEventSerializer(ChangeSerializer):
    """A correction: only the fields that change, and the reason."""

    kind = serializers.ChoiceField(SensitiserKind.choices, required=False)
    occurred = serializers.CharField(max_length=32, required=False)
    units = _units()
    remark = _remark()


class SensitisingEventFilter(ParticipantRecordFilter):
    """`trial`, `participant` and `site` are codes; without `voided` both kinds are listed."""

    kind = django_filters.ChoiceFilter(choices=SensitiserKind.choices)

    class Meta:
        model = SensitisingEvent
        fields = [*FILTERS_BEFORE, "kind", *FILTERS_AFTER]


@described(
    record=RecordSensitisingEventSerializer,
    correct=CorrectSensitisingEventSerializer,
    shown=SensitisingEventSerializer,
    recording="Record a blood product or another sensitising event.",
    voiding="Void a product or event that was none; it stays readable.",
)
class SensitisingEventViewSet(ParticipantRecordViewSet):
    """Blood products and other sensitising events. Nothing is deleted: `void` excludes one, with a reason."""

    queryset = SensitisingEvent.objects.select_related("trial", "participant__trial", "participant__site")
    filterset_class = SensitisingEventFilter
    ordering_columns: ClassVar = {
        "id": "id",
        "occurred_earliest_at": "occurred_earliest_at",
        "changed_at": "changed_at",
        "recorded_at": "recorded_at",
    }
    subject = "event"
    shown = SensitisingEventSerializer
    shapes: ClassVar = shapes_of(
        record=RecordSensitisingEventSerializer, correct=CorrectSensitisingEventSerializer
    )
    record_service = services.record_sensitising_event
    correct_service = services.correct_sensitising_event
    void_service = services.void_sensitising_event
