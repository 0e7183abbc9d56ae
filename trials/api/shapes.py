"""Serializer bases for input: known fields only, a reason with every change."""

from django.utils.translation import gettext_lazy
from rest_framework import serializers

from webkit.api.shapes import REASON_LENGTH, StrictSerializer

FIRST_ENTRY = "first entry, over the API"
"""The reason kept with a new record when none is sent; a change always needs one (21 CFR 11.10(e))."""


class CreateSerializer(StrictSerializer):
    """Input that makes a new record."""

    reason = serializers.CharField(
        max_length=REASON_LENGTH,
        required=False,
        default=FIRST_ENTRY,
        help_text="Why it is written; kept with the record.",
    )


class ChangeSerializer(StrictSerializer):
    """Input that changes a record.

    `seen_version` is the version on which the change is based; another one is refused.
    """

    reason = serializers.CharField(
        max_length=REASON_LENGTH, help_text="Why it is changed; kept with the record."
    )
    seen_version = serializers.IntegerField(
        required=False,
        min_value=1,
        help_text=gettext_lazy("The version that you read before you changed it."),
    )
