"""Worsenings of serious events that need a report to the sponsor, and clocks that end soon."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from events.choices import WORSENINGS, NoticeNews
from events.models import AdverseEvent, SeriousNotice, SponsorUpdate
from events.rules.clocks import ClockState, Deadline, clock_state, sae_clock
from trials.choices import Source
from trials.models import ProtocolVersion
from trials.rules.protocol import Protocol

Key = tuple[int, str, int | None]
"""An event, the news of it, and the version that brought it; of the first notice whatever its version."""

LOOKED_BACK = timedelta(days=30)
"""How far back reminders look: longer than any clock of the sponsor's first notice (our own choice)."""


@dataclass(frozen=True)
class UpdateDue:
    """A worsening without a report to the sponsor yet, and the state of its clock."""

    update: SponsorUpdate
    deadline: Deadline
    state: ClockState

    @property
    def event(self) -> AdverseEvent:
        """The event that became worse."""
        return self.update.event


@dataclass(frozen=True)
class RemindedClock:
    """A clock towards the sponsor, with its notices that are not acknowledged."""

    state: ClockState
    notices: tuple[SeriousNotice, ...]


def open_updates(*, trial_ids: Iterable[int]) -> QuerySet[SponsorUpdate]:
    """The worsenings of serious events, not void, without a report to the sponsor, the oldest first."""
    rows = SponsorUpdate.objects.filter(
        trial__in=trial_ids, sponsor_informed_at=None, event__voided_at=None, event__serious=True
    )
    related = ("event__ctcae_term", "event__participant__site", "event__participant__trial", "event__trial")
    return rows.select_related(*related).order_by("known_at", "pk")


def updates_due(
    *, trial_id: int, site_codes: frozenset[str] | None, at: datetime, protocol: Protocol
) -> tuple[UpdateDue, ...]:
    """Due reports to the sponsor on worsened events at the sites (None: all), by due time (one query)."""
    rows = open_updates(trial_ids=[trial_id])
    if site_codes is not None:
        rows = rows.filter(event__participant__site__code__in=site_codes)
    dues = ((row, sae_clock(row.known_at, protocol.reporting)) for row in rows)
    return tuple(UpdateDue(row, clock, clock_state(clock, done_at=None, at=at)) for row, clock in dues)


def updates_of(event: AdverseEvent) -> list[SponsorUpdate]:
    """Every worsening of an event, the newest first (one query)."""
    return list(SponsorUpdate.objects.filter(event=event).order_by("-known_at", "-pk"))


def updates_without_notice(*, at: datetime) -> QuerySet[SponsorUpdate]:
    """Worsenings without any notice."""
    lately = SponsorUpdate.objects.filter(known_at__gte=at - LOOKED_BACK, event__voided_at=None)
    told = SeriousNotice.objects.filter(news__in=WORSENINGS).values("event", "news", "event_version")
    keys = {
        (row["event"], row["news"], row["event_version"])
        for row in told.filter(recorded_at__gte=at - LOOKED_BACK)
    }
    missed = [row.pk for row in lately if (row.event_id, row.news, row.event_version) not in keys]
    return SponsorUpdate.objects.filter(pk__in=missed).order_by("pk")


def clocks_to_remind_of(*, at: datetime) -> list[RemindedClock]:
    """Every open clock towards the sponsor, of first notices and of worsenings, with its unacknowledged notices.

    Four queries, and one per trial for its protocol.
    """
    first = (
        AdverseEvent.objects.recorded()
        .serious()
        .filter(source=Source.ENTRY, sponsor_informed_at=None, changed_at__gte=at - LOOKED_BACK)
    )
    clocks: list[tuple[tuple[int, str, int | None], int, datetime]] = [
        ((row.pk, NoticeNews.SERIOUS.value, None), row.trial_id, row.aware_at or row.recorded_at)
        for row in first
    ]
    updates = SponsorUpdate.objects.filter(
        sponsor_informed_at=None, known_at__gte=at - LOOKED_BACK, event__voided_at=None, event__serious=True
    )
    clocks += [((row.event_id, row.news, row.event_version), row.trial_id, row.known_at) for row in updates]
    notices = _unacknowledged({key[0] for key, _trial, _since in clocks})
    plans = {
        trial: ProtocolVersion.objects.protocol_of(trial_id=trial, on=None).reporting
        for trial in {trial for _key, trial, _since in clocks}
    }
    return [
        RemindedClock(
            clock_state(sae_clock(since, plans[trial]), done_at=None, at=at), tuple(notices.get(key, ()))
        )
        for key, trial, since in clocks
    ]


def _unacknowledged(event_ids: set[int]) -> Mapping[Key, list[SeriousNotice]]:
    """Notices by event, news and version; of the first notice with any version."""
    rows = SeriousNotice.objects.unacknowledged().filter(event__in=event_ids).select_related("trial")
    found: dict[Key, list[SeriousNotice]] = {}
    for row in rows.order_by("pk"):
        version = None if row.news == NoticeNews.SERIOUS else row.event_version
        found.setdefault((row.event_id, row.news, version), []).append(row)
    return found
