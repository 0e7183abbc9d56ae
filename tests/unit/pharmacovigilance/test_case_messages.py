"""A signed version of a case as a message: valid, within the rules, without an arm.

Or refused with its reason.
"""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from lxml import etree

from pharmacovigilance.e2b.case_messages import (
    CaseMessageError,
    icsr_of_case,
    mapped_elements,
    partial_timestamp,
)
from pharmacovigilance.e2b.case_patient import CaseReport, CodedEvent
from pharmacovigilance.e2b.conformance import check_batch
from pharmacovigilance.e2b.mapping import element_table
from pharmacovigilance.e2b.names import BATCH_ROOT
from pharmacovigilance.e2b.reading import read_batch
from pharmacovigilance.e2b.writing import message_tree, write_batch
from tests.unit.pharmacovigilance.e2b_messages import SCHEMAS

AT = datetime(2026, 11, 30, 12, tzinfo=UTC)
CODE = CodedEvent("20.1", "10016558")


@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(SCHEMAS / "multicacheschemas" / f"{BATCH_ROOT}.xsd")))


def make_event(number: int = 1, **facts: Any) -> dict[str, Any]:
    known = {
        "reported_term": "Fever",
        "onset": "2026-11-10T08:30",
        "ended": "2026-11-12",
        "outcome": "RECOVERED/RESOLVED",
        "action_taken": "DOSE NOT CHANGED",
        "narrative": "Fever two hours after the second infusion.",
        "serious": True,
        "results_in_death": False,
        "life_threatening": True,
        "hospitalisation": None,
        "disability": False,
        "congenital_anomaly": False,
        "medically_important": False,
    }
    opinions = [
        {"side": "investigator", "cause": "study_product", "related": False, "undetermined": False},
        {"side": "sponsor", "cause": "study_product", "related": True, "undetermined": False},
        {"side": "sponsor", "cause": "underlying_disease", "related": True, "undetermined": False},
    ]
    return {
        "id": number,
        "number": number,
        "words": "Fever",
        "facts": known | facts,
        "opinions": opinions,
        "rechallenge": "4",
    }


PERSON = {"sex": "F", "age_years": 61, "weight_kg": "70.5", "died": ""}


def make_report(*events: dict[str, Any], profile: str = "ich", **changes: Any) -> CaseReport:
    content = {
        "worldwide_number": "FR-SPONSOR-TRIAL.00001",
        "participant": "01-001",
        "version": 1,
        "kind": changes.pop("kind", "initial"),
        "day_0_at": "2026-11-12T09:00:00+00:00",
        "last_received_at": "2026-11-18T09:00:00+00:00",
        "events": list(events or (make_event(),)),
        "reporter": {"country": "FR", "qualification": "1"},
        "patient": PERSON | changes.pop("patient", {}),
    }
    route = settings.E2B_ROUTES[profile] | {"ind_number": "123456" if profile == "fda" else ""}
    parts = {
        "content": content,
        "trial": {"code": "TRIAL-1", "title": "A trial", "registration": "2026-500001-11-00"},
        "route": route,
        "codes": {f"event {event.get('id')}": CODE for event in content["events"]},
        "created_at": AT,
        "batch_number": "FR-SPONSOR-TRIAL.00001-1",
    }
    return CaseReport(**(parts | changes))


@pytest.mark.parametrize("profile", ["ich", "fda", "ema"])
def test_a_signed_version_becomes_a_message_within_the_rules(profile, schema) -> None:
    batch = icsr_of_case(make_report(make_event(), make_event(2), profile=profile))

    assert schema.validate(message_tree(batch.root)), schema.error_log
    assert [str(f) for f in check_batch(batch, profile=profile, at=AT) if f.severity == "error"] == []
    assert read_batch(write_batch(batch)).not_used == ()


def test_the_message_says_what_the_version_says() -> None:
    (message,) = icsr_of_case(make_report()).messages
    (reaction,) = message.groups("E.i")
    (drug,) = message.groups("G.k")
    assessments = list(message.groups("G.k.9.i.2.r"))

    assert message.text("C.1.1") == message.text("C.1.8.1") == message.text("N.2.r.1")
    assert (message.text("D.1.1.4"), message.null("D.1"), message.text("D.5")) == ("01-001", "MSK", "2")
    assert (message.text("D.2.2a"), message.text("D.2.2b")) == ("61", "a")
    assert (reaction.text("E.i.3.2b"), reaction.null("E.i.3.2a"), reaction.text("E.i.7")) == (
        "true",
        "NI",
        "1",
    )
    assert (reaction.text("E.i.4"), reaction.text("E.i.5")) == ("202611100830", "20261112")
    assert (drug.text("G.k.2.5"), drug.text("G.k.8")) == ("true", "4")
    assert [(a.text("G.k.9.i.2.r.1"), a.text("G.k.9.i.2.r.3")) for a in assessments] == [
        ("Investigator", "No reasonable possibility"),
        ("Sponsor", "Reasonable possibility"),
    ]


