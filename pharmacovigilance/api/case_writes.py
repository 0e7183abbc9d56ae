"""What can happen to a case over HTTP, each one call of a service; and its files."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError as Refused
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.choices import Action
from accounts.services import own_password_refusal
from events.models import AdverseEvent
from events.rules.adverse_events.entered import CRITERIA
from pharmacovigilance.choices import MessageProfile, Situation, SuspectCause
from pharmacovigilance.downloads.cioms import cioms_form
from pharmacovigilance.models import Obligation, SafetyCase
from pharmacovigilance.rendering.cioms import cioms_pdf
from pharmacovigilance.services import assessing, releasing, signing
from pharmacovigilance.services.assessing import CauseAnswer
from pharmacovigilance.services.messages import message_of_version, signed_version
from webkit.api.shapes import REASON_LENGTH, ReasonSerializer, StrictSerializer

WRITES: dict[str, Action] = {
    "assess_for_site": Action.ASSESS_CAUSE_FOR_SITE,
    "assess": Action.ASSESS_CASE_FOR_SPONSOR,
    "sign": Action.SIGN_CASE,
    "release": Action.SIGN_CASE,
    "amend": Action.MANAGE_CASES,
    "situations": Action.MANAGE_CASES,
    "nullify": Action.SIGN_CASE,
    "icsr": Action.MANAGE_CASES,
}
PDF = {(200, "application/pdf"): OpenApiTypes.BINARY}
XML = {(200, "application/xml"): OpenApiTypes.STR}


class PasswordSerializer(StrictSerializer):
    """A signature: the password beside the token (21 CFR 11.200: two components)."""

    password = serializers.CharField(
        write_only=True, trim_whitespace=False, max_length=128, style={"input_type": "password"}
    )


class CauseAnswerSerializer(StrictSerializer):
    """One answer about one cause: a category of the protocol, and the grounds."""

    cause = serializers.ChoiceField(SuspectCause.choices)
    category = serializers.CharField(max_length=40)
    grounds = serializers.CharField(max_length=2000)


class AssessCauseSerializer(PasswordSerializer):
    """The investigator's answers about one event of the case."""

    event = serializers.IntegerField(min_value=1, help_text="The id of the event.")
    answers = CauseAnswerSerializer(many=True, allow_empty=False)


class AssessCaseSerializer(PasswordSerializer):
    """The sponsor's answers; `serious` null leaves the seriousness to the site's answer."""

    event = serializers.IntegerField(min_value=1, help_text="The id of the event.")
    answers = CauseAnswerSerializer(many=True, required=False, default=list)
    serious = serializers.BooleanField(required=False, allow_null=True, default=None)
    criteria = serializers.ListField(child=serializers.ChoiceField(CRITERIA), required=False, default=list)


class SignCaseSerializer(PasswordSerializer):
    seen_version = serializers.IntegerField(min_value=1, help_text="The row's `version` that was read.")


class NullifyCaseSerializer(PasswordSerializer):
    reason = serializers.CharField(max_length=REASON_LENGTH)


class ReleaseCaseSerializer(StrictSerializer):
    """To whom the last signed version goes: ids of obligations of the case."""

    obligations = serializers.ListField(child=serializers.IntegerField(min_value=1), allow_empty=False)
    reference = serializers.CharField(max_length=200, allow_blank=True, required=False, default="")
    late_reason = serializers.CharField(max_length=1000, allow_blank=True, required=False, default="")


class SituationsSerializer(ReasonSerializer):
    situations = serializers.ListField(child=serializers.ChoiceField(Situation.choices))


