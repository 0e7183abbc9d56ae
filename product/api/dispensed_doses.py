"""`dispensed-doses`: sealed. The product in the bag of each infusion; one recorded by mistake is voided."""

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.choices import Action
from product import services
from product.models import DispensedDose
from webkit.api.instants import UpdatedSinceFilter
from webkit.api.sealed import SealedViewSet
from webkit.api.shapes import ReasonSerializer


class DispensedDoseSerializer(serializers.ModelSerializer[DispensedDose]):
    """A dispensed dose.

    `trial`, `participant` and `batch` are codes, `infusion` its number; viability in percent.
    """

    trial = serializers.CharField(source="trial.code", read_only=True)
    participant = serializers.CharField(source="participant.code", read_only=True)
    infusion = serializers.IntegerField(source="infusion.number", read_only=True)
    batch = serializers.CharField(source="batch.code", default=None, allow_null=True, read_only=True)

    class Meta:
        model = DispensedDose
        fields = [
            "id", "trial", "participant", "infusion", "batch", "product", "cells_million", "dose", "dose_unit",
            "viability_percent", "out_of_specification_reason", "voided_at", "void_reason", "recorded_at",
            "changed_at", "version",
        ]  # fmt: skip
        read_only_fields = fields


class DispensedDoseFilter(django_filters.FilterSet):
    """`trial`, `participant` and `batch` are codes; without `voided` both kinds are listed."""

    trial = django_filters.CharFilter(field_name="trial__code")
    participant = django_filters.CharFilter(field_name="participant__code")
    batch = django_filters.CharFilter(field_name="batch__code")
    voided = django_filters.BooleanFilter(field_name="voided_at", lookup_expr="isnull", exclude=True)
    updated_since = UpdatedSinceFilter()


class DispensedDoseViewSet(SealedViewSet):
    """Dispensed doses of one trial: that of `?trial=`, or the only one in scope.

    Nothing is deleted: `void` excludes one from every count, with a reason; then the right dose can be recorded.
    """

    model = DispensedDose
    filterset_class = DispensedDoseFilter
    action_table: ClassVar = {"read": Action.VIEW_PRODUCT, "void": Action.MANAGE_PRODUCT}
    serializer_class = DispensedDoseSerializer

    def rows(self) -> QuerySet[Any]:
        return super().rows().select_related("trial", "participant", "infusion", "batch")

    @extend_schema(request=ReasonSerializer, responses=DispensedDoseSerializer)
    @action(detail=True, methods=["post"])
    def void(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Void a dose that was recorded by mistake.

        It stays readable, and the participant is evaluated again.
        """
        with self.opened():
            dose = self.get_object()
            sent = ReasonSerializer(data=request.data)
            sent.is_valid(raise_exception=True)
            voided = services.void_dispensed_dose(
                dose=dose, reason=sent.validated_data["reason"], by=self.user, at=timezone.now()
            )
            return Response(DispensedDoseSerializer(voided).data)
