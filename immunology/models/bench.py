"""Everything that a judgement needs: raw rows and one plan, and nothing else.

Live judging takes the rows and the protocol of today (loaded here inside the seal, in a fixed number of queries), a
report those of its cut-off: the same rows under the same plan have the same answer.

What a participant got decides nothing but two marks: which donor is the reference, and where t0 lies. Every participant
is laid beside every donor, so that all arms have the same rows.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from immunology.models.sealed import AntibodyResult, DonorTyping
from immunology.models.specimens import Specimen
from immunology.models.typing import ParticipantTyping
from immunology.rules.calls import Assay, Serum, span_of
from immunology.rules.names import HlaNameError, chains
from immunology.rules.panels import weigh
from immunology.rules.sensitisers import Sensitiser, days_answered, sensitisers_of
from immunology.rules.targets import (
    Coverage,
    Target,
    coverage_of,
    is_own,
    own_proteins,
    targets_of,
    untyped_loci,
)
from immunology.rules.trajectories import Anchor, Series
from trials.models import (
    Allocation,
    DailyAssessment,
    DispensedDose,
    Infusion,
    ProductBatch,
    ProtocolVersion,
    SensitisingEvent,
    Trial,
)
from trials.rules.protocol import AntibodyPlan

Panel = frozenset[str]
Reading = tuple[str, Serum]
Row = Mapping[str, Any]

MEASURED = (
    "participant_id", "specimen_id", "specificity", "run_code", "vendor", "kit", "lot", "conjugate", "dilution",
    "treatment", "mfi", "positive_control_mfi", "negative_control_mfi", "bead_count", "is_rejected",
    "recorded_by_id",
)  # fmt: skip
"""The columns of an antibody result that a bench is built from."""

HAPPENED = ("participant_id", "kind", "occurred_earliest_at", "occurred_latest_at")
ANSWERED = ("participant_id", "assessed_date", "blood_product_given")


@dataclass(frozen=True)
class RawRows:
    """What a bench is built from; void rows are left out by whoever reads them.

    `results` have the columns `MEASURED`, `specimens` (by id) `collected_at` and `collected_precision`; `infusions`,
    those given, `id`, `participant_id`, `number`, `started_at` and `start_precision`. `donor_of_infusion` is by the
    infusion's id, `reference_donor` by participant. `typing` has every donor of a batch, also those nobody typed;
    `own_typing`, by participant, has those who were typed themselves. `sensitisers` have the columns `HAPPENED`, `days` the
    columns `ANSWERED` (calendar days in `zone`).
    """

    results: Iterable[Row]
    specimens: Mapping[int, Row]
    infusions: Iterable[Row]
    donor_of_infusion: Mapping[int, str]
    reference_donor: Mapping[int, str]
    typing: Mapping[str, frozenset[str]]
    own_typing: Mapping[int, frozenset[str]]
    sensitisers: Iterable[Row]
    days: Iterable[Row]
    zone: str


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
    own: frozenset[str] = frozenset()
    sensitisers: tuple[Sensitiser, ...] = ()
    answered_days: frozenset[date] = frozenset()


@dataclass(frozen=True)
class Bench:
    """Participants and donors laid side by side."""

    plan: AntibodyPlan
    people: Mapping[int, Person]
    donors: Mapping[str, frozenset[str]]
    zone: str

    @property
    def participant_ids(self) -> tuple[int, ...]:
        """The participants that have results."""
        return tuple(sorted(self.people))

    def places(self) -> Iterator[Place]:
        """Every participant before every target of every donor, in order."""
        for participant_id in self.participant_ids:
            for donor_code in sorted(self.donors):
                yield from self._places(participant_id, donor_code)

    def reference_places(self) -> Iterator[Place]:
        """Every participant before the targets of the reference donor alone, in order."""
        for participant_id in self.participant_ids:
            for donor_code in sorted(_reference_donors(self.people[participant_id]) & self.donors.keys()):
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
            is_self_antigen=_is_self(target, coverage, person.own),
            sensitisers=person.sensitisers,
            answered_days=person.answered_days,
            zone=self.zone,
        )


def _is_self(target: Target, coverage: Coverage, own: frozenset[str]) -> bool:
    """Whether the participant carries the target, or what a bead carries that stands for it."""
    return is_own(target.names, own) or any(is_own(chains(bead), own) for bead in coverage.beads)


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

    Needs an open clearance. Twelve queries, whatever the number of participants.
    """
    plan = ProtocolVersion.objects.protocol_of(trial_id=trial_id, on=on).antibodies
    return None if plan is None else bench_of(_rows_of_today(trial_id, participant_ids), plan)


def bench_of(rows: RawRows, plan: AntibodyPlan) -> Bench:
    """The bench of everybody who has a result with a readable name; a result without its specimen is left out."""
    people = _people(rows)
    _place_infusions(people, rows)
    for participant_id, donor_code in rows.reference_donor.items():
        if participant_id in people:
            people[participant_id].reference_donor = donor_code
    _place_other_causes(people, rows)
    return Bench(plan, people, rows.typing, rows.zone)