class CaseWrites:
    """Mixed into the resource of cases."""

    action_table: ClassVar[dict[str, Action]]

    @extend_schema(request=AssessCauseSerializer, responses=OpenApiTypes.OBJECT)
    @action(detail=True, methods=["post"], url_path="assess-for-site")
    def assess_for_site(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """The investigator's signed answers about suspect causes of one event."""
        case, data = self._addressed(request, AssessCauseSerializer)
        assessing.assess_causes_for_site(
            case=case, event=_event_of(case, data["event"]), answers=_answers(data), **self._who()
        )
        return self.shown()  # type: ignore[attr-defined,no-any-return]

    @extend_schema(request=AssessCaseSerializer, responses=OpenApiTypes.OBJECT)
    @action(detail=True, methods=["post"])
    def assess(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """The sponsor's signed answers. Whether it is expected and a SUSAR is derived."""
        case, data = self._addressed(request, AssessCaseSerializer)
        assessing.assess_for_sponsor(
            case=case,
            event=_event_of(case, data["event"]),
            answers=_answers(data),
            serious=data["serious"],
            criteria=data["criteria"],
            **self._who(),
        )
        return self.shown()  # type: ignore[attr-defined,no-any-return]

    @extend_schema(request=SignCaseSerializer, responses=OpenApiTypes.OBJECT)
    @action(detail=True, methods=["post"])
    def sign(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Freeze what the case says now as its next version, and sign it."""
        case, data = self._addressed(request, SignCaseSerializer)
        signing.sign_case(case=case, seen_version=data["seen_version"], **self._who())
        return self.shown()  # type: ignore[attr-defined,no-any-return]

    @extend_schema(request=ReleaseCaseSerializer, responses=OpenApiTypes.OBJECT)
    @action(detail=True, methods=["post"])
    def release(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Release the last signed version; what needs the arm is handed to the unblinded desk."""
        case, data = self._addressed(request, ReleaseCaseSerializer)
        rows = list(Obligation.objects.filter(pk__in=data.pop("obligations"), case=case))
        releasing.release_case(case=case, obligations=rows, **data, **self._who())
        return self.shown()  # type: ignore[attr-defined,no-any-return]

    @extend_schema(request=ReasonSerializer, responses=OpenApiTypes.OBJECT)
    @action(detail=True, methods=["post"])
    def amend(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Begin a version that corrects the released one without new information."""
        case, data = self._addressed(request, ReasonSerializer)
        signing.amend_case(case=case, **data, **self._who())
        return self.shown()  # type: ignore[attr-defined,no-any-return]

    @extend_schema(request=SituationsSerializer, responses=OpenApiTypes.OBJECT)
    @action(detail=True, methods=["post"])
    def situations(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Say which special situations the case is about."""
        case, data = self._addressed(request, SituationsSerializer)
        signing.set_situations(case=case, **data, **self._who())
        return self.shown()  # type: ignore[attr-defined,no-any-return]

    @extend_schema(request=NullifyCaseSerializer, responses=OpenApiTypes.OBJECT)
    @action(detail=True, methods=["post"])
    def nullify(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Take the case back: it should never have been one."""
        case, data = self._addressed(request, NullifyCaseSerializer)
        signing.nullify_case(case=case, **data, **self._who())
        return self.shown()  # type: ignore[attr-defined,no-any-return]

    @extend_schema(responses=PDF)
    @action(detail=True, methods=["get"])
    def cioms(self, request: Request, **kwargs: Any) -> HttpResponse:  # noqa: ARG002
        """CIOMS I of the last signed version as PDF, blinded."""
        case: SafetyCase = self.get_object()  # type: ignore[attr-defined]
        version = case.versions.order_by("-number").first()
        if version is None:
            raise NotFound(_("Version: none of this case is signed."))
        content = cioms_pdf(cioms_form(case=case, version=version, at=timezone.now()))
        return HttpResponse(content, content_type="application/pdf")

    @extend_schema(
        parameters=[OpenApiParameter("profile", str, enum=MessageProfile.values)],
        responses=XML | {400: OpenApiResponse(description="Every rule that the message breaks.")},
    )
    @action(detail=True, methods=["get"])
    def icsr(self, request: Request, **kwargs: Any) -> HttpResponse:  # noqa: ARG002
        """The message of the last signed version as E2B(R3), without the arm, to be read before the release."""
        case: SafetyCase = self.get_object()  # type: ignore[attr-defined]
        profile = request.query_params.get("profile", MessageProfile.ICH)
        if profile not in MessageProfile.values:
            sentence = _("Profile: “%(value)s” is none of %(known)s.")
            raise ValidationError(
                {"profile": sentence % {"value": profile, "known": ", ".join(MessageProfile.values)}}
            )
        version = signed_version(case, None)
        message = message_of_version(case=case, version=version, profile=profile, at=timezone.now())
        return HttpResponse(message.content, content_type="application/xml")

    def _addressed(
        self, request: Request, shape: type[StrictSerializer]
    ) -> tuple[SafetyCase, dict[str, Any]]:
        """The case, and what was sent; a password is checked and taken out."""
        case: SafetyCase = self.get_object()  # type: ignore[attr-defined]
        given = shape(data=request.data)
        given.is_valid(raise_exception=True)
        data = dict(given.validated_data)
        if "password" in data and (refusal := own_password_refusal(request._request, data.pop("password"))):
            raise ValidationError({"password": refusal})
        return case, data

    def _who(self) -> dict[str, Any]:
        return {"by": self.user, "at": timezone.now()}  # type: ignore[attr-defined]


def _event_of(case: SafetyCase, event_id: int) -> AdverseEvent:
    rows = AdverseEvent.objects.filter(case_links__case=case, case_links__ended_at=None, pk=event_id)
    event = rows.select_related("ctcae_term").first()
    if event is None:
        raise Refused({"event": _("Event: it does not stand in this case.")})
    return event


def _answers(data: dict[str, Any]) -> list[CauseAnswer]:
    return [CauseAnswer(**one) for one in data["answers"]]
