"""Participants: screened, enrolled, corrected, withdrawn, completed, died; and an end taken back."""

from typing import Any, ClassVar

import django_filters
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.choices import Action
from partial_dates import WindowMembership
from trials import services
from trials.api.shapes import ChangeSerializer, CreateSerializer
from trials.api.verbs import VerbViewSet
from trials.choices import ParticipantStatus, Sex, TimePrecision
from trials.models import Participant, Site
from trials.queries import ScheduledInfusion, infusion_schedule
from trials.rules.schedule import PlannedState
from webkit.api.instants import UpdatedSinceFilter
from webkit.api.shapes import ReasonSerializer


class ParticipantSerializer(serializers.ModelSerializer[Participant]):
    """A participant. `trial` and `site` are codes; `strata` is stratum code to level code."""

    trial = serializers.SlugRelatedField[Any](slug_field="code", read_only=True)
    site = serializers.SlugRelatedField[Any](slug_field="code", read_only=True)
    strata = serializers.DictField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = Participant
        fields = [
            "id", "trial", "site", "code", "status", "sex", "age_years", "weight_kg", "strata", "screened_date",
            "consented_at", "day0_date", "enrolled_at", "enrolment_precision", "enrolment_basis", "enrolment_number",
            "withdrawn_date", "withdrawal_reason", "completed_date", "has_died", "died", "death_cause",
            "in_safety_population", "source", "recorded_at", "changed_at", "version",
        ]  # fmt: skip
        read_only_fields = fields


class DetailsSerializer(serializers.Serializer[Any]):
    """The fields that may be sent when screening or correcting a participant."""

    sex = serializers.ChoiceField(Sex.choices, required=False)
    age_years = serializers.IntegerField(min_value=0, max_value=120, required=False, allow_null=True)
    weight_kg = serializers.DecimalField(max_digits=5, decimal_places=1, required=False, allow_null=True)
    strata = serializers.DictField(child=serializers.CharField(max_length=40), required=False)
    screened_date = serializers.DateField(required=False, allow_null=True)
    consented_at = serializers.DateTimeField(required=False, allow_null=True)
    day0_date = serializers.DateField(required=False, allow_null=True)


class ScreenSerializer(DetailsSerializer, CreateSerializer):
    """A person who is screened, by code: never a name, never a date of birth."""

    trial = serializers.SlugField(max_length=40, help_text="The trial's code.")
    site = serializers.SlugField(max_length=40, help_text="The site's code.")
    code = serializers.CharField(max_length=40)

    def to_representation(self, instance: Participant) -> dict[str, Any]:
        return dict(ParticipantSerializer(instance).data)


class CorrectSerializer(DetailsSerializer, ChangeSerializer):
    """A correction: only the fields that change, and the reason."""

    code = serializers.CharField(max_length=40, required=False)
    withdrawn_date = serializers.DateField(required=False, allow_null=True)
    withdrawal_reason = serializers.CharField(required=False, allow_blank=True)
    completed_date = serializers.DateField(required=False, allow_null=True)
    died = serializers.CharField(max_length=32, required=False, allow_blank=True)
    death_cause = serializers.CharField(required=False, allow_blank=True)


class EnrolSerializer(ReasonSerializer):
    """The time of the protocol's enrolment event, such as the randomisation."""

    enrolled_at = serializers.DateTimeField()
    enrolment_precision = serializers.ChoiceField(TimePrecision.choices, default=TimePrecision.MINUTE)
    day0_date = serializers.DateField(required=False, allow_null=True, default=None)
    strata = serializers.DictField(child=serializers.CharField(max_length=40), required=False)


class WithdrawSerializer(ReasonSerializer):
    withdrawn_date = serializers.DateField()
    withdrawal_reason = serializers.CharField()


class CompleteSerializer(ReasonSerializer):
    completed_date = serializers.DateField()


class DeathSerializer(ReasonSerializer):
    """`died` is as exact as known: `2020`, `2020-04`, `2020-04-06`, `2020-04-06T03:40`.

    Empty = date not known.
    """

    died = serializers.CharField(max_length=32, allow_blank=True)
    death_cause = serializers.CharField(required=False, allow_blank=True, default="")


class TakeBackSerializer(ReasonSerializer):
    """`seen_version` identifies the end that is meant: in another version it may be another one."""

    seen_version = serializers.IntegerField(
        min_value=1, help_text=gettext_lazy("The version that you read before you changed it.")
    )


class ScheduledInfusionSerializer(serializers.Serializer[Any]):
    """A planned infusion, its window and its state; `timing` is whether a given one was in its planned days."""

    number = serializers.IntegerField(source="planned.number")
    day = serializers.IntegerField(source="planned.day")
    opens_at = serializers.DateTimeField(source="planned.window.opens_at")
    closes_at = serializers.DateTimeField(source="planned.window.closes_at")
    infusion = serializers.IntegerField(source="infusion_id", allow_null=True)
    state = serializers.SerializerMethodField()
    timing = serializers.SerializerMethodField()

    @extend_schema_field(serializers.ChoiceField([state.value for state in PlannedState]))
    def get_state(self, row: ScheduledInfusion) -> str:
        return row.state.value

    @extend_schema_field(serializers.ChoiceField([m.value for m in WindowMembership], allow_null=True))
    def get_timing(self, row: ScheduledInfusion) -> str | None:
        return row.timing.value if row.timing else None


