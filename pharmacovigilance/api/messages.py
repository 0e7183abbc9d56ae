"""`/api/v1/icsr-messages/`: messages to authorities, sealed, each request logged.

They are made, downloaded, recorded as sent, and acknowledged.
"""

import io
from typing import Any, ClassVar, cast

import django_filters
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.choices import Action, ClearanceGround
from pharmacovigilance.choices import MessageProfile
from pharmacovigilance.e2b.acknowledgements import read_acknowledgement
from pharmacovigilance.e2b.refusals import MessageError
from pharmacovigilance.models import DeskRecord, IcsrMessage, Obligation
from pharmacovigilance.queries.messages import MessageStanding, standings
from pharmacovigilance.services.acknowledging import take_acknowledgement
from pharmacovigilance.services.messages import make_message, record_message_sent
from webkit.api.instants import UpdatedSinceFilter
from webkit.api.sealed import SealedViewSet
from webkit.api.shapes import StrictSerializer

LARGEST_ACKNOWLEDGEMENT = 1_000_000
"""Characters (own choice; an acknowledgement of one message has a few thousand)."""


class IcsrMessageSerializer(serializers.ModelSerializer[IcsrMessage]):
    """A message with its state and the authority's answer; the file is at `content/`."""

    trial = serializers.CharField(source="trial.code", read_only=True)
    case = serializers.IntegerField(source="record.case_id", read_only=True)
    destination = serializers.CharField(source="obligation.destination", read_only=True)
    state = serializers.SerializerMethodField()
    sent_at = serializers.SerializerMethodField()
    acknowledgement = serializers.SerializerMethodField()
    answer = serializers.SerializerMethodField()

    class Meta:
        model = IcsrMessage
        fields = [
            "id", "trial", "case", "case_version", "obligation", "destination", "profile", "batch_number",
            "content_sha256", "warnings", "state", "sent_at", "acknowledgement", "answer", "made_at", "recorded_at",
            "changed_at", "version",
        ]  # fmt: skip
        read_only_fields = fields

    def get_state(self, row: IcsrMessage) -> str:
        return str(self._standing(row).state)

    def get_sent_at(self, row: IcsrMessage) -> str | None:
        at = self._standing(row).sent_at
        return at.isoformat() if at else None

    def get_acknowledgement(self, row: IcsrMessage) -> str:
        return self._standing(row).acknowledgement

    def get_answer(self, row: IcsrMessage) -> str:
        return self._standing(row).answer

    def _standing(self, row: IcsrMessage) -> MessageStanding:
        """Read once for each message of an answer."""
        known: dict[int, MessageStanding] = cast(dict[str, Any], self.context).setdefault("standings", {})
        if row.pk not in known:
            known |= standings([row])
        return known[row.pk]


class MakeMessageSerializer(StrictSerializer):
    """For which obligation, handed to the desk, the message is made."""

    obligation = serializers.IntegerField(min_value=1)


class SendMessageSerializer(StrictSerializer):
    late_reason = serializers.CharField(max_length=1000, allow_blank=True, required=False, default="")


class AcknowledgeSerializer(StrictSerializer):
    """The authority's acknowledgement (MCCI_IN200101UV01) as XML."""

    content = serializers.CharField(max_length=LARGEST_ACKNOWLEDGEMENT, trim_whitespace=False)


class IcsrMessageFilter(django_filters.FilterSet):
    """`trial` is a code."""

    trial = django_filters.CharFilter(field_name="trial__code")
    profile = django_filters.ChoiceFilter(choices=MessageProfile.choices)
    updated_since = UpdatedSinceFilter()

    class Meta:
        model = IcsrMessage
        fields = ["trial", "profile", "updated_since"]


class IcsrMessageViewSet(SealedViewSet):
    """Messages to authorities. For unblinded reporters alone."""

    model = IcsrMessage
    queryset = IcsrMessage._base_manager.none()
    serializer_class = IcsrMessageSerializer
    filterset_class = IcsrMessageFilter
    ground: ClassVar = ClearanceGround.EXPEDITED_REPORT
    action_table: ClassVar = {
        "read": Action.REPORT_UNBLINDED,
        "create": Action.REPORT_UNBLINDED,
        "send": Action.REPORT_UNBLINDED,
        "acknowledge": Action.REPORT_UNBLINDED,
    }
    http_method_names = ["get", "post", "head", "options"]

    def rows(self) -> Any:
        return IcsrMessage.objects.select_related("trial", "record__case", "obligation")

    @extend_schema(request=MakeMessageSerializer, responses={201: IcsrMessageSerializer})
    def create(self, request: Request) -> Response:
        """Make the message of the last signed version; every rule that it breaks refuses it."""
        data = self._sent(request, MakeMessageSerializer)
        with self.opened() as trial:
            owed = Obligation.objects.with_relations().filter(pk=data["obligation"], trial=trial)
            opened = DeskRecord.objects.select_related("case").filter(case__in=owed.values("case"))
            obligation, record = owed.first(), opened.first()
            if obligation is None or record is None:
                raise ValidationError(
                    {"obligation": _("Obligation: it was not handed to the desk for this case.")}
                )
            row = make_message(record=record, obligation=obligation, by=self.user, at=timezone.now())
            return Response(IcsrMessageSerializer(row).data, status=status.HTTP_201_CREATED)

    @extend_schema(responses={(200, "application/xml"): OpenApiTypes.STR})
    @action(detail=True, methods=["get"])
    def content(self, request: Request, **kwargs: Any) -> HttpResponse:  # noqa: ARG002
        """The file."""
        with self.opened():
            return HttpResponse(self.get_object().content, content_type="application/xml")

    @extend_schema(request=SendMessageSerializer, responses=IcsrMessageSerializer)
    @action(detail=True, methods=["post"])
    def send(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Say that it was sent, under its batch number."""
        data = self._sent(request, SendMessageSerializer)
        with self.opened():
            row = self.get_object()
            record_message_sent(message=row, late_reason=data["late_reason"], by=self.user, at=timezone.now())
            return Response(IcsrMessageSerializer(row).data)

    @extend_schema(request=AcknowledgeSerializer, responses=OpenApiTypes.OBJECT)
    @action(detail=False, methods=["post"])
    def acknowledge(self, request: Request) -> Response:
        """Take an authority's acknowledgement: it moves the obligation of the message that it answers."""
        data = self._sent(request, AcknowledgeSerializer)
        try:
            acknowledgement = read_acknowledgement(io.BytesIO(data["content"].encode()))
            found = take_acknowledgement(acknowledgement=acknowledgement, by=self.user, at=timezone.now())
        except MessageError as error:
            raise ValidationError({"content": str(error)}) from error
        return Response(
            {"outcomes": [{"outcome": one.outcome, "reasons": list(one.reasons)} for one in found]}
        )

    def _sent(self, request: Request, shape: type[StrictSerializer]) -> dict[str, Any]:
        given = shape(data=request.data)
        given.is_valid(raise_exception=True)
        return dict(given.validated_data)
