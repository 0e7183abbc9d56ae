"""`participant-typings`: sealed. The laboratory sees its own, cleared roles everything."""

from collections.abc import Mapping
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.choices import Action, ClearanceGround
from accounts.models import User
from accounts.queries import may_anywhere
from immunology.api.lists import FIRST_ENTRY, LaboratoryViewSet, SharedFilters
from immunology.models import ParticipantTyping
from immunology.services import record_participant_typings, void_participant_typing
from trials.models import Participant
from webkit.api.sealed import SealedViewSet
from webkit.api.shapes import ReasonSerializer, StrictSerializer


class ParticipantTypingOutput(serializers.ModelSerializer[ParticipantTyping]):
    """One allele or antigen of a participant. A participant without any is not typed."""

    trial = serializers.CharField(source="trial.code", read_only=True)
    participant = serializers.CharField(source="participant.code", read_only=True)

    class Meta:
        model = ParticipantTyping
        fields = (
            "id", "trial", "participant", "locus", "specificity", "recorded_at", "changed_at", "version", "voided_at",
            "void_reason",
        )  # fmt: skip
        read_only_fields = fields


class ParticipantTypingInput(StrictSerializer):
    """The typing of one participant: all of it is recorded, or nothing."""

    participant = serializers.CharField(max_length=40, help_text="The participant's code.")
    specificities = serializers.ListField(
        child=serializers.CharField(max_length=60),
        allow_empty=False,
        help_text="`A*02:01`, `DQB1*02:01`, `A2`.",
    )
    reason = serializers.CharField(max_length=1000, required=False, default=FIRST_ENTRY)


class ParticipantTypingFilters(SharedFilters):
    """Typings by allele or antigen."""

    specificity = django_filters.CharFilter()
    voided = django_filters.BooleanFilter(field_name="voided_at", lookup_expr="isnull", exclude=True)


class ParticipantTypingViewSet(SealedViewSet, LaboratoryViewSet):
    """The participants' own typing: the laboratory's own entries, or all of them for a cleared role."""

    model = ParticipantTyping
    serializer_class = ParticipantTypingOutput
    filterset_class = ParticipantTypingFilters

    def _sees_all(self) -> bool:
        user = self.request.user
        return isinstance(user, User) and may_anywhere(user, Action.VIEW_ANTIBODIES)

    @property
    def action_table(self) -> Mapping[str, Action]:  # type: ignore[override]
        """The laboratory reads its own rows; a role that may see all reads all."""
        return {
            "read": Action.VIEW_ANTIBODIES if self._sees_all() else Action.VIEW_OWN_ANTIBODIES,
            "create": Action.RECORD_ANTIBODIES,
            "void": Action.RECORD_ANTIBODIES,
        }

    @property
    def ground(self) -> ClearanceGround:  # type: ignore[override]
        """The ground for opening the rows."""
        return ClearanceGround.ROLE if self._sees_all() else ClearanceGround.LABORATORY

    def rows(self) -> QuerySet[Any]:
        rows = super().rows()
        return rows if self._sees_all() else rows.filter(recorded_by_id=self.request.user.pk)

    def get_serializer_class(self) -> Any:
        shapes = {"create": ParticipantTypingInput, "void": ReasonSerializer}
        return shapes.get(self.action, ParticipantTypingOutput)

    @extend_schema(request=ParticipantTypingInput, responses={201: ParticipantTypingOutput(many=True)})
    def create(self, request: Request) -> Response:  # noqa: ARG002
        """Record the typing of a participant, all or nothing."""
        said = self.sent()
        rows = record_participant_typings(
            participant=self._participant(self.trial(), said["participant"]),
            specificities=[("", name) for name in said["specificities"]],
            by=self.user,
            at=timezone.now(),
            reason=said["reason"],
        )
        return Response(ParticipantTypingOutput(rows, many=True).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=ReasonSerializer, responses=ParticipantTypingOutput)
    @action(detail=True, methods=["post"])
    def void(self, request: Request, pk: str | None = None) -> Response:  # noqa: ARG002
        """Void a typing of one's own, with a reason."""
        if not (pk or "").isdecimal():
            raise NotFound
        with self.opened() as trial:
            found = self.get_object()
            void_participant_typing(
                trial=trial,
                typing_id=found.pk,
                by=self.user,
                at=timezone.now(),
                reason=self.sent()["reason"],
            )
            return Response(ParticipantTypingOutput(self.get_queryset().get(pk=found.pk)).data)

    def _participant(self, trial: Any, code: str) -> Participant:
        found = Participant.objects.select_related("trial").filter(trial=trial, code=code).first()
        if found is None:
            message = _("Participant: the trial has no participant %(code)s.") % {"code": code}
            raise serializers.ValidationError({"participant": [message]})
        return found
