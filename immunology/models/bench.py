"""Everything that a judgement needs, loaded inside the seal in a fixed number of queries.

What a participant got decides nothing but two marks: which donor is the reference, and where t0 lies. Every participant
is laid beside every donor, so that all arms have the same rows.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache

from immunology.models.sealed import AntibodyResult, DonorTyping
from immunology.rules.calls import Assay, Serum, span_of
from immunology.rules.names import HlaNameError, chains
from immunology.rules.panels import weigh
from immunology.rules.targets import Coverage, Target, coverage_of, targets_of, untyped_loci
from immunology.rules.trajectories import Anchor, Series
from trials.models import Allocation, DispensedDose, Infusion, ProductBatch, ProtocolVersion
from trials.rules.protocol import AntibodyPlan

Panel = frozenset[str]
Reading = tuple[str, Serum]


@dataclass(frozen=True)
class Place:
    """One participant before one target of one donor."""

    participant_id: int
    donor_code: str
    specificity: str
    is_reference: bool
    series: Series


@dataclass
class Person:
    """One participant's sera, by specimen, run and who recorded them, and the infusions that decide what they mean."""

    panel: set[str] = field(default_factory=set)
    sera: dict[tuple[int, str, int], list[Reading]] = field(default_factory=lambda: defaultdict(list))
    first_infusion: Anchor | None = None
    first_of_donor: dict[str, Anchor] = field(default_factory=dict)
    reference_donor: str = ""


@dataclass(frozen=True)
class Bench:
    """Participants and donors laid side by side."""

    trial_id: int
    plan: AntibodyPlan
    people: Mapping[int, Person]
    donors: Mapping[str, frozenset[str]]

    @property
    def participant_ids(self) -> tuple[int, ...]:
        """The participants that have results."""
        return tuple(sorted(self.people))

    def places(self) -> Iterator[Place]:
        """Every participant before every target of every donor, in order."""
        for participant_id in self.participant_ids:
            for donor_code in sorted(self.donors):
                yield from self._places(participant_id, donor_code)

    def _places(self, participant_id: int, donor_code: str) -> Iterator[Place]:
        person, typing = self.people[participant_id], self.donors[donor_code]
        panel = frozenset(person.panel)
        is_reference = donor_code in _reference_donors(person)
        for target, coverage in _covered(typing, panel):
            series = self._series(person, donor_code, target, coverage)
            yield Place(participant_id, donor_code, target.text, is_reference, series)
        for locus, in_class in _untyped(typing, panel):
            series = Series(
                hla_class=in_class,
                anchor=_anchor(person, donor_code),
                sera=(),
                is_virtual=donor_code not in person.first_of_donor,
                locus_is_untyped=True,
            )
            yield Place(participant_id, donor_code, locus, is_reference, series)

    def _series(self, person: Person, donor_code: str, target: Target, coverage: Coverage) -> Series:
        weighed = (
            weigh(
                [serum for bead, serum in readings if bead in coverage.beads],
                is_surrogate=coverage.is_surrogate,
                plan=self.plan,
            )
            for readings in person.sera.values()
        )
        return Series(
            hla_class=target.hla_class,
            anchor=_anchor(person, donor_code),
            sera=tuple(serum for serum in weighed if serum is not None),
            is_virtual=donor_code not in person.first_of_donor,
            has_bead=bool(coverage.beads),
            is_surrogate=coverage.is_surrogate,
        )


def _reference_donors(person: Person) -> set[str]:
    """The donors whose cells were infused; when there is none, the one whose cells would have been."""
    return set(person.first_of_donor) or {person.reference_donor}


def _anchor(person: Person, donor_code: str) -> Anchor | None:
    return person.first_of_donor.get(donor_code, person.first_infusion)


@lru_cache(maxsize=256)
def _covered(typing: frozenset[str], panel: Panel) -> tuple[tuple[Target, Coverage], ...]:
    return tuple((target, coverage_of(target, panel)) for target in targets_of(typing, panel))


@lru_cache(maxsize=256)
def _untyped(typing: frozenset[str], panel: Panel) -> tuple[tuple[str, str], ...]:
    return tuple((locus, "I" if locus in "ABC" else "II") for locus in untyped_loci(typing, panel))


