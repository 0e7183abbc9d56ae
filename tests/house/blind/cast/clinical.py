"""People, infusions, events, readings and deviations of the fixture trial: all open, the same in every state."""

from datetime import timedelta
from decimal import Decimal

from accounts.services import system_user
from assessments.services import (
    correct_deviation,
    correct_laboratory_result,
    correct_medication,
    correct_sensitising_event,
    record_deviation,
    record_laboratory_result,
    record_medication,
    record_sensitising_event,
    void_deviation,
    void_laboratory_result,
    void_medication,
    void_sensitising_event,
)
from haemodynamics.rules import RunningVasopressor
from haemodynamics.services import record_reading
from tests.factories import AT, make_enrolled, make_event, make_infusion, make_participant
from tests.house.blind.cast.base import NOW, PLACES, SYSTEM, Cast, enrolled_at, first_dose


def trials(cast: Cast) -> None:
    """Six more enrolled over two sites, one only screened, one whose screening failed.

    Infusions, one of them running.
    """
    trial = cast.everything.trial
    sites = [trial.sites.get(code=code) for code in ("01", "02")]
    for place in PLACES:
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
    failed = {"screened_date": AT.date(), "status": "screen_failure"}
    cast.add_extra(make_participant(trial, sites[0], code="01-901", **failed))


def events(cast: Cast) -> None:
    """Adverse events, serious ones and a draft among them; readings around the infusions, with findings."""
    for place, person in enumerate(cast.people):
        make_event(person, grade=1 + place % 4, serious=place % 3 == 0, severity="MODERATE")
        for minutes, rate, pressure in ((-10, "5", 80), (45, "20", 52)) if place < 3 else ():
            record_reading(
                participant=person,
                values={"taken_at": first_dose(place) + timedelta(minutes=minutes), "map_mmhg": pressure},
                vasopressors=(RunningVasopressor("norepinephrine", Decimal(rate), "ug/min", "base"),),
                by=system_user(),
                **SYSTEM,
            )
    cast.add_extra(make_event(cast.people[0], status="draft", reported_term="Fever"))


def deviations(cast: Cast) -> None:
    """A deviation of a participant, and one of a site that was corrected and voided."""
    investigator = cast.users["investigator"]
    by = {"by": investigator, **SYSTEM}
    told = {"category": "assessment", "importance": "minor", "occurred": "2020-04-08"}
    person = cast.people[0]
    values = {**told, "description": "A check was read two hours late."}
    record_deviation(site=person.site, participant=person, values=values, **by)
    values = {**told, "description": "The log of visits was not signed."}
    of_site = record_deviation(site=person.site, participant=None, values=values, **by)
    corrected = correct_deviation(deviation=of_site, changes={"importance": "major"}, **by)
    cast.add_extra(void_deviation(deviation=corrected, **by))
    by = {"by": system_user(), **SYSTEM}
    values = {"kind": "IVIG", "occurred": "2020-04-10"}
    for one in cast.people:
        record_sensitising_event(participant=one, values=values, **by)
    wrong = record_sensitising_event(participant=person, values={"kind": "RBC", "occurred": "2020-04"}, **by)
    units = correct_sensitising_event(event=wrong, changes={"units": 2}, **by)
    cast.add_extra(void_sensitising_event(event=units, **by))
    _results_and_medication(cast)


def _results_and_medication(cast: Cast) -> None:
    """The same potassium and heparin for everybody; one of each corrected and voided."""
    by, person = {"by": system_user(), **SYSTEM}, cast.people[0]
    results = {"test": "Potassium", "value": Decimal("5.8"), "unit": "mmol/L", "sampled": "2020-04-09"}
    drugs = {"drug": "Heparin", "started": "2020-04-08", "route": "SUBCUTANEOUS"}
    for one in cast.people:
        record_laboratory_result(participant=one, values=results, **by)
        record_medication(participant=one, values=drugs, **by)
    mistaken = record_laboratory_result(participant=person, values=results | {"sampled": "2020-04-10"}, **by)
    result = correct_laboratory_result(result=mistaken, changes={"value": Decimal("3.8")}, **by)
    cast.add_extra(void_laboratory_result(result=result, **by))
    given = record_medication(participant=person, values=drugs | {"drug": "Insulin"}, **by)
    changed = correct_medication(medication=given, changes={"route": "INTRAVENOUS"}, **by)
    cast.add_extra(void_medication(medication=changed, **by))
