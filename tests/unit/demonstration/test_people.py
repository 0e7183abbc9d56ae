"""For every seed, the synthetic participants add up to the published totals, and no record is absurd."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from demonstration.people import SyntheticParticipant, make_people
from demonstration.published_totals import BATCHES_OUT_OF_SPECIFICATION, EARLY, PUBLISHED_TOTALS, UC_MSC
from demonstration.synthetic_events import POSSIBLE, TERMS_BY_GRADE, SyntheticEvent

SEEDS = range(25)
VOCABULARY = Path(__file__).resolve().parents[3] / "events" / "vocabulary" / "ctcae_v5.csv"


def treated_of(people: tuple[SyntheticParticipant, ...], arm: str) -> list[SyntheticParticipant]:
    return [person for person in people if person.arm == arm and person.is_treated]


def events_of_window(
    people: list[SyntheticParticipant], window: str
) -> list[tuple[SyntheticParticipant, SyntheticEvent]]:
    return [(person, one) for person in people for one in person.events if one.window == window]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("arm", sorted(PUBLISHED_TOTALS))
def test_arm_adds_up_to_its_totals(seed: int, arm: str) -> None:
    margins = PUBLISHED_TOTALS[arm]

    people = make_people(seed=seed)

    treated = treated_of(people, arm)
    assert len(treated) == margins.treated
    assert sum(person.arm == arm for person in people) == margins.treated + margins.untreated
    assert Counter(len(person.doses) for person in treated) == Counter(margins.infusions_received)
    assert sum(person.death_day is not None for person in treated) == margins.deaths
    assert sum(person.has_haemodynamic_event for person in treated) == margins.haemodynamic_events
    assert sum(person.dsa.startswith("preformed") for person in treated) == margins.preformed_dsa
    assert sum(person.dsa == "de_novo" for person in treated) == margins.de_novo_dsa


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("arm", sorted(PUBLISHED_TOTALS))
@pytest.mark.parametrize("window", sorted(PUBLISHED_TOTALS[UC_MSC].events))
def test_events_add_up_to_table_5(seed: int, arm: str, window: str) -> None:
    margin = PUBLISHED_TOTALS[arm].events[window]

    happened = events_of_window(treated_of(make_people(seed=seed), arm), window)

    assert len(happened) == margin.events
    assert len({person.order for person, _ in happened}) == margin.participants
    assert len({person.order for person, one in happened if one.is_serious}) == margin.participants_with_sae
    assert sum(one.is_serious for _, one in happened) == margin.saes
    assert Counter(one.severity for _, one in happened) == Counter(margin.severity)
    assert Counter(one.grade for _, one in happened if one.grade) == Counter(margin.grade)
    assert Counter(one.causality for _, one in happened if one.causality) == Counter(margin.causality)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_record_contradicts_itself(seed: int) -> None:
    for person in make_people(seed=seed):
        for one in person.events:
            assert not (one.severity == "MILD" and (one.grade or 0) >= 3)
            assert not (one.severity == "SEVERE" and one.grade == 1)
            assert person.death_day is None or one.day < person.death_day
            assert one.day > person.doses[0].day
            assert (one.day <= 14) == (one.window == EARLY)
            assert one.causality != POSSIBLE or (one.term == "Diarrhea" and not one.is_serious)


def test_every_term_has_its_grade_in_the_vocabulary() -> None:
    with VOCABULARY.open() as file:
        grades = {row["term"]: row["grades"] for row in csv.DictReader(file)}

    missing = [
        (grade, term)
        for grade, terms in TERMS_BY_GRADE.items()
        for term in terms
        if str(grade) not in grades[term]
    ]

    assert missing == []


def test_two_cell_batches_are_out_of_specification() -> None:
    doses = [dose for person in make_people(seed=1) for dose in person.doses]

    assert sum(not dose.meets_specification for dose in doses) == BATCHES_OUT_OF_SPECIFICATION
    assert sum(dose.donor != "" for dose in doses) == 57
    assert len(doses) == 57 + 66


def test_the_same_seed_gives_the_same_people_and_another_seed_others() -> None:
    assert make_people(seed=7) == make_people(seed=7)
    assert make_people(seed=7) != make_people(seed=8)


def test_those_still_on_study_come_last_with_nothing_after_day_14() -> None:
    people = make_people(seed=7)

    assert [len(person.doses) for person in people[-3:]] == [3, 3, 1]
    assert all(person.is_recent == (person.order > 44) for person in people)
