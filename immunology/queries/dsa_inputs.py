"""The input of a judgement: raw rows and one plan.

Live judging uses the present rows and protocol (loaded here inside the seal, in a fixed number of queries); a report
uses those of its cut-off. The same rows under the same plan give the same answer.

The received product decides only two marks: which donor is the reference, and t0. Every participant is combined with
every donor, so that all arms have the same rows.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache

from immunology.queries.dsa_rows import RawRows, Row, donors_in, is_readable, rows_of_today
from immunology.queries.judging_basis import AdoptedBasis, basis_in_force
from immunology.rules.calls import Assay, Serum, span_of
from immunology.rules.names import chains
from immunology.rules.panels import weigh
from immunology.rules.sensitisers import Sensitiser, days_answered, sensitisers_of
from immunology.rules.serology import COMPACT, Serology
from immunology.rules.targets import (
    Coverage,
    Target,
    coverage_of,
    is_own,
    locus_of,
    own_proteins,
    targets_of,
    untyped_loci,
)
from immunology.rules.trajectories import Anchor, SerumSeries
from trials.rules.protocol import AntibodyPlan

Panel = frozenset[str]
Reading = tuple[str, Serum]


@dataclass(frozen=True)
class DonorTarget:
    """One participant with one target of one donor."""

    participant_id: int
    donor_code: str
    specificity: str
    is_reference: bool
    series: SerumSeries


@dataclass
class ParticipantSera:
    """One participant's sera, by specimen, run and account, and the infusions that they are interpreted with."""

    panel: set[str] = field(default_factory=set)
    sera: dict[tuple[int, str, int], list[Reading]] = field(default_factory=lambda: defaultdict(list))
    first_infusion: Anchor | None = None
    first_of_donor: dict[str, Anchor] = field(default_factory=dict)
    reference_donors: tuple[str, ...] = ()
    own: frozenset[str] = frozenset()
    sensitisers: tuple[Sensitiser, ...] = ()
    answered_days: frozenset[date] = frozenset()


