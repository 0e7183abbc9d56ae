"""`haemodynamic-readings` and `haemodynamic-findings`."""

from collections.abc import Mapping
from typing import Any, ClassVar

import django_filters
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.choices import Action
from accounts.queries import trial_codes_for, user_may
from audit.choices import FIRST_ENTRY
from events.models import AdverseEvent
from events.queries.adverse_events import NO_PARTICIPANT, participant_with
from haemodynamics.api.shapes import (
    ConfirmationInput,
    FindingOutput,
    ReadingCorrectionInput,
    ReadingInput,
    ReadingOutput,
)
from haemodynamics.choices import FindingState
from haemodynamics.models import HaemodynamicFinding, HaemodynamicReading
from haemodynamics.rules import RunningVasopressor
from haemodynamics.services import (
    confirm_finding,
    correct_reading,
    record_reading,
    refute_finding,
    void_reading,
)
from trials.models import Participant
from webkit.api.instants import InstantFilter, UpdatedSinceFilter
from webkit.api.lists import ListedViewSet
from webkit.api.resources import IdempotentCreateMixin
from webkit.api.shapes import ReasonSerializer

"""The reason kept with a new record; a person gives one for every change."""


class PersonFilters(django_filters.FilterSet):
    """Filters of both readings and findings."""

    trial = django_filters.CharFilter(field_name="trial__code", help_text="Code of the trial.")
    site = django_filters.CharFilter(field_name="participant__site__code", help_text="Code of the site.")
    participant = django_filters.CharFilter(
        field_name="participant__code", help_text="Code of the participant."
    )
    updated_since = UpdatedSinceFilter()


class ReadingFilters(PersonFilters):
    """Filters of readings: participant, time, and whether void."""

    taken_from = InstantFilter(field_name="taken_at", lookup_expr="gte")
    taken_to = InstantFilter(field_name="taken_at", lookup_expr="lte")
    voided = django_filters.BooleanFilter(field_name="voided_at", lookup_expr="isnull", exclude=True)


class FindingFilters(PersonFilters):
    """Filters of findings: participant, infusion, criterion and state."""

    infusion = django_filters.NumberFilter(field_name="infusion__number", help_text="Number of the infusion.")
    criterion = django_filters.CharFilter()
    state = django_filters.ChoiceFilter(choices=FindingState.choices)


