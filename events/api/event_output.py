"""The output of an adverse event over HTTP."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from events.models import AdverseEvent
from events.models.adverse_events import spans_of
from events.queries.adverse_events import emergence_of, hours_after_infusion
from events.rules.adverse_events.entered import ASSESSED
from events.rules.remarks import EventVerdict
from trials.rules.protocol import CausalityCategory
from webkit.refusals import localised

GIVEN_AS_STORED = (
    "id",
    "number",
    "status",
    "reported_term",
    "specify",
    "dictionary_term",
    "dictionary_soc",
    "onset",
    "onset_earliest_at",
    "onset_latest_at",
    "worsened",
    "ended",
    "ended_earliest_at",
    "ended_latest_at",
    "ongoing",
    "distinct_because",
    "treatment_emergent",
    "lowered_because",
    *ASSESSED,
    "signed_by",
    "signed_at",
    "recorded_at",
    "changed_at",
    "version",
    "voided_at",
    "void_reason",
)


class HoursShape(serializers.Serializer[Any]):
    """Hours between the start of the infusion and onset: the fewest and the most that the dates allow."""

    fewest = serializers.FloatField()
    most = serializers.FloatField()


class SpanShape(serializers.Serializer[Any]):
    """The earliest and the latest time that is possible by all records; null where unknown."""

    earliest = serializers.DateTimeField(allow_null=True)
    latest = serializers.DateTimeField(allow_null=True)


class RemarkShape(serializers.Serializer[Any]):
    """A remark of a rule on the event: `warning` should be checked, `prompt` is an open question."""

    kind = serializers.ChoiceField(choices=["warning", "prompt"])
    rule = serializers.CharField()
    code = serializers.CharField()
    field = serializers.CharField()
    message = serializers.CharField()


class EventOutput(serializers.ModelSerializer[AdverseEvent]):
    """One adverse event. Empty text and null mean "not recorded"; `ctcae_term` is the code of the term."""

    trial = serializers.CharField(source="trial.code")
    site = serializers.CharField(source="participant.site.code")
    participant = serializers.CharField(source="participant.code")
    ctcae_term = serializers.CharField(source="ctcae_term.code", default=None, allow_null=True)
    ctcae_version = serializers.CharField(source="ctcae_term.ctcae_version", default=None, allow_null=True)
    term = serializers.SerializerMethodField(help_text="The dictionary's term, or the event as reported.")
    soc = serializers.SerializerMethodField(help_text="The system organ class, or null.")
    after_infusion = serializers.IntegerField(source="after_infusion.number", default=None, allow_null=True)
    reopens = serializers.IntegerField(source="reopens.number", default=None, allow_null=True)
    hours_after_infusion = serializers.SerializerMethodField()
    possible_onset = serializers.SerializerMethodField(
        help_text="The onset, narrowed by end, worsening, awareness, death, withdrawal and completion."
    )
    possible_end = serializers.SerializerMethodField(
        help_text="The end, narrowed likewise; null without an end."
    )
    emergent = serializers.SerializerMethodField(
        help_text="Treatment-emergent: the source's flag, else onset or worsening possibly at or after the first infusion."
    )
    related = serializers.SerializerMethodField(
        help_text="By the protocol's categories; undetermined counts as related, null is not assessed."
    )

    class Meta:
        model = AdverseEvent
        fields = (
            "trial",
            "site",
            "participant",
            *GIVEN_AS_STORED,
            "ctcae_term",
            "ctcae_version",
            "term",
            "soc",
            "after_infusion",
            "reopens",
            "hours_after_infusion",
            "possible_onset",
            "possible_end",
            "emergent",
            "related",
        )
        read_only_fields = fields

    def get_term(self, row: AdverseEvent) -> str:
        return row.ctcae_term.term if row.ctcae_term else row.dictionary_term or row.reported_term

    def get_soc(self, row: AdverseEvent) -> str | None:
        return row.ctcae_term.soc if row.ctcae_term else row.dictionary_soc or None

    @extend_schema_field(HoursShape(allow_null=True))
    def get_hours_after_infusion(self, row: AdverseEvent) -> dict[str, float] | None:
        hours = hours_after_infusion(row)
        return None if hours is None else {"fewest": round(hours.fewest, 2), "most": round(hours.most, 2)}

    @extend_schema_field(SpanShape)
    def get_possible_onset(self, row: AdverseEvent) -> dict[str, Any]:
        return dict(SpanShape(spans_of(row).onset).data)

    @extend_schema_field(SpanShape(allow_null=True))
    def get_possible_end(self, row: AdverseEvent) -> dict[str, Any] | None:
        return dict(SpanShape(spans_of(row).ended).data) if row.ended else None

    def get_emergent(self, row: AdverseEvent) -> bool:
        return emergence_of(row)

    def get_related(self, row: AdverseEvent) -> bool | None:
        categories: dict[int, tuple[CausalityCategory, ...]] = self.context.get("categories", {})
        chosen = (each for each in categories.get(row.trial_id, ()) if each.code == row.causality)
        return next((each.is_related or each.is_undetermined for each in chosen), None)


class JudgedEventOutput(EventOutput):
    """One adverse event with the remarks of the rules."""

    remarks = serializers.SerializerMethodField()

    class Meta:
        model = AdverseEvent
        fields = (*EventOutput.Meta.fields, "remarks")
        read_only_fields = fields

    @extend_schema_field(RemarkShape(many=True))
    def get_remarks(self, row: AdverseEvent) -> list[dict[str, str]]:
        verdict: EventVerdict = row.verdict()
        kinds = (("warning", verdict.refusals + verdict.warnings), ("prompt", verdict.prompts))
        return [
            {
                "kind": kind,
                "rule": remark.rule,
                "code": remark.code,
                "field": remark.field,
                "message": localised(remark, AdverseEvent),
            }
            for kind, remarks in kinds
            for remark in remarks
        ]


class ChangeShape(serializers.Serializer[Any]):
    """One field of one version; `before` is null in the first version."""

    field = serializers.CharField()
    before = serializers.JSONField()
    after = serializers.JSONField()


class VersionShape(serializers.Serializer[Any]):
    """One version: who changed what, when and why."""

    version = serializers.IntegerField()
    at = serializers.DateTimeField()
    by = serializers.CharField()
    reason = serializers.CharField()
    changes = ChangeShape(many=True)
