"""`alerts`: sealed. Prompts of safety boundaries and the board's answers, for the chair and the statistician."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.choices import Action
from reports.choices import Recommendation
from reports.models import AlertAnswer, BoundaryState
from reports.services.alert_answers import answer_alert
from reports.services.clearances import reading
from trials.models import Trial
from webkit.api.instants import UpdatedSinceFilter
from webkit.api.sealed import SealedViewSet
from webkit.api.shapes import StrictSerializer


class AlertFilter(django_filters.FilterSet):
    """`trial` is the trial's code; `updated_since` an instant, included."""

    trial = django_filters.CharFilter(field_name="trial__code")
    boundary = django_filters.CharFilter(field_name="boundary")
    arm = django_filters.CharFilter(field_name="arm")
    updated_since = UpdatedSinceFilter()


class AnswerSerializer(serializers.ModelSerializer[AlertAnswer]):
    """The board's answer to an alert."""

    choice = serializers.ChoiceField(source="recommendation", choices=Recommendation.choices, read_only=True)
    answered_by = serializers.CharField(source="answered_by.username", read_only=True)

    class Meta:
        model = AlertAnswer
        fields = ["choice", "text", "answered_by", "answered_at"]
        read_only_fields = fields


class AnswerInput(StrictSerializer):
    """The board's answer, and its reason."""

    choice = serializers.ChoiceField(choices=Recommendation.choices)
    text = serializers.CharField()


class AlertSerializer(serializers.ModelSerializer[BoundaryState]):
    """An alert: `arm` and `against` are coded letters; `evidence` is what the boundary's method compares."""

    trial = serializers.SlugRelatedField[Any](slug_field="code", read_only=True)
    raised_at = serializers.DateTimeField(source="recorded_at", read_only=True)
    answers = AnswerSerializer(many=True, read_only=True)

    class Meta:
        model = BoundaryState
        fields = [
            "id", "trial", "boundary", "protocol_version", "arm", "against", "affected", "evaluable",
            "affected_against", "evaluable_against", "evidence", "raised_at", "answers", "changed_at",
        ]  # fmt: skip
        read_only_fields = fields


class AlertViewSet(SealedViewSet):
    """Alerts of one trial, the newest first: that of `?trial=`, or the only one in scope."""

    model = BoundaryState
    serializer_class = AlertSerializer
    filterset_class = AlertFilter
    action_table: ClassVar = {"read": Action.VIEW_ALERTS, "answer": Action.CHAIR_MEETING}

    def rows(self) -> QuerySet[Any]:
        rows = BoundaryState.objects.filter(is_alert=True).select_related("trial")
        return rows.prefetch_related("answers__answered_by")

    @extend_schema(request=AnswerInput, responses={201: AnswerSerializer})
    @action(detail=True, methods=["post"])
    def answer(self, request: Request, **_: Any) -> Response:
        """Record the board's answer to the alert; earlier answers stay."""
        sent = AnswerInput(data=request.data)
        sent.is_valid(raise_exception=True)
        with self.opened() as trial:
            alert = self.get_object()
            given = answer_alert(
                alert_id=alert.pk, trial=trial, by=self.user, at=timezone.now(), **sent.validated_data
            )
        return Response(AnswerSerializer(given).data, status=status.HTTP_201_CREATED)

    @contextmanager
    def opened(self) -> Iterator[Trial]:
        """As for every page of the closed session: the log of openings does not show which page it was."""
        trial = self.trial()
        with reading(trial, self.user, timezone.now()):
            yield trial