def test_investigators_no_and_sponsors_yes_both_leave_in_the_words_of_the_authority() -> None:
    (message,) = icsr_of_case(make_report(profile="fda")).messages

    results = {a.text("G.k.9.i.2.r.3") for a in message.groups("G.k.9.i.2.r")}

    assert results == {"Suspected", "Not Suspected"}


def test_an_event_without_code_cannot_leave() -> None:
    with pytest.raises(CaseMessageError, match=r"E\.i\.2\.1b: event 2 is not coded in MedDRA"):
        icsr_of_case(make_report(make_event(), make_event(2), codes={"event 1": CODE}))


def test_a_character_that_xml_cannot_hold_is_named() -> None:
    with pytest.raises(CaseMessageError, match=r"H\.1: the character U\+0007 cannot be sent in XML\."):
        icsr_of_case(make_report(make_event(narrative="bell \x07")))


def test_the_unblinded_desk_names_the_product() -> None:
    (message,) = icsr_of_case(make_report(product_name="Cells")).messages
    (drug,) = message.groups("G.k")

    assert (drug.text("G.k.2.2"), drug.value("G.k.2.5")) == ("Cells", None)


def test_a_death_without_date_is_refused_by_a_rule() -> None:
    event = make_event(results_in_death=True, outcome="FATAL", ended="")
    batch = icsr_of_case(make_report(event))

    broken = {f.element for f in check_batch(batch, profile="ich", at=AT) if f.severity == "error"}

    assert broken == {"D.9.1"}


def test_a_death_with_its_date_leaves(schema) -> None:
    event = make_event(results_in_death=True, outcome="FATAL", ended="2026-11-12")
    person = {"sex": "U", "age_years": None, "weight_kg": None, "died": "2026-11-12"}
    batch = icsr_of_case(make_report(event, patient=person))

    assert schema.validate(message_tree(batch.root)), schema.error_log
    assert [f for f in check_batch(batch, profile="ich", at=AT) if f.severity == "error"] == []
    assert batch.messages[0].null("D.5") == "UNK"


@pytest.mark.parametrize(
    ("kind", "reason", "code"),
    [
        ("nullification", "Not an event of this participant.", "1"),
        ("amendment", "Outcome put right.", "2"),
        ("follow_up", "", None),
    ],
)
def test_kind_of_the_version(kind, reason, code) -> None:
    (message,) = icsr_of_case(make_report(kind=kind, kind_reason=reason)).messages

    assert message.text("C.1.11.1") == code
    assert message.text("C.1.11.2") == (reason or None)


def test_references_stay_the_same_in_a_follow_up() -> None:
    first = icsr_of_case(make_report())
    later = icsr_of_case(make_report(kind="follow_up", created_at=datetime(2026, 12, 5, tzinfo=UTC)))

    ids = [[g.text("E.i.0") for g in b.messages[0].groups("E.i")] for b in (first, later)]

    assert ids[0] == ids[1]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("2026", "2026"),
        ("2026-11", "202611"),
        ("2026-11-10", "20261110"),
        ("2026-11-10T08:30", "202611100830"),
        ("2026-11-10T08:30:05+01:00", "20261110083005+0100"),
        ("2026-11-10T08:30Z", "202611100830+0000"),
        ("", ""),
        ("10 November", ""),
    ],
)
def test_partial_dates(text, written) -> None:
    assert partial_timestamp(text) == written


def test_the_mapping_names_elements_of_the_table() -> None:
    assert mapped_elements() <= set(element_table().elements)
    assert len(mapped_elements()) > 60


HISTORY = [
    {"id": 7, "kind": "RBC", "words": "Anaemia", "occurred": "2026-09"},
    {"id": 8, "kind": "PREGNANCY", "words": "Second child", "occurred": "1998"},
]
MEDICATION = [
    {
        "id": 11, "drug": "Paracetamol", "dose": "500", "dose_unit": "mg", "route": "ORAL", "started": "2026-09-01",
        "ended": "2026-09-03", "indication": "Headache", "is_past": True,
    },
    {
        "id": 12, "drug": "Norepinephrine", "dose": "0.2", "dose_unit": "µg/kg/min", "route": "INTRAVENOUS",
        "started": "2026-11-09T23:10", "ended": "", "indication": "Shock", "is_past": False,
    },
    {
        "id": 13, "drug": "Dexamethasone", "dose": "6", "dose_unit": "mg per day", "route": "", "started": "2026-11-01",
        "ended": "2026-11-11", "indication": "x" * 300, "is_past": False,
    },
]  # fmt: skip
TESTS = [
    {"test": "CRP", "value": "212", "unit": "mg/L", "lower": "", "upper": "5", "sampled": "2026-11-10T06:00", "remark": ""},
    {"test": "pH", "value": "7.31", "unit": "", "lower": "7.35", "upper": "7.45", "sampled": "2026-11-10", "remark": "a"},
    {"test": "Odd", "value": "3", "unit": "per field", "lower": "1", "upper": "", "sampled": "2026-11", "remark": ""},
]  # fmt: skip
RICH = {
    "history": HISTORY,
    "medication": MEDICATION,
    "tests": TESTS,
    "infusions": [{"number": 1, "started": "2026-11-09T10:00+01:00", "ended": "2026-11-09T10:40+01:00"}],
}