def load_bench(*, trial_id: int, participant_ids: frozenset[int] | None, on: date) -> Bench | None:
    """The bench of a trial, for these participants (`None`: all with results), under the protocol in force on a day;
    `None` without an antibody plan.

    Needs an open clearance. Eight queries, whatever the number of participants.
    """
    plan = ProtocolVersion.objects.protocol_of(trial_id=trial_id, on=on).antibodies
    if plan is None:
        return None
    people = _people(trial_id, participant_ids)
    _place_infusions(people, trial_id)
    _place_reference(people, trial_id)
    return Bench(trial_id, plan, people, _donors(trial_id))


def _people(trial_id: int, participant_ids: frozenset[int] | None) -> dict[int, Person]:
    rows = AntibodyResult.objects.filter(trial=trial_id, voided_at=None, specimen__voided_at=None)
    if participant_ids is not None:
        rows = rows.filter(participant__in=participant_ids)
    people: dict[int, Person] = defaultdict(Person)
    for row in rows.select_related("specimen").order_by(
        "specimen_id", "run_code", "recorded_by_id", "specificity"
    ):
        if _is_readable(row.specificity):
            person = people[row.participant_id]
            person.panel.add(row.specificity)
            # Two laboratories may give their runs the same code: what each recorded is a serum of its own.
            person.sera[(row.specimen_id, row.run_code, row.recorded_by_id)].append(
                (row.specificity, _serum(row))
            )
    return dict(people)


@lru_cache(maxsize=4096)
def _is_readable(specificity: str) -> bool:
    """A name that cannot be read (it can come by import) is kept as it is and judged by nobody."""
    try:
        return bool(chains(specificity))
    except HlaNameError:
        return False


def _serum(row: AntibodyResult) -> Serum:
    earliest, latest = span_of(row.specimen.collected_at, row.specimen.collected_precision)
    return Serum(
        earliest=earliest,
        latest=latest,
        mfi=None if row.mfi is None else Decimal(row.mfi),
        assay=Assay(
            vendor=row.vendor,
            kit=row.kit,
            lot=row.lot,
            conjugate=row.conjugate,
            dilution=Decimal(row.dilution),
            treatment=row.treatment,
            run=row.run_code,
        ),
        positive_control_mfi=row.positive_control_mfi,
        negative_control_mfi=row.negative_control_mfi,
        bead_count=row.bead_count,
        is_rejected=row.is_rejected,
    )


def _place_infusions(people: Mapping[int, Person], trial_id: int) -> None:
    """The first infusion of each participant, and the first with each donor's cells."""
    donors = _donors_of_doses(trial_id)
    rows = Infusion.objects.given().filter(trial=trial_id, participant__in=people)
    for row in rows.order_by("started_at", "number"):
        if row.started_at is None:
            continue
        person, anchor = people[row.participant_id], Anchor(*span_of(row.started_at, row.start_precision))
        person.first_infusion = person.first_infusion or anchor
        if donors.get(row.pk):
            person.first_of_donor.setdefault(donors[row.pk], anchor)


def _donors_of_doses(trial_id: int) -> Mapping[int, str]:
    doses = DispensedDose.objects.filter(trial=trial_id, voided_at=None).exclude(batch=None)
    return dict(doses.values_list("infusion_id", "batch__donor_code"))


def _place_reference(people: Mapping[int, Person], trial_id: int) -> None:
    rows = Allocation.objects.filter(trial=trial_id, participant__in=people).exclude(reference_batch=None)
    for participant_id, donor_code in rows.values_list("participant_id", "reference_batch__donor_code"):
        people[participant_id].reference_donor = donor_code


def _donors(trial_id: int) -> Mapping[str, frozenset[str]]:
    """The typing of every donor of a batch, and of everybody else who was typed; empty when not typed."""
    typing: dict[str, set[str]] = defaultdict(set)
    batches = ProductBatch.objects.filter(trial=trial_id).exclude(donor_code="")
    for donor_code in batches.values_list("donor_code", flat=True):
        typing[donor_code].update()
    rows = DonorTyping.objects.filter(trial=trial_id).values_list("donor_code", "specificity")
    for donor_code, specificity in rows:
        if _is_readable(specificity):
            typing[donor_code].add(specificity)
    return {donor_code: frozenset(names) for donor_code, names in typing.items()}
