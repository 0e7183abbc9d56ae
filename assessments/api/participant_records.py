"""What the resources of a participant's records share: filters, verbs and who may call them."""

from collections.abc import Callable
from typing import Any, ClassVar

import django_filters
from django.db.models import Model
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from accounts.choices import Action
from trials.api.verbs import VerbViewSet
from webkit.api.instants import UpdatedSinceFilter
from webkit.api.shapes import ReasonSerializer

FILTERS_BEFORE, FILTERS_AFTER = ("trial", "participant", "site"), ("voided", "updated_since")


class ParticipantRecordFilter(django_filters.FilterSet):
    """`trial`, `participant` and `site` are codes; without `voided` both kinds are listed."""

    trial = django_filters.CharFilter(field_name="trial__code")
    participant = django_filters.CharFilter(field_name="participant__code")
    site = django_filters.CharFilter(field_name="participant__site__code")
    voided = django_filters.BooleanFilter(field_name="voided_at", lookup_expr="isnull", exclude=True)
    updated_since = UpdatedSinceFilter()


class ParticipantRecordViewSet(VerbViewSet):
    """Records of a participant. Nothing is deleted: `void` takes one out, with a reason.

    A subclass names the services, and describes its verbs by `described`.
    """

    record_service: ClassVar[Callable[..., Model]]
    correct_service: ClassVar[Callable[..., Model]]
    void_service: ClassVar[Callable[..., Model]]
    action_table: ClassVar = {
        "read": Action.VIEW_ASSESSMENTS,
        "create": Action.RECORD_ASSESSMENT,
        "partial_update": Action.RECORD_ASSESSMENT,
        "void": Action.RECORD_ASSESSMENT,
    }

    def perform_service(self, data: dict[str, Any]) -> Model:
        participant = self.participant_of(
            data.pop("trial"), data.pop("participant"), Action.RECORD_ASSESSMENT
        )
        reason = data.pop("reason")
        return type(self).record_service(participant=participant, values=data, reason=reason, **self.who())

    def partial_update(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        return self.correct(type(self).correct_service)

    @action(detail=True, methods=["post"])
    def void(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        return self.do(type(self).void_service)


def shapes_of(
    *, record: type[BaseSerializer[Any]], correct: type[BaseSerializer[Any]]
) -> dict[str, type[BaseSerializer[Any]]]:
    """The shapes of what is sent, by verb."""
    return {"create": record, "partial_update": correct, "void": ReasonSerializer}


def described(
    *,
    record: type[BaseSerializer[Any]],
    correct: type[BaseSerializer[Any]],
    shown: type[BaseSerializer[Any]],
    recording: str,
    voiding: str,
) -> Any:
    """The description of the verbs in the schema."""
    return extend_schema_view(
        create=extend_schema(request=record, responses={201: shown}, description=recording),
        partial_update=extend_schema(request=correct, responses=shown, description="Correct fields."),
        void=extend_schema(request=ReasonSerializer, responses=shown, description=voiding),
    )
