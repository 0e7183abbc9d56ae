"""The counts of the live check of boundaries, and the results of earlier checks. Sealed: needs a clearance."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from django.db.models import Min, Q

from events.models import AdverseEvent
from product.models import Allocation, ArmLetter
from reports.models import BoundaryState
from reports.rules.boundaries import BoundaryCounts
from reports.rules.boundaries.designs import Flags
from reports.rules.boundaries.measures import DIED, RELATED_SERIOUS, SERIOUS, counts_as_related, related_codes
from trials.choices import InfusionStatus
from trials.models import Participant
from trials.rules.protocol import Protocol

GIVEN = Q(infusions__status=InfusionStatus.GIVEN, infusions__voided_at=None)
NEVER = datetime.max.replace(tzinfo=UTC)

Key = tuple[str, str, str]
"""Boundary, coded arm, the arm it is compared with (empty: none)."""


@dataclass(frozen=True)
class Treated:
    """The evaluable participants of one coded arm, in the order of first treatment, with the flags of each measure."""

    participants: tuple[int, ...]
    affected: Mapping[str, frozenset[int]]

    def flags(self, measure: str) -> Flags:
        """One flag per participant."""
        counted = self.affected[measure]
        return np.array([pk in counted for pk in self.participants], dtype=bool)


def treated_by_arm(*, trial_id: int, protocol: Protocol) -> Mapping[str, Treated]:
    """The arms of a trial as they are now, by letter. A fixed number of four queries."""
    letters = dict(ArmLetter.objects.filter(trial_id=trial_id).values_list("arm_code", "letter"))
    arms = Allocation.objects.filter(trial_id=trial_id).values_list("participant_id", "arm_code")
    letter_of = {participant: letters[arm] for participant, arm in arms if arm in letters}
    died, ordered = _treated(trial_id)
    affected = {**_with_serious_events(trial_id, protocol), DIED: died}
    return {
        letter: Treated(tuple(pk for pk in ordered if letter_of.get(pk) == letter), affected)
        for letter in sorted(letters.values())
    }


def latest_states(*, trial_id: int) -> Mapping[Key, BoundaryState]:
    """The newest stored state of each boundary and arm. One query."""
    rows = BoundaryState.objects.filter(trial_id=trial_id)
    newest = rows.order_by("boundary", "arm", "against", "-sequence").distinct("boundary", "arm", "against")
    return {(row.boundary, row.arm, row.against): row for row in newest}


def counts_of(row: BoundaryState) -> BoundaryCounts:
    """A stored state as rules use it."""
    return BoundaryCounts(
        row.arm,
        row.against,
        row.affected,
        row.evaluable,
        row.affected_against,
        row.evaluable_against,
        row.evidence,
        row.prompts,
    )


def _treated(trial_id: int) -> tuple[frozenset[int], tuple[int, ...]]:
    """The dead; and the safety population in the order of first treatment, then of codes.

    As in the report: the flag as given, else at least one infusion or dose.
    """
    rows = Participant.objects.filter(trial_id=trial_id).annotate(
        first=Min("infusions__started_at", filter=GIVEN)
    )
    people = list(rows.values_list("pk", "code", "in_safety_population", "has_died", "first"))
    treated = [
        (first or NEVER, code, pk)
        for pk, code, given_flag, _, first in people
        if (first is not None if given_flag is None else given_flag)
    ]
    died = frozenset(pk for pk, _, _, has_died, _ in people if has_died)
    return died, tuple(pk for _, _, pk in sorted(treated))


def _with_serious_events(trial_id: int, protocol: Protocol) -> dict[str, frozenset[int]]:
    """Participants with a serious event, and with one that counts as related; each once."""
    rows = AdverseEvent.objects.filter(trial_id=trial_id).recorded().serious()
    found = list(rows.values_list("participant_id", "causality"))
    related = related_codes(protocol.causality)
    return {
        SERIOUS: frozenset(pk for pk, _ in found),
        RELATED_SERIOUS: frozenset(pk for pk, cause in found if counts_as_related(cause, related)),
    }
