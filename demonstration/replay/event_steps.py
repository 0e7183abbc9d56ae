"""Adverse events as they become known: first report, notice to the sponsor, follow-up, signature."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from demonstration.replay.script import ParticipantScript, ScriptStep
from demonstration.synthetic_events import SyntheticEvent
from events.choices import ActionTaken, Outcome
from events.models import AdverseEvent, CtcaeTerm
from events.services.adverse_events import (
    record_adverse_event,
    record_follow_up,
    save_draft,
    sign_adverse_event,
)

CTCAE_VERSION = "5.0"
LIFE_THREATENING_GRADE = 4
SIGNED_AFTER = timedelta(hours=20)
DRAFT_AGO = timedelta(minutes=25)


def event_steps(script: ParticipantScript) -> Iterator[ScriptStep]:
    """All events of the participant.

    Each has its own random stream, so that events do not depend on each other.
    """
    for place, planned in enumerate(script.dated.person.events):
        chance = random.Random(f"{script.seed}-{script.dated.person.order}-{place}")  # noqa: S311
        yield from _one_event(Story(script, planned), chance)


def draft_steps(script: ParticipantScript, now: datetime) -> Iterator[ScriptStep]:
    """The draft that the nurse of the last participant has just saved: it is not counted."""
    values = {"reported_term": "shivering during the infusion"}
    yield ScriptStep(
        now - DRAFT_AGO,
        lambda at: save_draft(
            participant=script.participant(), values=values, by=script.nurse, at=at, reason="first entry"
        ),
    )


@dataclass
class Story:
    """One event of one participant; keeps the row once it is recorded."""

    script: ParticipantScript
    planned: SyntheticEvent
    event_id: int = 0

    def event(self) -> AdverseEvent:
        return AdverseEvent.objects.get(pk=self.event_id)


def _one_event(story: Story, chance: random.Random) -> Iterator[ScriptStep]:
    script, planned = story.script, story.planned
    known_minute = planned.minute if planned.time_known else 23 * 60
    recorded = script.dated.moment(planned.day, known_minute) + timedelta(minutes=chance.randint(40, 600))
    yield ScriptStep(recorded, lambda at: _record(story, at))
    last = recorded
    if planned.is_serious:
        last = recorded + timedelta(hours=chance.randint(2, 18))
        yield ScriptStep(last, lambda at: _follow_up(story, {"sponsor_informed_at": at}, at))
    ended = _end_of(script, planned, recorded)
    if ended is not None:
        last = max(last, ended) + timedelta(minutes=chance.randint(60, 900))
        recovered = {"outcome": Outcome.RECOVERED, "ended": _day(script, ended), "ongoing": False}
        yield ScriptStep(last, lambda at: _follow_up(story, recovered, at))
    yield ScriptStep(last + SIGNED_AFTER, lambda at: _sign(story, at))


def _end_of(script: ParticipantScript, planned: SyntheticEvent, recorded: datetime) -> datetime | None:
    """The end of the event, unless it continues or the participant died before."""
    if planned.lasts_days is None:
        return None
    ended = script.dated.moment(planned.day + planned.lasts_days, 12 * 60)
    death_day = script.dated.person.death_day
    if death_day is not None and planned.day + planned.lasts_days >= death_day:
        return None
    return max(ended, recorded)


def _record(story: Story, at: datetime) -> None:
    script, planned = story.script, story.planned
    event = record_adverse_event(
        participant=script.participant(),
        values={
            "reported_term": planned.term.lower(),
            "ctcae_term": CtcaeTerm.objects.get(ctcae_version=CTCAE_VERSION, term=planned.term),
            "onset": _onset(script, planned),
            "ongoing": True,
            "distinct_because": _why_distinct(script, planned),
            "after_infusion": script.infusion(_last_dose_before(script, planned)),
            "grade": planned.grade,
            "severity": planned.severity,
            "causality": planned.causality,
            "action_taken": ActionTaken.DOSE_NOT_CHANGED,
            "outcome": Outcome.NOT_RECOVERED,
            **_seriousness(planned, at),
        },
        by=script.nurse,
        at=at,
        reason="first entry",
    )
    story.event_id = event.pk


def _why_distinct(script: ParticipantScript, planned: SyntheticEvent) -> str:
    """What the nurse says of an event whose term the participant has several times."""
    times = sum(event.term == planned.term for event in script.dated.person.events)
    return "another episode, by the chart" if times > 1 else ""


def _last_dose_before(script: ParticipantScript, planned: SyntheticEvent) -> int:
    return max(dose.number for dose in script.dated.person.doses if dose.day < planned.day)


def _seriousness(planned: SyntheticEvent, at: datetime) -> Mapping[str, Any]:
    if not planned.is_serious:
        return {"serious": False}
    threatening = planned.grade == LIFE_THREATENING_GRADE
    return {
        "serious": True,
        "life_threatening": threatening,
        "hospitalisation": not threatening,
        "results_in_death": False,
        "disability": False,
        "congenital_anomaly": False,
        "medically_important": False,
        "aware_at": at - timedelta(minutes=30),
        "narrative": f"{planned.term} on day {planned.day}; treated; course followed.",
    }


def _onset(script: ParticipantScript, planned: SyntheticEvent) -> str:
    if not planned.time_known:
        return _day(script, script.dated.moment(planned.day, 0))
    return script.dated.moment(planned.day, planned.minute).strftime("%Y-%m-%dT%H:%M")


def _day(script: ParticipantScript, moment: datetime) -> str:
    return moment.astimezone(script.dated.zone).strftime("%Y-%m-%d")


def _follow_up(story: Story, values: Mapping[str, Any], at: datetime) -> None:
    event = story.event()
    record_follow_up(
        event=event,
        values=values,
        seen_version=event.version,
        by=story.script.nurse,
        at=at,
        reason="follow-up",
    )


def _sign(story: Story, at: datetime) -> None:
    event = story.event()
    sign_adverse_event(event=event, seen_version=event.version, by=story.script.investigator, at=at)
