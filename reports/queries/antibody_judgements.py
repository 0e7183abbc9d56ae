"""The results of the antibody rules at a report's cut-off, from raw rows and the protocol in force then (sealed).

Both estimands are computed alike: any anti-HLA, and reactivity against the reference donor. The stored findings of the
live judgement are not used: they were judged by the protocol of their day, with the sera of their day.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from immunology.choices import ChangeKind
from immunology.queries.dsa_inputs import DonorTarget, DsaInputs, called_serum, dsa_inputs_of
from immunology.queries.dsa_rows import RawRows, own_typing_of, typing_of
from immunology.queries.judging_basis import AdoptedBasis, basis_of
from immunology.rules.calls import Call, Serum, span_of
from immunology.rules.classification import classify
from immunology.rules.rollup import calls_around
from immunology.rules.trajectories import Anchor, Trajectory
from reports.frames.writing import Row
from reports.queries.people import People
from trials.rules.protocol import AntibodyPlan


@dataclass(frozen=True)
class Judged:
    """One target of a participant's reference donor, and the result of the rules."""

    target: DonorTarget
    trajectory: Trajectory


def judged_targets(people: People, plan: AntibodyPlan | None) -> Iterator[Judged]:
    """The targets of the reference donor of everybody treated, by participant; nothing without sealed records."""
    basis = basis_at_cutoff(people, plan)
    if basis is None or not people.letters:
        return
    for target in _dsa_inputs(people, basis).reference_targets():
        yield Judged(target, classify(target.series, basis.plan))


def basis_at_cutoff(people: People, plan: AntibodyPlan | None) -> AdoptedBasis | None:
    """The rule set and the release that were adopted at the cut-off; the protocol's before anything was judged."""
    adopted = [row for row in people.records["judging_changes"] if row["adopted_at"] is not None]
    chosen = [row for row in adopted if row["kind"] != ChangeKind.TYPING]
    return basis_of(sorted(chosen, key=lambda row: (row["adopted_at"], row["id"])), plan)


def calls_by_participant(people: People, plan: AntibodyPlan) -> Mapping[int, tuple[list[Call], list[Call]]]:
    """What every specificity was in the valid sera before the first infusion, and in those after it, by participant."""
    basis = basis_at_cutoff(people, plan)
    plan = plan if basis is None else basis.plan
    specimens = people.records.by_id("specimens")
    sera: dict[int, list[Serum]] = defaultdict(list)
    for row in people.records["antibody_results"]:
        specimen = specimens.get(row["specimen_id"])
        if specimen is not None:
            span = span_of(specimen["collected_at"], specimen["collected_precision"])
            sera[row["participant_id"]].append(called_serum(row, span))
    return {pk: calls_around(sera[pk], first_infusion_of(people, pk), plan) for pk in people.given}


def first_infusion_of(people: People, pk: int) -> Anchor | None:
    """The participant's first infusion as the moment around which sera lie."""
    started = [row for row in people.given[pk] if row["started_at"] is not None]
    if not started:
        return None
    first = min(started, key=lambda row: row["started_at"])
    return Anchor(*span_of(first["started_at"], first["start_precision"]))


def _dsa_inputs(people: People, basis: AdoptedBasis) -> DsaInputs:
    """The treated beside the donors, as the records at the cut-off have them."""
    records = people.records
    donors = {row["id"]: row["donor_code"] for row in records["product_batches"] if row["donor_code"]}
    names = [(row["donor_code"], row["specificity"]) for row in records["donor_typings"]]
    own = [(row["participant_id"], row["specificity"]) for row in records["participant_typings"]]
    rows = RawRows(
        results=[row for row in records["antibody_results"] if row["participant_id"] in people.given],
        specimens=records.by_id("specimens"),
        infusions=[row for given in people.given.values() for row in given],
        donor_of_infusion=_donors(records["dispensed_doses"], "infusion_id", "batch_id", donors),
        reference_donor=_donors(records["allocations"], "participant_id", "reference_batch_id", donors),
        typing=typing_of(donors.values(), names),
        own_typing=own_typing_of(own),
        sensitisers=records["sensitising_events"],
        days=records["daily_assessments"],
        zone=records.zone,
    )
    return dsa_inputs_of(rows, basis.plan, basis.serology)


def _donors(rows: Iterable[Row], key: str, batch: str, donors: Mapping[int, str]) -> dict[int, str]:
    """The donor of each row's batch, by another of its columns."""
    return {row[key]: donors[row[batch]] for row in rows if row[batch] in donors}
