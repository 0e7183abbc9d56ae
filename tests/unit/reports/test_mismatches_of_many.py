"""Events and their mismatches in frames are those of the rules of `events`, on generated records."""

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from events.choices import Autopsy, Outcome, Severity
from events.rules.adverse_events import (
    Criteria,
    EventContext,
    EventFacts,
    EventSpans,
    hours_since_infusion,
    spans_of_event,
)
from events.rules.reconciliation import ReconciledEvent, ReconciledParticipant, reconcile
from partial_dates import Span, exact_moment, parse_partial
from reports.frames.writing import moment_text
from reports.queries.adverse_events import DictionaryTerms, ReferenceSafety, event_rows
from reports.queries.as_of import Past
from reports.queries.mismatches import mismatch_rows
from reports.queries.people import People
from reports.queries.records import Records
from tests.unit.events.event_facts import (
    HYPOTENSION,
    OTHER_CARDIAC,
    OTHER_DISEASE,
    PLAN,
    POSSIBLE,
    SINUS_TACHYCARDIA,
    UNDETERMINED,
    ZONE,
)
from trials.rules.course_bounds import CourseDates, latest_moments

CUTOFF = datetime(2020, 5, 1, 12, 0, 0, 250, tzinfo=UTC)
TERMS_BY_ID = {11: HYPOTENSION, 12: SINUS_TACHYCARDIA, 13: OTHER_CARDIAC}
TERMS = DictionaryTerms("5.0", TERMS_BY_ID)
CATEGORIES = (POSSIBLE, OTHER_DISEASE, UNDETERMINED)
PROTOCOL: Any = SimpleNamespace(
    reporting=PLAN, dictionary=SimpleNamespace(version="5.0", grades=None), causality=CATEGORIES
)
CRITERIA = tuple(Criteria.__dataclass_fields__)
COURSES = 60
FIRST_DAY = date(2020, 4, 3)
NOTHING = {"died": "", "died_earliest_at": None, "died_latest_at": None}


