"""The rows of reporting rules: each trial gets the shipped ones once; a person switches one on or off, with a reason."""

import tomllib
from datetime import datetime
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
from trials.models import Site, Trial

SHIPPED = Path(__file__).resolve().parents[1] / "data" / "obligation_rules.toml"
GIVEN = standing_reason("The trial gets the reporting rules.")


@cache
def shipped_rules() -> tuple[RuleFacts, ...]:
    """The rules that every trial gets."""
    return read_rules(tomllib.loads(SHIPPED.read_text()))


@transaction.atomic
def ensure_rules(*, trial: Trial, at: datetime) -> int:
    """Give the trial the shipped rules that it does not have; how many. What a person switched stays switched."""
    Trial.objects.select_for_update(no_key=True).get(pk=trial.pk)
    known = set(ObligationRule.objects.filter(trial=trial).values_list("code", flat=True))
    wanted = [facts for facts in shipped_rules() if facts.code not in known]
    if not wanted:
        return 0
    countries = set(Site.objects.filter(trial=trial).values_list("country", flat=True))
    with attributed(by=system_user(), reason=GIVEN, at=at):
        for facts in wanted:
            _row(trial, facts, countries, at).save(force_insert=True)
    return len(wanted)


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
    """From now on the rule makes obligations."""
    return _switched(rule, True, by, at, reason)


def switch_rule_off(*, rule: ObligationRule, by: User, at: datetime, reason: str) -> ObligationRule:
    """The rule makes no more obligations. Those that stand stay owed."""
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