class ReadingViewSet(IdempotentCreateMixin, ListedViewSet):
    """Bedside readings: list, one, create (with `Idempotency-Key`), correct, void."""

    queryset = HaemodynamicReading.objects.select_related("trial", "participant__site").prefetch_related(
        "vasopressors"
    )
    serializer_class = ReadingOutput
    filterset_class = ReadingFilters
    ordering_columns: ClassVar[Mapping[str, str]] = {
        "id": "id",
        "taken_at": "taken_at",
        "changed_at": "changed_at",
    }
    ordering: ClassVar[tuple[str, ...]] = ("-taken_at", "-id")
    action_table: ClassVar[Mapping[str, Action]] = {
        "read": Action.VIEW_READINGS,
        "create": Action.RECORD_READING,
        "partial_update": Action.RECORD_READING,
        "void": Action.RECORD_READING,
    }

    def get_serializer_class(self) -> Any:
        shapes = {"create": ReadingInput, "partial_update": ReadingCorrectionInput, "void": ReasonSerializer}
        return shapes.get(self.action, ReadingOutput)

    @extend_schema(request=ReadingInput, responses={201: ReadingOutput})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Record one reading with the vasopressors that ran; the windows of the participant are evaluated."""
        return super().create(request, *args, **kwargs)

    def perform_service(self, data: dict[str, Any]) -> HaemodynamicReading:
        values = dict(data)
        participant = self._participant(values.pop("participant"), values.pop("trial", None))
        reason, pumps = values.pop("reason", FIRST_ENTRY), _pumps(values.pop("vasopressors", ()))
        return record_reading(
            participant=participant,
            values=values,
            vasopressors=pumps,
            by=self.user,
            at=timezone.now(),
            reason=reason,
        )

    def _participant(self, code: str, trial: str | None) -> Participant:
        """A participant for whom the account may record.

        Another one gives the same response as one that does not exist.
        """
        reach = trial_codes_for(self.user, Action.RECORD_READING)
        found = participant_with(code=code, trial_codes=reach & {trial} if trial else reach)
        place = {"trial_code": found.trial.code, "site_code": found.site.code}
        if not user_may(self.user, Action.RECORD_READING, **place):
            raise ValidationError({"participant": NO_PARTICIPANT % {"code": code}})
        return found

    @extend_schema(request=ReadingCorrectionInput, responses=ReadingOutput)
    def partial_update(self, request: Request, pk: str | None = None) -> Response:  # noqa: ARG002
        """Correct fields of a reading, with a reason; the old version stays in the trail."""
        values = self._checked(request)
        reason, pumps = values.pop("reason"), values.pop("vasopressors", None)
        row = correct_reading(
            reading=self.get_object(),
            values=values,
            vasopressors=None if pumps is None else _pumps(pumps),
            by=self.user,
            at=timezone.now(),
            reason=reason,
        )
        return Response(ReadingOutput(self._fresh(row)).data)

    @extend_schema(request=ReasonSerializer, responses=ReadingOutput)
    @action(detail=True, methods=["post"])
    def void(self, request: Request, pk: str | None = None) -> Response:  # noqa: ARG002
        """Void a reading, with a reason; findings that rested on it are withdrawn."""
        reason = self._checked(request)["reason"]
        row = void_reading(reading=self.get_object(), by=self.user, at=timezone.now(), reason=reason)
        return Response(ReadingOutput(self._fresh(row)).data)

    def _checked(self, request: Request) -> dict[str, Any]:
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def _fresh(self, row: HaemodynamicReading) -> HaemodynamicReading:
        fresh: HaemodynamicReading = self.get_queryset().get(pk=row.pk)
        return fresh


def _pumps(given: Any) -> list[RunningVasopressor]:
    return [
        RunningVasopressor(line["agent"], line["rate"], line["unit"], line.get("salt", "")) for line in given
    ]


class FindingViewSet(ListedViewSet):
    """Findings that a clinician confirms or refutes. None is created or deleted over HTTP."""

    queryset = HaemodynamicFinding.objects.select_related("trial", "participant__site", "infusion")
    serializer_class = FindingOutput
    filterset_class = FindingFilters
    ordering_columns: ClassVar[Mapping[str, str]] = {
        "id": "id",
        "first_hit_at": "first_hit_at",
        "changed_at": "changed_at",
    }
    action_table: ClassVar[Mapping[str, Action]] = {
        "read": Action.VIEW_READINGS,
        "confirm": Action.ASSESS_FINDING,
        "refute": Action.ASSESS_FINDING,
    }

    @extend_schema(request=ConfirmationInput, responses=FindingOutput)
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, pk: str | None = None) -> Response:  # noqa: ARG002
        """Confirm the finding, with a reason and, if there is one, its adverse event."""
        said = _valid(ConfirmationInput(data=request.data))
        finding = self.get_object()
        row = confirm_finding(
            finding=finding,
            adverse_event=_event_of(finding, said.get("adverse_event")),
            by=self.user,
            at=timezone.now(),
            reason=said["reason"],
        )
        return Response(FindingOutput(self.get_queryset().get(pk=row.pk)).data)

    @extend_schema(request=ReasonSerializer, responses=FindingOutput)
    @action(detail=True, methods=["post"])
    def refute(self, request: Request, pk: str | None = None) -> Response:  # noqa: ARG002
        """Refute the finding, with a reason."""
        said = _valid(ReasonSerializer(data=request.data))
        row = refute_finding(
            finding=self.get_object(),
            by=self.user,
            at=timezone.now(),
            reason=said["reason"],
        )
        return Response(FindingOutput(self.get_queryset().get(pk=row.pk)).data)


def _valid(serializer: ReasonSerializer) -> dict[str, Any]:
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)


def _event_of(finding: HaemodynamicFinding, pk: int | None) -> AdverseEvent | None:
    """The participant's own event of that id; another one gives the same response as one that does not exist."""
    if pk is None:
        return None
    event = AdverseEvent.objects.filter(pk=pk, participant=finding.participant_id, voided_at=None).first()
    if event is None:
        raise ValidationError({"adverse_event": _("Adverse event: not one of this participant.")})
    return event


ROUTES = [("haemodynamic-readings", ReadingViewSet), ("haemodynamic-findings", FindingViewSet)]
