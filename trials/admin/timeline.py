"""A participant's course on one page. Higher apps add their own lines: they know this module, it does not know them."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.admin.display import clock, day, partial, study_day
from accounts.models import User
from trials.choices import InfusionStatus, TimePrecision
from trials.models import Infusion, Participant

Text = str | Promise


@dataclass(frozen=True)
class Entry:
    """One line: when, what, in which state, and where to read on. `at` orders the lines."""

    at: datetime
    when: Text
    what: Text
    detail: Text = ""
    state_code: str = ""
    state_word: Text = ""
    url: str = ""
    day: str = ""


Source = Callable[[Participant, User], Iterable[Entry]]
_sources: list[Source] = []


def source(function: Source) -> Source:
    """Register a function that knows some of a participant's lines."""
    _sources.append(function)
    return function


def timeline_of(participant: Participant, user: User) -> list[Entry]:
    """All lines, the latest first; only what this account may see."""
    entries = [entry for function in _sources for entry in function(participant, user)]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def day_of(participant: Participant, at: datetime) -> str:
    """The study day of a moment, empty before randomisation is recorded."""
    return study_day(participant.day0_date, timezone.localtime(at).date())


def when_of(at: datetime, *, to_the_minute: bool = True) -> str:
    """Day, and time when it is known."""
    return f"{day(at)} {clock(at)}" if to_the_minute else day(at)


@source
def course(participant: Participant, user: User) -> Iterator[Entry]:  # noqa: ARG001
    """Consent, enrolment, withdrawal, death."""
    if participant.consented_at:
        yield Entry(
            participant.consented_at,
            when_of(participant.consented_at),
            _("Consent"),
            day=day_of(participant, participant.consented_at),
        )
    if participant.enrolled_at:
        exact = participant.enrolment_precision == TimePrecision.MINUTE
        text = _("Enrolled, number %(number)d") % {"number": participant.enrolment_number}
        yield Entry(
            participant.enrolled_at,
            when_of(participant.enrolled_at, to_the_minute=exact),
            text,
            day=day_of(participant, participant.enrolled_at),
        )
    if participant.has_died and participant.died_earliest_at:
        yield Entry(
            participant.died_earliest_at,
            partial(participant.died),
            _("Died"),
            participant.death_cause,
            day=day_of(participant, participant.died_earliest_at),
        )


@source
def infusions(participant: Participant, user: User) -> Iterator[Entry]:  # noqa: ARG001
    """The infusions as they were given, or that they were not."""
    for infusion in Infusion.objects.standing().filter(participant=participant):
        url = reverse("admin:trials_infusion_change", args=[infusion.pk])
        name = _("Infusion %(number)d") % {"number": infusion.number}
        if infusion.status == InfusionStatus.NOT_GIVEN or infusion.started_at is None:
            yield Entry(
                infusion.recorded_at,
                _("not given"),
                name,
                infusion.not_given_reason,
                "unknown",
                _("Not given"),
                url,
            )
            continue
        exact = infusion.start_precision == TimePrecision.MINUTE
        state = (
            ("due", _("Running"))
            if infusion.ended_at is None
            else ("soon", _("Interrupted"))
            if infusion.interrupted
            else ("done", _("Given"))
        )
        yield Entry(
            infusion.started_at,
            when_of(infusion.started_at, to_the_minute=exact),
            name,
            "",
            *state,
            url,
            day_of(participant, infusion.started_at),
        )
