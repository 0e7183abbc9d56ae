"""Criteria that are observed, not measured: a new arrhythmia, an arrest, a death, a reaction.

Whether an arrhythmia is new is judged and recorded at the bedside.
"""

from collections.abc import Iterator
from datetime import datetime

from haemodynamics.rules.comparisons import CriterionAnswer, Truth
from haemodynamics.rules.criterion_windows import CriterionWindow, Moment
from haemodynamics.rules.reasons import Reason
from partial_dates.refusals import gettext_noop

DEATH = "death"
NOT_ASKED = Reason("", gettext_noop("nobody recorded whether it was seen"))
DEATH_UNDATED = Reason(
    "", gettext_noop("the participant died, and the date does not say whether within the window")
)
COURSE_UNKNOWN = Reason("", gettext_noop("the participant's course to the end of the window is not known"))


def sign_moments(scene: CriterionWindow) -> Iterator[Moment]:
    """Yes wherever one of the criterion's signs was recorded, no where all of them were denied."""
    wanted = frozenset(scene.criterion.rhythms) - {DEATH}
    for reading in scene.within:
        if reading.seen() & wanted:
            yield Moment(reading.at, CriterionAnswer(Truth.YES))
        elif wanted <= reading.excluded():
            yield Moment(reading.at, CriterionAnswer(Truth.NO))
        else:
            yield Moment(reading.at, CriterionAnswer(Truth.ABSENT, (NOT_ASKED,)))


def outcome_moments(scene: CriterionWindow) -> Iterator[Moment]:
    """An arrest recorded in a reading, a death, or the certainty of neither until the window closed."""
    for moment in sign_moments(scene):
        if moment.answer.truth is Truth.YES:
            yield moment
    if DEATH in scene.criterion.rhythms:
        yield from _death(scene)
    yield _course(scene)


def _death(scene: CriterionWindow) -> Iterator[Moment]:
    earliest, latest = scene.infusion.died_earliest, scene.infusion.died_latest
    if earliest is None or latest is None:
        return
    if scene.window.opens_at <= earliest and latest <= scene.window.closes_at:
        yield Moment(earliest, CriterionAnswer(Truth.YES))
    elif earliest <= scene.window.closes_at and latest >= scene.window.opens_at:
        yield Moment(earliest, CriterionAnswer(Truth.UNKNOWN, (DEATH_UNDATED,)))


def _course(scene: CriterionWindow) -> Moment:
    """Whether the participant's course is known to the end of the window, also from a later death."""
    known = _known_until(scene)
    if known is not None and known >= scene.window.closes_at:
        return Moment(scene.window.closes_at, CriterionAnswer(Truth.NO))
    return Moment(scene.window.closes_at, CriterionAnswer(Truth.ABSENT, (COURSE_UNKNOWN,)))


def _known_until(scene: CriterionWindow) -> datetime | None:
    infusion = scene.infusion
    last_reading = scene.within[-1].at if scene.within else None
    known = (infusion.observed_until, infusion.died_earliest, last_reading)
    return max((moment for moment in known if moment is not None), default=None)
