"""Unblindings over HTTP, read only: that they happened, never an arm.

Requesting, confirming and displaying an arm need a repeated password and a page that is not cached; they are possible
on the site only. The same applies to the record of an inadvertent unblinding, whose account is sealed.
"""

from typing import Any, ClassVar

import django_filters
from rest_framework import serializers

from accounts.choices import Action
from product.choices import BlindImpact, Learner, SecondPerson, UnblindingReason
from product.models import InadvertentUnblinding, Unblinding
from webkit.api.instants import UpdatedSinceFilter
from webkit.api.lists import ListedViewSet

READ_ONLY = ["get", "head", "options"]


class UnblindingSerializer(serializers.ModelSerializer[Unblinding]):
    """An emergency unblinding.

    `trial`, `participant` and `site` are codes; the blind is broken from `disclosed_at` on.
    """

    trial = serializers.CharField(source="trial.code", read_only=True)
    participant = serializers.CharField(source="participant.code", read_only=True)
    site = serializers.CharField(source="participant.site.code", read_only=True)

    class Meta:
        model = Unblinding
        fields = [
            "id", "trial", "participant", "site", "category", "asked_by_role", "asked_at", "expires_at",
            "confirmation", "confirmed_at", "disclosed_at", "recorded_at", "changed_at", "version",
        ]  # fmt: skip
        read_only_fields = fields


class InadvertentUnblindingSerializer(serializers.ModelSerializer[InadvertentUnblinding]):
    """An inadvertent unblinding without what happened. `participant` is null when it concerns more than one."""

    trial = serializers.CharField(source="trial.code", read_only=True)
    participant = serializers.CharField(source="participant.code", read_only=True, default=None)
    site = serializers.CharField(source="site.code", read_only=True, default=None)

    class Meta:
        model = InadvertentUnblinding
        fields = [
            "id", "trial", "participant", "site", "occurred", "learner", "learner_description", "impact", "assessed_at",
            "is_corrected", "voided_at", "void_reason", "recorded_at", "changed_at", "version",
        ]  # fmt: skip
        read_only_fields = fields


class _PlaceFilter(django_filters.FilterSet):
    trial = django_filters.CharFilter(field_name="trial__code")
    participant = django_filters.CharFilter(field_name="participant__code")
    updated_since = UpdatedSinceFilter()


class UnblindingFilter(_PlaceFilter):
    """`trial`, `participant` and `site` are codes; `updated_since` is included."""

    site = django_filters.CharFilter(field_name="participant__site__code")
    category = django_filters.ChoiceFilter(choices=UnblindingReason.choices)
    confirmation = django_filters.ChoiceFilter(choices=SecondPerson.choices)
    disclosed = django_filters.BooleanFilter(field_name="disclosed_at", lookup_expr="isnull", exclude=True)

    class Meta:
        model = Unblinding
        fields = ["trial", "participant", "site", "category", "confirmation", "disclosed", "updated_since"]


class InadvertentUnblindingFilter(_PlaceFilter):
    """`trial`, `participant` and `site` are codes; without `voided` both kinds are listed."""

    site = django_filters.CharFilter(field_name="site__code")
    learner = django_filters.ChoiceFilter(choices=Learner.choices)
    impact = django_filters.ChoiceFilter(choices=BlindImpact.choices)
    voided = django_filters.BooleanFilter(field_name="voided_at", lookup_expr="isnull", exclude=True)

    class Meta:
        model = InadvertentUnblinding
        fields = ["trial", "participant", "site", "learner", "impact", "voided", "updated_since"]


class _UnblindingsViewSet(ListedViewSet):
    http_method_names = READ_ONLY
    action_table: ClassVar = {"read": Action.VIEW_UNBLINDINGS}
    ordering_columns: ClassVar = {"id": "id", "changed_at": "changed_at", "recorded_at": "recorded_at"}


class UnblindingViewSet(_UnblindingsViewSet):
    """Emergency unblindings: who, when, why, how confirmed. Never the arm."""

    queryset = Unblinding.objects.select_related("trial", "participant__site")
    serializer_class: Any = UnblindingSerializer
    filterset_class = UnblindingFilter


class InadvertentUnblindingViewSet(_UnblindingsViewSet):
    """Inadvertent unblindings: the fact and its impact. What happened is sealed and not here."""

    queryset = InadvertentUnblinding.objects.select_related("trial", "participant", "site")
    serializer_class: Any = InadvertentUnblindingSerializer
    filterset_class = InadvertentUnblindingFilter
    site_lookup = "site__code"
