"""`laboratory-files` and `laboratory-sera`: sealed; an account sees what it uploaded itself."""

import base64
import binascii
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

import django_filters
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.choices import Action, ClearanceGround
from immunology.api.lists import FIRST_ENTRY
from immunology.choices import Conjugate
from immunology.models import LaboratoryFile, SerumInRun
from immunology.queries import own_laboratory_files, own_sera
from immunology.queries.exports import sera_as_run
from immunology.rules.files.dates import ORDERS
from immunology.rules.files.haml_out import WRITTEN_VERSIONS, HamlExportError, haml_of
from immunology.rules.files.parts import Answers, Handling, Vendor
from immunology.rules.files.reading import read_file
from immunology.services import (
    Upload,
    excuse_serum,
    import_laboratory_file,
    match_quarantined_sera,
    rehearse_laboratory_file,
    request_serum_excuse,
)
from immunology.wording import file_answer
from webkit.api.sealed import SealedViewSet
from webkit.api.shapes import StrictSerializer

LONGEST_NUMBER = 18  # digits that a bigint surely fits


class LaboratoryFileOutput(serializers.ModelSerializer[LaboratoryFile]):
    """An uploaded file; its bytes are stored under seal."""

    trial = serializers.CharField(source="trial.code", read_only=True)

    class Meta:
        model = LaboratoryFile
        fields = (
            "id", "trial", "laboratory", "file_name", "file_format", "sha256", "lot_file_name", "uploaded_at",
            "recorded_at", "changed_at", "version",
        )  # fmt: skip
        read_only_fields = fields


class LaboratoryFileInput(StrictSerializer):
    """A file in base64, and the answers that it does not contain."""

    file_name = serializers.CharField(max_length=200)
    content = serializers.CharField(help_text="The bytes of the file in base64.")
    laboratory = serializers.CharField(max_length=80)
    vendor = serializers.ChoiceField(choices=list(Vendor), required=False)
    lot_file_name = serializers.CharField(max_length=200, required=False, default="")
    lot_content = serializers.CharField(
        required=False, default="", help_text="The `.eds` of the lot in base64."
    )
    date_order = serializers.ChoiceField(choices=ORDERS, required=False, default="")
    decimal = serializers.ChoiceField(choices=[",", "."], required=False, default="")
    conjugate = serializers.ChoiceField(choices=Conjugate.choices, required=False, default=Conjugate.IGG)
    treatment = serializers.CharField(max_length=80, required=False, default="UNKNOWN")
    dilution = serializers.DecimalField(
        max_digits=6, decimal_places=1, required=False, default=Decimal(1), min_value=1
    )
    dry_run = serializers.BooleanField(
        required=False, default=False, help_text="Say what would be done, write nothing."
    )
    reason = serializers.CharField(max_length=1000, required=False, default=FIRST_ENTRY)


class LaboratoryFilters(django_filters.FilterSet):
    """Files and sera of a trial."""

    trial = django_filters.CharFilter(field_name="trial__code", help_text="Code of the trial.")
    laboratory = django_filters.CharFilter()


class _LaboratoryRows(SealedViewSet):
    """Rows of the account's own uploads, opened for the laboratory."""

    ground: ClassVar[ClearanceGround] = ClearanceGround.LABORATORY
    filterset_class = LaboratoryFilters

    def sent(self) -> dict[str, Any]:
        """The validated body."""
        serializer = self.get_serializer(data=self.request.data)
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)


class LaboratoryFileViewSet(_LaboratoryRows):
    """Files of the laboratory: uploaded, or previewed with `dry_run`."""

    model = LaboratoryFile
    serializer_class = LaboratoryFileOutput
    action_table: ClassVar[Mapping[str, Action]] = {
        "read": Action.VIEW_OWN_ANTIBODIES,
        "create": Action.RECORD_ANTIBODIES,
    }

    def rows(self) -> QuerySet[Any]:
        return own_laboratory_files(user_id=self.user.pk)

    def get_serializer_class(self) -> Any:
        return LaboratoryFileInput if self.action == "create" else LaboratoryFileOutput

    @extend_schema(
        request=LaboratoryFileInput, responses={201: OpenApiTypes.OBJECT, 200: OpenApiTypes.OBJECT}
    )
    def create(self, request: Request) -> Response:  # noqa: ARG002
        """Import a file, all of it or nothing; the response has the form of the command `import_sab`."""
        said = self.sent()
        upload = _upload(said)
        named = {"trial": self.trial(), "upload": upload, "by": self.user, "at": timezone.now()}
        if said["dry_run"]:
            outcome = rehearse_laboratory_file(**named)
        else:
            outcome = import_laboratory_file(**named, reason=said["reason"])
        wrote = not said["dry_run"] and not outcome.was_known
        code = status.HTTP_201_CREATED if wrote else status.HTTP_200_OK
        return Response(file_answer(upload.read, outcome, []), status=code)


