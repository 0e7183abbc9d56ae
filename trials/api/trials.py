"""Trials and their sites."""

from dataclasses import asdict
from typing import Any, ClassVar, cast

import django_filters
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.choices import Action
from accounts.models import User
from accounts.queries import site_codes_for, trial_codes_for
from trials.api.shapes import CreateSerializer
from trials.choices import Salt
from trials.models import ProtocolVersion, Site, Trial
from trials.queries import site_counts
from trials.services import open_site, set_pharmacy_salt
from webkit.api.instants import UpdatedSinceFilter
from webkit.api.lists import ListedViewSet
from webkit.api.resources import IdempotentCreateMixin
from webkit.api.shapes import ReasonSerializer


class TrialSerializer(serializers.ModelSerializer[Trial]):
    class Meta:
        model = Trial
        fields = ["id", "code", "title", "registration", "timezone", "recorded_at", "changed_at", "version"]
        read_only_fields = fields


class ProtocolVersionSerializer(serializers.ModelSerializer[ProtocolVersion]):
    """A loaded protocol; `content` has the file's keys."""

    class Meta:
        model = ProtocolVersion
        fields = ["label", "effective_date", "content", "content_sha256", "recorded_at"]
        read_only_fields = fields


class SiteCountsSerializer(serializers.Serializer[Any]):
    """Participants of one site; `screened` counts all, `treated` those with at least one infusion given."""

    site_code = serializers.CharField()
    screened = serializers.IntegerField()
    screen_failures = serializers.IntegerField()
    enrolled = serializers.IntegerField()
    treated = serializers.IntegerField()
    completed = serializers.IntegerField()
    withdrawn = serializers.IntegerField()
    died = serializers.IntegerField()


class TrialFilter(django_filters.FilterSet):
    """`code`; `updated_since` is an instant, included."""

    code = django_filters.CharFilter()
    updated_since = UpdatedSinceFilter()

    class Meta:
        model = Trial
        fields = ["code", "updated_since"]


class TrialViewSet(ListedViewSet):
    """Trials; the details of each are in its protocol."""

    queryset = Trial.objects.order_by("code")
    serializer_class = TrialSerializer
    filterset_class = TrialFilter
    ordering_columns: ClassVar = {"id": "id", "code": "code", "changed_at": "changed_at"}
    action_table: ClassVar = {"read": Action.VIEW_TRIAL, "counts": Action.VIEW_PARTICIPANTS}
    trial_lookup = "code"
    site_lookup = None

    @extend_schema(
        responses=ProtocolVersionSerializer(many=True), filters=False, description="Its protocol versions."
    )
    @action(detail=True, pagination_class=None, filter_backends=[])
    def protocol(self, request: Request, **_kwargs: Any) -> Response:  # noqa: ARG002
        versions = self.get_object().protocol_versions.order_by("-effective_date", "-pk")
        return Response(ProtocolVersionSerializer(versions, many=True).data)

    @extend_schema(
        responses=SiteCountsSerializer(many=True),
        filters=False,
        description="Participants per site, at your sites.",
    )
    @action(detail=True, pagination_class=None, filter_backends=[])
    def counts(self, request: Request, **_kwargs: Any) -> Response:
        trial = self.get_object()
        user = cast(User, request.user)
        sites = site_codes_for(user, Action.VIEW_PARTICIPANTS, trial_code=trial.code)
        return Response([asdict(row) for row in site_counts(trial=trial, site_codes=sites)])


class SiteSerializer(serializers.ModelSerializer[Site]):
    trial = serializers.SlugRelatedField[Any](slug_field="code", read_only=True)

    class Meta:
        model = Site
        fields = [
            "id", "trial", "code", "name", "country", "timezone", "norepinephrine_salt", "recorded_at",
            "changed_at", "version",
        ]  # fmt: skip
        read_only_fields = fields


class SiteCreateSerializer(CreateSerializer):
    """A new site; without a time zone it gets the trial's."""

    trial = serializers.SlugField(max_length=40, help_text="The trial's code.")
    code = serializers.SlugField(max_length=40)
    name = serializers.CharField(max_length=120)
    country = serializers.CharField(max_length=3, required=False, default="")
    timezone = serializers.CharField(max_length=60, required=False, default="")
    norepinephrine_salt = serializers.ChoiceField(
        choices=Salt.choices,
        required=False,
        default=Salt.UNKNOWN,
        help_text="What the site's pharmacy labels in milligrams.",
    )

    def to_representation(self, instance: Site) -> dict[str, Any]:
        return dict(SiteSerializer(instance).data)


class SitePharmacySerializer(ReasonSerializer):
    """The salt on the norepinephrine labels of the site's pharmacy, from now on.

    Recorded readings keep theirs.
    """

    norepinephrine_salt = serializers.ChoiceField(choices=Salt.choices)
    seen_version = serializers.IntegerField(required=False)


class SiteFilter(django_filters.FilterSet):
    """`trial` is the trial's code; `updated_since` an instant, included."""

    trial = django_filters.CharFilter(field_name="trial__code")
    code = django_filters.CharFilter()
    updated_since = UpdatedSinceFilter()

    class Meta:
        model = Site
        fields = ["trial", "code", "updated_since"]


@extend_schema(request=SiteCreateSerializer, responses=SiteSerializer, methods=["POST"])
class SiteViewSet(IdempotentCreateMixin, ListedViewSet):
    """Sites of the trials."""

    queryset = Site.objects.select_related("trial")
    filterset_class = SiteFilter
    ordering_columns: ClassVar = {"id": "id", "code": "code", "name": "name", "changed_at": "changed_at"}
    action_table: ClassVar = {
        "read": Action.VIEW_TRIAL,
        "create": Action.MANAGE_TRIAL,
        "pharmacy": Action.MANAGE_TRIAL,
    }
    site_lookup = None

    def get_serializer_class(self) -> type[Any]:
        shapes: dict[str, type[Any]] = {"create": SiteCreateSerializer, "pharmacy": SitePharmacySerializer}
        return shapes.get(self.action, SiteSerializer)

    @extend_schema(request=SitePharmacySerializer, responses=SiteSerializer)
    @action(detail=True, methods=["post"])
    def pharmacy(self, request: Request, pk: str | None = None) -> Response:  # noqa: ARG002
        """Change the salt on the labels of the site's pharmacy, with a reason."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        user = cast(User, request.user)
        row = set_pharmacy_salt(
            site=self.get_object(), by=user, at=timezone.now(), **serializer.validated_data
        )
        return Response(SiteSerializer(row).data)

    def perform_service(self, data: dict[str, Any]) -> Site:
        user, code = cast(User, self.request.user), data.pop("trial")
        trial = Trial.objects.filter(code=code, code__in=trial_codes_for(user, Action.MANAGE_TRIAL)).first()
        if trial is None:
            message = _("Trial: you manage no trial with the code %(code)s.") % {"code": code}
            raise serializers.ValidationError({"trial": [message]})
        return open_site(trial=trial, by=user, at=timezone.now(), **data)
