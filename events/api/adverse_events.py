"""The resource `adverse-events`: list, read, record, correct, complete, follow up, sign, void.

Nothing is deleted.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.choices import Action
from accounts.models import User
from accounts.queries import trial_codes_for, user_may
from accounts.services import own_password_refusal
from audit.choices import FIRST_ENTRY
from events.api.course_output import CourseShape, course_data
from events.api.event_filters import EventFilters
from events.api.event_input import (
    ChangedEvent,
    CompletedEvent,
    CorrectedObservation,
    FollowUp,
    NewEvent,
    NewObservation,
    Signature,
    SponsorTold,
    VoidedObservation,
    Voiding,
)
from events.api.event_output import EventOutput, JudgedEventOutput, VersionShape
from events.api.terms import TermQuestion, TermShape, found_terms
from events.choices import EventStatus
from events.models import AdverseEvent, EventObservation
from events.models.adverse_events import protocol_when_recorded
from events.queries.adverse_events import NO_PARTICIPANT, categories_of, participant_with, term_with
from events.queries.event_versions import versions_of
from events.services.adverse_events import (
    complete_draft,
    correct_adverse_event,
    record_adverse_event,
    record_follow_up,
    save_draft,
    sign_adverse_event,
    void_adverse_event,
)
from events.services.course import correct_observation, record_observation, void_observation
from events.services.sponsor_updates import record_sponsor_told
from trials.models import Infusion, Participant
from trials.rules.protocol import CausalityCategory
from webkit.api.lists import ListedViewSet
from webkit.api.resources import IdempotentCreateMixin

Data = dict[str, Any]


class AdverseEventViewSet(IdempotentCreateMixin, ListedViewSet):
    """Adverse events of the trials and sites in scope, the latest onset first."""

    queryset = AdverseEvent.objects.with_relations().with_first_infusion()
    serializer_class = EventOutput
    filterset_class = EventFilters
    ordering = ("-onset",)
    ordering_columns = {
        "onset": "onset_earliest_at",
        "ended": "ended_earliest_at",
        "grade": "grade",
        "aware_at": "aware_at",
        "sponsor_informed_at": "sponsor_informed_at",
        "recorded_at": "recorded_at",
        "changed_at": "changed_at",
        "id": "id",
    }
    action_table = {
        "read": Action.VIEW_EVENTS,
        "create": Action.RECORD_EVENT,
        "correct": Action.RECORD_EVENT,
        "complete": Action.RECORD_EVENT,
        "follow_up": Action.RECORD_EVENT,
        "terms": Action.VIEW_EVENTS,
        "add_to_course": Action.RECORD_EVENT,
        "correct_course": Action.RECORD_EVENT,
        "void_course": Action.RECORD_EVENT,
        "sponsor_told": Action.RECORD_EVENT,
        "sign": Action.SIGN_EVENT,
        "void": Action.RECORD_EVENT,
    }
    shapes: Mapping[str, Any] = {
        "retrieve": JudgedEventOutput,
        "create": NewEvent,
        "correct": ChangedEvent,
        "complete": CompletedEvent,
        "follow_up": FollowUp,
        "add_to_course": NewObservation,
        "correct_course": CorrectedObservation,
        "void_course": VoidedObservation,
        "sponsor_told": SponsorTold,
        "sign": Signature,
        "void": Voiding,
    }

    def get_serializer_class(self) -> Any:
        return self.shapes.get(self.action, EventOutput)

    def get_serializer_context(self) -> Data:
        return {**super().get_serializer_context(), "categories": self._categories}

    @extend_schema(request=NewEvent, responses={201: JudgedEventOutput})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Record an event. `Idempotency-Key` is honoured."""
        return super().create(request, *args, **kwargs)

    def perform_service(self, data: Data) -> AdverseEvent:
        participant = self._participant(data.pop("participant"), data.pop("trial", None))
        status, reason = data.pop("status"), data.pop("reason", FIRST_ENTRY)
        verb = save_draft if status == EventStatus.DRAFT else record_adverse_event
        at = timezone.now()
        values = self._values(data, participant, at)
        return verb(participant=participant, values=values, by=self.user, at=at, reason=reason)

    @extend_schema(request=ChangedEvent, responses=JudgedEventOutput)
    @action(detail=True, methods=["post"])
    def correct(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Correct an event: a new version; a signature on it is dropped."""
        return self._versioned(request, correct_adverse_event)

    @extend_schema(request=CompletedEvent, responses=JudgedEventOutput)
    @action(detail=True, methods=["post"])
    def complete(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Make a draft a recorded event; from now on every rule applies."""
        return self._versioned(request, complete_draft)

    @extend_schema(request=FollowUp, responses=JudgedEventOutput)
    @action(detail=True, methods=["post"], url_path="follow-up")
    def follow_up(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Record the follow-up of an event."""
        return self._versioned(request, record_follow_up)

    @extend_schema(request=Signature, responses=JudgedEventOutput)
    @action(detail=True, methods=["post"])
    def sign(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Sign the version that was read, as investigator, with the password again."""
        event, data = self._addressed(request)
        if refusal := own_password_refusal(request._request, data["password"]):
            raise ValidationError({"password": refusal})
        signed = sign_adverse_event(
            event=event, seen_version=data["version"], by=self.user, at=timezone.now()
        )
        return self._given(signed)

    @extend_schema(request=Voiding, responses=JudgedEventOutput)
    @action(detail=True, methods=["post"])
    def void(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Exclude an event that should not exist from every count; it stays readable."""
        event, data = self._addressed(request)
        voided = void_adverse_event(
            event=event,
            seen_version=data.get("version"),
            by=self.user,
            at=timezone.now(),
            reason=data["reason"],
        )
        return self._given(voided)

    @extend_schema(responses=CourseShape, filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def course(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """The course of the event: its rows, worst grade, first and last day, days at each grade."""
        return Response(course_data(self.get_object(), at=timezone.now()))

    @extend_schema(request=NewObservation, responses={201: CourseShape})
    @course.mapping.post
    def add_to_course(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Add a row to the course of the event."""
        event, data = self._addressed(request)
        seen_version, reason = data.pop("version", None), data.pop("reason", FIRST_ENTRY)
        said = {"by": self.user, "at": timezone.now(), "reason": reason}
        record_observation(event=event, values=data, seen_version=seen_version, **said)
        return self._course(event, status=201)

    @extend_schema(request=CorrectedObservation, responses=CourseShape)
    @action(detail=True, methods=["post"], url_path="course/correct")
    def correct_course(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Correct a row of the course: a new version of the row."""
        event, data = self._addressed(request)
        row, seen_version, reason = self._row(event, data), data.pop("version"), data.pop("reason")
        said = {"by": self.user, "at": timezone.now(), "reason": reason}
        correct_observation(observation=row, values=data, seen_version=seen_version, **said)
        return self._course(event)

    @extend_schema(request=VoidedObservation, responses=CourseShape)
    @action(detail=True, methods=["post"], url_path="course/void")
    def void_course(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Take a row that never was out of the course; it stays readable."""
        event, data = self._addressed(request)
        row = self._row(event, data)
        void_observation(observation=row, by=self.user, at=timezone.now(), reason=data["reason"])
        return self._course(event)

    @extend_schema(request=SponsorTold, responses=CourseShape)
    @action(detail=True, methods=["post"], url_path="sponsor-told")
    def sponsor_told(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Record when the sponsor was informed that the event became worse.

        The clock of the first notice does not change.
        """
        event, data = self._addressed(request)
        said = {"by": self.user, "at": timezone.now(), "reason": data.get("reason", FIRST_ENTRY)}
        record_sponsor_told(event=event, informed_at=data["informed_at"], **said)
        return self._course(event)

    @extend_schema(responses=VersionShape(many=True), filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def versions(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Every version of the event, the first one first: who changed what, when and why."""
        return Response(VersionShape(versions_of(event=self.get_object()), many=True).data)

    @extend_schema(parameters=[TermQuestion], responses=TermShape(many=True), filters=False)
    @action(detail=False, methods=["get"], pagination_class=None)
    def terms(self, request: Request) -> Response:
        """The terms of a dictionary that match everyday words, best first, as in the form."""
        asked = TermQuestion(data=request.query_params)
        asked.is_valid(raise_exception=True)
        return Response(TermShape(found_terms(self.user, **asked.validated_data), many=True).data)

    @cached_property
    def _categories(self) -> Mapping[int, tuple[CausalityCategory, ...]]:
        """The causality categories of the trials in scope, queried once per request."""
        user = getattr(self.request, "user", None)
        reach = trial_codes_for(user, Action.VIEW_EVENTS) if isinstance(user, User) else ()
        return categories_of(trial_codes=reach)

    def _versioned(self, request: Request, verb: Any) -> Response:
        event, data = self._addressed(request)
        seen_version, reason = data.pop("version"), data.pop("reason", FIRST_ENTRY)
        said = {"lowering": data.pop("lowering")} if "lowering" in data else {}
        values = self._values(data, event.participant, event.recorded_at)
        changed = verb(
            event=event,
            values=values,
            seen_version=seen_version,
            by=self.user,
            at=timezone.now(),
            reason=reason,
            **said,
        )
        return self._given(changed)

    def _addressed(self, request: Request) -> tuple[AdverseEvent, Data]:
        """The event of the path, in scope, and the validated body."""
        event = self.get_object()
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return event, dict(serializer.validated_data)

    def _row(self, event: AdverseEvent, data: Data) -> EventObservation:
        """The row of the course that is meant."""
        number = data.pop("number")
        found = EventObservation.objects.filter(event=event, number=number).select_related("event").first()
        if found is None:
            sentence = _("Row: this event has no row %(number)s.")
            raise ValidationError({"number": sentence % {"number": number}})
        return found

    def _course(self, event: AdverseEvent, status: int = 200) -> Response:
        now = AdverseEvent.objects.with_relations().get(pk=event.pk)
        return Response(course_data(now, at=timezone.now()), status=status)

    def _given(self, row: AdverseEvent) -> Response:
        return Response(JudgedEventOutput(row, context=self.get_serializer_context()).data)

    def _participant(self, code: str, trial: str | None) -> Participant:
        """The participant in the account's scope; the response does not reveal whether one outside it exists."""
        user = self.user
        reach = trial_codes_for(user, Action.RECORD_EVENT)
        found = participant_with(code=code, trial_codes=reach & {trial} if trial else reach)
        place = {"trial_code": found.trial.code, "site_code": found.site.code}
        if not user_may(user, Action.RECORD_EVENT, **place):
            raise ValidationError({"participant": NO_PARTICIPANT % {"code": code}})
        return found

    def _values(self, data: Data, participant: Participant, recorded_at: datetime) -> Data:
        """The input with rows in place of codes and numbers; terms are those of the protocol of that day."""
        values = dict(data)
        if values.get("ctcae_term"):
            protocol = protocol_when_recorded(participant, recorded_at)
            values["ctcae_term"] = term_with(text=values["ctcae_term"], protocol=protocol)
        elif "ctcae_term" in values:
            values["ctcae_term"] = None
        if values.get("after_infusion") is not None:
            values["after_infusion"] = self._infusion(values["after_infusion"], participant)
        if values.get("reopens") is not None:
            values["reopens"] = self._earlier(values["reopens"], participant)
        return values

    def _earlier(self, number: int, participant: Participant) -> AdverseEvent:
        found = AdverseEvent.objects.standing().filter(participant=participant, number=number).first()
        if found is None:
            sentence = _("Reopens: this participant has no event %(number)s.")
            raise ValidationError({"reopens": sentence % {"number": number}})
        return found

    def _infusion(self, number: int, participant: Participant) -> Infusion:
        found = Infusion.objects.given().filter(participant=participant, number=number).first()
        if found is None:
            sentence = _("After infusion: this participant had no infusion %(number)s.")
            raise ValidationError({"after_infusion": sentence % {"number": number}})
        return found


ROUTES = (("adverse-events", AdverseEventViewSet),)
