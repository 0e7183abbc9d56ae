"""Blood products and other sensitising events over HTTP."""

from typing import Any, ClassVar

import django_filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.choices import Action
from assessments import services
from assessments.choices import SensitiserKind
from assessments.models import SensitisingEvent
from trials.api.shapes import ChangeSerializer, CreateSerializer
from trials.api.verbs import VerbViewSet
from webkit.api.instants import UpdatedSinceFilter
from webkit.api.shapes import ReasonSerializer

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


class SensitisingEventFilter(django_filters.FilterSet):
    """`trial`, `participant` and `site` are codes; without `voided` both kinds are listed."""

    trial = django_filters.CharFilter(field_name="trial__code")
    participant = django_filters.CharFilter(field_name="participant__code")
    site = django_filters.CharFilter(field_name="participant__site__code")
    kind = django_filters.ChoiceFilter(choices=SensitiserKind.choices)
    voided = django_filters.BooleanFilter(field_name="voided_at", lookup_expr="isnull", exclude=True)
    updated_since = UpdatedSinceFilter()

    class Meta:
        model = SensitisingEvent
        fields = ["trial", "participant", "site", "kind", "voided", "updated_since"]


class SensitisingEventViewSet(VerbViewSet):
    """Blood products and other sensitising events. Nothing is deleted: `void` excludes one, with a reason."""

    queryset = SensitisingEvent.objects.select_related("trial", "participant__trial", "participant__site")
    filterset_class = SensitisingEventFilter
    ordering_columns: ClassVar = {
        "id": "id",
        "occurred_earliest_at": "occurred_earliest_at",
        "changed_at": "changed_at",
        "recorded_at": "recorded_at",
    }
    action_table: ClassVar = {
        "read": Action.VIEW_ASSESSMENTS,
        "create": Action.RECORD_ASSESSMENT,
        "partial_update": Action.RECORD_ASSESSMENT,
        "void": Action.RECORD_ASSESSMENT,
    }
    subject = "event"
    shown = SensitisingEventSerializer
    shapes: ClassVar = {
        "create": RecordSensitisingEventSerializer,
        "partial_update": CorrectSensitisingEventSerializer,
        "void": ReasonSerializer,
    }

    @extend_schema(
        request=RecordSensitisingEventSerializer,
        responses={201: SensitisingEventSerializer},
        description="Record a blood product or another sensitising event.",
    )
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().create(request, *args, **kwargs)

    def perform_service(self, data: dict[str, Any]) -> SensitisingEvent:
        participant = self.participant_of(
            data.pop("trial"), data.pop("participant"), Action.RECORD_ASSESSMENT
        )
        reason = data.pop("reason")
        return services.record_sensitising_event(
            participant=participant, values=data, reason=reason, **self.who()
        )

    @extend_schema(
        request=CorrectSensitisingEventSerializer,
        responses=SensitisingEventSerializer,
        description="Correct fields.",
    )
    def partial_update(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        return self.correct(services.correct_sensitising_event)

    @extend_schema(request=ReasonSerializer, responses=SensitisingEventSerializer)
    @action(detail=True, methods=["post"])
    def void(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Void a product or event that was recorded by mistake; it stays readable."""
        return self.do(services.void_sensitising_event)
