"""Laboratory results over HTTP."""

from typing import Any, ClassVar

import django_filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.choices import Action
from assessments import services
from assessments.models import LaboratoryResult
from trials.api.shapes import ChangeSerializer, CreateSerializer
from trials.api.verbs import VerbViewSet
from webkit.api.instants import UpdatedSinceFilter
from webkit.api.shapes import ReasonSerializer

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


class LaboratoryResultFilter(django_filters.FilterSet):
    """`trial`, `participant` and `site` are codes; without `voided` both kinds are listed."""

    trial = django_filters.CharFilter(field_name="trial__code")
    participant = django_filters.CharFilter(field_name="participant__code")
    site = django_filters.CharFilter(field_name="participant__site__code")
    test = django_filters.CharFilter(lookup_expr="iexact")
    is_baseline = django_filters.BooleanFilter()
    voided = django_filters.BooleanFilter(field_name="voided_at", lookup_expr="isnull", exclude=True)
    updated_since = UpdatedSinceFilter()

    class Meta:
        model = LaboratoryResult
        fields = ["trial", "participant", "site", "test", "is_baseline", "voided", "updated_since"]


class LaboratoryResultViewSet(VerbViewSet):
    """Laboratory results. Nothing is deleted: `void` excludes one, with a reason."""

    queryset = LaboratoryResult.objects.select_related("trial", "participant__trial", "participant__site")
    filterset_class = LaboratoryResultFilter
    ordering_columns: ClassVar = {
        "id": "id",
        "sampled_earliest_at": "sampled_earliest_at",
        "changed_at": "changed_at",
        "recorded_at": "recorded_at",
    }
    action_table: ClassVar = {
        "read": Action.VIEW_ASSESSMENTS,
        "create": Action.RECORD_ASSESSMENT,
        "partial_update": Action.RECORD_ASSESSMENT,
        "void": Action.RECORD_ASSESSMENT,
    }
    subject = "result"
    shown = LaboratoryResultSerializer
    shapes: ClassVar = {
        "create": RecordLaboratoryResultSerializer,
        "partial_update": CorrectLaboratoryResultSerializer,
        "void": ReasonSerializer,
    }

    @extend_schema(
        request=RecordLaboratoryResultSerializer,
        responses={201: LaboratoryResultSerializer},
        description="Record a laboratory result.",
    )
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().create(request, *args, **kwargs)

    def perform_service(self, data: dict[str, Any]) -> LaboratoryResult:
        participant = self.participant_of(
            data.pop("trial"), data.pop("participant"), Action.RECORD_ASSESSMENT
        )
        reason = data.pop("reason")
        return services.record_laboratory_result(
            participant=participant, values=data, reason=reason, **self.who()
        )

    @extend_schema(
        request=CorrectLaboratoryResultSerializer,
        responses=LaboratoryResultSerializer,
        description="Correct fields.",
    )
    def partial_update(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        return self.correct(services.correct_laboratory_result)

    @extend_schema(request=ReasonSerializer, responses=LaboratoryResultSerializer)
    @action(detail=True, methods=["post"])
    def void(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Void a result that was recorded by mistake; it stays readable."""
        return self.do(services.void_laboratory_result)
