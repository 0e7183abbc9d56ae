"""Daily assessments over HTTP: one day of one participant.

PaO2/FiO2 and the SOFA total are derived, never sent.
"""

from typing import Any, ClassVar, cast

import django_filters
from rest_framework import serializers

from accounts.choices import Action
from assessments import services
from assessments.api.participant_records import (
    FILTERS_AFTER,
    FILTERS_BEFORE,
    ParticipantRecordFilter,
    ParticipantRecordViewSet,
    described,
    shapes_of,
)
from assessments.choices import Place, Ventilation
from assessments.models import DailyAssessment
from assessments.models.assessments import RECORDED, SOFA_FIELDS
from trials.api.shapes import ChangeSerializer, CreateSerializer
from trials.models import ProtocolVersion
from trials.rules.protocol import Protocol
from webkit.refusals import localised


class DailyAssessmentSerializer(serializers.ModelSerializer[DailyAssessment]):
    """One day.

    `trial`, `participant` and `site` are codes; null or empty means not recorded, never zero or no.
    """

    trial = serializers.CharField(source="trial.code", read_only=True)
    participant = serializers.CharField(source="participant.code", read_only=True)
    site = serializers.CharField(source="participant.site.code", read_only=True)
    study_day = serializers.SerializerMethodField(help_text="Calendar days after day 0.")
    pf_ratio = serializers.SerializerMethodField(
        help_text="PaO2/FiO2, mmHg; null when it cannot be computed."
    )
    pf_ratio_is_given = serializers.SerializerMethodField(help_text="The source gave the ratio alone.")
    sofa_total = serializers.SerializerMethodField(
        help_text="Null (not evaluable) unless all six are recorded."
    )
    warnings = serializers.SerializerMethodField(help_text="What is unusual and was kept: is it right?")

    class Meta:
        model = DailyAssessment
        fields = [
            "id", "trial", "participant", "site", "assessed_date", "study_day", *RECORDED, "pf_ratio",
            "pf_ratio_is_given", "sofa_total", "warnings", "source", "voided_at", "void_reason", "recorded_at",
            "changed_at", "version",
        ]  # fmt: skip
        read_only_fields = fields

    def get_study_day(self, row: DailyAssessment) -> int | None:
        return row.study_day(row.participant.day0_date)

    def get_pf_ratio(self, row: DailyAssessment) -> float | None:
        return None if row.pf_ratio is None else float(row.pf_ratio.value)

    def get_pf_ratio_is_given(self, row: DailyAssessment) -> bool | None:
        return None if row.pf_ratio is None else row.pf_ratio.is_given

    def get_sofa_total(self, row: DailyAssessment) -> int | None:
        return row.sofa_total

    def get_warnings(self, row: DailyAssessment) -> list[str]:
        protocol = self._protocol(row.trial_id)
        return [localised(doubt, DailyAssessment) for doubt in row.doubts(protocol)]

    def _protocol(self, trial_id: int) -> Protocol:
        """The newest protocol of a trial, read once for all rows of an answer."""
        known: dict[int, Protocol] = cast(dict[str, Any], self.context).setdefault("protocols", {})
        if trial_id not in known:
            known[trial_id] = ProtocolVersion.objects.protocol_of(trial_id=trial_id, on=None)
        return known[trial_id]


def _number(digits: int, places: int) -> serializers.DecimalField:
    return serializers.DecimalField(max_digits=digits, decimal_places=places, required=False, allow_null=True)


def _answer() -> serializers.BooleanField:
    return serializers.BooleanField(required=False, allow_null=True)


class AssessmentDetailsSerializer(serializers.Serializer[Any]):
    """The fields of a day that may be sent. PaO2 in mmHg or in kPa: one of the two."""

    pao2_mmhg = _number(5, 1)
    pao2_kpa = _number(5, 2)
    fio2_fraction = _number(6, 3)
    pf_ratio_given = _number(5, 1)
    ventilation = serializers.ChoiceField(Ventilation.choices, required=False, allow_blank=True)
    peep_cmh2o = _number(4, 1)
    vasopressor = _answer()
    renal_replacement = _answer()
    blood_product_given = _answer()
    place = serializers.ChoiceField(Place.choices, required=False, allow_blank=True)
    left_icu_date = serializers.DateField(required=False, allow_null=True)
    left_hospital_date = serializers.DateField(required=False, allow_null=True)
    alive = _answer()
    no_sample_improved = _answer()

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        points = {
            name: serializers.IntegerField(min_value=0, max_value=4, required=False, allow_null=True)
            for name in SOFA_FIELDS
        }
        return {**super().get_fields(), **points}


class RecordAssessmentSerializer(AssessmentDetailsSerializer, CreateSerializer):
    """One day of one participant."""

    trial = serializers.SlugField(max_length=40, help_text="The trial's code.")
    participant = serializers.CharField(max_length=40, help_text="The participant's code.")
    assessed_date = serializers.DateField(help_text="Calendar day in the trial's zone.")

    def to_representation(self, instance: DailyAssessment) -> dict[str, Any]:
        return dict(DailyAssessmentSerializer(instance).data)


class CorrectAssessmentSerializer(AssessmentDetailsSerializer, ChangeSerializer):
    """A correction: only the fields that change, and the reason."""

    assessed_date = serializers.DateField(required=False)


class DailyAssessmentFilter(ParticipantRecordFilter):
    """`trial`, `participant` and `site` are codes; days are included; without `voided` both kinds are listed."""

    assessed_from = django_filters.DateFilter(field_name="assessed_date", lookup_expr="gte")
    assessed_to = django_filters.DateFilter(field_name="assessed_date", lookup_expr="lte")

    class Meta:
        model = DailyAssessment
        fields = [*FILTERS_BEFORE, "assessed_from", "assessed_to", *FILTERS_AFTER]


@described(
    record=RecordAssessmentSerializer,
    correct=CorrectAssessmentSerializer,
    shown=DailyAssessmentSerializer,
    recording="Record one day.",
    voiding="Void a day that was recorded by mistake; it stays readable.",
)
class DailyAssessmentViewSet(ParticipantRecordViewSet):
    """Daily assessments. Nothing is deleted: `void` excludes one from every count, with a reason."""

    queryset = DailyAssessment.objects.select_related("trial", "participant__trial", "participant__site")
    filterset_class = DailyAssessmentFilter
    ordering_columns: ClassVar = {
        "id": "id",
        "assessed_date": "assessed_date",
        "changed_at": "changed_at",
        "recorded_at": "recorded_at",
    }
    subject = "assessment"
    shown = DailyAssessmentSerializer
    shapes: ClassVar = shapes_of(record=RecordAssessmentSerializer, correct=CorrectAssessmentSerializer)
    correct_service = services.correct_assessment
    void_service = services.void_assessment

    def perform_service(self, data: dict[str, Any]) -> DailyAssessment:
        participant = self.participant_of(
            data.pop("trial"), data.pop("participant"), Action.RECORD_ASSESSMENT
        )
        day, reason = data.pop("assessed_date"), data.pop("reason")
        return services.record_assessment(
            participant=participant, assessed_date=day, values=data, reason=reason, **self.who()
        )
