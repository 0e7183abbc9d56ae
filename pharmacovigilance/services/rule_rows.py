"""The rows of reporting rules: the shipped ones, once per trial, and those of its protocol's `[[reporting.clocks]]`.

A person switches one on or off, with a reason.
"""

import tomllib
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

from django.db import transaction

from accounts.choices import Action
from accounts.models import User
from accounts.services import require, system_user
from audit.choices import standing_reason
from audit.services import attributed, first_version, next_version
from pharmacovigilance.models import ObligationRule
from pharmacovigilance.rules.files import RuleFacts, read_rules
from pharmacovigilance.services.steps import check_reason
from trials.models import ProtocolVersion, Site, Trial
from trials.rules.protocol import Clock

SHIPPED = Path(__file__).resolve().parents[1] / "data" / "obligation_rules.toml"
REPLACED = standing_reason("A newer protocol version ends the rule.")
GIVEN = standing_reason("The trial gets the reporting rules.")


@cache
def shipped_rules() -> tuple[RuleFacts, ...]:
    """The rules of every trial."""
    return read_rules(tomllib.loads(SHIPPED.read_text()))


@transaction.atomic
def ensure_rules(*, trial: Trial, at: datetime) -> int:
    """Add the shipped rules that the trial does not have; returns how many. A person's switch stays."""
    Trial.objects.select_for_update(no_key=True).get(pk=trial.pk)
    rows = {row.code: row for row in ObligationRule.objects.filter(trial=trial)}
    said = protocol_rules(trial)
    _end_replaced(rows, said, at)
    wanted = [facts for facts in (*shipped_rules(), *said) if facts.code not in rows]
    if not wanted:
        return 0
    countries = set(Site.objects.filter(trial=trial).values_list("country", flat=True))
    with attributed(by=system_user(), reason=GIVEN, at=at):
        for facts in wanted:
            _row(trial, facts, countries, at).save(force_insert=True)
    return len(wanted)


def protocol_rules(trial: Trial) -> tuple[RuleFacts, ...]:
    """The clocks of every protocol version as rules, each in force while its version is: until the next one begins."""
    versions = list(
        ProtocolVersion.objects.filter(trial=trial).defer("content").order_by("effective_date", "pk")
    )
    found: list[RuleFacts] = []
    for version, following in zip(versions, [*versions[1:], None], strict=True):
        until = following.effective_date - timedelta(days=1) if following else None
        if until is None or until >= version.effective_date:
            clocks = version.protocol().reporting.clocks
            found += (_of_clock(clock, version, until) for clock in clocks if clock.destination)
    return tuple(found)


def _of_clock(clock: Clock, version: ProtocolVersion, until: date | None) -> RuleFacts:
    return RuleFacts(
        code=f"{clock.id}@{version.label}",
        label=clock.label,
        destination=clock.destination,
        trigger=clock.trigger,
        basis=clock.basis,
        judgement=clock.judgement,
        hours=clock.hours,
        days=clock.days,
        effective_from=version.effective_date,
        effective_until=until,
        is_on=True,
        blinded=clock.blinded,
        countries=(),
        source=clock.source,
    )


def _end_replaced(rows: Mapping[str, ObligationRule], said: Iterable[RuleFacts], at: datetime) -> None:
    """A newer protocol version ends the rules of the one before. Their obligations stay."""
    for facts in said:
        row = rows.get(facts.code)
        if row is not None and row.effective_until != facts.effective_until:
            row.effective_until = facts.effective_until
            next_version(row, at=at)
            with attributed(by=system_user(), reason=REPLACED, at=at):
                row.save()


def _row(trial: Trial, facts: RuleFacts, countries: set[str], at: datetime) -> ObligationRule:
    row = ObligationRule(
        trial=trial,
        code=facts.code,
        label=facts.label,
        destination=facts.destination,
        trigger=facts.trigger,
        basis=facts.basis,
        judgement=facts.judgement,
        hours=facts.hours,
        days=facts.days,
        effective_from=facts.effective_from,
        effective_until=facts.effective_until,
        is_on=facts.is_on or bool(countries & set(facts.countries)),
        is_blinded=facts.blinded,
        source=facts.source,
    )
    first_version(row, at=at)
    row.full_clean(exclude=("trial",))
    return row


def switch_rule_on(*, rule: ObligationRule, by: User, at: datetime, reason: str) -> ObligationRule:
    """From now on the rule starts obligations."""
    return _switched(rule, True, by, at, reason)


def switch_rule_off(*, rule: ObligationRule, by: User, at: datetime, reason: str) -> ObligationRule:
    """The rule starts no more obligations. Existing ones stay."""
    return _switched(rule, False, by, at, reason)


@transaction.atomic
def _switched(rule: ObligationRule, on: bool, by: User, at: datetime, reason: str) -> ObligationRule:
    check_reason(reason)
    row = ObligationRule.objects.select_for_update(of=("self",)).select_related("trial").get(pk=rule.pk)
    require(by=by, action=Action.MANAGE_RSI, trial_code=row.trial.code)
    row.is_on = on
    next_version(row, at=at)
    with attributed(by=by, reason=reason, at=at):
        row.save()
    return row
