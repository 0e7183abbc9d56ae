"""A case from the event to the desk, step by step, for tests of pharmacovigilance."""

from datetime import datetime, timedelta
from typing import Any

from accounts.models import User
from accounts.services import system_user
from audit.models import Entry
from events.models import AdverseEvent
from pharmacovigilance.models import Obligation, SafetyCase
from pharmacovigilance.rules.obligation_states import OPEN_STATES
from pharmacovigilance.services.assessing import CauseAnswer, assess_causes_for_site, assess_for_sponsor
from pharmacovigilance.services.opening import take_in_event
from pharmacovigilance.services.owing import open_obligations
from pharmacovigilance.services.releasing import release_case
from pharmacovigilance.services.rsi import load_rsi, sign_rsi
from pharmacovigilance.services.signing import sign_case
from tests.factories import make_user
from tests.integration.events.event_rows import AT, Ward, make_serious_values, make_ward, read_protocol
from tests.integration.events.event_steps import record
from trials.services.protocols import load_protocol

RELATED, UNRELATED, UNDETERMINED = "POSSIBLE", "OTHER_DISEASE", "UNDETERMINED"
SOON = AT + timedelta(hours=2)
RSI = """
trial = "STROMA-COV-2"
version = "{version}"
effective = {day}
source = "Investigator's brochure, section 6"
[[terms]]
dictionary = "CTCAE-5.0"
code = "10021097"
term = "Hypotension"
worst_grade = {grade}
"""


def officer_of(ward: Ward) -> User:
    return make_user("pharmacovigilance", trial=ward.trial, email="officer@pv.example", first_name="Ines")


def reporter_of(ward: Ward) -> User:
    return make_user("unblinded_reporter", trial=ward.trial, email="desk@pv.example")


def serious_event(ward: Ward, **values: Any) -> AdverseEvent:
    return record(ward, **make_serious_values(**values))


def opened(ward: Ward, *, at: datetime = AT, **values: Any) -> SafetyCase:
    event = serious_event(ward, **values)
    case = take_in_event(event_id=event.pk, at=at)
    assert case is not None
    return case


def event_of(case: SafetyCase) -> AdverseEvent:
    return AdverseEvent.objects.get(case_links__case=case, case_links__ended_at=None)


def answer(category: str = RELATED, cause: str = "study_product") -> CauseAnswer:
    return CauseAnswer(cause, category, "time course")


def assess(case: SafetyCase, by: User, category: str = RELATED, *, at: datetime = SOON, **said: Any) -> None:
    values: dict[str, Any] = {"serious": None, "criteria": [], **said}
    answers = [answer(category)] if category else []
    assess_for_sponsor(case=case, event=event_of(case), answers=answers, by=by, at=at, **values)


def assess_for_site(case: SafetyCase, by: User, category: str, *, at: datetime = SOON) -> None:
    assess_causes_for_site(case=case, event=event_of(case), answers=[answer(category)], by=by, at=at)


def fresh(case: SafetyCase) -> SafetyCase:
    return SafetyCase.objects.with_relations().get(pk=case.pk)


def sign(case: SafetyCase, by: User, *, at: datetime = SOON) -> None:
    sign_case(case=case, seen_version=fresh(case).version, by=by, at=at)


def release(case: SafetyCase, by: User, *, at: datetime = SOON, late_reason: str = "") -> list[Obligation]:
    rows = open_obligations(case, at=at)
    release_case(case=case, obligations=rows, reference="M-1", late_reason=late_reason, by=by, at=at)
    return rows


def owed(case: SafetyCase) -> dict[str, Obligation]:
    """The obligations of the case by the code of their rule, the newest of each."""
    return {
        row.rule.code: row for row in Obligation.objects.filter(case=case).with_relations().order_by("pk")
    }


def open_codes(case: SafetyCase, at: datetime = SOON) -> set[str]:
    rows = Obligation.objects.filter(case=case).with_relations()
    return {row.rule.code for row in rows if row.state_at(at) in OPEN_STATES}


def rsi_in_force(by: User, *, grade: int = 3, day: str = "2020-01-01", version: str = "1") -> None:
    content = RSI.format(grade=grade, day=day, version=version).encode()
    sign_rsi(version=load_rsi(content=content, by=by, at=AT), by=by, at=AT)


def entries(row: Any) -> list[Entry]:
    return list(Entry.objects.of_row(table=row._meta.db_table, row_id=row.pk).order_by("id"))


def ward_with_coding(events: str, **changes: Any) -> Ward:
    """A ward of a trial whose protocol says where the codes of its messages come from."""
    content = read_protocol() | {"code": f"TRIAL-{events}".upper(), **changes}
    content["coding"] = {"events": events, "source": "a test"}
    return make_ward(load_protocol(content=content, by=system_user(), at=AT, reason="for a test").trial)
