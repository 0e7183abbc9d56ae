"""The fixture trial of the arm-swap test: everything in it, over two sites, in both arms, as allocated or swapped.

`make_everything` gives one row of every kind and one account per role; the builders here add a trial's worth around it,
one builder per app. A new app adds a function with `@builder`; a new sealed table must hold other rows in either state,
or `test_every_sealed_table_differs_between_the_states` says so.

The arms are not balanced on purpose: swapping them changes how many rows every sealed table holds, how often the trail
was written to, and how many clearances were opened, so that a count of any of them is a difference as well.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Model

from accounts.models import User
from accounts.services import system_user
from dsmb.models import BoardMessage, BoardReport
from dsmb.services.looks import owe_report_at, owe_report_now
from dsmb.services.making import claim_report, make_report
from events.rules.haemodynamics import VasopressorRate
from events.services.haemodynamics import record_reading
from immunology.models import AntibodyResult, Specimen
from immunology.services import (
    collect_specimen,
    record_antibody_panels,
    record_donor_typings,
)
from interchange.services import Source, import_study
from tests.factories import (
    AT,
    make_enrolled,
    make_event,
    make_infusion,
    make_participant,
    make_specimen,
    make_user,
    unsealed,
)
from tests.integration.immunology.antibody_rows import make_result
from tests.one_of_everything import ACTIVE, CONTROL, PROTOCOL, Everything, make_everything
from tests.unit.interchange.study_rows import STROMA, Values, ae, dataset, dm, ex, is_
from trials.models import DispensedDose, Infusion, Participant, ProductBatch
from trials.rules.protocol import protocol_content
from trials.services import allocate_participant, dispense_dose, receive_batch, void_dispensed_dose

NOW = datetime(2020, 4, 27, 10, 30, tzinfo=UTC)
"""When the blinded look: sera of day 14 are owed, and one infusion began an hour ago."""
ARMS = (ACTIVE, ACTIVE, CONTROL, ACTIVE, ACTIVE, CONTROL)
OTHER_ARM = {ACTIVE: CONTROL, CONTROL: ACTIVE}

BATCHES = {ACTIVE: ("UCK7Q1", "UCK7Q2"), CONTROL: ("PLH3M8",)}
DONORS = {"UCK7Q1": "DONZX9", "UCK7Q2": "DONWV4", "PLH3M8": ""}
TYPINGS = {"DONZX9": ["A*02:01", "B*07:02"], "DONWV4": ["A*24:02"]}
CELLS, VIABILITY = Decimal("71.37"), Decimal("93.7")
STRONG = {"A0201": "8642.5", "B0702": "1333.5", "A2402": "612.5"}
"""What the laboratory measures on day 14 in somebody who got cells: a new donor-specific antibody."""
WEAK = {"A0201": "121.5"}
SEALED_WORDS = (
    *DONORS,
    *filter(None, DONORS.values()),
    str(CELLS),
    str(VIABILITY),
    *STRONG.values(),
    *WEAK.values(),
)
"""Values that stand in sealed rows and nowhere else."""

SYSTEM: dict[str, Any] = {"at": NOW - timedelta(minutes=50), "reason": "made for the arm-swap test"}


@dataclass
class Cast:
    """The trial in one state. `extra` holds further rows by model label, for pages that want another one; `own_rows` is
    kept of a state that is asked for the other's rows.
    """

    everything: Everything
    swapped: bool
    people: list[Participant] = field(default_factory=list)
    extra: dict[str, list[int]] = field(default_factory=dict)
    own_rows: dict[str, int] = field(default_factory=dict)

    def arm_of(self, place: int) -> str:
        """The arm of the participant at that place of the list, in this state."""
        return OTHER_ARM[ARMS[place]] if self.swapped else ARMS[place]

    def add_extra(self, row: Model) -> None:
        self.extra.setdefault(row._meta.label_lower, []).append(row.pk)

    @property
    def users(self) -> dict[str, User]:
        return self.everything.users


def enrolled_at(place: int) -> datetime:
    """One a day, so that the reports have something to draw."""
    return AT + timedelta(days=place)


def first_dose(place: int) -> datetime:
    return enrolled_at(place) + timedelta(days=1)


Builder = Callable[[Cast], None]
BUILDERS: list[Builder] = []


def builder(build: Builder) -> Builder:
    """Adds a function to what fills the fixture trial, in the order in which they are declared."""
    BUILDERS.append(build)
    return build


def make_cast(*, swapped: bool) -> Cast:
    """The whole trial. Everything but the arm and what follows from it is the same in both states."""
    cast = Cast(make_everything(arm_code=CONTROL if swapped else ACTIVE), swapped)
    for build in BUILDERS:
        build(cast)
    return cast


@builder
def trials(cast: Cast) -> None:
    """Six more enrolled over two sites, one only screened; infusions, one of them running."""
    trial = cast.everything.trial
    sites = [trial.sites.get(code=code) for code in ("01", "02")]
    for place in range(len(ARMS)):
        at, start = enrolled_at(place), first_dose(place)
        code = f"{sites[place % 2].code}-1{place:02d}"
        enrolled = {
            "enrolled_at": at,
            "enrolment_recorded_at": at,
            "day0_date": at.date(),
            "age_years": 50 + place,
        }
        person = make_enrolled(trial, sites[place % 2], code=code, weight_kg=Decimal(70), **enrolled)
        cast.people.append(person)
        make_infusion(
            person, started_at=start, ended_at=start + timedelta(hours=1), kit_number=f"KIT-{place}"
        )
    running = make_infusion(cast.people[0], started_at=NOW - timedelta(hours=1), kit_number="KIT-9")
    cast.add_extra(running)
    cast.add_extra(make_participant(trial, sites[0], code="01-900", screened_date=AT.date()))


@builder
def product(cast: Cast) -> None:
    """Batches, allocations, doses; who got cells has one dose recorded twice and voided once."""
    by = {"by": system_user(), **SYSTEM}
    trial = cast.everything.trial
    batches = {code: _receive(cast, arm, code) for arm in _arms_in_order(cast) for code in BATCHES[arm]}
    for place, person in enumerate(cast.people):
        reference = batches[BATCHES[ACTIVE][(place + cast.swapped) % 2]]
        arm = cast.arm_of(place)
        allocate_participant(participant=person, arm_code=arm, reference_batch=reference, **by)
        batch = reference if arm == ACTIVE else batches[BATCHES[CONTROL][0]]
        for infusion in Infusion.objects.given().filter(participant=person).order_by("number"):
            _dispense(infusion, batch)
    with unsealed(trial):
        cast.everything.add(DispensedDose.objects.filter(voided_at=None).latest("pk"))


def _arms_in_order(cast: Cast) -> list[str]:
    return [CONTROL, ACTIVE] if cast.swapped else [ACTIVE, CONTROL]


def _receive(cast: Cast, arm: str, code: str) -> ProductBatch:
    return receive_batch(
        trial=cast.everything.trial,
        code=code,
        arm_code=arm,
        donor_code=DONORS[code],
        cells_million=CELLS if arm == ACTIVE else None,
        viability_percent=VIABILITY if arm == ACTIVE else None,
        meets_specification=True,
        by=system_user(),
        **SYSTEM,
    )


def _dispense(infusion: Infusion, batch: ProductBatch) -> None:
    by = {"by": system_user(), **SYSTEM}
    holds_cells = batch.arm_code == ACTIVE
    dose = {"batch": batch, "cells_million": CELLS if holds_cells else None}
    first = dispense_dose(infusion=infusion, **dose, **by)
    if holds_cells and infusion.number == 1:
        void_dispensed_dose(dose=first, **by)
        dispense_dose(infusion=infusion, viability_percent=VIABILITY, **dose, **by)


@builder
def events(cast: Cast) -> None:
    """Adverse events, serious ones and a draft among them; readings around the infusions, with findings."""
    for place, person in enumerate(cast.people):
        make_event(person, grade=1 + place % 4, serious=place % 3 == 0, severity="MODERATE")
        for minutes, rate, pressure in ((-10, "5", 80), (45, "20", 52)) if place < 3 else ():
            record_reading(
                participant=person,
                values={"taken_at": first_dose(place) + timedelta(minutes=minutes), "map_mmhg": pressure},
                vasopressors=(VasopressorRate("norepinephrine", Decimal(rate), "ug/min", "base"),),
                by=system_user(),
                **SYSTEM,
            )
    cast.add_extra(make_event(cast.people[0], status="draft", reported_term="Fever"))


@builder
def immunology(cast: Cast) -> None:
    """Sera of day 0 and 14, typed donors, panels: strong on day 14 in those who got cells, with more rows."""
    by = {"by": system_user(), **SYSTEM}
    laboratory = cast.users["hla_laboratory"]
    elsewhere = make_user("hla_laboratory", trial=cast.everything.trial, username="another-laboratory")
    typed = TYPINGS.values() if not cast.swapped else reversed(TYPINGS.values())
    for donor, alleles in zip(TYPINGS, typed, strict=True):
        pairs = [("", allele) for allele in alleles]
        record_donor_typings(trial=cast.everything.trial, donor_code=donor, specificities=pairs, **by)
    before, after = [], []
    for place, person in enumerate(cast.people):
        before += _panel(_serum(person, "A", enrolled_at(place), 0), {"A0201": "95.5", "A2402": "88.5"})
        late = _serum(person, "B", enrolled_at(place) + timedelta(days=14), 14)
        after += _panel(late, STRONG if cast.arm_of(place) == ACTIVE else WEAK)
    trial = cast.everything.trial
    record_antibody_panels(trial=trial, results=before, by=laboratory, **SYSTEM)
    record_antibody_panels(trial=trial, results=after, by=elsewhere, **SYSTEM)
    on_its_way = collect_specimen(
        participant=cast.people[0],
        code="S-WAY",
        collected_at=NOW - timedelta(hours=2),
        planned_day=None,
        **by,
    )
    cast.add_extra(on_its_way)
    with unsealed(trial):
        cast.add_extra(AntibodyResult.objects.filter(recorded_by_id=laboratory.pk).earliest("pk"))


def _serum(person: Participant, letter: str, when: datetime, day: int) -> Specimen:
    came = {"collected_at": when, "received_at": when + timedelta(hours=4)}
    return make_specimen(person, code=f"S-{person.code}-{letter}", planned_day=day, **came)


def _panel(specimen: Specimen, beads: dict[str, str]) -> list[dict[str, Any]]:
    return [{**make_result(bead, mfi), "specimen": specimen.code} for bead, mfi in beads.items()]


@builder
def interchange(cast: Cast) -> None:
    """A study of two participants read in, with its arms, lots and antibodies."""
    datasets = {name: dataset(name, *rows) for name, rows in study_rows(swapped=cast.swapped).items()}
    import_study(
        source=Source("study", datasets),
        protocol_content=protocol_content(PROTOCOL.read_bytes()),
        by=system_user(),
        at=SYSTEM["at"],
    )
    cast.everything.add(cast.everything.trial.import_runs.latest("pk"))


def study_rows(*, swapped: bool) -> dict[str, list[Values]]:
    """SDTM rows of one treated with cells and two with placebo, or the other way round."""
    rows: dict[str, list[Values]] = {"dm": [], "ex": [], "is": [], "ae": []}
    for place, arm in enumerate((ACTIVE, CONTROL, CONTROL)):
        _add_imported(rows, f"IMP-{place}", OTHER_ARM[arm] if swapped else arm)
    return rows


def _add_imported(rows: dict[str, list[Values]], code: str, arm: str) -> None:
    lot = BATCHES[arm][0]
    study: dict[str, str] = {"study": STROMA}
    rows["dm"].append(dm(code, SITEID="01", ARMCD=arm, RFSTDTC="2020-04-10", DMDTC="2020-04-09", **study))
    times = {"EXSTDTC": "2020-04-11T10:00", "EXENDTC": "2020-04-11T11:00"}
    rows["ex"].append(ex(code, EXTRT=arm, EXLOT=lot, **times, **study))
    value = STRONG["A0201"] if arm == ACTIVE else WEAK["A0201"]
    rows["is"].append(is_(code, STUDYID=STROMA, ISSTRESN=value, ISDTC="2020-04-21"))
    happened = {"AEDECOD": "Hypotension", "AETOXGR": "3.0", "AESTDTC": "2020-04-11T12:00"}
    rows["ae"].append(ae(code, AETERM="Low pressure", **happened, **study))


@builder
def dsmb(cast: Cast) -> None:
    """A ready report made by the report's own code from what the trial holds, and one that is only claimed."""
    for role in ("board_member", "board_chair", "unblinded_statistician"):
        cast.users[role].email = f"{role}@board.example"
        cast.users[role].save(update_fields=["email"])
    by = {"by": system_user(), **SYSTEM}
    looked = owe_report_at(trial=cast.everything.trial, look=7, **by)
    make_report(report_id=looked.pk, at=NOW)
    claimed = owe_report_now(trial=cast.everything.trial, **by)
    claim_report(report_id=claimed.pk, at=NOW)
    cast.everything.add(BoardReport.objects.get(pk=looked.pk))
    cast.everything.add(BoardMessage.objects.earliest("pk"))
    cast.add_extra(claimed)
