"""Adverse events: the facts of one, and the rules that check it (R1 to R8, R10, R11)."""

from events.rules.adverse_events.corrections import changed_fields, check_correction, reason_missing
from events.rules.adverse_events.facts import Criteria, EventContext, EventFacts
from events.rules.adverse_events.grading import not_in_dictionary
from events.rules.adverse_events.lowering import at_its_worst, check_lowering, lowered_fields
from events.rules.adverse_events.seriousness import is_fatal, same_day_as_far_as_known
from events.rules.adverse_events.spans import (
    EventSpans,
    is_treatment_emergent,
    narrowed_onset,
    spans_of_event,
)
from events.rules.adverse_events.times import (
    FollowsInfusion,
    HoursSince,
    PrecedingInfusion,
    StartedInfusion,
    hours_since_infusion,
    preceding_infusion,
)
from events.rules.adverse_events.verdicts import (
    ImportVerdict,
    check_draft,
    check_event,
    check_imported_event,
)

__all__ = [
    "Criteria",
    "EventContext",
    "EventFacts",
    "EventSpans",
    "FollowsInfusion",
    "HoursSince",
    "ImportVerdict",
    "PrecedingInfusion",
    "StartedInfusion",
    "at_its_worst",
    "changed_fields",
    "check_correction",
    "check_draft",
    "check_event",
    "check_imported_event",
    "check_lowering",
    "hours_since_infusion",
    "is_fatal",
    "is_treatment_emergent",
    "lowered_fields",
    "narrowed_onset",
    "not_in_dictionary",
    "preceding_infusion",
    "reason_missing",
    "same_day_as_far_as_known",
    "spans_of_event",
]