@pytest.mark.parametrize("profile", ["ich", "fda", "ema"])
def test_history_drugs_tests_and_dosages_leave_within_schema_and_rules(profile, schema) -> None:
    codes = {"event 1": CODE, "history 7": CODE, "indication 12": CODE}
    batch = icsr_of_case(make_report(patient=RICH, profile=profile, codes=codes))

    assert schema.validate(message_tree(batch.root)), schema.error_log
    assert [str(f) for f in check_batch(batch, profile=profile, at=AT) if f.severity == "error"] == []
    assert read_batch(write_batch(batch)).not_used == ()


def test_what_is_recorded_beside_the_events_stands_at_its_place() -> None:
    codes = {"event 1": CODE, "history 7": CODE, "indication 12": CODE}
    (message,) = icsr_of_case(make_report(patient=RICH, codes=codes)).messages
    product, vasopressor, steroid = message.groups("G.k")
    roles = [group.text("G.k.1") for group in message.groups("G.k.1.x")]
    (past,) = message.groups("D.8.r")
    (coded,) = message.groups("D.7.1.r")
    crp, ph, odd = message.groups("F.r")

    assert roles == ["1", "2", "2"]
    assert [g.text("G.k.4.r.4") for g in product.groups("G.k.4.r")] == ["202611091000+0100"]
    assert [g.text("G.k.4.r.1b") for g in vasopressor.groups("G.k.4.r")] == ["ug/kg/min"]
    assert [g.text("G.k.4.r.8") for g in steroid.groups("G.k.4.r")] == ["6 mg per day"]
    assert [g.text("G.k.7.r.2b") for g in vasopressor.groups("G.k.7.r")] == [CODE.meddra_code]
    assert (steroid.text("G.k.11"), list(steroid.groups("G.k.7.r"))) == ("x" * 300, [])
    assert [g.text("G.k.9.i.4") for g in product.groups("G.k.9.i.4.x")] == ["4"]
    assert (past.text("D.8.r.1"), past.text("D.8.r.5")) == ("Paracetamol", "20260903")
    assert (coded.text("D.7.1.r.5"), message.text("D.7.2")) == ("Anaemia", "Second child 1998")
    assert message.text("D.7.3") == "true"
    assert [crp.text(e) for e in ("F.r.3.2", "F.r.3.3", "F.r.5", "F.r.5.unit")] == [
        "212",
        "mg/L",
        "5",
        "mg/L",
    ]
    assert ph.text("F.r.3.3") == "1"
    assert (odd.text("F.r.3.4"), odd.text("F.r.4")) == ("3 per field", None)


texts = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=300)
dates = st.sampled_from(["", "2026", "2026-10", "2026-11-10", "2026-11-10T08:30", "2099-01-01", "1900"])


@hypothesis_settings(deadline=None, max_examples=40)
@given(
    facts=st.fixed_dictionaries(
        {},
        optional={
            "reported_term": texts,
            "narrative": texts,
            "onset": dates,
            "ended": dates,
            "outcome": st.sampled_from(["", "FATAL", "RECOVERED/RESOLVED", "RECOVERING/RESOLVING", None]),
            "results_in_death": st.sampled_from([True, False, None]),
        },
    ),
    died=st.sampled_from(["", "2026-11-12", "2026-11"]),
)
def test_any_case_is_within_schema_and_rules_or_refused_with_reasons(schema, facts, died) -> None:
    person = {"sex": "M", "age_years": 50, "weight_kg": "80", "died": died}
    batch = icsr_of_case(make_report(make_event(**facts), patient=person))

    findings = check_batch(batch, profile="ema", at=AT)

    valid = schema.validate(message_tree(batch.root))
    errors = [f for f in findings if f.severity == "error"]
    assert valid or errors
    assert all(f.element and f.rule for f in errors)
    assert (
        read_batch(write_batch(batch)).messages
        == read_batch(write_batch(read_batch(write_batch(batch)))).messages
    )


def test_a_version_of_before_the_ids_is_refused_in_a_sentence() -> None:
    former = {
        name: value for name, value in make_event().items() if name not in ("id", "words", "rechallenge")
    }
    report = make_report(former, codes={})

    with pytest.raises(CaseMessageError, match=r"E\.i\.2\.1b: event 1 is not coded"):
        icsr_of_case(report)
