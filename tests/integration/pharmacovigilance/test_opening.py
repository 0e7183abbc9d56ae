"""A serious event opens its case automatically.

Each version with a change is a receipt with its own time.
"""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction

from accounts.models import User
from events.services.adverse_events import sign_adverse_event, void_adverse_event
from pharmacovigilance.models import CaseEvent, Obligation, Receipt, SafetyCase
from pharmacovigilance.services.opening import open_case_of, take_in_event
from pharmacovigilance.services.receiving import record_receipt
from pharmacovigilance.services.signing import nullify_case
from pharmacovigilance.services.sweeping import take_in_what_is_new
from tests.integration.events.event_rows import AT, LATER, Ward
from tests.integration.events.event_steps import correct, record
from tests.integration.pharmacovigilance.case_steps import (
    assess,
    entries,
    event_of,
    fresh,
    opened,
    owed,
    serious_event,
    sign,
)

pytestmark = pytest.mark.django_db


def test_a_serious_event_opens_one_case_however_often_it_is_asked(ward: Ward) -> None:
    event = serious_event(ward)

    cases = [take_in_event(event_id=event.pk, at=AT) for _ in range(3)]

    assert SafetyCase.objects.count() == 1
    assert {case.pk for case in cases if case} == {SafetyCase.objects.get().pk}
    assert cases[0] is not None
    assert cases[0].worldwide_number == "XX-SPONSOR-STROMACOV2.00001"
    assert entries(cases[0])[0].actor_label == "system"


@pytest.mark.parametrize("serious", [False, None])
def test_an_event_that_is_not_serious_opens_none(ward: Ward, serious: bool | None) -> None:
    event = record(ward, serious=serious)

    assert take_in_event(event_id=event.pk, at=AT) is None
    assert SafetyCase.objects.count() == 0


def test_the_sweep_finds_a_serious_event_whose_message_was_lost(ward: Ward) -> None:
    serious_event(ward)

    assert take_in_what_is_new(at=LATER) == 1
    assert SafetyCase.objects.count() == 1
    assert take_in_what_is_new(at=LATER) == 0


def test_a_lost_message_costs_no_day_of_the_clock(ward: Ward) -> None:
    """Day 0 is the time of the record, not that of the sweep."""
    serious_event(ward)

    take_in_what_is_new(at=AT + timedelta(days=3))

    receipt = Receipt.objects.get()
    assert (receipt.received_at, receipt.site_aware_at) == (AT, AT)
    assert {row.day_0_at for row in Obligation.objects.all()} == {AT}


def test_an_event_that_becomes_serious_counts_from_that_version(ward: Ward) -> None:
    event = record(ward)
    correct(event, ward, serious=True, hospitalisation=True, aware_at=LATER)

    take_in_what_is_new(at=LATER)

    assert [(r.event_version, r.received_at) for r in Receipt.objects.all()] == [(2, LATER)]


def test_each_version_is_a_receipt_and_a_signature_is_none(ward: Ward) -> None:
    case = opened(ward, outcome="RECOVERING/RESOLVING", ended="", causality="")
    event = correct(event_of(case), ward, causality="POSSIBLE")
    sign_adverse_event(event=event, seen_version=event.version, by=ward.investigator, at=LATER)

    take_in_what_is_new(at=LATER)

    found = Receipt.objects.order_by("pk").values_list(
        "kind", "event_version", "received_at", "changed_facts"
    )
    assert list(found) == [("initial", 1, AT, []), ("follow_up", 2, LATER, ["causality"])]
    assert CaseEvent.objects.get().seen_version == 3


def test_information_of_the_sponsor_before_the_record_is_day_0(ward: Ward) -> None:
    called = AT - timedelta(hours=30)

    case = opened(ward, sponsor_informed_at=called, aware_at=called)

    assert owed(case)["EU_SUSAR_15"].day_0_at == called


def test_site_awareness_and_day_0_are_kept_apart(ward: Ward) -> None:
    aware = AT - timedelta(hours=25)

    case = opened(ward, aware_at=aware)

    rows = owed(case)
    assert (rows["SITE_24H"].day_0_at, rows["EU_SUSAR_15"].day_0_at) == (aware, AT)
    assert rows["SITE_24H"].state_at(AT) == "met_late"


def test_a_receipt_an_obligation_and_a_step_cannot_be_changed(ward: Ward) -> None:
    case = opened(ward)

    for row, column in ((Receipt.objects.get(), "received_at"), (owed(case)["EU_SUSAR_15"], "due_at")):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE {row._meta.db_table} SET {column} = now() WHERE id = %s", [row.pk])


def test_a_void_event_leaves_the_case_and_what_is_owed_to_the_officer(ward: Ward) -> None:
    case = opened(ward)
    before = {code: row.due_at for code, row in owed(case).items()}
    void_adverse_event(event=event_of(case), by=ward.nurse, at=LATER, reason="wrong participant")

    take_in_what_is_new(at=LATER)

    assert {code: row.due_at for code, row in owed(case).items()} == before
    assert fresh(case).steps.order_by("pk").last().act == "downgrade"


def test_an_imported_event_opens_no_case_by_itself_and_one_by_hand(ward: Ward, officer: User) -> None:
    event = record(ward)

    case = open_case_of(event=event, by=officer, at=LATER, reason="the sponsor finds it serious")

    assert case.receipts.get().event == event
    with pytest.raises(ValidationError, match="already"):
        open_case_of(event=event, by=officer, at=LATER, reason="again")


def test_a_nurse_opens_no_case_by_hand(ward: Ward) -> None:
    event = record(ward)

    with pytest.raises(PermissionDenied):
        open_case_of(event=event, by=ward.nurse, at=AT, reason="wants to")
    assert SafetyCase.objects.count() == 0


def test_information_by_another_way_is_kept_with_its_moment(ward: Ward, officer: User) -> None:
    case = opened(ward)
    said = {"case": case, "source": "person", "said_by": "general practitioner", "text": "Was dizzy before."}

    record_receipt(**said, received_at=LATER, is_significant=True, by=officer, at=LATER)

    assert Receipt.objects.filter(source="person").get().received_at == LATER
    with pytest.raises(ValidationError, match="future"):
        record_receipt(**said, received_at=LATER, is_significant=True, by=officer, at=AT)


def test_before_the_first_infusion_there_is_no_suspect_product_and_no_day_0(ward: Ward) -> None:
    case = opened(ward, onset="2020-04-06T08:00", ended="2020-04-06")

    assert not Receipt.objects.get().has_product
    assert set(owed(case)) == {"SITE_24H"}


def test_what_arrives_after_a_nullification_is_kept_and_changes_nothing(ward: Ward, officer: User) -> None:
    case = opened(ward, outcome="RECOVERING/RESOLVING", ended="")
    nullify_case(case=case, by=officer, at=AT, reason="wrong participant")
    correct(event_of(case), ward, life_threatening=True)

    assert take_in_what_is_new(at=LATER) == 1

    assert fresh(case).state == "nullified"
    assert Receipt.objects.filter(event_version=2).count() == 1
    assert take_in_what_is_new(at=LATER) == 0


def test_a_remark_in_the_narrative_leaves_a_signed_case_signed(ward: Ward, officer: User) -> None:
    case = opened(ward, causality="POSSIBLE")
    assess(case, officer)
    sign(case, officer)
    correct(event_of(case), ward, narrative="A nurse's remark.")

    take_in_what_is_new(at=LATER)

    assert fresh(case).state == "signed"
    assert Receipt.objects.filter(is_significant=False).count() == 1