def typing_of(donors: Iterable[str], names: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    """The typing of every donor of a batch, and of everybody else who was typed; empty when not typed."""
    typing: dict[str, set[str]] = {donor_code: set() for donor_code in donors if donor_code}
    for donor_code, specificity in names:
        if _is_readable(specificity):
            typing.setdefault(donor_code, set()).add(specificity)
    return {donor_code: frozenset(found) for donor_code, found in typing.items()}


def own_typing_of(names: Iterable[tuple[int, str]]) -> dict[int, frozenset[str]]:
    """The typing of every participant who was typed."""
    typing: dict[int, set[str]] = defaultdict(set)
    for participant_id, specificity in names:
        if _is_readable(specificity):
            typing[participant_id].add(specificity)
    return {participant_id: frozenset(found) for participant_id, found in typing.items()}


def _place_other_causes(people: Mapping[int, Person], rows: RawRows) -> None:
    """What a participant carries, what else happened, and of which days somebody said so."""
    causes = sensitisers_of(rows.sensitisers)
    answered = days_answered(rows.days, causes, rows.zone)
    for participant_id, person in people.items():
        person.own = own_proteins(rows.own_typing.get(participant_id, ()))
        person.sensitisers = causes.get(participant_id, ())
        person.answered_days = answered.get(participant_id, frozenset())


def _people(rows: RawRows) -> dict[int, Person]:
    people: dict[int, Person] = defaultdict(Person)
    # Two laboratories may give their runs the same code: what each recorded is a serum of its own.
    for row in sorted(rows.results, key=lambda one: (*_run_of(one), one["specificity"])):
        specimen = rows.specimens.get(row["specimen_id"])
        if specimen is not None and _is_readable(row["specificity"]):
            person = people[row["participant_id"]]
            person.panel.add(row["specificity"])
            person.sera[_run_of(row)].append((row["specificity"], _serum(row, specimen)))
    return dict(people)


def _run_of(row: Row) -> tuple[int, str, int]:
    return row["specimen_id"], row["run_code"], row["recorded_by_id"]


@lru_cache(maxsize=4096)
def _is_readable(specificity: str) -> bool:
    """A name that cannot be read (it can come by import) is kept as it is and judged by nobody."""
    try:
        return bool(chains(specificity))
    except HlaNameError:
        return False


def _serum(row: Row, specimen: Row) -> Serum:
    earliest, latest = span_of(specimen["collected_at"], specimen["collected_precision"])
    return Serum(
        earliest=earliest,
        latest=latest,
        mfi=row["mfi"],
        assay=Assay(
            vendor=row["vendor"],
            kit=row["kit"],
            lot=row["lot"],
            conjugate=row["conjugate"],
            dilution=row["dilution"],
            treatment=row["treatment"],
            run=row["run_code"],
        ),
        positive_control_mfi=row["positive_control_mfi"],
        negative_control_mfi=row["negative_control_mfi"],
        bead_count=row["bead_count"],
        is_rejected=row["is_rejected"],
    )


def _place_infusions(people: Mapping[int, Person], rows: RawRows) -> None:
    """The first infusion of each participant, and the first with each donor's cells."""
    started = [
        row for row in rows.infusions if row["started_at"] is not None and row["participant_id"] in people
    ]
    for row in sorted(started, key=lambda one: (one["started_at"], one["number"])):
        person = people[row["participant_id"]]
        anchor = Anchor(*span_of(row["started_at"], row["start_precision"]))
        person.first_infusion = person.first_infusion or anchor
        if donor_code := rows.donor_of_infusion.get(row["id"]):
            person.first_of_donor.setdefault(donor_code, anchor)


def _rows_of_today(trial_id: int, participant_ids: frozenset[int] | None) -> RawRows:
    chosen = {} if participant_ids is None else {"participant__in": participant_ids}
    results = AntibodyResult.objects.filter(trial=trial_id, voided_at=None, **chosen)
    specimens = Specimen.objects.filter(trial=trial_id, voided_at=None, **chosen)
    infusions = Infusion.objects.given().filter(trial=trial_id, **chosen)
    batches = ProductBatch.objects.filter(trial=trial_id).values_list("donor_code", flat=True)
    own = ParticipantTyping.objects.filter(trial=trial_id, voided_at=None, **chosen)
    names = DonorTyping.objects.filter(trial=trial_id).values_list("donor_code", "specificity")
    return RawRows(
        results=results.values(*MEASURED),
        specimens={row["id"]: row for row in specimens.values("id", "collected_at", "collected_precision")},
        infusions=infusions.values("id", "participant_id", "number", "started_at", "start_precision"),
        donor_of_infusion=_donors_of_doses(trial_id),
        reference_donor=_donors_of_allocations(trial_id),
        typing=typing_of(batches, names),
        own_typing=own_typing_of(own.values_list("participant_id", "specificity")),
        sensitisers=SensitisingEvent.objects.standing().filter(trial=trial_id, **chosen).values(*HAPPENED),
        days=DailyAssessment.objects.standing().filter(trial=trial_id, **chosen).values(*ANSWERED),
        zone=Trial.objects.values_list("timezone", flat=True).get(pk=trial_id),
    )


def _donors_of_doses(trial_id: int) -> Mapping[int, str]:
    doses = DispensedDose.objects.filter(trial=trial_id, voided_at=None).exclude(batch=None)
    return dict(doses.values_list("infusion_id", "batch__donor_code"))


def _donors_of_allocations(trial_id: int) -> Mapping[int, str]:
    rows = Allocation.objects.filter(trial=trial_id).exclude(reference_batch=None)
    return dict(rows.values_list("participant_id", "reference_batch__donor_code"))