@dataclass(frozen=True)
class DsaInputs:
    """Participants and donors in all combinations."""

    plan: AntibodyPlan
    people: Mapping[int, ParticipantSera]
    donors: Mapping[str, frozenset[str]]
    zone: str
    serology: Serology = COMPACT

    @property
    def participant_ids(self) -> tuple[int, ...]:
        """The participants with results."""
        return tuple(sorted(self.people))

    def every_target(self) -> Iterator[DonorTarget]:
        """Every participant with every target of every donor, in order."""
        for participant_id in self.participant_ids:
            for donor_code in sorted(self.donors):
                yield from self._targets_of(participant_id, donor_code)

    def reference_targets(self) -> Iterator[DonorTarget]:
        """Every participant with the targets of the reference donor only, in order."""
        for participant_id in self.participant_ids:
            for donor_code in sorted(reference_donors_of(self.people[participant_id]) & self.donors.keys()):
                yield from self._targets_of(participant_id, donor_code)

    def _targets_of(self, participant_id: int, donor_code: str) -> Iterator[DonorTarget]:
        person, typing = self.people[participant_id], self.donors[donor_code]
        panel = frozenset(person.panel)
        is_reference = donor_code in reference_donors_of(person)
        for target, coverage in _covered(typing, panel, self.serology):
            series = self._series(person, donor_code, target, coverage)
            yield DonorTarget(participant_id, donor_code, target.text, is_reference, series)
        for locus, in_class in _untyped(typing, panel):
            series = SerumSeries(
                hla_class=in_class,
                anchor=_anchor(person, donor_code),
                sera=(),
                is_virtual=donor_code not in person.first_of_donor,
                locus_is_untyped=True,
            )
            yield DonorTarget(participant_id, donor_code, locus, is_reference, series)

    def _series(
        self, person: ParticipantSera, donor_code: str, target: Target, coverage: Coverage
    ) -> SerumSeries:
        weighed = (
            weigh(
                [serum for bead, serum in readings if bead in coverage.beads],
                is_surrogate=coverage.is_surrogate,
                plan=self.plan,
            )
            for readings in person.sera.values()
        )
        return SerumSeries(
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
    """Whether the participant carries the target, or what a bead that stands for it carries."""
    return is_own(target.names, own) or any(is_own(chains(bead), own) for bead in coverage.beads)


def reference_donors_of(person: ParticipantSera) -> set[str]:
    """The donors whose cells were infused; when there is none, those whose cells would have been."""
    return set(person.first_of_donor) or set(person.reference_donors)


def _anchor(person: ParticipantSera, donor_code: str) -> Anchor | None:
    return person.first_of_donor.get(donor_code, person.first_infusion)


@lru_cache(maxsize=256)
def _covered(typing: frozenset[str], panel: Panel, serology: Serology) -> tuple[tuple[Target, Coverage], ...]:
    return tuple((target, coverage_of(target, panel, serology)) for target in targets_of(typing, panel))


@lru_cache(maxsize=256)
def _untyped(typing: frozenset[str], panel: Panel) -> tuple[tuple[str, str], ...]:
    return tuple((locus, "I" if locus in "ABC" else "II") for locus in untyped_loci(typing, panel))


def load_dsa_inputs(
    *,
    trial_id: int,
    participant_ids: frozenset[int] | None,
    on: date,
    basis: AdoptedBasis | None = None,
    instead_of: Mapping[str, frozenset[str]] | None = None,
) -> DsaInputs | None:
    """What a trial's judgement needs of these participants (`None`: all with results).

    By a basis, or by the one in force on a day; `None` without an antibody plan. `instead_of` has other typings of
    donors, to see what they would change.

    Needs an open clearance. A fixed number of queries, whatever the number of participants.
    """
    chosen = basis or basis_in_force(trial_id=trial_id, on=on)
    if chosen is None:
        return None
    rows = rows_of_today(trial_id, participant_ids)
    if instead_of:
        rows = replace(rows, typing={**rows.typing, **instead_of})
    return dsa_inputs_of(rows, chosen.plan, chosen.serology)


def dsa_inputs_of(rows: RawRows, plan: AntibodyPlan, serology: Serology = COMPACT) -> DsaInputs:
    """The inputs about everybody who has a result with a readable name; a result without its specimen is left out."""
    people = _people(rows)
    _place_infusions(people, rows)
    for participant_id, donor_codes in rows.reference_donor.items():
        if participant_id in people:
            people[participant_id].reference_donors = donors_in(donor_codes)
    _place_other_causes(people, rows)
    return DsaInputs(plan, people, rows.typing, rows.zone, serology)


def _place_other_causes(people: Mapping[int, ParticipantSera], rows: RawRows) -> None:
    """The participants' own antigens, other causes, and the days with an answer."""
    causes = sensitisers_of(rows.sensitisers)
    answered = days_answered(rows.days, causes, rows.zone)
    for participant_id, person in people.items():
        person.own = own_proteins(rows.own_typing.get(participant_id, ()))
        person.sensitisers = causes.get(participant_id, ())
        person.answered_days = answered.get(participant_id, frozenset())


def _people(rows: RawRows) -> dict[int, ParticipantSera]:
    people: dict[int, ParticipantSera] = defaultdict(ParticipantSera)
    # Two laboratories may use the same run code: the results of each are a serum of its own.
    for row in sorted(rows.results, key=lambda one: (*_run_of(one), one["specificity"])):
        specimen = rows.specimens.get(row["specimen_id"])
        if specimen is not None and is_readable(row["specificity"]):
            person = people[row["participant_id"]]
            person.panel.add(row["specificity"])
            person.sera[_run_of(row)].append((row["specificity"], _serum(row, specimen)))
    return dict(people)


def _run_of(row: Row) -> tuple[int, str, int]:
    return row["specimen_id"], row["run_code"], row["recorded_by_id"]


def _serum(row: Row, specimen: Row) -> Serum:
    return called_serum(row, span_of(specimen["collected_at"], specimen["collected_precision"]))


def called_serum(row: Row, span: tuple[datetime, datetime]) -> Serum:
    """A result as the rules read it: its value, how it was measured, and what decides whether it is valid."""
    return Serum(
        *span,
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
        limit=row.get("mfi_limit") or "",
        locus=_locus(row["specificity"]) if is_readable(row["specificity"]) else "",
    )


@lru_cache(maxsize=4096)
def _locus(specificity: str) -> str:
    """The locus whose cut-offs count: of a heterodimer that of the β chain."""
    return locus_of(chains(specificity)[-1])


def _place_infusions(people: Mapping[int, ParticipantSera], rows: RawRows) -> None:
    """The first infusion of each participant, and the first with each donor's cells."""
    started = [
        row for row in rows.infusions if row["started_at"] is not None and row["participant_id"] in people
    ]
    for row in sorted(started, key=lambda one: (one["started_at"], one["number"])):
        person = people[row["participant_id"]]
        anchor = Anchor(*span_of(row["started_at"], row["start_precision"]))
        person.first_infusion = person.first_infusion or anchor
        for donor_code in donors_in(rows.donor_of_infusion.get(row["id"], "")):
            person.first_of_donor.setdefault(donor_code, anchor)
