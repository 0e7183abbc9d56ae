"""`product-deviations`: sealed. Deviations that concern the product, recorded by the cell-therapy unit."""

from typing import Any, ClassVar

import django_filters
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.choices import Action
from assessments.api.deviations import SAID, DeviationChanges, DeviationSaid
from assessments.choices import Importance
from product import services
from product.choices import ProductDeviationCategory
from product.models import ProductDeviation
from trials.api.verbs import VerbViewSet
from trials.models import Participant
from webkit.api.instants import UpdatedSinceFilter
from webkit.api.sealed import SealedViewSet
from webkit.api.shapes import ReasonSerializer


class ProductDeviationSerializer(serializers.ModelSerializer[ProductDeviation]):
    """A deviation of the product. `trial` and `participant` are codes."""

    trial = serializers.CharField(source="trial.code", read_only=True)
    participant = serializers.CharField(source="participant.code", read_only=True)

    class Meta:
        model = ProductDeviation
        fields = [
            "id", "trial", "participant", *SAID, "occurred_earliest_at", "occurred_latest_at", "voided_at",
            "void_reason", "recorded_at", "changed_at", "version",
        ]  # fmt: skip
        read_only_fields = fields


class RecordProductDeviationSerializer(DeviationSaid):
    """The input of a new deviation of the product; the trial is that of the address."""

    participant = serializers.CharField(max_length=40, help_text="The participant's code.")
    category = serializers.ChoiceField(ProductDeviationCategory.choices)

    def to_representation(self, instance: ProductDeviation) -> dict[str, Any]:
        return dict(ProductDeviationSerializer(instance).data)


class CorrectProductDeviationSerializer(DeviationChanges):
    """A correction."""

    category = serializers.ChoiceField(ProductDeviationCategory.choices, required=False)


class ProductDeviationFilter(django_filters.FilterSet):
    """`trial` and `participant` are codes; without `voided` both kinds are listed."""

    trial = django_filters.CharFilter(field_name="trial__code")
    participant = django_filters.CharFilter(field_name="participant__code")
    category = django_filters.ChoiceFilter(choices=ProductDeviationCategory.choices)
    importance = django_filters.ChoiceFilter(choices=Importance.choices)
    voided = django_filters.BooleanFilter(field_name="voided_at", lookup_expr="isnull", exclude=True)
    updated_since = UpdatedSinceFilter()


class ProductDeviationViewSet(SealedViewSet, VerbViewSet):
    """Deviations of the product in one trial: that of `?trial=`, or the only one in scope.

    Nothing is deleted: `void` excludes one from every count, with a reason.
    """

    model = ProductDeviation
    filterset_class = ProductDeviationFilter
    action_table: ClassVar = {
        "read": Action.VIEW_PRODUCT,
        "create": Action.MANAGE_PRODUCT,
        "partial_update": Action.MANAGE_PRODUCT,
        "void": Action.MANAGE_PRODUCT,
    }
    subject = "deviation"
    shown = ProductDeviationSerializer
    shapes: ClassVar = {
        "create": RecordProductDeviationSerializer,
        "partial_update": CorrectProductDeviationSerializer,
        "void": ReasonSerializer,
    }

    @extend_schema(
        request=RecordProductDeviationSerializer,
        responses={201: ProductDeviationSerializer},
        description="Record a deviation of the product.",
    )
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        with self.opened():
            return super().create(request, *args, **kwargs)

    def perform_service(self, data: dict[str, Any]) -> ProductDeviation:
        values = {name: data[name] for name in SAID}
        participant = self._participant(data["participant"])
        return services.record_product_deviation(
            participant=participant, values=values, reason=data["reason"], **self.who()
        )

    @extend_schema(
        request=CorrectProductDeviationSerializer,
        responses=ProductDeviationSerializer,
        description="Correct fields.",
    )
    def partial_update(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        with self.opened():
            return self.correct(services.correct_product_deviation)

    @extend_schema(request=ReasonSerializer, responses=ProductDeviationSerializer)
    @action(detail=True, methods=["post"])
    def void(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Void a deviation that was recorded by mistake; it stays readable."""
        with self.opened():
            return self.do(services.void_product_deviation)

    def _participant(self, code: str) -> Participant:
        trial = self.trial()
        rows = Participant.objects.enrolled().select_related("trial", "site")
        participant = rows.filter(trial=trial, code=code).first()
        if participant is None:
            message = _("Participant: the trial %(trial)s has no enrolled participant %(code)s.")
            raise serializers.ValidationError(
                {"participant": [message % {"trial": trial.code, "code": code}]}
            )
        return participant
