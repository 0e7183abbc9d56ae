"""Safety cases: given to the unblinded desk and opened there, for product and placebo alike.

The open side is the same in every state; the acts of the desk are sealed and differ.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from accounts.choices import ClearanceGround
from accounts.services import cleared
from events.models import AdverseEvent
from pharmacovigilance.choices import DeskOutcome
from pharmacovigilance.models import DeskRecord, Obligation, ObligationRule, SafetyCase
from pharmacovigilance.services.assessing import CauseAnswer, assess_for_sponsor
from pharmacovigilance.services.desk import open_arm, record_desk_step
from pharmacovigilance.services.opening import take_in_event
from pharmacovigilance.services.owing import declare, open_obligations
from pharmacovigilance.services.releasing import release_case
from pharmacovigilance.services.signing import sign_case
from tests.factories import save_row
from tests.house.blind.cast.base import CLOSED_WORD, NOW, Cast
from trials.models import Participant

RECORDED = datetime(2020, 4, 13, 9, tzinfo=UTC)
"""So that what is owed of it within 15 days is due on the day after `NOW`."""
OPENED = NOW - timedelta(hours=2)


def safety_cases(cast: Cast) -> None:
    """One case for each of the first four participants, at the desk; the arm of each was opened."""
    for role in ("pharmacovigilance", "unblinded_reporter"):
        cast.users[role].email = f"{role}@trial.example"
        cast.users[role].save(update_fields=["email"])
    _further_rows(cast, _assessed(cast, cast.people[4]))
    for person in cast.people[:4]:
        case = _handed(cast, person)
        open_arm(case=case, by=cast.users["unblinded_reporter"], at=OPENED, reason="EudraVigilance")
        _reported(cast, case)
        cast.add_extra(case)


def _further_rows(cast: Cast, assessed: SafetyCase) -> None:
    """A case to be signed, a rule that is off, and obligations of each kind that a page asks something about."""
    cast.add_extra(assessed)
    cast.add_extra(ObligationRule.objects.get(trial=assessed.trial_id, code="FDA_15"))
    cast.add_extra(Obligation.objects.get(case=assessed, rule__code="SITE_24H"))
    said: dict[str, Any] = {
        "kind": "data_lock",
        "text": "The annual report is closed.",
        "declared_at": RECORDED,
        "at": RECORDED,
    }
    declared = declare(trial=cast.everything.trial, by=cast.users["pharmacovigilance"], **said)
    cast.add_extra(declared.obligations.get())


def _assessed(cast: Cast, person: Participant) -> SafetyCase:
    event = AdverseEvent(
        trial_id=person.trial_id,
        participant=person,
        number=person.adverse_events.count() + 1,
        reported_term="Shivering",
        serious=True,
        hospitalisation=True,
        causality="POSSIBLE",
        aware_at=RECORDED - timedelta(hours=30),
        onset="2020-04-12",
        onset_earliest_at=datetime(2020, 4, 11, 22, tzinfo=UTC),
        onset_latest_at=datetime(2020, 4, 12, 21, 59, 59, tzinfo=UTC),
    )
    save_row(event, at=RECORDED)
    case = take_in_event(event_id=event.pk, at=RECORDED)
    assert case is not None
    officer = cast.users["pharmacovigilance"]
    by: dict[str, Any] = {"by": officer, "at": RECORDED + timedelta(hours=3)}
    answers = [CauseAnswer("study_product", "POSSIBLE", "time course")]
    assess_for_sponsor(case=case, event=event, answers=answers, serious=None, criteria=[], **by)
    return case


def _handed(cast: Cast, person: Participant) -> SafetyCase:
    case = _assessed(cast, person)
    by: dict[str, Any] = {"by": cast.users["pharmacovigilance"], "at": RECORDED + timedelta(hours=4)}
    case.refresh_from_db()
    sign_case(case=case, seen_version=case.version, **by)
    owed = open_obligations(case, at=by["at"])
    release_case(case=case, obligations=owed, reference="L-1", late_reason="", **by)
    cast.add_extra(Obligation.objects.get(case=case, rule__code="ETHICS_15"))
    return case


def _reported(cast: Cast, case: SafetyCase) -> None:
    reporter = cast.users["unblinded_reporter"]
    opening = cleared(
        ground=ClearanceGround.EXPEDITED_REPORT,
        by=reporter,
        trial_id=case.trial_id,
        purpose="report",
        at=OPENED,
    )
    with opening:
        record = DeskRecord.objects.select_related("case").get(case=case)
        if record.outcome != DeskOutcome.TO_REPORT:
            return
        owed = Obligation.objects.get(case=case, rule__code="EU_SUSAR_15")
        said: dict[str, Any] = {
            "record": record,
            "obligation": owed,
            "late_reason": "",
            "by": reporter,
            "at": OPENED,
        }
        text = f"{CLOSED_WORD}: sent with the product named ({cast.draw.name})."
        record_desk_step(**said, kind="sent", reference="EV-1", text=text)
        record_desk_step(**said, kind="acknowledged", reference="EV-2", text=f"{CLOSED_WORD}: 01")
