"""Rules that a schema cannot hold: each broken rule is named with element, value and source."""

from datetime import UTC, datetime

import pytest
from lxml import etree

from pharmacovigilance.e2b.conditions import RuleScope, rule_condition
from pharmacovigilance.e2b.conformance import check_batch, conformance_rules
from pharmacovigilance.e2b.icsr import IcsrGroup
from pharmacovigilance.e2b.mapping import element_table
from pharmacovigilance.e2b.names import BATCH_ROOT
from pharmacovigilance.e2b.reading import read_batch
from pharmacovigilance.e2b.timestamps import certainly_after, certainly_before, parse_timestamp
from pharmacovigilance.e2b.writing import message_tree
from tests.unit.pharmacovigilance.e2b_messages import (
    AT,
    EXAMPLES,
    SCHEMAS,
    make_batch,
    make_group,
    make_message,
    make_reaction,
    make_source,
)


def findings(batch, *, profile="ich", at=AT):
    return check_batch(batch, profile=profile, at=at)


def errors(batch, **options):
    return [f for f in findings(batch, **options) if f.severity == "error"]


@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(SCHEMAS / "multicacheschemas" / f"{BATCH_ROOT}.xsd")))


@pytest.mark.parametrize("profile", ["ich", "ema"])
def test_a_message_in_order_breaks_no_rule(profile, schema) -> None:
    batch = make_batch()

    assert schema.validate(message_tree(batch.root)), schema.error_log
    assert findings(batch, profile=profile) == ()


def without_reaction() -> IcsrGroup:
    message = make_message(reactions=())
    return IcsrGroup("N.2.r", tuple(i for i in message.items if getattr(i, "name", "") != "G.k.9.i.2.r"))


WRONG = {
    "outcome is missing": (lambda: make_message(reactions=(make_reaction().without("E.i.7"),)), "E.i.7"),
    "outcome 7 does not exist": (lambda: make_message(reactions=(make_reaction(E_i_7="7"),)), "E.i.7"),
    "type of report is missing": (lambda: make_message(C_1_3=""), "C.1.3"),
    "no reaction": (without_reaction, "E.i.2.1b"),
    "no narrative": (lambda: make_message(H_1=""), "H.1"),
    "a date in the future": (lambda: make_message(C_1_5="20990101"), "C.1.5"),
    "false where only true or NI exists": (
        lambda: make_message(reactions=(make_reaction(E_i_3_2c="false"),)),
        "E.i.3.2c",
    ),
    "other identifiers false": (lambda: make_message(C_1_9_1="false"), "C.1.9.1"),
    "two primary sources": (lambda: make_message(sources=(make_source(), make_source())), "C.2.r.5"),
    "no primary source": (lambda: make_message(sources=(make_source(C_2_r_5=""),)), "C.2.r.5"),
    "no suspect": (lambda: make_message(role="2"), "G.k.1"),
    "fatal without date of death": (
        lambda: make_message(reactions=(make_reaction(E_i_7="5", E_i_3_2a="true"),)),
        "D.9.1",
    ),
    "fatal that does not result in death": (
        lambda: make_message(D_9_1="20261112", D_9_3="false", reactions=(make_reaction(E_i_7="5"),)),
        "E.i.3.2a",
    ),
    "end before start": (lambda: make_message(reactions=(make_reaction(E_i_5="20261109"),)), "E.i.5"),
    "null flavour that is not allowed": (lambda: make_message(D_1="null:NI"), "D.1"),
    "text too long": (lambda: make_message(C_5_3="x" * 51), "C.5.3"),
    "country that does not exist": (lambda: make_message(sources=(make_source(C_2_r_3="XX"),)), "C.2.r.3"),
    "study without its type": (lambda: make_message(C_5_4=""), "C.5.4"),
    "nullification without reason": (lambda: make_message(C_1_11_1="1"), "C.1.11.2"),
    "two versions of MedDRA": (
        lambda: make_message(reactions=(make_reaction(), make_reaction(E_i_2_1a="27.0"))),
        "E.i.2.1a",
    ),
    "creation to the day only": (lambda: make_message(C_1_2="20261120"), "C.1.2"),
    "a drug without role": (
        lambda: make_message(
            make_group("G.k", G_k_0="55555555-5555-4555-8555-555555555555", G_k_2_2="Other")
        ),
        "G.k.1",
    ),
    "history neither coded nor as text": (lambda: make_message(D_7_2=""), "D.7.2"),
    "age without unit": (lambda: make_message(D_2_2a="61"), "D.2.2b"),
    "a test without result": (
        lambda: make_message(make_group("F.r", F_r_1="20261110", F_r_2_1="Lactate")),
        "F.r.3.4",
    ),
}


