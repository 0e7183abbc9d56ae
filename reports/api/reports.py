"""Board reports over HTTP: the list is the same for all who may see it; the closed documents open by role."""

from typing import Any, ClassVar, cast

import django_filters
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.reverse import reverse

from accounts.choices import Action
from accounts.models import User
from reports.choices import ReportFormat, ReportKind, ReportState, ReportTrigger
from reports.downloads import document_response
from reports.models import BoardReport
from webkit.api.instants import UpdatedSinceFilter
from webkit.api.resources import TableViewSet


class BoardReportFilter(django_filters.FilterSet):
    """`trial` is the trial's code; `updated_since` an instant, included."""

    trial = django_filters.CharFilter(field_name="trial__code")
    look = django_filters.NumberFilter()
    state = django_filters.ChoiceFilter(choices=ReportState.choices)
    updated_since = UpdatedSinceFilter()

    class Meta:
        model = BoardReport
        fields = ["trial", "look", "state", "updated_since"]


CALLS = [(each.value, each.label) for each in ReportTrigger if each != ReportTrigger.BOUNDARY]
"""The possible triggers of a listed report."""


class DocumentLinksSerializer(serializers.Serializer[Any]):
    """The addresses of one kind's documents."""

    json = serializers.URLField()
    html = serializers.URLField()
    pdf = serializers.URLField()


class DocumentsSerializer(serializers.Serializer[Any]):
    """The addresses of both kinds' documents.

    The closed ones open for board members and the unblinded statistician.
    """

    open = DocumentLinksSerializer()
    closed = DocumentLinksSerializer()


class BoardReportSerializer(serializers.ModelSerializer[BoardReport]):
    """A report. `snapshot_sha256` is the open snapshot's; `documents` is empty until the report is ready."""

    trial = serializers.SlugRelatedField[Any](slug_field="code", read_only=True)
    trigger = serializers.ChoiceField(source="called_for_by", choices=CALLS, read_only=True)
    documents = serializers.SerializerMethodField()

    class Meta:
        model = BoardReport
        fields = [
            "id", "trial", "look", "trigger", "number", "report_version", "state", "data_cutoff_at",
            "snapshot_sha256", "ready_at", "documents", "changed_at",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(DocumentsSerializer(allow_null=True))
    def get_documents(self, report: BoardReport) -> dict[str, dict[str, str]] | None:
        if report.state != ReportState.READY:
            return None
        return {
            kind: {form: self._link(report, kind, form) for form in ReportFormat.values}
            for kind in ReportKind.values
        }

    def _link(self, report: BoardReport, kind: str, form: str) -> str:
        place = {"pk": report.pk, "kind": kind, "form": form}
        return reverse("dsmb-reports-document", kwargs=place, request=self.context.get("request"))


class BoardReportViewSet(TableViewSet):
    """Reports to the board, the newest first."""

    queryset = BoardReport.objects.select_related("trial")
    serializer_class = BoardReportSerializer
    filterset_class = BoardReportFilter
    action_table: ClassVar = {"read": Action.VIEW_OPEN_REPORT}
    site_lookup = None

    @extend_schema(
        description="The archived document, byte for byte. Opening it is recorded.",
        parameters=[
            OpenApiParameter("kind", str, OpenApiParameter.PATH, enum=ReportKind.values),
            OpenApiParameter("form", str, OpenApiParameter.PATH, enum=ReportFormat.values),
        ],
        responses={
            (200, "application/json"): OpenApiTypes.OBJECT,
            (200, "text/html"): OpenApiTypes.STR,
            (200, "application/pdf"): OpenApiTypes.BINARY,
        },
    )
    @action(detail=True, url_path="documents/(?P<kind>open|closed)/(?P<form>json|html|pdf)")
    def document(self, request: Request, kind: str, form: str, **_: Any) -> HttpResponse:
        user = cast(User, request.user)
        report = self.get_object()
        return document_response(report, ReportKind(kind), ReportFormat(form), user=user, at=timezone.now())
