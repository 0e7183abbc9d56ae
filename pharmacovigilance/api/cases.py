"""`/api/v1/safety-cases/`: read, assess, sign, release, amend, nullify. A signature needs the password too."""

from typing import Any, ClassVar

import django_filters
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.choices import Action
from pharmacovigilance.api.case_writes import WRITES, CaseWrites
from pharmacovigilance.choices import CaseState, Judgement, ReceiptSource, Side
from pharmacovigilance.models import SafetyCase
from pharmacovigilance.queries.judged_events import JudgedEvent
from pharmacovigilance.queries.judging import CaseJudgement
from pharmacovigilance.services.receiving import record_receipt
from webkit.api.instants import UpdatedSinceFilter
from webkit.api.lists import ListedViewSet
from webkit.api.shapes import StrictSerializer


class SafetyCaseSerializer(serializers.ModelSerializer[SafetyCase]):
    """A case. `trial` and `participant` are codes; `merged_into` and `duplicate_of` are ids."""

    trial = serializers.CharField(source="trial.code", read_only=True)
    participant = serializers.CharField(source="participant.code", read_only=True)

    class Meta:
        model = SafetyCase
        fields = [
            "id", "trial", "participant", "worldwide_number", "state", "last_version", "situations", "merged_into",
            "duplicate_of", "nullified_because", "recorded_at", "changed_at", "version",
        ]  # fmt: skip
        read_only_fields = fields


class SafetyCaseFilter(django_filters.FilterSet):
    """`trial` and `participant` are codes."""

    trial = django_filters.CharFilter(field_name="trial__code")
    participant = django_filters.CharFilter(field_name="participant__code")
    state = django_filters.ChoiceFilter(choices=CaseState.choices)
    updated_since = UpdatedSinceFilter()

    class Meta:
        model = SafetyCase
        fields = ["trial", "participant", "state", "updated_since"]


class RecordReceiptSerializer(StrictSerializer):
    """The input of information that did not come by the clinical record."""

    source = serializers.ChoiceField(ReceiptSource.choices)  # type: ignore[assignment]
    received_at = serializers.DateTimeField()
    said_by = serializers.CharField(max_length=200)
    text = serializers.CharField(max_length=10000)
    is_significant = serializers.BooleanField()


class CaseAssessmentSerializer(serializers.Serializer[Any]):
    """The derived facts of a case."""

    day_0_at = serializers.DateTimeField(allow_null=True)
    events = serializers.ListField(
        child=serializers.DictField(),
        help_text="Per event: causes by side, disagreement, expectedness, SUSAR per judgement with its reasons.",
    )


class SafetyCaseViewSet(CaseWrites, ListedViewSet):
    """Safety cases. Each opens automatically from a serious event."""

    queryset = SafetyCase.objects.select_related("trial", "participant__site")
    serializer_class = SafetyCaseSerializer
    filterset_class = SafetyCaseFilter
    ordering_columns: ClassVar = {"id": "id", "changed_at": "changed_at", "recorded_at": "recorded_at"}
    action_table: ClassVar = {"read": Action.VIEW_CASES, "receive": Action.MANAGE_CASES, **WRITES}
    http_method_names = ["get", "post", "head", "options"]

    @extend_schema(responses=CaseAssessmentSerializer)
    @action(detail=True, methods=["get"])
    def assessment(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """The derived facts of the case: causes by side, expectedness, SUSAR per judgement with its reasons."""
        judgement = CaseJudgement(self.get_object())
        return Response(
            {
                "day_0_at": judgement.day_0_at,
                "events": [_event(one) for one in judgement.events],
            }
        )

    @extend_schema(request=RecordReceiptSerializer, responses=SafetyCaseSerializer)
    @action(detail=True, methods=["post"])
    def receive(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Record information with its own time. No due time changes."""
        case = self.get_object()
        shape = RecordReceiptSerializer(data=request.data)
        shape.is_valid(raise_exception=True)
        record_receipt(case=case, **shape.validated_data, by=self.user, at=timezone.now())
        return self.shown()

    def shown(self) -> Response:
        """The case as it stands now."""
        return Response(SafetyCaseSerializer(self.get_object()).data)


def _event(one: JudgedEvent) -> dict[str, Any]:
    return {
        "event": one.event.pk,
        "related": {side: one.views[side].related for side in Side},
        "disagree": one.disagree,
        "serious_by_sponsor": one.sponsor_serious,
        "expected": one.expectedness.expected,
        "expectedness_missing": one.expectedness.is_assumed,
        "rsi_version": one.expectedness.version,
        "susar": {
            judgement: {
                "is_susar": one.susars[judgement].is_susar,
                "reasons": [str(reason) for reason in one.susars[judgement].reasons],
                "missing": list(one.susars[judgement].missing),
            }
            for judgement in Judgement
        },
    }
