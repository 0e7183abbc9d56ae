"""Infusions: when and how much was given. The product in the bag is sealed and not here."""

from typing import Any, ClassVar

import django_filters
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.choices import Action
from trials import services
from trials.api.shapes import ChangeSerializer, CreateSerializer
from trials.api.verbs import VerbViewSet
from trials.choices import InfusionStatus, TimePrecision
from trials.models import Infusion
from webkit.api.instants import InstantFilter, UpdatedSinceFilter
from webkit.api.shapes import ReasonSerializer

LAST_END = (
    "When it went on. Of several interruptions the end of the last one; null: not known, or not resumed."
)


class InfusionSerializer(serializers.ModelSerializer[Infusion]):
    """An infusion. `trial`, `participant` and `site` are codes."""

    trial = serializers.CharField(source="trial.code", read_only=True)
    participant = serializers.CharField(source="participant.code", read_only=True)
    site = serializers.CharField(source="participant.site.code", read_only=True)

    class Meta:
        model = Infusion
        fields = [
            "id", "trial", "participant", "site", "number", "status", "not_given_reason", "started_at",
            "start_precision", "ended_at", "end_precision", "interrupted", "interruption_reason", "interrupted_at",
            "resumed_at", "volume_ml", "kit_number", "source", "voided_at", "void_reason", "recorded_at",
            "changed_at", "version",
        ]  # fmt: skip
        read_only_fields = fields


class InfusionDetailsSerializer(serializers.Serializer[Any]):
    """The fields that may be sent when recording or correcting an infusion."""

    not_given_reason = serializers.CharField(required=False, allow_blank=True)
    started_at = serializers.DateTimeField(required=False, allow_null=True)
    start_precision = serializers.ChoiceField(TimePrecision.choices, required=False)
    ended_at = serializers.DateTimeField(required=False, allow_null=True)
    end_precision = serializers.ChoiceField(TimePrecision.choices, required=False)
    interrupted = serializers.BooleanField(required=False, allow_null=True)
    interruption_reason = serializers.CharField(required=False, allow_blank=True)
    interrupted_at = serializers.DateTimeField(required=False, allow_null=True)
    resumed_at = serializers.DateTimeField(required=False, allow_null=True, help_text=LAST_END)
    volume_ml = serializers.DecimalField(max_digits=6, decimal_places=1, required=False, allow_null=True)
    kit_number = serializers.CharField(max_length=40, required=False, allow_blank=True)


class RecordInfusionSerializer(InfusionDetailsSerializer, CreateSerializer):
    """An infusion that was given (with its start), or that was not (with the reason)."""

    trial = serializers.SlugField(max_length=40, help_text="The trial's code.")
    participant = serializers.CharField(max_length=40, help_text="The participant's code.")
    number = serializers.IntegerField(min_value=1, max_value=32767)
    status = serializers.ChoiceField(InfusionStatus.choices, default=InfusionStatus.GIVEN)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["status"] == InfusionStatus.GIVEN and not attrs.get("started_at"):
            message = _("Started at: needed for an infusion that was given.")
            raise serializers.ValidationError({"started_at": [message]})
        if attrs["status"] == InfusionStatus.NOT_GIVEN:
            self._only_the_reason(attrs)
        return attrs

    def _only_the_reason(self, attrs: dict[str, Any]) -> None:
        allowed = {"trial", "participant", "number", "status", "not_given_reason", "reason"}
        extra = sorted(name for name in set(attrs) - allowed if attrs[name] not in (None, ""))
        if extra:
            message = _("%(field)s: an infusion that was not given has none.")
            raise serializers.ValidationError({name: [message % {"field": name}] for name in extra})

    def to_representation(self, instance: Infusion) -> dict[str, Any]:
        return dict(InfusionSerializer(instance).data)


class CorrectInfusionSerializer(InfusionDetailsSerializer, ChangeSerializer):
    """A correction: only the fields that change, and the reason."""

    number = serializers.IntegerField(min_value=1, max_value=32767, required=False)
    status = serializers.ChoiceField(InfusionStatus.choices, required=False)


