"""`/api/v1/term-codings/`: coding decisions in MedDRA, uncoded records, the search, and a new decision."""

from typing import Any, ClassVar

import django_filters
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.choices import Action
from accounts.queries import site_codes_for, trial_codes_for
from pharmacovigilance.choices import CodedSubject
from pharmacovigilance.models import TermCoding
from pharmacovigilance.queries.coding import (
    SHOWN_AT_MOST,
    CodingLine,
    coding_lines,
    first_lines,
    meanings,
    pinned_version,
    search_meddra,
)
from pharmacovigilance.services.coding import code_term
from trials.models import Trial
from webkit.api.instants import UpdatedSinceFilter
from webkit.api.listing import refuse_unknown_parameters
from webkit.api.lists import ListedViewSet
from webkit.api.permissions import required_action
from webkit.api.resources import IdempotentCreateMixin
from webkit.api.shapes import REASON_LENGTH, StrictSerializer

FOUND_AT_MOST = 50


class TermCodingSerializer(serializers.ModelSerializer[TermCoding]):
    """A decision. `trial` and `participant` are codes; an empty `llt_code` revoked the decision before it."""

    trial = serializers.CharField(source="trial.code", read_only=True)
    participant = serializers.CharField(source="participant.code", read_only=True)
    record = serializers.IntegerField(source="record_id", read_only=True)
    meddra_version = serializers.CharField(source="meddra.number", read_only=True)
    coded_by = serializers.CharField(source="coded_by.username", read_only=True)

    class Meta:
        model = TermCoding
        fields = [
            "id", "trial", "participant", "subject", "record", "words", "meddra_version", "llt_code", "llt_name", "how",
            "coded_by", "coded_at", "reason", "recorded_at", "changed_at", "version",
        ]  # fmt: skip
        read_only_fields = fields


class DecideCodingSerializer(StrictSerializer):
    """A coder's decision about one record, in the trial's version."""

    trial = serializers.SlugField(max_length=40, help_text="The trial's code.")
    subject = serializers.ChoiceField(CodedSubject.choices)
    record = serializers.IntegerField(min_value=1, help_text="The id of the event, medication or history.")
    seen_words = serializers.CharField(max_length=1000, help_text="The words that were coded.")
    llt_code = serializers.CharField(
        max_length=8,
        allow_blank=True,
        help_text="Of a current lowest level term; empty takes the last decision back.",
    )
    reason = serializers.CharField(max_length=REASON_LENGTH)

    def to_representation(self, instance: TermCoding) -> dict[str, Any]:
        return dict(TermCodingSerializer(instance).data)


class CodingLineSerializer(serializers.Serializer[CodingLine]):
    """A record with its words, and its coding decision."""

    subject = serializers.CharField()
    record = serializers.IntegerField(source="record_id")
    participant = serializers.CharField(source="record.participant.code")
    words = serializers.CharField()
    is_coded = serializers.BooleanField()
    words_changed = serializers.BooleanField(source="has_other_words")
    llt_code = serializers.CharField(source="coding.llt_code", default=None, allow_null=True)


class FoundTermSerializer(serializers.Serializer[Any]):
    """A current lowest level term, with its preferred term and primary class."""

    code = serializers.CharField()
    name = serializers.CharField()
    pt_code = serializers.CharField()
    pt_name = serializers.CharField()
    soc_code = serializers.CharField()
    soc_name = serializers.CharField()


class TermCodingFilter(django_filters.FilterSet):
    """`trial` and `participant` are codes."""

    trial = django_filters.CharFilter(field_name="trial__code")
    participant = django_filters.CharFilter(field_name="participant__code")
    subject = django_filters.ChoiceFilter(choices=CodedSubject.choices)
    updated_since = UpdatedSinceFilter()

    class Meta:
        model = TermCoding
        fields = ["trial", "participant", "subject", "updated_since"]


class TermCodingViewSet(IdempotentCreateMixin, ListedViewSet):
    """Coding decisions. Nothing is changed: a later decision about the same record replaces it."""

    queryset = TermCoding.objects.select_related("trial", "participant__site", "meddra", "coded_by")
    serializer_class = TermCodingSerializer
    filterset_class = TermCodingFilter
    ordering_columns: ClassVar = {"id": "id", "changed_at": "changed_at", "recorded_at": "recorded_at"}
    action_table: ClassVar = {"read": Action.VIEW_CASES, "create": Action.MANAGE_CASES}
    http_method_names = ["get", "post", "head", "options"]

    def get_serializer_class(self) -> Any:
        return DecideCodingSerializer if self.action == "create" else TermCodingSerializer

    @extend_schema(request=DecideCodingSerializer, responses={201: TermCodingSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Code one record, or revoke its last decision."""
        return super().create(request, *args, **kwargs)

    def perform_service(self, data: dict[str, Any]) -> TermCoding:
        trial = self._trial(data["trial"])
        said = {name: data[name] for name in ("subject", "llt_code", "seen_words", "reason")}
        return code_term(trial=trial, record_id=data["record"], **said, by=self.user, at=timezone.now())

    @extend_schema(
        parameters=[OpenApiParameter("trial", str, description="The trial's code.")],
        responses=CodingLineSerializer(many=True),
        filters=False,
    )
    @action(detail=False, methods=["get"], pagination_class=None)
    def uncoded(self, request: Request) -> Response:
        """Uncoded records with words, at most 300; the next appear as these are coded."""
        refuse_unknown_parameters(request, {"trial", "format"})
        trial = self._trial(request.query_params.get("trial", ""))
        sites = site_codes_for(self.user, Action.VIEW_CASES, trial_code=trial.code)
        lines, _more = first_lines(coding_lines(trial, version=pinned_version(trial.pk), sites=sites))
        open_lines = [line for line in lines if not line.is_coded][:SHOWN_AT_MOST]
        return Response([CodingLineSerializer(line).data for line in open_lines])

    @extend_schema(
        parameters=[
            OpenApiParameter("trial", str, description="The trial's code."),
            OpenApiParameter("words", str, description="Words of the term."),
        ],
        responses=FoundTermSerializer(many=True),
        filters=False,
    )
    @action(detail=False, methods=["get"], pagination_class=None)
    def terms(self, request: Request) -> Response:
        """Current terms of the trial's MedDRA version that have every word, best first."""
        refuse_unknown_parameters(request, {"trial", "words", "format"})
        trial = self._trial(request.query_params.get("trial", ""))
        version = pinned_version(trial.pk)
        if version is None:
            raise ValidationError({"trial": _("MedDRA: the trial has chosen no version; choose one first.")})
        found = search_meddra(version, request.query_params.get("words", "")[:250], limit=FOUND_AT_MOST)
        meant = meanings(version, [term.code for term in found])
        return Response(FoundTermSerializer([meant[term.code] for term in found], many=True).data)

    def _trial(self, code: str) -> Trial:
        """The trial of this code, or the only one when none is given, among those of the account."""
        wanted = required_action(self)
        reach = trial_codes_for(self.user, wanted) if wanted else frozenset()
        codes = reach & {code} if code else reach
        found = list(Trial.objects.filter(code__in=codes)[:2])
        if len(found) != 1:
            raise ValidationError(
                {"trial": _("Trial: “%(value)s” is none of your trials.") % {"value": code}}
            )
        return found[0]
