"""Calls with what is shown of them to a reader, their readings, and their state. Inside the seal only.

What is shown leaves out who got which cells (`is_reference`, `VIRTUAL`): a reader judges the sera, not the arm.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from accounts.services import content_digest
from immunology.choices import ChangeKind
from immunology.models import CallReading, DsaFinding, JudgingChange
from immunology.queries.dsa_inputs import DonorTarget, load_dsa_inputs
from immunology.queries.signing import signed_ids
from immunology.rules.calls import Serum, call_of
from immunology.rules.codes import Flag
from immunology.rules.reading_states import ReadingMade, ReadingState, reading_state, settled_verdict
from trials.rules.protocol import AntibodyPlan


@dataclass(frozen=True)
class CallToRead:
    """One call, what is shown of it, and who read which version."""

    finding: DsaFinding
    target: DonorTarget | None
    shown: Mapping[str, Any]
    shown_sha256: str
    readings: tuple[CallReading, ...]

    @property
    def state(self) -> ReadingState:
        """Where the call stands."""
        return reading_state(self.finding.classification, self.shown_sha256, self._made)

    @property
    def verdict(self) -> str | None:
        """The class that was settled, `None` while none is."""
        return settled_verdict(self.finding.classification, self.shown_sha256, self._made)

    @property
    def older(self) -> tuple[CallReading, ...]:
        """Readings of versions that stand no more."""
        return tuple(one for one in self.readings if one.shown_sha256 != self.shown_sha256)

    @property
    def _made(self) -> list[ReadingMade]:
        return [ReadingMade(one.shown_sha256, one.reader_id, one.part, one.verdict) for one in self.readings]


def calls_to_read(
    *, trial_id: int, on: date, finding_id: int | None = None, participant_id: int | None = None
) -> list[CallToRead]:
    """The calls of a trial (or one, or those of one participant), by participant, donor and target.

    A fixed number of queries.
    """
    rows = DsaFinding.objects.filter(trial=trial_id).select_related("participant")
    if finding_id is not None:
        rows = rows.filter(pk=finding_id)
    if participant_id is not None:
        rows = rows.filter(participant=participant_id)
    findings = list(rows.order_by("participant__code", "donor_code", "specificity"))
    people = frozenset(row.participant_id for row in findings)
    inputs = load_dsa_inputs(trial_id=trial_id, participant_ids=people, on=on)
    targets = {} if inputs is None else {_key(target): target for target in inputs.every_target()}
    made = _readings_of(findings)
    calls = []
    for finding in findings:
        target = targets.get((finding.participant_id, finding.donor_code, finding.specificity))
        shown = shown_of(finding, target, inputs.plan if inputs else None)
        calls.append(CallToRead(finding, target, shown, content_digest(shown), made[finding.pk]))
    return calls


def _key(target: DonorTarget) -> tuple[int, str, str]:
    return target.participant_id, target.donor_code, target.specificity


def _readings_of(findings: Iterable[DsaFinding]) -> defaultdict[int, tuple[CallReading, ...]]:
    made: defaultdict[int, tuple[CallReading, ...]] = defaultdict(tuple)
    for row in CallReading.objects.filter(finding__in=[one.pk for one in findings]).order_by("read_at", "pk"):
        made[row.finding_id] += (row,)
    return made


def shown_of(finding: DsaFinding, target: DonorTarget | None, plan: AntibodyPlan | None) -> dict[str, Any]:
    """What a reader is shown and signs: the call, its flags, by what it was judged, and the sera behind it."""
    sera = () if target is None or plan is None else target.series.sera
    return {
        "participant": finding.participant.code,
        "donor": finding.donor_code,
        "specificity": finding.specificity,
        "hla_class": finding.hla_class,
        "classification": finding.classification,
        "flags": [flag for flag in finding.flags if flag != Flag.VIRTUAL],
        "above_threshold": finding.above_threshold,
        "beyond_evidence": finding.beyond_evidence,
        "rule_set": finding.rule_set,
        "rules_sha256": finding.rules_sha256,
        "nomenclature_release": finding.nomenclature_release,
        "sera": [_serum(serum, plan) for serum in sorted(sera, key=lambda one: one.latest)],
    }


def _serum(serum: Serum, plan: AntibodyPlan | None) -> dict[str, Any]:
    assay = serum.assay
    return {
        "taken": serum.earliest.isoformat(),
        "mfi": None if serum.mfi is None else f"{serum.limit}{serum.mfi.normalize():f}",
        "call": str(call_of(serum, plan)) if plan else "",
        "vendor": assay.vendor,
        "kit": assay.kit,
        "lot": assay.lot,
        "conjugate": assay.conjugate,
        "dilution": f"{assay.dilution.normalize():f}",
        "treatment": assay.treatment,
        "run": assay.run,
    }


def rules_are_signed(*, trial_id: int) -> bool:
    """Whether somebody signed the rule set that is in use; before that no call can be signed."""
    adopted = JudgingChange.objects.filter(trial=trial_id, kind=ChangeKind.RULES, adopted_at__isnull=False)
    newest = adopted.order_by("-adopted_at", "-pk").first()
    return newest is not None and bool(signed_ids(JudgingChange, [newest.pk]))
