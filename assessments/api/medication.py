"""Medication over HTTP."""

from typing import Any, ClassVar

import django_filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.choices import Action
from assessments import services
from assessments.choices import MedicationRoute
from assessments.models import Medication
from trials.api.shapes import ChangeSerializer, CreateSerializer
from trials.api.verbs import VerbViewSet
from webkit.api.instants import UpdatedSinceFilter
from webkit.api.shapes import ReasonSerializer

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


class MedicationFilter(django_filters.FilterSet):
    """`trial`, `participant` and `site` are codes; without `voided` both kinds are listed."""

    trial = django_filters.CharFilter(field_name="trial__code")
    participant = django_filters.CharFilter(field_name="participant__code")
    site = django_filters.CharFilter(field_name="participant__site__code")
    drug = django_filters.CharFilter(lookup_expr="iexact")
    route = django_filters.ChoiceFilter(choices=MedicationRoute.choices)
    voided = django_filters.BooleanFilter(field_name="voided_at", lookup_expr="isnull", exclude=True)
    updated_since = UpdatedSinceFilter()

    class Meta:
        model = Medication
        fields = ["trial", "participant", "site", "drug", "route", "voided", "updated_since"]


class MedicationViewSet(VerbViewSet):
    """Medication other than the study product. Nothing is deleted: `void` excludes one, with a reason."""

    queryset = Medication.objects.select_related("trial", "participant__trial", "participant__site")
    filterset_class = MedicationFilter
    ordering_columns: ClassVar = {
        "id": "id",
        "started_earliest_at": "started_earliest_at",
        "changed_at": "changed_at",
        "recorded_at": "recorded_at",
    }
    action_table: ClassVar = {
        "read": Action.VIEW_ASSESSMENTS,
        "create": Action.RECORD_ASSESSMENT,
        "partial_update": Action.RECORD_ASSESSMENT,
        "void": Action.RECORD_ASSESSMENT,
    }
    subject = "medication"
    shown = MedicationSerializer
    shapes: ClassVar = {
        "create": RecordMedicationSerializer,
        "partial_update": CorrectMedicationSerializer,
        "void": ReasonSerializer,
    }

    @extend_schema(
        request=RecordMedicationSerializer,
        responses={201: MedicationSerializer},
        description="Record a medication.",
    )
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().create(request, *args, **kwargs)

    def perform_service(self, data: dict[str, Any]) -> Medication:
        participant = self.participant_of(
            data.pop("trial"), data.pop("participant"), Action.RECORD_ASSESSMENT
        )
        reason = data.pop("reason")
        return services.record_medication(participant=participant, values=data, reason=reason, **self.who())

    @extend_schema(
        request=CorrectMedicationSerializer,
        responses=MedicationSerializer,
        description="Correct fields.",
    )
    def partial_update(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        return self.correct(services.correct_medication)

    @extend_schema(request=ReasonSerializer, responses=MedicationSerializer)
    @action(detail=True, methods=["post"])
    def void(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Void a medication that was not given; it stays readable."""
        return self.do(services.void_medication)
