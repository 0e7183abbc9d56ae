"""The board's recommendations over HTTP, as published outside the closed session, read-only."""

from typing import Any, ClassVar

import django_filters
from rest_framework import serializers

from accounts.choices import Action
from dsmb.models import MeetingNotice, SponsorAnswer
from reports.choices import Recommendation
from webkit.api.instants import UpdatedSinceFilter
from webkit.api.resources import TableViewSet


class MeetingNoticeFilter(django_filters.FilterSet):
    """`trial` is the trial's code; `updated_since` an instant, included."""

    trial = django_filters.CharFilter(field_name="trial__code")
    look = django_filters.NumberFilter()
    recommendation = django_filters.ChoiceFilter(choices=Recommendation.choices)
    updated_since = UpdatedSinceFilter()

    class Meta:
        model = MeetingNotice
        fields = ["trial", "look", "recommendation", "updated_since"]


class SponsorAnswerSerializer(serializers.ModelSerializer[SponsorAnswer]):
    """One answer of the sponsor; the last one is in force."""

    class Meta:
        model = SponsorAnswer
        fields = ["number", "answer", "text", "answered_at"]
        read_only_fields = fields


class MeetingNoticeSerializer(serializers.ModelSerializer[MeetingNotice]):
    """The public facts of a meeting: `recommendation` is empty until the open letter is sent."""

    trial = serializers.SlugRelatedField[Any](slug_field="code", read_only=True)
    answers = SponsorAnswerSerializer(many=True, read_only=True)

    class Meta:
        model = MeetingNotice
        fields = [
            "id", "trial", "number", "look", "held_on", "recommendation", "conditions", "open_minutes", "chair_name",
            "signed_at", "sent_at", "answer_due_date", "answers", "changed_at",
        ]  # fmt: skip
        read_only_fields = fields


class MeetingNoticeViewSet(TableViewSet):
    """The board's published recommendations, the newest first, with the sponsor's answers."""

    queryset = MeetingNotice.objects.select_related("trial").prefetch_related("answers")
    serializer_class = MeetingNoticeSerializer
    filterset_class = MeetingNoticeFilter
    action_table: ClassVar = {"read": Action.VIEW_OPEN_REPORT}
    site_lookup = None