class EndInfusionSerializer(ReasonSerializer):
    ended_at = serializers.DateTimeField()
    volume_ml = serializers.DecimalField(
        max_digits=6, decimal_places=1, required=False, allow_null=True, default=None
    )
    interrupted = serializers.BooleanField(required=False, allow_null=True, default=None)
    interruption_reason = serializers.CharField(required=False, allow_blank=True, default="")
    interrupted_at = serializers.DateTimeField(required=False, allow_null=True)
    resumed_at = serializers.DateTimeField(required=False, allow_null=True, help_text=LAST_END)


class InterruptInfusionSerializer(ReasonSerializer):
    interruption_reason = serializers.CharField()
    interrupted_at = serializers.DateTimeField(required=False, allow_null=True)
    resumed_at = serializers.DateTimeField(required=False, allow_null=True, help_text=LAST_END)


class InfusionFilter(django_filters.FilterSet):
    """`trial`, `participant` and `site` are codes; times are included.

    Without `voided` both kinds are listed.
    """

    trial = django_filters.CharFilter(field_name="trial__code")
    participant = django_filters.CharFilter(field_name="participant__code")
    site = django_filters.CharFilter(field_name="participant__site__code")
    number = django_filters.NumberFilter()
    status = django_filters.ChoiceFilter(choices=InfusionStatus.choices)
    started_from = InstantFilter(field_name="started_at", lookup_expr="gte")
    started_to = InstantFilter(field_name="started_at", lookup_expr="lte")
    voided = django_filters.BooleanFilter(field_name="voided_at", lookup_expr="isnull", exclude=True)
    updated_since = UpdatedSinceFilter()

    class Meta:
        model = Infusion
        fields = [
            "trial", "participant", "site", "number", "status", "started_from", "started_to", "voided",
            "updated_since",
        ]  # fmt: skip


class InfusionViewSet(VerbViewSet):
    """Infusions. Nothing is deleted: `void` excludes one from every count, with a reason."""

    queryset = Infusion.objects.select_related("trial", "participant__trial", "participant__site")
    filterset_class = InfusionFilter
    ordering_columns: ClassVar = {
        "id": "id",
        "number": "number",
        "started_at": "started_at",
        "changed_at": "changed_at",
        "recorded_at": "recorded_at",
    }
    action_table: ClassVar = {
        "read": Action.VIEW_PARTICIPANTS,
        "create": Action.RECORD_INFUSION,
        "partial_update": Action.RECORD_INFUSION,
        "end": Action.RECORD_INFUSION,
        "interrupt": Action.RECORD_INFUSION,
        "void": Action.RECORD_INFUSION,
    }
    subject = "infusion"
    shown = InfusionSerializer
    shapes: ClassVar = {
        "create": RecordInfusionSerializer,
        "partial_update": CorrectInfusionSerializer,
        "end": EndInfusionSerializer,
        "interrupt": InterruptInfusionSerializer,
        "void": ReasonSerializer,
    }

    @extend_schema(
        request=RecordInfusionSerializer,
        responses={201: InfusionSerializer},
        description="Record an infusion.",
    )
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().create(request, *args, **kwargs)

    def perform_service(self, data: dict[str, Any]) -> Infusion:
        participant = self.participant_of(data.pop("trial"), data.pop("participant"), Action.RECORD_INFUSION)
        who = {"participant": participant, **self.who()}
        if data.pop("status") == InfusionStatus.NOT_GIVEN:
            names = ("number", "not_given_reason", "reason")
            return services.record_infusion_not_given(**who, **{name: data.get(name, "") for name in names})
        data.pop("not_given_reason", None)
        return services.record_infusion(**who, **data)

    @extend_schema(
        request=CorrectInfusionSerializer, responses=InfusionSerializer, description="Correct fields."
    )
    def partial_update(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        return self.correct(services.correct_infusion)

    @extend_schema(request=EndInfusionSerializer, responses=InfusionSerializer)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Record the end of a running infusion."""
        return self.do(services.end_infusion)

    @extend_schema(request=InterruptInfusionSerializer, responses=InfusionSerializer)
    @action(detail=True, methods=["post"])
    def interrupt(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Record that an infusion was interrupted."""
        return self.do(services.interrupt_infusion)

    @extend_schema(request=ReasonSerializer, responses=InfusionSerializer)
    @action(detail=True, methods=["post"])
    def void(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Void an infusion that was recorded by mistake; it stays readable."""
        return self.do(services.void_infusion)