@pytest.mark.parametrize(("make", "element"), WRONG.values(), ids=WRONG)
def test_what_the_schema_accepts_and_the_rules_refuse(make, element, schema) -> None:
    batch = make_batch(make())

    assert schema.validate(message_tree(batch.root)), schema.error_log
    found = errors(batch)
    assert element in {f.element for f in found}
    assert all(f.rule and f.path.endswith(f.element) for f in found)


def test_at_least_eight_kinds_are_refused_by_rules_alone() -> None:
    assert len(WRONG) >= 8


def test_a_finding_names_element_path_value_and_rule_with_source() -> None:
    reactions = (make_reaction(), make_reaction(E_i_7="9", E_i_0="66666666-6666-4666-8666-666666666666"))

    (found,) = errors(make_batch(make_message(reactions=reactions)))

    assert (found.element, found.path, found.value) == ("E.i.7", "N.2.r[1]/E.i[2]/E.i.7", "9")
    assert found.rule == "ICH E.i.7: the values allowed are 0, 1, 2, 3, 4, 5"


@pytest.mark.parametrize("profile", ["ich", "fda", "ema"])
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_official_example_breaks_rules_that_only_warn(path, profile) -> None:
    found = findings(read_batch(path.read_bytes()), profile=profile)

    assert found
    assert {f.severity for f in found} == {"warning"}
    assert "N.2.r.1" in {f.element for f in found}


@pytest.mark.parametrize(
    ("profile", "change", "element"),
    [
        ("ema", {"C_5_3": ""}, "C.5.3"),
        ("fda", {}, "FDA.C.5.5a"),
        ("fda", {}, "FDA.C.1.7.1"),
        ("fda", {"C_1_7": "null:NI"}, "C.1.7"),
    ],
)
def test_regional_rules_hold_in_their_profile_only(profile, change, element) -> None:
    batch = make_batch(make_message(**{"N_2_r_3": "CBER_IND"} | change))

    assert element in {f.element for f in errors(batch, profile=profile)}
    assert element not in {f.element for f in errors(batch, profile="ich")}


def test_an_unknown_profile_is_refused() -> None:
    with pytest.raises(ValueError, match="Profile 'pmda' is not known"):
        check_batch(make_batch(), profile="pmda", at=AT)


def test_every_rule_has_a_source_and_elements_of_the_table() -> None:
    table = element_table()
    scopes = {"batch", *table.groups}

    for rule in conformance_rules():
        assert rule.source, rule.identifier
        assert rule.text, rule.identifier
        assert rule.element in table.elements, rule.identifier
        assert rule.scope in scopes, rule.identifier
        assert rule.severity in ("error", "warning"), rule.identifier
        assert rule.profiles <= {"ich", "fda", "ema"}, rule.identifier


def test_rules_have_names_of_their_own() -> None:
    names = [rule.identifier for rule in conformance_rules()]

    assert len(names) == len(set(names)) > 150


