"""Protocol deviations over HTTP. Those that concern the product are sealed, and a resource of their own."""

from typing import Any, ClassVar

import django_filters
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.choices import Action
from accounts.queries import site_codes_for
from assessments import services
from assessments.choices import DeviationCategory, Importance
from assessments.models import ProtocolDeviation
from trials.api.shapes import ChangeSerializer, CreateSerializer
from trials.api.verbs import VerbViewSet
from trials.models import Participant, Site
from webkit.api.instants import UpdatedSinceFilter
from webkit.api.shapes import ReasonSerializer

SAID = ("category", "importance", "occurred", "description", "action_taken")


class ProtocolDeviationSerializer(serializers.ModelSerializer[ProtocolDeviation]):
    """A deviation.

    `trial`, `site` and `participant` are codes; without a participant it concerns the site as a whole.
    """

    trial = serializers.CharField(source="trial.code", read_only=True)
    site = serializers.CharField(source="site.code", read_only=True)
    participant = serializers.CharField(source="participant.code", read_only=True, default=None)

    class Meta:
        model = ProtocolDeviation
        fields = [
            "id", "trial", "site", "participant", *SAID, "occurred_earliest_at", "occurred_latest_at", "voided_at",
            "void_reason", "recorded_at", "changed_at", "version",
        ]  # fmt: skip
        read_only_fields = fields


class DeviationSaid(CreateSerializer):
    """The input of a new deviation of either kind; `occurred` as exactly as known."""

    importance = serializers.ChoiceField(Importance.choices)
    occurred = serializers.CharField(max_length=32)
    description = serializers.CharField(max_length=2000)
    action_taken = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class DeviationChanges(ChangeSerializer):
    """A correction of either kind: only the fields that change, and the reason."""

    importance = serializers.ChoiceField(Importance.choices, required=False)
    occurred = serializers.CharField(max_length=32, required=False)
    description = serializers.CharField(max_length=2000, required=False)
    action_taken = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class RecordDeviationSerializer(DeviationSaid):
    """The input of a new deviation."""

    trial = serializers.SlugField(max_length=40, help_text="The trial's code.")
    site = serializers.SlugField(max_length=40, help_text="The site's code.")
    participant = serializers.CharField(
        max_length=40,
        required=False,
        allow_null=True,
        default=None,
        help_text="The participant's code, or null.",
    )
    category = serializers.ChoiceField(DeviationCategory.choices)

    def to_representation(self, instance: ProtocolDeviation) -> dict[str, Any]:
        return dict(ProtocolDeviationSerializer(instance).data)


class CorrectDeviationSerializer(DeviationChanges):
    """A correction."""

    category = serializers.ChoiceField(DeviationCategory.choices, required=False)


class ProtocolDeviationFilter(django_filters.FilterSet):
    """`trial`, `participant` and `site` are codes; without `voided` both kinds are listed."""

    trial = django_filters.CharFilter(field_name="trial__code")
    participant = django_filters.CharFilter(field_name="participant__code")
    site = django_filters.CharFilter(field_name="site__code")
    category = django_filters.ChoiceFilter(choices=DeviationCategory.choices)
    importance = django_filters.ChoiceFilter(choices=Importance.choices)
    voided = django_filters.BooleanFilter(field_name="voided_at", lookup_expr="isnull", exclude=True)
    updated_since = UpdatedSinceFilter()

    class Meta:
        model = ProtocolDeviation
        fields = ["trial", "participant", "site", "category", "importance", "voided", "updated_since"]


class ProtocolDeviationViewSet(VerbViewSet):
    """Protocol deviations. Nothing is deleted: `void` excludes one from every count, with a reason."""

    queryset = ProtocolDeviation.objects.select_related("trial", "site__trial", "participant")
    filterset_class = ProtocolDeviationFilter
    site_lookup = "site__code"
    ordering_columns: ClassVar = {
        "id": "id",
        "occurred_earliest_at": "occurred_earliest_at",
        "changed_at": "changed_at",
        "recorded_at": "recorded_at",
    }
    action_table: ClassVar = {
        "read": Action.VIEW_ASSESSMENTS,
        "create": Action.RECORD_DEVIATION,
        "partial_update": Action.RECORD_DEVIATION,
        "void": Action.RECORD_DEVIATION,
    }
    subject = "deviation"
    shown = ProtocolDeviationSerializer
    shapes: ClassVar = {
        "create": RecordDeviationSerializer,
        "partial_update": CorrectDeviationSerializer,
        "void": ReasonSerializer,
    }

    @extend_schema(
        request=RecordDeviationSerializer,
        responses={201: ProtocolDeviationSerializer},
        description="Record a deviation.",
    )
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().create(request, *args, **kwargs)

    def perform_service(self, data: dict[str, Any]) -> ProtocolDeviation:
        site = self._site(data["trial"], data["site"])
        participant = self._participant(site, data["participant"]) if data["participant"] else None
        values = {name: data[name] for name in SAID}
        return services.record_deviation(
            site=site, participant=participant, values=values, reason=data["reason"], **self.who()
        )

    @extend_schema(
        request=CorrectDeviationSerializer,
        responses=ProtocolDeviationSerializer,
        description="Correct fields.",
    )
    def partial_update(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        return self.correct(services.correct_deviation)

    @extend_schema(request=ReasonSerializer, responses=ProtocolDeviationSerializer)
    @action(detail=True, methods=["post"])
    def void(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Void a deviation that was recorded by mistake; it stays readable."""
        return self.do(services.void_deviation)

    def _site(self, trial_code: str, code: str) -> Site:
        """The site with these codes, among those at which the account records deviations."""
        sites = site_codes_for(self.user, Action.RECORD_DEVIATION, trial_code=trial_code)
        rows = Site.objects.select_related("trial").filter(trial__code=trial_code, code=code)
        site = rows.first() if sites is None or code in sites else None
        if site is None:
            message = _("Site: you have no site %(code)s in the trial %(trial)s.")
            raise serializers.ValidationError({"site": [message % {"trial": trial_code, "code": code}]})
        return site

    def _participant(self, site: Site, code: str) -> Participant:
        rows = Participant.objects.select_related("trial", "site").filter(site=site, code=code)
        participant = rows.first()
        if participant is None:
            message = _("Participant: the site %(site)s has no participant %(code)s.")
            raise serializers.ValidationError({"participant": [message % {"site": site.code, "code": code}]})
        return participant
