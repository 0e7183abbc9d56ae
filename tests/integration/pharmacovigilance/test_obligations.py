"""Obligations, by the rows of a case: never moved, added by later information, closed by a signed answer."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.models import Mail, User
from accounts.services import system_user
from events.services.adverse_events import record_adverse_event
from pharmacovigilance.choices import Basis, Judgement, ReportDestination, Trigger
from pharmacovigilance.models import Obligation, ObligationRule, ObligationStep
from pharmacovigilance.services.opening import take_in_event
from pharmacovigilance.services.owing import close_obligation, declare
from pharmacovigilance.services.reminding import remind
from pharmacovigilance.services.rule_rows import ensure_rules, shipped_rules, switch_rule_off, switch_rule_on
from pharmacovigilance.services.signing import set_situations
from pharmacovigilance.services.sweeping import take_in_what_is_new
from pharmacovigilance.wording import RULE_LABELS
from tests.factories import make_enrolled
from tests.integration.events.event_rows import AT, LATER, REASON, Ward, make_serious_values, read_protocol
from tests.integration.events.event_steps import correct
from tests.integration.pharmacovigilance.case_steps import (
    RELATED,
    SOON,
    UNDETERMINED,
    UNRELATED,
    assess,
    assess_for_site,
    event_of,
    fresh,
    open_codes,
    opened,
    owed,
    release,
    rsi_in_force,
    sign,
    ward_with_coding,
)
from trials.models import ProtocolVersion
from trials.rules.protocol import ProtocolError, event_tables, parse_protocol
from trials.services.protocols import load_protocol

pytestmark = pytest.mark.django_db
SUSAR_15 = {"EU_SUSAR_15", "INVESTIGATORS_15", "ETHICS_15"}
SUSAR_7 = {"EU_SUSAR_7", "EU_SUSAR_7_COMPLETE", "INVESTIGATORS_7", "ETHICS_7"}


def test_nobody_assessed_counts_as_related_and_is_shown_as_missing(ward: Ward) -> None:
    case = opened(ward, causality="")

    assert open_codes(case) == SUSAR_15
    sentences = [reason["message"] for reason in owed(case)["EU_SUSAR_15"].reasons]
    assert any("nobody has assessed it; counts as related" in sentence for sentence in sentences)
    assert any("no signed reference safety information" in sentence for sentence in sentences)


@pytest.mark.parametrize(
    ("site", "sponsor", "wanted"),
    [
        (UNRELATED, UNRELATED, set()),
        (RELATED, UNRELATED, SUSAR_15),
        (UNRELATED, RELATED, SUSAR_15),
        (UNDETERMINED, UNRELATED, SUSAR_15),
        ("", UNRELATED, SUSAR_15),
    ],
)
def test_either_opinion_suffices_in_europe(
    ward: Ward, officer: User, site: str, sponsor: str, wanted: set[str]
) -> None:
    case = opened(ward, causality=site)

    assess(case, officer, sponsor)

    assert open_codes(case) == wanted


def test_the_investigators_later_no_ends_what_the_silence_started(ward: Ward, officer: User) -> None:
    case = opened(ward, causality="")
    assess(case, officer, UNRELATED)
    assert open_codes(case) == SUSAR_15
    assess_for_site(case, ward.investigator, UNRELATED, at=LATER)

    assess(case, officer, UNRELATED, at=LATER)

    assert open_codes(case, LATER) == set()
    closed = ObligationStep.objects.filter(kind="closed").values_list("closed_because", "done_by")
    assert set(closed) == {("downgraded", officer.pk)}


def test_the_investigators_later_yes_starts_a_clock_from_that_day(ward: Ward, officer: User) -> None:
    case = opened(ward, causality=UNRELATED)
    assess(case, officer, UNRELATED)
    assert open_codes(case) == set()

    assess_for_site(case, ward.investigator, RELATED, at=LATER)

    assert owed(case)["EU_SUSAR_15"].day_0_at == LATER


def test_expected_is_no_susar(ward: Ward, officer: User) -> None:
    rsi_in_force(officer)

    case = opened(ward, causality=RELATED)

    assert open_codes(case) == set()


def test_worse_than_listed_is_a_susar(ward: Ward, officer: User) -> None:
    rsi_in_force(officer, grade=1)

    assert open_codes(opened(ward, causality=RELATED)) == SUSAR_15


def test_life_threatening_has_the_short_clock_in_calendar_days(ward: Ward) -> None:
    case = opened(ward, causality=RELATED, life_threatening=True)

    assert open_codes(case) == SUSAR_7
    paris = ZoneInfo("Europe/Paris")
    last = datetime(2020, 4, 17, 23, 59, 59, 999999, tzinfo=paris)
    assert owed(case)["EU_SUSAR_7"].due_at == last


def test_an_upgrade_makes_another_obligation_and_moves_none(ward: Ward) -> None:
    case = opened(ward, causality=RELATED)
    before = {code: (row.day_0_at, row.due_at) for code, row in owed(case).items()}
    correct(event_of(case), ward, life_threatening=True)

    take_in_what_is_new(at=LATER + timedelta(hours=5))

    after = {code: (row.day_0_at, row.due_at) for code, row in owed(case).items()}
    assert before.items() <= after.items()
    assert {after[code][0] for code in SUSAR_7} == {LATER}
    assert fresh(case).steps.order_by("pk").last().act == "upgrade"


def test_a_downgrade_leaves_what_is_owed_until_somebody_answers(ward: Ward, officer: User) -> None:
    case = opened(ward, causality=RELATED)
    correct(event_of(case), ward, lowering="error", serious=False, hospitalisation=False)
    take_in_what_is_new(at=LATER)
    assert open_codes(case, LATER) == SUSAR_15

    row = owed(case)["EU_SUSAR_15"]
    close_obligation(
        obligation=row, because="downgraded", by=officer, at=LATER, reason="an error of the site"
    )

    assert open_codes(case, LATER) == SUSAR_15 - {"EU_SUSAR_15"}
    with pytest.raises(ValidationError, match="already"):
        close_obligation(obligation=row, because="downgraded", by=officer, at=LATER, reason="again")


def test_follow_up_after_a_release_has_a_clock_of_its_own(ward: Ward, officer: User) -> None:
    case = opened(ward, causality=RELATED, outcome="RECOVERING/RESOLVING", ended="")
    assess(case, officer)
    sign(case, officer)
    release(case, officer)
    correct(event_of(case), ward, narrative="A nurse's remark.")
    take_in_what_is_new(at=LATER)
    assert "EU_FOLLOW_UP_15" not in owed(case)
    correct(event_of(case), ward, outcome="NOT RECOVERED/NOT RESOLVED")

    take_in_what_is_new(at=LATER)

    assert owed(case)["EU_FOLLOW_UP_15"].day_0_at == LATER


def test_what_was_closed_and_is_owed_again_keeps_its_day_0(ward: Ward, officer: User) -> None:
    case = opened(ward, causality=UNRELATED)
    assess(case, officer, UNRELATED)

    assess(case, officer, RELATED, at=LATER)

    row = owed(case)["EU_SUSAR_15"]
    assert (row.sequence, row.day_0_at) == (2, AT)


def test_what_a_person_closed_is_not_started_again_by_the_same_information(ward: Ward, officer: User) -> None:
    case = opened(ward, causality=RELATED)
    row = owed(case)["ETHICS_15"]
    close_obligation(
        obligation=row, because="not_applicable", by=officer, at=AT, reason="no such committee here"
    )
    correct(event_of(case), ward, narrative="A remark.")

    take_in_what_is_new(at=LATER)

    assert "ETHICS_15" not in open_codes(case, LATER)


def test_medication_error_is_reported_like_a_reaction(ward: Ward, officer: User) -> None:
    case = opened(ward, causality=UNRELATED)
    assess(case, officer, UNRELATED)

    set_situations(case=case, situations=["medication_error"], by=officer, at=LATER, reason="wrong bag")

    assert open_codes(case, LATER) == SUSAR_15


def test_fda_counts_from_the_sponsors_determination(ward: Ward, officer: User) -> None:
    ensure_rules(trial=ward.trial, at=AT)
    rule = ObligationRule.objects.get(trial=ward.trial, code="FDA_15")
    switch_rule_on(rule=rule, by=officer, at=AT, reason="an IND exists")
    case = opened(ward, causality=UNRELATED)
    assert "FDA_15" not in owed(case)

    assess(case, officer, RELATED)

    assert owed(case)["FDA_15"].day_0_at == SOON


def test_rules_of_another_law_are_off_and_the_cell_rule_too(ward: Ward) -> None:
    ensure_rules(trial=ward.trial, at=AT)

    off = set(ObligationRule.objects.filter(is_on=False).values_list("destination", flat=True))

    assert off == {"mhra", "fda", "ansm"}
    assert ObligationRule.objects.count() == len(shipped_rules())
    assert not ObligationRule.objects.filter(source="").exists()


def test_a_rule_that_is_off_makes_nothing_more(ward: Ward, officer: User) -> None:
    ensure_rules(trial=ward.trial, at=AT)
    rule = ObligationRule.objects.get(trial=ward.trial, code="ETHICS_15")

    switch_rule_off(rule=rule, by=officer, at=AT, reason="not asked for here")

    assert "ETHICS_15" not in owed(opened(ward))
    with pytest.raises(PermissionDenied):
        switch_rule_on(rule=rule, by=ward.nurse, at=AT, reason="no right")


@pytest.mark.parametrize(
    ("kind", "code", "days"),
    [
        ("urgent_measure", "EU_URGENT_7", 7),
        ("unexpected_fact", "EU_UNEXPECTED_15", 15),
        ("data_lock", "EU_ANNUAL_60", 60),
    ],
)
def test_declarations_of_the_trial(ward: Ward, officer: User, kind: str, code: str, days: int) -> None:
    said = {"trial": ward.trial, "kind": kind, "text": "Infusions are paused.", "by": officer}

    taken = datetime(2026, 4, 10, 9, 0, tzinfo=ZoneInfo("Europe/Paris"))

    declare(**said, declared_at=taken, at=taken)

    row = Obligation.objects.get()
    assert (row.rule.code, row.day_0_at) == (code, taken)
    assert (row.due_at.astimezone(ZoneInfo("Europe/Paris")).date() - taken.date()).days == days
    with pytest.raises(ValidationError, match="future"):
        declare(**said, declared_at=LATER, at=AT)


def test_reminders_are_queued_once_for_each_rung(ward: Ward, officer: User) -> None:
    case = opened(ward, causality=RELATED)
    due = owed(case)["EU_SUSAR_15"].due_at
    mails = Mail.objects.filter(kind="obligation-due", recipient=officer)

    counts = []
    for before in (
        timedelta(days=4),
        timedelta(days=2),
        timedelta(days=2),
        timedelta(hours=1),
        -timedelta(hours=1),
    ):
        remind(at=due - before)
        counts.append(mails.count())

    assert counts == [0, 3, 3, 6, 9]


def test_cases_of_two_participants_have_different_numbers(ward: Ward) -> None:
    first = opened(ward)
    other = make_enrolled(ward.trial, ward.site, consented_at=AT - timedelta(days=5))
    event = record_adverse_event(
        participant=other, values=make_serious_values(), by=ward.nurse, at=AT, reason=REASON
    )

    second = take_in_event(event_id=event.pk, at=AT)

    assert second is not None
    assert (first.number, second.number) == (1, 2)


def test_the_label_of_every_shipped_rule_is_marked_for_translators() -> None:
    assert {facts.label for facts in shipped_rules()} == set(RULE_LABELS)


CLOCK = {
    "id": "ETHICS_3", "label": "Reaction to the ethics committee", "destination": "ethics", "trigger": "susar_other",
    "basis": "sponsor_day_0", "days": 3, "source": "protocol 9.2",
}  # fmt: skip


def test_a_clock_of_the_protocol_is_a_rule_while_its_version_is_in_force() -> None:
    reporting = read_protocol()["reporting"] | {"clocks": [CLOCK]}
    ward = ward_with_coding("ctcae", reporting=reporting)

    case = opened(ward)

    version = ProtocolVersion.objects.get(trial=ward.trial)
    (mine,) = [row for code, row in owed(case).items() if code == f"ETHICS_3@{version.label}"]
    assert mine.due_at == owed(case)["ETHICS_15"].due_at - timedelta(days=12)

    later = read_protocol() | {"code": ward.trial.code, "version": "2.0", "effective_date": date(2020, 6, 1)}
    load_protocol(content=later, by=system_user(), at=LATER, reason="for a test")
    ensure_rules(trial=ward.trial, at=LATER)

    rule = ObligationRule.objects.get(trial=ward.trial, code__startswith="ETHICS_3@")
    assert (rule.effective_from, rule.effective_until) == (version.effective_date, date(2020, 5, 31))
    assert owed(case)[rule.code].pk == mine.pk


def test_a_protocol_knows_the_words_of_the_rules() -> None:
    assert set(event_tables.DESTINATIONS) == set(ReportDestination)
    assert set(event_tables.TRIGGERS) <= set(Trigger)
    assert set(event_tables.BASES) <= set(Basis)
    assert set(event_tables.JUDGEMENTS) == set(Judgement)


def test_a_clock_that_says_nothing_to_whom_is_read_and_loaded_no_more() -> None:
    former = {"id": "S", "label": "SUSAR", "trigger": "sponsor aware", "days": 7, "source": "s"}
    content = read_protocol()
    content["reporting"] = content["reporting"] | {"clocks": [former]}

    (clock,) = parse_protocol(content).reporting.clocks

    assert clock.destination == ""
    with pytest.raises(ProtocolError, match=r"reporting\.clocks\[1\]\.destination is missing"):
        load_protocol(content=content, by=system_user(), at=AT, reason="for a test")
