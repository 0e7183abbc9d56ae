"""`specimens`: logistics, the same for every participant; the results of a tube are not here."""

from collections.abc import Mapping
from typing import Any, ClassVar

import django_filters
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.choices import Action
from accounts.queries import site_codes_for, trial_codes_for
from immunology.api.lists import FIRST_ENTRY, LaboratoryViewSet, SharedFilters
from immunology.choices import SpecimenKind
from immunology.models import Specimen
from immunology.services import collect_specimen, receive_specimen, void_specimen
from trials.choices import TimePrecision
from trials.models import Participant
from webkit.api.resources import IdempotentCreateMixin
from webkit.api.shapes import ReasonSerializer, StrictSerializer


class SpecimenOutput(serializers.ModelSerializer[Specimen]):
    """One tube: when it was taken and received."""

    trial = serializers.CharField(source="trial.code", read_only=True)
    site = serializers.CharField(source="participant.site.code", read_only=True)
    participant = serializers.CharField(source="participant.code", read_only=True)

    class Meta:
        model = Specimen
        fields = (
            "id", "trial", "site", "participant", "code", "planned_day", "kind", "collected_at",
            "collected_precision", "received_at", "condition_note", "source", "recorded_at", "changed_at",
            "version", "voided_at", "void_reason",
        )  # fmt: skip
        read_only_fields = fields


class SpecimenInput(StrictSerializer):
    """A tube that was taken."""

    participant = serializers.CharField(max_length=40, help_text="Code of the participant.")
    trial = serializers.CharField(max_length=40, required=False, help_text="Needed with several trials.")
    code = serializers.CharField(max_length=60, help_text="What is written on the tube.")
    planned_day = serializers.IntegerField(
        required=False, allow_null=True, min_value=-32768, max_value=32767, help_text="Study day of the plan."
    )
    kind = serializers.ChoiceField(choices=SpecimenKind.choices, required=False)
    collected_at = serializers.DateTimeField(help_text="ISO 8601 with offset.")
    collected_precision = serializers.ChoiceField(choices=TimePrecision.choices, required=False)
    reason = serializers.CharField(max_length=1000, required=False, default=FIRST_ENTRY)

    def to_representation(self, instance: Any) -> Any:
        return SpecimenOutput(instance, context=self.context).data


class ReceiptInput(StrictSerializer):
    """The receipt of the tube in the laboratory."""

    received_at = serializers.DateTimeField(help_text="ISO 8601 with offset.")
    condition_note = serializers.CharField(max_length=200, required=False, allow_blank=True)
    reason = serializers.CharField(max_length=1000, required=False, default=FIRST_ENTRY)


class SpecimenFilters(SharedFilters):
    """Filters of tubes: participant, kind, and state."""

    site = django_filters.CharFilter(field_name="participant__site__code", help_text="Code of the site.")
    code = django_filters.CharFilter()
    planned_day = django_filters.NumberFilter()
    received = django_filters.BooleanFilter(field_name="received_at", lookup_expr="isnull", exclude=True)
    voided = django_filters.BooleanFilter(field_name="voided_at", lookup_expr="isnull", exclude=True)


class SpecimenViewSet(IdempotentCreateMixin, LaboratoryViewSet):
    """Tubes: list, one, taken (with `Idempotency-Key`), received, void."""

    queryset = Specimen.objects.select_related("trial", "participant__site")
    serializer_class = SpecimenOutput
    filterset_class = SpecimenFilters
    ordering_columns: ClassVar[Mapping[str, str]] = {
        "id": "id",
        "collected_at": "collected_at",
        "changed_at": "changed_at",
    }
    action_table: ClassVar[Mapping[str, Action]] = {
        "read": Action.VIEW_SPECIMENS,
        "create": Action.COLLECT_SPECIMEN,
        "receive": Action.RECEIVE_SPECIMEN,
        "void": Action.COLLECT_SPECIMEN,
    }
    shapes: ClassVar[Mapping[str, Any]] = {
        "create": SpecimenInput,
        "receive": ReceiptInput,
        "void": ReasonSerializer,
    }

    def get_serializer_class(self) -> Any:
        return self.shapes.get(self.action, SpecimenOutput)

    @extend_schema(request=SpecimenInput, responses={201: SpecimenOutput})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Record that a tube was taken."""
        return super().create(request, *args, **kwargs)

    def perform_service(self, data: dict[str, Any]) -> Specimen:
        values = dict(data)
        participant = self._participant(values.pop("participant"), values.pop("trial", None))
        return collect_specimen(participant=participant, by=self.user, at=timezone.now(), **values)

    def _participant(self, code: str, trial: str | None) -> Participant:
        """A participant for whom the account may record specimens.

        Another one gives the same response as one that does not exist.
        """
        reach = trial_codes_for(self.user, Action.COLLECT_SPECIMEN)
        found = [
            person
            for trial_code in sorted(reach & {trial} if trial else reach)
            for person in Participant.objects.filter(trial__code=trial_code, code=code).at_sites(
                site_codes_for(self.user, Action.COLLECT_SPECIMEN, trial_code=trial_code)
            )
        ]
        if len(found) != 1:
            sentence = _("Participant: not one of yours; with several trials, name the trial.")
            raise ValidationError({"participant": sentence})
        return found[0]

    @extend_schema(request=ReceiptInput, responses=SpecimenOutput)
    @action(detail=True, methods=["post"])
    def receive(self, request: Request, pk: str | None = None) -> Response:  # noqa: ARG002
        """Record that the laboratory received the tube, and its condition."""
        specimen = self.get_object()
        row = receive_specimen(specimen=specimen, by=self.user, at=timezone.now(), **self.sent())
        return self._shown(row)

    @extend_schema(request=ReasonSerializer, responses=SpecimenOutput)
    @action(detail=True, methods=["post"])
    def void(self, request: Request, pk: str | None = None) -> Response:  # noqa: ARG002
        """Void a tube that should not have been recorded, with a reason."""
        specimen = self.get_object()
        row = void_specimen(specimen=specimen, by=self.user, at=timezone.now(), **self.sent())
        return self._shown(row)

    def _shown(self, row: Specimen) -> Response:
        return Response(SpecimenOutput(self.get_queryset().get(pk=row.pk)).data)
