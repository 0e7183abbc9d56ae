"""Raw rows of antibodies and of other causes, and the query of the present ones (inside the seal)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from assessments.models import DailyAssessment, SensitisingEvent
from immunology.models.sealed import AntibodyResult, DonorTyping
from immunology.models.specimens import Specimen
from immunology.models.typing import ParticipantTyping
from immunology.rules.names import HlaNameError, chains
from product.models import Allocation, DispensedDose, ProductBatch
from trials.models import Infusion, Trial

Row = Mapping[str, Any]

MEASURED = (
    "participant_id", "specimen_id", "specificity", "run_code", "vendor", "kit", "lot", "conjugate", "dilution",
    "treatment", "mfi", "positive_control_mfi", "negative_control_mfi", "bead_count", "is_rejected",
    "recorded_by_id", "mfi_limit",
)  # fmt: skip
"""The columns of an antibody result that the inputs are built from."""

HAPPENED = ("participant_id", "kind", "occurred_earliest_at", "occurred_latest_at")
ANSWERED = ("participant_id", "assessed_date", "blood_product_given")


@dataclass(frozen=True)
class RawRows:
    """What the inputs are built from; void rows are left out by whoever reads them.

    `results` have the columns `MEASURED`, `specimens` (by id) `collected_at` and `collected_precision`; `infusions`,
    those given, `id`, `participant_id`, `number`, `started_at` and `start_precision`. `donor_of_infusion` is by the
    infusion's id, `reference_donor` by participant; a pool names its donors with a plus sign. `typing` has every donor
    of a batch, also those nobody typed;
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


def donors_in(donor_code: str) -> tuple[str, ...]:
    """The donors of a batch: one, or several of a pool, written `D-1+D-2`."""
    return tuple(dict.fromkeys(part.strip() for part in donor_code.split("+") if part.strip()))


def typing_of(donors: Iterable[str], names: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    """The typing of every donor of a batch, and of everybody else who was typed; empty when not typed."""
    typing: dict[str, set[str]] = {one: set() for codes in donors for one in donors_in(codes)}
    for donor_code, specificity in names:
        if is_readable(specificity):
            typing.setdefault(donor_code, set()).add(specificity)
    return {donor_code: frozenset(found) for donor_code, found in typing.items()}


def own_typing_of(names: Iterable[tuple[int, str]]) -> dict[int, frozenset[str]]:
    """The typing of every typed participant."""
    typing: dict[int, set[str]] = defaultdict(set)
    for participant_id, specificity in names:
        if is_readable(specificity):
            typing[participant_id].add(specificity)
    return {participant_id: frozenset(found) for participant_id, found in typing.items()}


@lru_cache(maxsize=4096)
def is_readable(specificity: str) -> bool:
    """A name that cannot be read (possible after an import) is stored unchanged and not judged."""
    try:
        return bool(chains(specificity))
    except HlaNameError:
        return False


def rows_of_today(trial_id: int, participant_ids: frozenset[int] | None) -> RawRows:
    """The rows of a trial that are not void, of these participants (`None`: all). Eleven queries."""
    chosen = {} if participant_ids is None else {"participant__in": participant_ids}
    results = AntibodyResult.objects.filter(trial=trial_id, voided_at=None, **chosen)
    specimens = Specimen.objects.filter(trial=trial_id, voided_at=None, **chosen)
    infusions = Infusion.objects.given().filter(trial=trial_id, **chosen)
    batches = ProductBatch.objects.filter(trial=trial_id).values_list("donor_code", flat=True)
    own = ParticipantTyping.objects.filter(trial=trial_id, voided_at=None, **chosen)
    names = DonorTyping.objects.filter(trial=trial_id, voided_at=None).values_list(
        "donor_code", "specificity"
    )
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