class Ward:
    """Participants and their adverse events at random: as facts for the rules, and as rows of the database."""

    def __init__(self, *, people: int, events: int) -> None:
        self.chance = random.Random(20260)
        self.people = [self.person(number) for number in range(people)]
        self.infusions = [
            self.infusion(row["id"], number) for row in self.people if row["id"] % 3 for number in (1, 2)
        ]
        self.facts: dict[int, tuple[int, EventFacts]] = {}
        self.courses = [self.answers() for _ in range(COURSES)]
        self.events = [self.event(number) for number in range(1, events + 1)]

    def moment(self, name: str, *, missing: float) -> tuple[Any, dict[str, Any]]:
        """A date, most often a day, sometimes a month or a minute; as a partial moment and as columns."""
        if self.chance.random() < missing:
            return None, {name: "", f"{name}_earliest_at": None, f"{name}_latest_at": None}
        day = FIRST_DAY + timedelta(days=self.chance.randrange(30))
        text = self.chance.choice(
            [str(day), str(day), str(day)[:7], f"{day}T{self.chance.randrange(24):02}:30Z"]
        )
        found = parse_partial(text, ZONE)
        return found, {
            name: text,
            f"{name}_earliest_at": found.earliest,
            f"{name}_latest_at": found.latest,
        }

    def person(self, number: int) -> dict[str, Any]:
        has_died = self.chance.random() < 0.4
        _, died = self.moment("died", missing=0.3) if has_died else (None, NOTHING)
        consented = datetime(2020, 4, self.chance.randrange(1, 15), 9, tzinfo=UTC)
        return {
            "id": 500 - number,
            "code": f"P{number}",
            "day0_date": self.chance.choice([None, date(2020, 4, 6), date(2020, 3, 29)]),
            "consented_at": self.chance.choice([None, consented]),
            "has_died": has_died,
            "enrolment_number": number + 1,
            "screened_date": date(2020, 4, 2),
            "changed_at": CUTOFF,
            "enrolled_at": self.chance.choice([None, datetime(2020, 4, 6, 7, tzinfo=UTC)]),
            "withdrawn_date": self.chance.choice([None, None, date(2020, 4, 12)]),
            "completed_date": self.chance.choice([None, None, date(2020, 4, 20)]),
            **died,
        }

    def infusion(self, participant_id: int, number: int) -> dict[str, Any]:
        return {
            "id": number * 9000 + participant_id,
            "participant_id": participant_id,
            "number": number,
            "status": "given",
            "started_at": datetime(2020, 4, 4 + 4 * number, 10, participant_id % 60, tzinfo=UTC),
            "start_precision": self.chance.choice(["minute", "minute", "day"]),
        }

    def start_of(self, infusion_id: int | None) -> Any:
        """The start of an infusion: the minute, or the whole day where only the day is known."""
        row = next((one for one in self.infusions if one["id"] == infusion_id), None)
        if row is None:
            return None
        if row["start_precision"] == "day":
            return parse_partial(row["started_at"].astimezone(ZoneInfo(ZONE)).date().isoformat(), ZONE)
        return exact_moment(row["started_at"])

    def last_begun(self, participant_id: int, onset: Any) -> dict[str, Any] | None:
        """By the clock: the participant's last infusion that began before the onset, both known to the minute."""
        if onset is None or onset.latest - onset.earliest >= timedelta(minutes=1):
            return None
        own = (row for row in self.infusions if row["participant_id"] == participant_id)
        begun = [
            row for row in own
            if row["start_precision"] == "minute" and row["started_at"] <= onset.earliest
        ]  # fmt: skip
        return max(begun, key=lambda row: row["started_at"], default=None)

    def answers(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """What is said of an event besides its term and dates: one of few, so that many events differ by these alone."""
        pick = self.chance.choice
        criteria = {name: pick([None, False, False, False, self.chance.random() < 0.2]) for name in CRITERIA}
        answers = {
            "grade": pick([None, 1, 2, 3, 4, 5]),
            "severity": pick(["", *Severity.values]),
            "serious": pick([None, False, True]),
            "causality": pick(["", *(each.code for each in CATEGORIES), "NO_SUCH"]),
            "outcome": pick(["", *Outcome.values]),
            "reported_term": pick(["", " ", "“low” pressure"]),
            "specify": pick(["", "  ", "said"]),
            "autopsy": pick(["", *Autopsy.values]),
        }
        return criteria, answers

    def event(self, number: int) -> dict[str, Any]:
        pick, person = self.chance.choice, self.chance.choice(self.people)
        onset, onset_columns = self.moment("onset", missing=0.1)
        ended, ended_columns = self.moment("ended", missing=0.5)
        worsened, worsened_columns = self.moment("worsened", missing=0.9)
        criteria, answers = pick(self.courses)
        term_id = pick([None, *TERMS_BY_ID])
        hours = pick([-1, 0, 23, PLAN.sae_hours, 25, self.chance.randrange(700)])
        aware = pick([None, CUTOFF - timedelta(hours=hours)])
        told = pick([None, aware and aware + timedelta(hours=pick([-2, 1, 30]))])
        answers = {
            **answers,
            "aware_at": aware,
            "sponsor_informed_at": told,
            "distinct_because": pick(["", "", "", "said"]),
            "ongoing": pick([None, None, False, True]),
            "present_grade": pick([None, None, None, 1, 2, 4]),
        }
        followed = 9000 + person["id"] if person["id"] % 3 and self.chance.random() < 0.7 else None
        self.facts[number] = (
            person["id"],
            EventFacts(
                term=TERMS_BY_ID.get(term_id),
                term_version="5.0" if term_id else "",
                after_infusion=self.start_of(followed),
                criteria=Criteria(**criteria),
                onset=onset,
                ended=ended,
                worsened=worsened,
                **answers,
            ),
        )
        return {
            "id": number, "participant_id": person["id"], "number": number, "status": "recorded",
            "ctcae_term_id": term_id, "dictionary_soc": "", "dictionary_term": "",
            "action_taken": "", "treatment_emergent": None, "after_infusion_id": followed, "signed_at": None,
            "recorded_at": CUTOFF, "changed_at": CUTOFF - timedelta(days=pick([0, 1, 9])), "voided_at": None,
            **answers, **criteria, **onset_columns, **ended_columns, **worsened_columns,
        }  # fmt: skip

    def as_people(self) -> People:
        persons = sorted(self.people, key=lambda row: row["id"])
        tables = {"participants": persons, "infusions": self.infusions, "adverse_events": self.events}
        past = {name: Past(rows, 0, 0) for name, rows in tables.items()}
        return People(Records(1, CUTOFF, ZONE, None, past))

    def one_by_one(self) -> list[tuple[Any, ...]]:
        """The second method: every event through every rule, by itself."""
        found = reconcile(
            [self.record(row) for row in sorted(self.people, key=lambda row: row["code"])], plan=PLAN
        )
        self.codes = Counter(each.code for each in found)
        return [
            (each.rule, each.participant, each.event and f"adverse event {each.event}", each.sentence)
            for each in found
        ]

    def record(self, row: dict[str, Any]) -> ReconciledParticipant:
        starts = [self.start_of(one["id"]) for one in self.infusions if one["participant_id"] == row["id"]]
        context = EventContext(
            at=CUTOFF,
            dictionary_version="5.0",
            causality=CATEGORIES,
            consent=row["consented_at"] and exact_moment(row["consented_at"]),
            enrolled=row["enrolled_at"] and exact_moment(row["enrolled_at"]),
            first_infusion=min(starts, key=lambda start: start.earliest, default=None),
            is_dead=row["has_died"],
            death=parse_partial(row["died"], ZONE) if row["died"] else None,
        )
        own = (
            ReconciledEvent(str(number), facts)
            for number, (participant_id, facts) in self.facts.items()
            if participant_id == row["id"]
        )
        return ReconciledParticipant(row["code"], context, tuple(own))


@pytest.fixture(scope="module")
def ward() -> Ward:
    return Ward(people=40, events=3000)


def test_mismatches_of_many_events_are_those_that_reconciliation_finds(ward):
    people = ward.as_people()

    rows = mismatch_rows(people, TERMS, PROTOCOL)

    found = [(row["rule"], row["participant"], row["record"], row["message"]) for row in rows]
    assert found == ward.one_by_one()
    assert {
        "death_without_fatal_event", "several_fatal_events", "grade_not_available", "fatal_without_outcome",
        "fatal_without_grade_5", "fatal_without_criterion", "fatal_not_serious", "fatal_without_death",
        "fatal_without_end", "end_is_not_death", "serious_without_criterion", "criterion_not_serious",
        "worsened_before_onset", "autopsy_without_death",
        "other_not_specified", "causality_unknown", "term_missing", "onset_missing", "onset_before_consent",
        "onset_after_death", "ended_before_onset", "in_the_future", "aware_before_onset", "resolved_without_end",
        "ongoing_with_end", "ongoing_with_outcome", "present_grade_not_lower", "present_grade_not_available",
        "likely_duplicate", "infusion_after_onset", "sponsor_before_aware", "end_of_undated_death",
        "unresolved_with_end", "recovering_at_death", "seriousness_missing", "causality_overdue",
    } == set(ward.codes) | {"death_without_fatal_event"}  # fmt: skip


def spans_one_by_one(people: People, pk: int, facts: EventFacts, changed_at: datetime) -> EventSpans:
    """As pages and the API have them: one event at a time, bounded by its participant's course."""
    person = people.by_id[pk]
    died = person["died_earliest_at"] and Span(person["died_earliest_at"], person["died_latest_at"])
    course = CourseDates(
        zone=ZONE,
        known_at=CUTOFF,
        **{
            name: person[name]
            for name in ("screened_date", "enrolled_at", "withdrawn_date", "completed_date")
        },
        infusions=tuple(one["started_at"] for one in people.given.get(pk, ())),
        has_died=person["has_died"],
        died=died,
    )
    return spans_of_event(facts, participant=latest_moments(course), known_at=min(changed_at, CUTOFF))


def test_days_and_hours_of_many_events_are_those_of_each(ward):
    people = ward.as_people()
    infusions = {row["id"]: row for row in ward.infusions}

    rows = list(event_rows(people, TERMS, {}, ReferenceSafety("5.0")))

    assert len({row["hours_after_infusion"] for row in rows}) > 5
    for row, event in zip(rows, ward.events, strict=True):
        pk, onset = event["participant_id"], ward.facts[event["number"]][1].onset
        assert row["participant"] == people.code(pk)
        spans = spans_one_by_one(people, pk, ward.facts[event["number"]][1], event["changed_at"])
        for end in ("earliest", "latest"):
            assert row[f"onset_{end}_day"] == people.study_day(pk, getattr(spans.onset, end))
        assert row["end_latest_day"] == people.study_day(pk, spans.ended.latest)
        assert row["worsened_latest_at"] == moment_text(spans.worsened.latest)
        infusion = ward.last_begun(pk, onset) or infusions.get(event["after_infusion_id"])
        hours = None
        if infusion and onset and infusion["start_precision"] == "minute":
            hours = hours_since_infusion(onset, exact_moment(infusion["started_at"]))
        assert row["infusion_number"] == (infusion and infusion["number"])
        assert row["hours_after_infusion"] == (round(hours.fewest, 2) if hours and hours.is_exact else None)
