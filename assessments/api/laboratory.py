"""Laboratory results over HTTP."""

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
from assessments.models import LaboratoryResult
from trials.api.shapes import ChangeSerializer, CreateSerializer

SAID = ("test", "value", "unit", "lower_limit", "upper_limit", "sampled", "is_baseline", "remark")


class LaboratoryResultSerializer(serializers.ModelSerializer[LaboratoryResult]):
    """One result. `trial`, `participant` and `site` are codes; a null limit is not known, never zero."""

    trial = serializers.CharField(source="trial.code", read_only=True)
    participant = serializers.CharField(source="participant.code", read_only=True)
    site = serializers.CharField(source="participant.site.code", read_only=True)

    class Meta:
        model = LaboratoryResult
        fields = [
            "id", "trial", "participant", "site", *SAID, "sampled_earliest_at", "sampled_latest_at", "voided_at",
            "void_reason", "recorded_at", "changed_at", "version",
        ]  # fmt: skip
        read_only_fields = fields


def _number() -> serializers.DecimalField:
    return serializers.DecimalField(max_digits=16, decimal_places=6, required=False, allow_null=True)


def _text(*, longest: int) -> serializers.CharField:
    return serializers.CharField(max_length=longest, required=False, allow_blank=True)


class RecordLaboratoryResultSerializer(CreateSerializer):
    """The input of a new result; times as exactly as known."""

    trial = serializers.SlugField(max_length=40, help_text="The trial's code.")
    participant = serializers.CharField(max_length=40, help_text="The participant's code.")
    test = serializers.CharField(max_length=80)
    value = serializers.DecimalField(max_digits=16, decimal_places=6)
    unit = _text(longest=24)
    lower_limit = _number()
    upper_limit = _number()
    sampled = serializers.CharField(max_length=32)
    is_baseline = serializers.BooleanField(required=False)
    remark = _text(longest=500)

    def to_representation(self, instance: LaboratoryResult) -> dict[str, Any]:
        return dict(LaboratoryResultSerializer(instance).data)


class CorrectLaboratoryResultSerializer(ChangeSerializer):
    """A correction: only the fields that change, and the reason."""

    test = serializers.CharField(max_length=80, required=False)
    value = serializers.DecimalField(max_digits=16, decimal_places=6, required=False)
    unit = _text(longest=24)
    lower_limit = _number()
    upper_limit = _number()
    sampled = serializers.CharField(max_length=32, required=False)
    is_baseline = serializers.BooleanField(required=False)
    remark = _text(longest=500)


class LaboratoryResultFilter(ParticipantRecordFilter):
    """`trial`, `participant` and `site` are codes; without `voided` both kinds are listed."""

    test = django_filters.CharFilter(lookup_expr="iexact")
    is_baseline = django_filters.BooleanFilter()

    class Meta:
        model = LaboratoryResult
        fields = [*FILTERS_BEFORE, "test", "is_baseline", *FILTERS_AFTER]


@described(
    record=RecordLaboratoryResultSerializer,
    correct=CorrectLaboratoryResultSerializer,
    shown=LaboratoryResultSerializer,
    recording="Record a laboratory result.",
    voiding="Void a result that was none; it stays readable.",
)
class LaboratoryResultViewSet(ParticipantRecordViewSet):
    """Laboratory results. Nothing is deleted: `void` excludes one, with a reason."""

    queryset = LaboratoryResult.objects.select_related("trial", "participant__trial", "participant__site")
    filterset_class = LaboratoryResultFilter
    ordering_columns: ClassVar = {
        "id": "id",
        "sampled_earliest_at": "sampled_earliest_at",
        "changed_at": "changed_at",
        "recorded_at": "recorded_at",
    }
    subject = "result"
    shown = LaboratoryResultSerializer
    shapes: ClassVar = shapes_of(
        record=RecordLaboratoryResultSerializer, correct=CorrectLaboratoryResultSerializer
    )
    record_service = services.record_laboratory_result
    correct_service = services.correct_laboratory_result
    void_service = services.void_laboratory_result
