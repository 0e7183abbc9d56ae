"""Adverse events as they become known: first report, notice to the sponsor, follow-up, signature."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from demonstration.happenings import Happening
from demonstration.replay.steps import ParticipantScript, ScriptStep
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


def event_steps(scene: ParticipantScript) -> Iterator[ScriptStep]:
    """All events of the participant. Each is told from its own random stream, so that one changes nothing of another."""
    for place, happening in enumerate(scene.dated.person.happenings):
        chance = random.Random(f"{scene.seed}-{scene.dated.person.order}-{place}")  # noqa: S311
        yield from _one_event(Story(scene, happening), chance)


def draft_steps(scene: ParticipantScript, now: datetime) -> Iterator[ScriptStep]:
    """The draft that the nurse of the last participant has just put aside: it counts nowhere."""
    values = {"reported_term": "shivering during the infusion"}
    yield ScriptStep(
        now - DRAFT_AGO,
        lambda at: save_draft(
            participant=scene.participant(), values=values, by=scene.nurse, at=at, reason="first entry"
        ),
    )


@dataclass
class Story:
    """One event of one participant; remembers the row once it is recorded."""

    scene: ParticipantScript
    happening: Happening
    event_id: int = 0

    def event(self) -> AdverseEvent:
        return AdverseEvent.objects.get(pk=self.event_id)


def _one_event(story: Story, chance: random.Random) -> Iterator[ScriptStep]:
    scene, happening = story.scene, story.happening
    known_minute = happening.minute if happening.time_known else 23 * 60
    recorded = scene.dated.moment(happening.day, known_minute) + timedelta(minutes=chance.randint(40, 600))
    yield ScriptStep(recorded, lambda at: _record(story, at))
    last = recorded
    if happening.is_serious:
        last = recorded + timedelta(hours=chance.randint(2, 18))
        yield ScriptStep(last, lambda at: _follow_up(story, {"sponsor_informed_at": at}, at))
    ended = _end_of(scene, happening, recorded)
    if ended is not None:
        last = max(last, ended) + timedelta(minutes=chance.randint(60, 900))
        recovered = {"outcome": Outcome.RECOVERED, "ended": _day(scene, ended), "ongoing": False}
        yield ScriptStep(last, lambda at: _follow_up(story, recovered, at))
    yield ScriptStep(last + SIGNED_AFTER, lambda at: _sign(story, at))


def _end_of(scene: ParticipantScript, happening: Happening, recorded: datetime) -> datetime | None:
    """When it was over, unless it goes on or the participant died before."""
    if happening.lasts_days is None:
        return None
    ended = scene.dated.moment(happening.day + happening.lasts_days, 12 * 60)
    death_day = scene.dated.person.death_day
    if death_day is not None and happening.day + happening.lasts_days >= death_day:
        return None
    return max(ended, recorded)


def _record(story: Story, at: datetime) -> None:
    scene, happening = story.scene, story.happening
    event = record_adverse_event(
        participant=scene.participant(),
        values={
            "reported_term": happening.term.lower(),
            "ctcae_term": CtcaeTerm.objects.get(ctcae_version=CTCAE_VERSION, term=happening.term),
            "onset": _onset(scene, happening),
            "ongoing": True,
            "after_infusion": scene.infusion(_last_dose_before(scene, happening)),
            "grade": happening.grade,
            "severity": happening.severity,
            "causality": happening.causality,
            "action_taken": ActionTaken.DOSE_NOT_CHANGED,
            "outcome": Outcome.NOT_RECOVERED,
            **_seriousness(happening, at),
        },
        by=scene.nurse,
        at=at,
        reason="first entry",
    )
    story.event_id = event.pk


def _last_dose_before(scene: ParticipantScript, happening: Happening) -> int:
    return max(dose.number for dose in scene.dated.person.doses if dose.day < happening.day)


def _seriousness(happening: Happening, at: datetime) -> Mapping[str, Any]:
    if not happening.is_serious:
        return {"serious": False}
    threatening = happening.grade == LIFE_THREATENING_GRADE
    return {
        "serious": True,
        "life_threatening": threatening,
        "hospitalisation": not threatening,
        "results_in_death": False,
        "disability": False,
        "congenital_anomaly": False,
        "medically_important": False,
        "aware_at": at - timedelta(minutes=30),
        "narrative": f"{happening.term} on day {happening.day}; treated; course followed.",
    }


def _onset(scene: ParticipantScript, happening: Happening) -> str:
    if not happening.time_known:
        return _day(scene, scene.dated.moment(happening.day, 0))
    return scene.dated.moment(happening.day, happening.minute).strftime("%Y-%m-%dT%H:%M")


def _day(scene: ParticipantScript, moment: datetime) -> str:
    return moment.astimezone(scene.dated.zone).strftime("%Y-%m-%d")


def _follow_up(story: Story, values: Mapping[str, Any], at: datetime) -> None:
    event = story.event()
    record_follow_up(
        event=event,
        values=values,
        seen_version=event.version,
        by=story.scene.nurse,
        at=at,
        reason="follow-up",
    )


def _sign(story: Story, at: datetime) -> None:
    event = story.event()
    sign_adverse_event(event=event, seen_version=event.version, by=story.scene.investigator, at=at)
