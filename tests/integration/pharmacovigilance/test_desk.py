"""Release per destination, the log of messages, and the desk: the open side is the same for product and placebo."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction

from accounts.choices import ClearanceGround
from accounts.models import Clearance, Mail, SealedError, User
from accounts.services import cleared, end_membership, grant_membership, system_user
from audit.models import Entry
from pharmacovigilance.models import CaseOpening, DeskRecord, ObligationStep, SafetyCase
from pharmacovigilance.services.desk import open_arm, record_desk_step
from pharmacovigilance.services.owing import open_obligations
from pharmacovigilance.services.releasing import explain_lateness, record_answer, release_case
from pharmacovigilance.services.reminding import remind
from tests.factories import allocate
from tests.integration.events.event_rows import AT, LATER, Ward
from tests.integration.pharmacovigilance.case_steps import (
    RELATED,
    SOON,
    assess,
    fresh,
    opened,
    owed,
    release,
    sign,
)

pytestmark = pytest.mark.django_db
BLINDED = {"INVESTIGATORS_15", "ETHICS_15"}


def signed(ward: Ward, officer: User) -> SafetyCase:
    case = opened(ward, causality=RELATED)
    assess(case, officer)
    sign(case, officer)
    return fresh(case)


def handed(ward: Ward, officer: User) -> SafetyCase:
    case = signed(ward, officer)
    release(case, officer)
    return fresh(case)


def test_release_is_for_each_destination(ward: Ward, officer: User) -> None:
    case = signed(ward, officer)
    letters = [row for row in open_obligations(case, at=SOON) if row.rule.code in BLINDED]

    release_case(case=case, obligations=letters, reference="L-7", late_reason="", by=officer, at=SOON)

    assert {code: row.state_at(SOON) for code, row in owed(case).items() if code != "SITE_24H"} == {
        "INVESTIGATORS_15": "met",
        "ETHICS_15": "met",
        "EU_SUSAR_15": "running",
    }
    release(case, officer)
    assert owed(case)["EU_SUSAR_15"].state_at(SOON) == "handed"


def test_nothing_leaves_before_the_signature(ward: Ward, officer: User) -> None:
    case = opened(ward, causality=RELATED)

    with pytest.raises(ValidationError, match="not possible"):
        release(case, officer)
    assert not ObligationStep.objects.filter(kind__in=["handed"]).exists()


def test_a_late_release_needs_its_reason(ward: Ward, officer: User) -> None:
    case = signed(ward, officer)
    late = owed(case)["EU_SUSAR_15"].due_at + timedelta(seconds=1)

    with pytest.raises(ValidationError, match="Why late"):
        release(case, officer, at=late)
    release(case, officer, at=late, late_reason="the system was down")

    row = owed(case)["EU_SUSAR_15"]
    assert row.state_at(late) == "handed_late"
    assert row.steps.get().late_reason == "the system was down"


def test_answers_to_a_letter(ward: Ward, officer: User) -> None:
    case = handed(ward, officer)
    row = owed(case)["ETHICS_15"]
    said: dict[str, Any] = {"obligation": row, "reference": "E-1", "by": officer, "at": LATER}

    record_answer(**said, kind="opened", text="")
    record_answer(**said, kind="acknowledged", text="")
    with pytest.raises(ValidationError, match="why it was rejected"):
        record_answer(**said, kind="rejected", text="")
    record_answer(**said, kind="rejected", text="the form is another one now")

    assert owed(case)["ETHICS_15"].state_at(LATER) == "running"
    with pytest.raises(ValidationError, match="nothing was sent"):
        record_answer(**said, kind="opened", text="")


def test_what_reached_the_sponsor_late_is_explained(ward: Ward, officer: User) -> None:
    case = opened(ward, aware_at=AT - timedelta(hours=25))
    row = owed(case)["SITE_24H"]

    explain_lateness(obligation=row, by=officer, at=LATER, reason="the line was down")

    assert row.steps.get(kind="explained").late_reason == "the line was down"


def opened_at_the_desk(ward: Ward, officer: User, reporter: User, arm: str) -> SafetyCase:
    allocate(ward.participant, arm)
    case = handed(ward, officer)
    open_arm(case=case, by=reporter, at=LATER, reason="EudraVigilance")
    return fresh(case)


def record_of(case: SafetyCase, reporter: User) -> tuple[DeskRecord, Any]:
    opening = cleared(
        ground=ClearanceGround.EXPEDITED_REPORT, by=reporter, trial_id=case.trial_id, purpose="test", at=LATER
    )
    opening.__enter__()
    return DeskRecord.objects.get(case=case), opening


@pytest.mark.parametrize(("arm", "outcome"), [("UC_MSC", "to_report"), ("PLACEBO", "placebo")])
def test_the_arm_decides_under_seal(
    ward: Ward, officer: User, reporter: User, arm: str, outcome: str
) -> None:
    case = opened_at_the_desk(ward, officer, reporter, arm)

    record, opening = record_of(case, reporter)

    assert (record.arm_code, record.outcome) == (arm, outcome)
    opening.__exit__(None, None, None)
    with pytest.raises(SealedError):
        DeskRecord.objects.count()


def test_a_placebo_case_sends_nothing(ward: Ward, officer: User, reporter: User) -> None:
    case = opened_at_the_desk(ward, officer, reporter, "PLACEBO")
    record, opening = record_of(case, reporter)
    said = {"record": record, "obligation": owed(case)["EU_SUSAR_15"], "reference": "", "text": ""}

    with pytest.raises(ValidationError, match="nothing is sent"):
        record_desk_step(**said, kind="sent", late_reason="", by=reporter, at=LATER)
    opening.__exit__(None, None, None)


def test_a_product_case_is_sent_and_answered_under_seal(ward: Ward, officer: User, reporter: User) -> None:
    case = opened_at_the_desk(ward, officer, reporter, "UC_MSC")
    before = open_face(case)
    record, opening = record_of(case, reporter)
    said = {"record": record, "obligation": owed(case)["EU_SUSAR_15"], "reference": "EV-1", "late_reason": ""}
    with pytest.raises(ValidationError, match="nothing was sent yet"):
        record_desk_step(**said, kind="acknowledged", text="", by=reporter, at=LATER)

    record_desk_step(**said, kind="sent", text="", by=reporter, at=LATER)
    record_desk_step(**said, kind="acknowledged", text="01", by=reporter, at=LATER)

    opening.__exit__(None, None, None)
    assert open_face(case) == before


def open_face(case: SafetyCase) -> tuple[Any, ...]:
    """Everything of a case that is open: rows, trail entries, states, mails."""
    sealed_tables = ("pharmacovigilance_deskrecord", "pharmacovigilance_deskstep")
    assert not Entry.objects.filter(table_name__in=sealed_tables).exists()
    return (
        fresh(case).state,
        sorted((code, row.state_at(LATER)) for code, row in owed(case).items()),
        list(ObligationStep.objects.order_by("pk").values_list("kind", "text", "reference")),
        list(case.steps.order_by("pk").values_list("act", "reason")),
        CaseOpening.objects.count(),
        Entry.objects.count(),
        list(Mail.objects.order_by("pk").values_list("kind", "about")),
    )


def test_the_open_side_is_the_same_for_both_arms(ward: Ward, officer: User, reporter: User) -> None:
    faces = []
    for arm in ("UC_MSC", "PLACEBO"):
        with transaction.atomic():
            case = opened_at_the_desk(ward, officer, reporter, arm)
            remind(at=owed(case)["EU_SUSAR_15"].due_at - timedelta(hours=1))
            faces.append([repr(each).replace(str(case.pk), "N") for each in open_face(case)[:5]])
            transaction.set_rollback(True)

    assert faces[0] == faces[1]


def test_opening_is_logged_and_for_one_participant(ward: Ward, officer: User, reporter: User) -> None:
    case = opened_at_the_desk(ward, officer, reporter, "UC_MSC")

    log = Clearance.objects.get(ground="expedited_report")
    assert (log.actor_id, log.participant_id) == (reporter.pk, case.participant_id)
    assert CaseOpening.objects.get().opened_by == reporter
    with pytest.raises(ValidationError, match="opened already"):
        open_arm(case=case, by=reporter, at=LATER, reason="again")


def test_nothing_is_opened_before_the_case_is_handed_over(ward: Ward, officer: User, reporter: User) -> None:
    allocate(ward.participant, "UC_MSC")
    case = signed(ward, officer)

    with pytest.raises(ValidationError, match="nothing was opened"):
        open_arm(case=case, by=reporter, at=LATER, reason="too early")
    assert not Clearance.objects.filter(ground="expedited_report").exists()


def test_a_blinded_officer_opens_nothing(ward: Ward, officer: User) -> None:
    case = handed(ward, officer)

    with pytest.raises(PermissionDenied):
        open_arm(case=case, by=officer, at=LATER, reason="curious")


def test_a_reporter_holds_no_blinded_role(ward: Ward, officer: User, reporter: User) -> None:
    said: dict[str, Any] = {"trial_code": ward.trial.code, "by": system_user(), "at": LATER, "reason": "test"}

    with pytest.raises(ValidationError, match="blinded and an unblinded"):
        grant_membership(user=reporter, role="pharmacovigilance", site_code="", **said)
    with pytest.raises(ValidationError, match="blinded and an unblinded"):
        grant_membership(user=officer, role="unblinded_reporter", site_code="", **said)


def test_who_opened_an_arm_stays_unblinded(ward: Ward, officer: User, reporter: User) -> None:
    opened_at_the_desk(ward, officer, reporter, "UC_MSC")
    membership = reporter.memberships.get()
    end_membership(membership=membership, by=system_user(), at=LATER, reason="left")

    with pytest.raises(ValidationError, match="opened sealed data"):
        grant_membership(
            user=reporter, role="pharmacovigilance", trial_code=ward.trial.code, site_code="",
            by=system_user(), at=LATER, reason="back",
        )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
