"""`antibody-results` and `dsa-findings`: sealed.

The laboratory sees its own uploads, cleared roles everything.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
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
from immunology.choices import Conjugate, HlaClass, MfiLimit, Treatment
from immunology.models import AntibodyResult, DsaFinding
from immunology.queries import own_results
from immunology.queries.exports import exported_results
from immunology.rules.observations import ExportedResult, is_rows, observation_bundle
from immunology.services import record_antibody_panels, void_antibody_result
from partial_dates import local_date
from webkit.api.sealed import SealedViewSet
from webkit.api.shapes import ReasonSerializer, StrictSerializer


class ResultOutput(serializers.ModelSerializer[AntibodyResult]):
    """The MFI of one specificity in one tube; null is "no value", never zero."""

    trial = serializers.CharField(source="trial.code", read_only=True)
    specimen = serializers.CharField(source="specimen.code", read_only=True)

    class Meta:
        model = AntibodyResult
        fields = (
            "id", "trial", "specimen", "specificity", "hla_class", "mfi", "mfi_limit", "run_code", "vendor", "kit", "lot",
            "conjugate", "dilution", "treatment", "positive_control_mfi", "negative_control_mfi", "bead_count",
            "is_rejected", "tested_at", "recorded_at", "changed_at", "version", "voided_at", "void_reason",
        )  # fmt: skip
        read_only_fields = fields


def _mfi() -> serializers.DecimalField:
    return serializers.DecimalField(max_digits=9, decimal_places=2, required=False, allow_null=True)


class ResultInput(StrictSerializer):
    """One specificity as the laboratory reports it."""

    specimen = serializers.CharField(max_length=60, help_text="Code of the tube.")
    specificity = serializers.CharField(max_length=80, help_text="`A*02:01`, `DQA1*05:01~DQB1*02:01`, `Cw7`.")
    hla_class = serializers.ChoiceField(choices=HlaClass.choices, required=False)
    mfi = _mfi()
    mfi_limit = serializers.ChoiceField(
        choices=MfiLimit.choices,
        required=False,
        allow_blank=True,
        help_text="`<` or `>` when the value lies beyond `mfi`, the end of the reader's range.",
    )
    run_code = serializers.CharField(max_length=60, required=False, allow_blank=True)
    vendor = serializers.CharField(max_length=60, required=False, allow_blank=True)
    kit = serializers.CharField(max_length=60, required=False, allow_blank=True)
    lot = serializers.CharField(max_length=60, required=False, allow_blank=True)
    conjugate = serializers.ChoiceField(choices=Conjugate.choices, required=False)
    dilution = serializers.DecimalField(max_digits=6, decimal_places=1, required=False)
    treatment = serializers.ChoiceField(choices=Treatment.choices, required=False)
    positive_control_mfi = _mfi()
    negative_control_mfi = _mfi()
    bead_count = serializers.IntegerField(
        required=False, allow_null=True, min_value=0, max_value=2_147_483_647
    )
    is_rejected = serializers.BooleanField(required=False)
    tested_at = serializers.DateTimeField(required=False, allow_null=True)


class PanelsInput(StrictSerializer):
    """The panels of one or many tubes: all of them are recorded, or none."""

    results = ResultInput(many=True, allow_empty=False)
    reason = serializers.CharField(max_length=1000, required=False, default=FIRST_ENTRY)


class PanelsOutput(serializers.Serializer[Any]):
    """The number of sent results, and the number of new ones among them."""

    sent = serializers.IntegerField()
    recorded = serializers.IntegerField()


class ResultFilters(SharedFilters):
    """Results by tube, run and specificity."""

    specimen = django_filters.CharFilter(field_name="specimen__code", help_text="Code of the tube.")
    run_code = django_filters.CharFilter()
    specificity = django_filters.CharFilter()
    voided = django_filters.BooleanFilter(field_name="voided_at", lookup_expr="isnull", exclude=True)


class ResultViewSet(SealedViewSet, LaboratoryViewSet):
    """Antibody results: the laboratory's own uploads, or all of them for a cleared role.

    Added, voided, never edited.
    """

    model = AntibodyResult
    serializer_class = ResultOutput
    filterset_class = ResultFilters

    @property
    def action_table(self) -> Mapping[str, Action]:  # type: ignore[override]
        """The laboratory reads its own rows; a role that may see all reads all."""
        user = self.request.user
        sees_all = isinstance(user, User) and may_anywhere(user, Action.VIEW_ANTIBODIES)
        return {
            "read": Action.VIEW_ANTIBODIES if sees_all else Action.VIEW_OWN_ANTIBODIES,
            "fhir": Action.VIEW_ANTIBODIES if sees_all else Action.VIEW_OWN_ANTIBODIES,
            "sdtm": Action.VIEW_ANTIBODIES if sees_all else Action.VIEW_OWN_ANTIBODIES,
            "create": Action.RECORD_ANTIBODIES,
            "void": Action.RECORD_ANTIBODIES,
        }

    @property
    def ground(self) -> ClearanceGround:  # type: ignore[override]
        """The ground for opening the rows."""
        sees_all = self.action_table["read"] == Action.VIEW_ANTIBODIES
        return ClearanceGround.ROLE if sees_all else ClearanceGround.LABORATORY

    def rows(self) -> QuerySet[Any]:
        sees_all = self.action_table["read"] == Action.VIEW_ANTIBODIES
        rows = AntibodyResult.objects.filter() if sees_all else own_results(user_id=self.user.pk)
        return rows.select_related("trial", "specimen")

    def get_serializer_class(self) -> Any:
        return {"create": PanelsInput, "void": ReasonSerializer}.get(self.action, ResultOutput)

    @extend_schema(request=PanelsInput, responses={201: PanelsOutput})
    def create(self, request: Request) -> Response:  # noqa: ARG002
        """Record panels, all or nothing. Sending the same again records nothing new."""
        said = self.sent()
        recorded = record_antibody_panels(
            trial=self.trial(),
            results=said["results"],
            by=self.user,
            at=timezone.now(),
            reason=said["reason"],
        )
        answer = {"sent": len(said["results"]), "recorded": recorded}
        return Response(answer, status=status.HTTP_201_CREATED)

    @extend_schema(responses={200: OpenApiTypes.OBJECT})
    @action(detail=False, methods=["get"], pagination_class=None, filterset_class=None)
    def fhir(self, request: Request) -> Response:  # noqa: ARG002
        """The standing results as a Bundle of FHIR R4 Observations, with LOINC codes."""
        with self.opened() as trial:
            results, release = self._exported(trial)
            return Response(observation_bundle(results, release=release))

    @extend_schema(responses={200: OpenApiTypes.OBJECT})
    @action(detail=False, methods=["get"], pagination_class=None, filterset_class=None)
    def sdtm(self, request: Request) -> Response:  # noqa: ARG002
        """The standing results as the data sets IS and SUPPIS: each a list of rows, the header first."""
        with self.opened() as trial:
            results, _release = self._exported(trial)
            rows, supplements = is_rows(trial.code, results)
            return Response({"IS": rows, "SUPPIS": supplements})

    def _exported(self, trial: Any) -> tuple[list[ExportedResult], str]:
        on = local_date(timezone.now(), trial.timezone)
        return exported_results(self.rows().filter(self.scope()), trial=trial, on=on)

    @extend_schema(request=ReasonSerializer, responses=ResultOutput)
    @action(detail=True, methods=["post"])
    def void(self, request: Request, pk: str | None = None) -> Response:  # noqa: ARG002
        """Void a result of one's own, with a reason."""
        if not (pk or "").isdecimal():
            raise NotFound
        with self.opened() as trial:
            found = self.get_object()
            reason = self.sent()["reason"]
            void_antibody_result(
                trial=trial, result_id=found.pk, by=self.user, at=timezone.now(), reason=reason
            )
            return Response(ResultOutput(self.get_queryset().get(pk=found.pk)).data)


