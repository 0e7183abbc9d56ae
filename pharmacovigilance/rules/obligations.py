"""Obligations with recipient and due time, from rules that are data.

Sources: Regulation (EU) 536/2014 Art. 41 (24 h), 42 and Annex III 2.4 (7, +8, 15 days; non-fatal that becomes fatal;
follow-up), 43 (annual report), 53, 54; UK SI 2004/1031 reg. 34 (days begin with the day after awareness); 21 CFR
312.32(c), (d) (15 days from determination, 7 from receipt); facts/safety.md 2.2. The numbers are in the rule rows.

An obligation belongs to one rule and to the one receipt that started it. Later information makes another obligation; it
moves none. Days are calendar days in the trial's zone without roll-over at week-ends, hours are elapsed hours.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from events.rules.clocks import end_of_day_after
from partial_dates import local_date
from partial_dates.refusals import gettext_noop
from pharmacovigilance.choices import Basis, Trigger
from pharmacovigilance.rules.reasons import ReasonSentence
from pharmacovigilance.rules.susar import Susar


@dataclass(frozen=True)
class Rule:
    """One row of the table of rules. `hours` or `days`, the other is None.

    Both ends of its effect are included.
    """

    id: int
    code: str
    destination: str
    trigger: str
    basis: str
    judgement: str
    hours: int | None
    days: int | None
    effective_from: date
    effective_until: date | None = None
    is_on: bool = True
    blinded: bool = True

    def in_force(self, day: date) -> bool:
        """Whether the rule applies to an obligation that starts on that day."""
        until = self.effective_until or date.max
        return self.is_on and self.effective_from <= day <= until


@dataclass(frozen=True)
class CaseMoment:
    """The case after one receipt: its times, and the known events under each judgement.

    `day_0_at` is None until the minimum criteria were met. `was_released` is whether a version had been released
    before.
    """

    receipt: int
    received_at: datetime
    day_0_at: datetime | None
    site_aware_at: datetime | None
    is_significant: bool
    was_released: bool
    is_serious: bool
    verdicts: dict[str, tuple[Susar, ...]]
    determined_at: datetime | None = None

    def susars(self, judgement: str) -> tuple[Susar, ...]:
        """The events that are SUSARs by this judgement."""
        return tuple(one for one in self.verdicts.get(judgement, ()) if one.is_susar)


@dataclass(frozen=True)
class Owed:
    """One obligation: the rule, the receipt that starts it, its day 0, its due time, and the reason."""

    rule: Rule
    receipt: int
    day_0_at: datetime
    due_at: datetime
    reasons: tuple[ReasonSentence, ...]


def owed(moments: Sequence[CaseMoment], rules: Iterable[Rule], zone: str) -> tuple[Owed, ...]:
    """Every obligation that the receipts of a case have started so far, oldest first.

    The same receipts give the same result.
    """
    found = [one for rule in rules for one in _by_rule(rule, moments, zone)]
    return tuple(sorted(found, key=lambda one: (one.due_at, one.rule.code, one.receipt)))


def declared(rule: Rule, trigger: str, declared_at: datetime, zone: str) -> Owed | None:
    """The obligation that a fact of the whole trial starts: an unexpected fact, an urgent measure, a data lock."""
    if rule.trigger != trigger or not rule.in_force(local_date(declared_at, zone)):
        return None
    return Owed(rule, 0, declared_at, due_at(rule, declared_at, zone), ())


def due_at(rule: Rule, day_0_at: datetime, zone: str) -> datetime:
    """The due time, included: hours after, or the end of the day `days` after the day of day 0 in `zone`."""
    if rule.hours is not None:
        return day_0_at.astimezone(UTC) + timedelta(
            hours=rule.hours
        )  # in a zone of its own it adds wall time
    assert rule.days is not None, "a rule has hours or days (a constraint of its row)"
    return end_of_day_after(day_0_at, rule.days, zone)


def _by_rule(rule: Rule, moments: Sequence[CaseMoment], zone: str) -> Iterable[Owed]:
    for position, moment in enumerate(moments):
        if not _starts(rule, moments, position):
            continue
        day_0 = _day_0(rule, moments, position)
        if day_0 is not None and rule.in_force(local_date(day_0, zone)):
            yield Owed(rule, moment.receipt, day_0, due_at(rule, day_0, zone), _reasons(rule, moment))


def _starts(rule: Rule, moments: Sequence[CaseMoment], position: int) -> bool:
    """Whether the receipt starts the rule: it applies from here on and did not before, or applies to each receipt."""
    moment = moments[position]
    if rule.trigger == Trigger.FOLLOW_UP:
        earlier = moments[:position]
        concerned = any(one.susars(rule.judgement) for one in (*earlier, moment))
        return position > 0 and moment.is_significant and moment.was_released and concerned
    applies = _applies(rule, moment)
    return applies and (position == 0 or not _applies(rule, moments[position - 1]))


def _applies(rule: Rule, moment: CaseMoment) -> bool:
    if rule.trigger == Trigger.SERIOUS:
        return moment.is_serious
    if moment.day_0_at is None and rule.basis != Basis.SITE_AWARENESS:
        return False
    if rule.basis == Basis.DETERMINATION and moment.determined_at is None:
        return False
    susars = moment.susars(rule.judgement)
    worst = any(one.is_worst for one in susars)
    if rule.trigger == Trigger.SUSAR_FATAL:
        return worst
    return rule.trigger == Trigger.SUSAR_OTHER and bool(susars) and not worst


def _day_0(rule: Rule, moments: Sequence[CaseMoment], position: int) -> datetime | None:
    """The time from which the rule counts.

    An obligation that starts with a later receipt counts from that receipt.
    """
    moment = moments[position]
    if rule.basis == Basis.SITE_AWARENESS:
        return moment.site_aware_at or moment.received_at
    if rule.basis == Basis.DETERMINATION:
        return moment.determined_at
    if rule.basis == Basis.RECEIPT:
        return moment.received_at
    return moment.received_at if position and moments[position - 1].day_0_at else moment.day_0_at


def _reasons(rule: Rule, moment: CaseMoment) -> tuple[ReasonSentence, ...]:
    if rule.trigger == Trigger.SERIOUS:
        return (ReasonSentence(gettext_noop("A serious event is on record.")),)
    if rule.trigger == Trigger.FOLLOW_UP:
        return (
            ReasonSentence(gettext_noop("Significant information arrived after a version was released.")),
        )
    first = next(iter(moment.susars(rule.judgement)), None)
    return first.reasons if first else ()