class ParticipantFilter(django_filters.FilterSet):
    """`trial` and `site` are codes; `enrolled` filters by the enrolment number; `updated_since` is included."""

    trial = django_filters.CharFilter(field_name="trial__code")
    site = django_filters.CharFilter(field_name="site__code")
    code = django_filters.CharFilter()
    status = django_filters.MultipleChoiceFilter(choices=ParticipantStatus.choices)
    enrolled = django_filters.BooleanFilter(field_name="enrolment_number", lookup_expr="isnull", exclude=True)
    has_died = django_filters.BooleanFilter()
    updated_since = UpdatedSinceFilter()

    class Meta:
        model = Participant
        fields = ["trial", "site", "code", "status", "enrolled", "has_died", "updated_since"]


class ParticipantViewSet(VerbViewSet):
    """Participants, by code. Each step has an address of its own and needs a reason."""

    queryset = Participant.objects.select_related("trial", "site")
    filterset_class = ParticipantFilter
    ordering_columns: ClassVar = {
        "id": "id",
        "code": "code",
        "enrolment_number": "enrolment_number",
        "enrolled_at": "enrolled_at",
        "changed_at": "changed_at",
        "recorded_at": "recorded_at",
    }
    site_lookup = "site__code"
    action_table: ClassVar = {
        "read": Action.VIEW_PARTICIPANTS,
        "create": Action.SCREEN_PARTICIPANT,
        "partial_update": Action.RECORD_PARTICIPANT_STATUS,
        "enrol": Action.ENROL_PARTICIPANT,
        "fail_screening": Action.SCREEN_PARTICIPANT,
        "withdraw": Action.RECORD_PARTICIPANT_STATUS,
        "complete": Action.RECORD_PARTICIPANT_STATUS,
        "record_death": Action.RECORD_PARTICIPANT_STATUS,
        "take_back_end": Action.RECORD_PARTICIPANT_STATUS,
        "schedule": Action.VIEW_PARTICIPANTS,
    }
    subject = "participant"
    shown = ParticipantSerializer
    shapes: ClassVar = {
        "create": ScreenSerializer,
        "partial_update": CorrectSerializer,
        "enrol": EnrolSerializer,
        "fail_screening": ReasonSerializer,
        "withdraw": WithdrawSerializer,
        "complete": CompleteSerializer,
        "record_death": DeathSerializer,
        "take_back_end": TakeBackSerializer,
    }

    @extend_schema(
        request=ScreenSerializer, responses={201: ParticipantSerializer}, description="Screen somebody."
    )
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().create(request, *args, **kwargs)

    def perform_service(self, data: dict[str, Any]) -> Participant:
        return services.screen_participant(
            site=_site(data.pop("trial"), data.pop("site")), **self.who(), **data
        )

    @extend_schema(
        request=CorrectSerializer, responses=ParticipantSerializer, description="Correct recorded fields."
    )
    def partial_update(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        return self.correct(services.correct_participant)

    @extend_schema(request=EnrolSerializer, responses=ParticipantSerializer)
    @action(detail=True, methods=["post"])
    def enrol(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Enrol a screened participant at the moment of the protocol's enrolment event."""
        return self.do(services.enrol_participant)

    @extend_schema(request=ReasonSerializer, responses=ParticipantSerializer)
    @action(detail=True, methods=["post"], url_path="fail-screening")
    def fail_screening(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Record that a screened participant will not be enrolled."""
        return self.do(services.fail_screening)

    @extend_schema(request=WithdrawSerializer, responses=ParticipantSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Record that an enrolled participant left the trial."""
        return self.do(services.withdraw_participant)

    @extend_schema(request=CompleteSerializer, responses=ParticipantSerializer)
    @action(detail=True, methods=["post"])
    def complete(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Record that an enrolled participant finished the trial as planned."""
        return self.do(services.complete_participant)

    @extend_schema(request=DeathSerializer, responses=ParticipantSerializer)
    @action(detail=True, methods=["post"], url_path="record-death")
    def record_death(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Record a death, as exactly as it is known."""
        return self.do(services.record_death)

    @extend_schema(request=TakeBackSerializer, responses=ParticipantSerializer)
    @action(detail=True, methods=["post"], url_path="take-back-end")
    def take_back_end(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Take back a death, else a withdrawal, a completion or a failed screening, that was recorded by mistake."""
        return self.do(services.take_back_end)

    @extend_schema(responses=ScheduledInfusionSerializer(many=True), filters=False)
    @action(detail=True, pagination_class=None, filter_backends=[])
    def schedule(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """The planned infusions and their present state."""
        rows = infusion_schedule(participant=self.get_object(), at=timezone.now())
        return Response(ScheduledInfusionSerializer(rows, many=True).data)


def _site(trial_code: str, site_code: str) -> Site:
    """The site with these codes. Raises ValidationError that names the site."""
    site = Site.objects.select_related("trial").filter(trial__code=trial_code, code=site_code).first()
    if site is None:
        message = _("Site: the trial %(trial)s has no site %(site)s.") % {
            "trial": trial_code,
            "site": site_code,
        }
        raise serializers.ValidationError({"site": [message]})
    return site