class DsaFindingOutput(serializers.ModelSerializer[DsaFinding]):
    """The result of the rules for one participant against one antigen of one donor."""

    trial = serializers.CharField(source="trial.code", read_only=True)
    participant = serializers.CharField(source="participant.code", read_only=True)

    class Meta:
        model = DsaFinding
        fields = (
            "id", "trial", "participant", "donor_code", "specificity", "hla_class", "is_reference",
            "classification", "flags", "baseline_mfi", "peak_mfi", "last_mfi", "above_threshold",
            "beyond_evidence", "rule_set", "rules_sha256", "nomenclature_release",
            "judged_at", "recorded_at", "changed_at", "version",
        )  # fmt: skip
        read_only_fields = fields


class DsaFindingFilters(SharedFilters):
    """Findings by donor, antigen and class."""

    donor_code = django_filters.CharFilter()
    specificity = django_filters.CharFilter()
    classification = django_filters.CharFilter()
    is_reference = django_filters.BooleanFilter()
    above_threshold = django_filters.BooleanFilter()


class DsaFindingViewSet(SealedViewSet):
    """Donor-specific findings, for cleared roles only. They are computed, not entered."""

    model = DsaFinding
    serializer_class = DsaFindingOutput
    filterset_class = DsaFindingFilters
    action_table: ClassVar[Mapping[str, Action]] = {"read": Action.VIEW_ANTIBODIES}
