"""`/api/v1/obligations/`: reports, recipients and due times, with the log of messages. Read only."""

from datetime import datetime
from typing import Any, ClassVar

import django_filters
from django.utils import timezone
from rest_framework import serializers

from accounts.choices import Action
from pharmacovigilance.choices import ReportDestination
from pharmacovigilance.models import Obligation, ObligationStep
from webkit.api.instants import InstantFilter, UpdatedSinceFilter
from webkit.api.lists import ListedViewSet


class ObligationStepSerializer(serializers.ModelSerializer[ObligationStep]):
    class Meta:
        model = ObligationStep
        fields = ["kind", "done_at", "case_version", "reference", "closed_because", "text", "late_reason"]
        read_only_fields = fields


class ObligationSerializer(serializers.ModelSerializer[Obligation]):
    """An obligation: the row never changes, its steps are added. `state` is that at the time of the response."""

    trial = serializers.CharField(source="trial.code", read_only=True)
    rule = serializers.CharField(source="rule.code", read_only=True)
    source = serializers.CharField(source="rule.source", read_only=True)  # type: ignore[assignment]
    state = serializers.SerializerMethodField()
    because = serializers.SerializerMethodField()
    steps = ObligationStepSerializer(many=True, read_only=True)

    class Meta:
        model = Obligation
        fields = [
            "id", "trial", "case", "declaration", "rule", "source", "destination", "is_blinded", "day_0_at", "due_at",
            "state", "because", "steps", "recorded_at", "changed_at", "version",
        ]  # fmt: skip
        read_only_fields = fields

    def get_state(self, row: Obligation) -> str:
        return str(row.state_at(_now(self)))

    def get_because(self, row: Obligation) -> list[str]:
        return [reason["message"] % reason["params"] for reason in row.reasons]


def _now(serializer: Any) -> datetime:
    """One time for all rows of a response."""
    at: datetime = serializer.context.setdefault("at", timezone.now())
    return at


class ObligationFilter(django_filters.FilterSet):
    """`trial` is a code, `case` an id; `due_before` is an instant."""

    trial = django_filters.CharFilter(field_name="trial__code")
    case = django_filters.NumberFilter(field_name="case_id")
    destination = django_filters.ChoiceFilter(choices=ReportDestination.choices)
    due_before = InstantFilter(field_name="due_at", lookup_expr="lt")
    updated_since = UpdatedSinceFilter()

    class Meta:
        model = Obligation
        fields = ["trial", "case", "destination", "due_before", "updated_since"]


class ObligationViewSet(ListedViewSet):
    """Obligations. One at the unblinded desk looks the same whatever the desk has done."""

    queryset = Obligation.objects.select_related("trial", "rule", "case").prefetch_related("steps")
    serializer_class = ObligationSerializer
    filterset_class = ObligationFilter
    site_lookup: ClassVar = "case__participant__site__code"
    ordering_columns: ClassVar = {"id": "id", "due_at": "due_at", "changed_at": "changed_at"}
    action_table: ClassVar = {"read": Action.VIEW_CASES}
    http_method_names = ["get", "head", "options"]