@pytest.mark.parametrize(
    ("text", "truth"),
    [
        ("C.1.3 = 2", True),
        ("C.1.3 != 2", False),
        ("C.1.3 in (1, 3)", False),
        ("C.1.3 = 2 and not C.5.4 = 2", True),
        ("C.1.3 = 1 or (C.5.4 = 1 and D.5)", True),
        ("given(D.1)", True),
        ("D.1", False),
        ("null(D.1, MSK)", True),
        ("null(D.1, UNK)", False),
        ("count(E.i.2.1b) = 1", True),
        ("count(C.2.r.5, 1) >= 2", False),
        ("before(C.1.4, C.1.5)", True),
        ("same(N.2.r.1, C.1.1)", True),
        ("refers(G.k.1.0, G.k.0)", True),
        ("versions() <= 1", True),
        ("section(D.10)", False),
        ("matches(C.1.1, '[A-Z]{2}-.*')", True),
        ("N.1.4 = EVCTM", True),
        ("", True),
    ],
)
def test_condition(text, truth) -> None:
    batch = make_batch()

    assert rule_condition(text)(RuleScope((batch.messages[0], batch.root))) is truth


def test_condition_about_one_reaction_looks_at_that_reaction() -> None:
    batch = make_batch(make_message(reactions=(make_reaction(E_i_7="1"), make_reaction(E_i_7="5"))))
    first, second = batch.messages[0].groups("E.i")
    fatal = rule_condition("E.i.7 = 5")

    assert not fatal(RuleScope((first, batch.messages[0], batch.root)))
    assert fatal(RuleScope((second, batch.messages[0], batch.root)))


@pytest.mark.parametrize("text", ["C.1.3 =", "C.9.9 = 1", "whenever(C.1.3)", "C.1.3 = 1 extra", "(C.1.3 = 1"])
def test_text_that_is_no_condition_is_refused(text) -> None:
    with pytest.raises(ValueError, match=r"C\.|whenever"):
        rule_condition(text)


@pytest.mark.parametrize(
    ("text", "precision"),
    [
        ("2026", 1),
        ("202611", 2),
        ("20261130", 3),
        ("202611301200", 5),
        ("20261130120000+0100", 6),
        ("20240229", 3),
    ],
)
def test_timestamp(text, precision) -> None:
    found = parse_timestamp(text)

    assert found is not None
    assert found.precision == precision


@pytest.mark.parametrize(
    "text", ["", "26", "20260230", "20261301", "2026-11-30", "20261130250000", "20230229"]
)
def test_text_that_is_no_timestamp(text) -> None:
    assert parse_timestamp(text) is None


@pytest.mark.parametrize(
    ("text", "at", "future"),
    [
        ("20261201", datetime(2026, 11, 30, 9, 59, tzinfo=UTC), True),
        ("20261201", datetime(2026, 11, 30, 10, 0, tzinfo=UTC), False),
        ("20261130120000+0000", datetime(2026, 11, 30, 11, 59, 59, tzinfo=UTC), True),
        ("20261130120000+0000", datetime(2026, 11, 30, 12, 0, 0, tzinfo=UTC), False),
        ("2026", datetime(2026, 11, 30, tzinfo=UTC), False),
        ("2027", datetime(2026, 11, 30, tzinfo=UTC), True),
    ],
)
def test_only_a_date_that_is_future_everywhere_is_future(text, at, future) -> None:
    moment = parse_timestamp(text)

    assert moment is not None
    assert certainly_after(moment, at) is future


@pytest.mark.parametrize(
    ("first", "second", "before"),
    [
        ("20261109", "20261110", True),
        ("20261110", "20261110", False),
        ("202611", "20261110", False),
        ("202610", "20261110", True),
        ("20261110", "202611", False),
        ("2025", "2026", True),
        ("20261110090000", "20261110100000", True),
        ("20261110230000+0000", "20261111", False),
    ],
)
def test_before_is_true_only_when_certain(first, second, before) -> None:
    one, other = parse_timestamp(first), parse_timestamp(second)

    assert one is not None
    assert other is not None
    assert certainly_before(one, other) is before