def _upload(said: Mapping[str, Any]) -> Upload:
    data = _decoded("content", said["content"])
    lot_file = (
        (said["lot_file_name"] or "lot.eds", _decoded("lot_content", said["lot_content"]))
        if said["lot_content"]
        else None
    )
    handling = Handling(said["conjugate"], said["dilution"], said["treatment"])
    read = read_file(
        file=said["file_name"],
        data=data,
        answers=Answers(said["date_order"], said["decimal"], handling),
        vendor=Vendor(said["vendor"]) if said.get("vendor") else None,
        lot_file=lot_file,
    )
    return Upload(read, data, said["laboratory"], lot_file)


def _decoded(name: str, text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        message = _("%(field)s: it is no base64.") % {"field": name}
        raise ValidationError({name: message}) from error


class LaboratorySerumOutput(serializers.ModelSerializer[SerumInRun]):
    """A serum in a run: its quality, and whether its beads count."""

    trial = serializers.CharField(source="trial.code", read_only=True)
    run_code = serializers.CharField(source="run.run_code", read_only=True)
    lot = serializers.CharField(source="run.lot", read_only=True)
    is_in_quarantine = serializers.SerializerMethodField()
    counts = serializers.BooleanField(read_only=True)

    class Meta:
        model = SerumInRun
        fields = (
            "id", "trial", "laboratory", "specimen_code", "is_in_quarantine", "run_code", "lot", "well", "conjugate",
            "dilution", "treatment", "positive_control_mfi", "negative_control_mfi", "quality", "quality_findings",
            "counts", "excuse_reason", "excuse_asked_at", "excused_at", "recorded_at", "changed_at", "version",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(bool)
    def get_is_in_quarantine(self, serum: SerumInRun) -> bool:
        """Whether the trial's manifest has no tube of this number."""
        return serum.specimen_id is None


class LaboratoryReason(StrictSerializer):
    """The laboratory of the serum, and the reason."""

    laboratory = serializers.CharField(max_length=80)
    reason = serializers.CharField(max_length=1000)


class LaboratorySerumViewSet(_LaboratoryRows):
    """Sera of the laboratory's runs; a failed one counts only when two persons excuse it."""

    model = SerumInRun
    serializer_class = LaboratorySerumOutput
    action_table: ClassVar[Mapping[str, Action]] = {
        "read": Action.VIEW_OWN_ANTIBODIES,
        "haml": Action.VIEW_OWN_ANTIBODIES,
        "match": Action.RECORD_ANTIBODIES,
        "ask_excuse": Action.RECORD_ANTIBODIES,
        "excuse": Action.RECORD_ANTIBODIES,
    }

    def rows(self) -> QuerySet[Any]:
        return own_sera(user_id=self.user.pk)

    def get_serializer_class(self) -> Any:
        is_verb = self.action in ("match", "ask_excuse", "excuse")
        return LaboratoryReason if is_verb else LaboratorySerumOutput

    @extend_schema(
        parameters=[OpenApiParameter("version", str, description="0.5.3 (default) or 0.5.0.")],
        responses={(200, "application/xml"): OpenApiTypes.STR},
    )
    @action(detail=False, methods=["get"], pagination_class=None, filterset_class=None)
    def haml(self, request: Request) -> HttpResponse:
        """The laboratory's sera as HAML; what it cannot hold is refused, not truncated."""
        version = request.query_params.get("version", WRITTEN_VERSIONS[0])
        if version not in WRITTEN_VERSIONS:
            message = _("Version: “%(value)s” cannot be written; HAML is written as %(known)s.")
            known = ", ".join(WRITTEN_VERSIONS)
            raise ValidationError({"version": message % {"value": version, "known": known}})
        with self.opened() as trial:
            rows = self.rows().filter(self.scope()).defer(None).order_by("pk")
            sera = sera_as_run(rows)
        try:
            data = haml_of(sera, center=trial.code, document=trial.code, version=version)
        except HamlExportError as error:
            raise ValidationError({"haml": str(error)}) from error
        return HttpResponse(data, content_type="application/xml")

    @extend_schema(request=LaboratoryReason, responses={200: OpenApiTypes.OBJECT})
    @action(detail=False, methods=["post"])
    def match(self, request: Request) -> Response:  # noqa: ARG002
        """Match the sera in quarantine with the present manifest."""
        found = match_quarantined_sera(trial=self.trial(), by=self.user, at=timezone.now(), **self.sent())
        return Response({"matched": found})

    @extend_schema(request=LaboratoryReason, responses={204: None})
    @action(detail=True, methods=["post"], url_path="ask-excuse")
    def ask_excuse(self, request: Request, pk: str | None = None) -> Response:  # noqa: ARG002
        """Request, as the first person, that a failed serum counts."""
        request_serum_excuse(
            trial=self.trial(), serum_id=_number(pk), by=self.user, at=timezone.now(), **self.sent()
        )
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=LaboratoryReason, responses={204: None})
    @action(detail=True, methods=["post"])
    def excuse(self, request: Request, pk: str | None = None) -> Response:  # noqa: ARG002
        """Confirm it as the second person."""
        excuse_serum(trial=self.trial(), serum_id=_number(pk), by=self.user, at=timezone.now(), **self.sent())
        return Response(status=status.HTTP_204_NO_CONTENT)


def _number(pk: str | None) -> int:
    """The row's number; -1, which no row has, for other text."""
    return int(pk) if pk and pk.isdecimal() and len(pk) <= LONGEST_NUMBER else -1
