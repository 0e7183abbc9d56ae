"""Messages come in as values and go out as they came."""

import re
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from pharmacovigilance.e2b.icsr import IcsrBatch, IcsrGroup, IcsrValue
from pharmacovigilance.e2b.mapping import E2bElement, element_table
from pharmacovigilance.e2b.names import BATCH_ROOT
from pharmacovigilance.e2b.reading import read_batch
from pharmacovigilance.e2b.writing import message_tree, write_batch
from tests.unit.pharmacovigilance.e2b_messages import (
    EXAMPLES,
    SCHEMAS,
    make_batch,
    make_group,
    make_message,
    make_reaction,
    make_value,
)

TABLE = element_table()
ONE_OR_THE_OTHER = {
    *(f"G.k.9.i.2.r.{n}.EU.1" for n in (1, 2, 3)),
    *("F.r.3.2.min", "F.r.3.2.min.inclusive", "F.r.3.2.max", "F.r.3.2.max.inclusive"),
    *("F.r.3.3.min", "F.r.3.3.max", "F.r.3.4", "C.1.6.1.r.2.compression", "C.4.r.2.compression"),
}
"""Elements that stand where another one of the same group stands."""


@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(SCHEMAS / "multicacheschemas" / f"{BATCH_ROOT}.xsd")))


def canonical(content: bytes) -> bytes:
    """The message without comments and without blanks between elements."""
    root = etree.fromstring(content, etree.XMLParser(remove_comments=True))
    for node in root.iter():
        node.text = node.text if node.text and node.text.strip() else None
        node.tail = node.tail if node.tail and node.tail.strip() else None
    return etree.tostring(root, method="c14n")


def example_text(element: E2bElement) -> str:
    kinds = {"country": "FR", "language": "fra", "meddra": "27.1", "digits": "12", "integer": "12"}
    if element.type == "date":
        return "20240102" if element.precision != "second" else "20240102030405+0100"
    if element.values:
        return kinds.get(element.values[0], element.values[0])
    by_type = {"number": "12", "token": "abc"}
    if element.number.endswith(".0"):
        return "33333333-3333-4333-8333-333333333333"
    return element.default or by_type.get(element.type, "Été & <deux> “mots”")


def full_group(name: str) -> IcsrGroup:
    """Every element of the table, every group twice."""
    values = [
        IcsrValue(e.number, example_text(e))
        for e in TABLE.elements_of.get(name, ())
        if e.number not in ONE_OR_THE_OTHER
    ]
    groups = [full_group(spec.name) for spec in TABLE.groups_of.get(name, ()) for _ in range(2)]
    return IcsrGroup(name, (*values, *groups))


def flat(group: IcsrGroup) -> Counter[tuple[str, ...]]:
    found: Counter[tuple[str, ...]] = Counter()
    for value in group.values():
        found[(group.name, value.element, value.text or "", value.null or "")] += 1
    for inner in group.groups():
        found.update(flat(inner))
    return found


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_official_example_comes_out_as_it_came_in(path) -> None:
    raw = path.read_bytes()

    batch = read_batch(raw)

    assert canonical(write_batch(batch)) == canonical(raw)
    assert read_batch(write_batch(batch)) == batch


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_official_example_is_valid_from_its_values_alone(path, schema) -> None:
    batch = read_batch(path.read_bytes())

    tree = message_tree(batch.root)

    assert schema.validate(tree), schema.error_log
    assert flat(read_batch(etree.tostring(tree)).root) == flat(batch.root)


def test_there_are_official_examples() -> None:
    assert len(EXAMPLES) >= 2


def test_what_the_table_cannot_hold_is_listed_and_kept() -> None:
    batch = read_batch(EXAMPLES[0].read_bytes())

    names = {piece.name for piece in batch.not_used}

    assert "performer" in names
    assert not {"displayName", "schemaLocation"} & names


def test_every_element_of_the_table_is_written_validly_and_read_again(schema) -> None:
    full = full_group("batch")

    tree = message_tree(full)

    assert schema.validate(tree), schema.error_log
    again = read_batch(write_batch(IcsrBatch(full)))
    assert flat(again.root) == flat(full)
    assert again.not_used == ()


def test_every_null_flavour_of_the_table_is_read_again() -> None:
    elements = [e for e in TABLE.elements.values() if e.nulls and e.forms[0].steps[-1].prefix == ""]
    for element in elements:
        group = IcsrGroup(element.group, (IcsrValue(element.number, null=sorted(element.nulls)[0]),))
        for name in list(TABLE.ancestors(element.group))[1:]:
            group = IcsrGroup(name, (group,))

        again = read_batch(write_batch(IcsrBatch(group)))

        assert flat(again.root) == flat(group), element.number


def test_paths_without_our_marks_are_plain_xpath() -> None:
    spaces = {"h": "urn:hl7-org:v3", "xsi": "http://www.w3.org/2001/XMLSchema-instance"}
    for element in TABLE.elements.values():
        for path in element.xpath.split(" | "):
            plain = re.sub(r"\{[^{}]*(\{[^{}]*\}[^{}]*)*\}|\*", "", path)
            named = re.sub(r"(?<![@\w:'$.-])([A-Za-z_]\w*)(?=[/\[\]]|$)", r"h:\1", plain)
            etree.XPath(named, namespaces=spaces)


@pytest.mark.parametrize(
    ("values", "kind", "width_of"),
    [
        ({"E_i_4": "20240101", "E_i_5": "20240103", "E_i_6a": "2", "E_i_6b": "d"}, "SXPR_TS", "comp"),
        ({"E_i_4": "20240101", "E_i_5": "20240103"}, "IVL_TS", None),
        ({"E_i_4": "20240101", "E_i_6a": "2", "E_i_6b": "d"}, "IVL_TS", "effectiveTime"),
    ],
)
def test_interval_becomes_a_set_when_one_interval_cannot_hold_it(values, kind, width_of, schema) -> None:
    reaction = make_reaction(**({"E_i_5": "20240103"} | values))
    if "E_i_5" not in values:
        reaction = reaction.without("E.i.5")
    batch = make_batch(make_message(reactions=(reaction,)))

    tree = message_tree(batch.root)

    time = next(n for n in tree.iter("{*}effectiveTime") if n.getparent().tag.endswith("observation"))
    assert time.get("{http://www.w3.org/2001/XMLSchema-instance}type") == kind
    widths = list(time.iter("{*}width"))
    assert [w.getparent().tag.rpartition("}")[2] for w in widths] == ([width_of] if width_of else [])
    assert schema.validate(tree), schema.error_log
    assert flat(read_batch(etree.tostring(tree)).root) == flat(batch.root)


def test_dose_every_eight_hours_with_dates_is_a_set(schema) -> None:
    dosage = make_group(
        "G.k.4.r",
        G_k_4_r_1a="5",
        G_k_4_r_1b="mg",
        G_k_4_r_2="8",
        G_k_4_r_3="h",
        G_k_4_r_4="20240101",
        G_k_4_r_5="20240102",
    )
    drug = make_group("G.k", dosage, G_k_0="44444444-4444-4444-8444-444444444444", G_k_2_2="Other")
    batch = make_batch(make_message(drug))

    tree = message_tree(batch.root)

    assert schema.validate(tree), schema.error_log
    assert flat(read_batch(etree.tostring(tree)).root) == flat(batch.root)


def test_middle_name_alone_stays_the_middle_name() -> None:
    source = make_group("C.2.r", C_2_r_1_3="Middle", C_2_r_4="1", C_2_r_5="1")
    batch = make_batch(make_message(sources=(source,)))

    again = read_batch(write_batch(batch))

    (found,) = again.messages[0].groups("C.2.r")
    assert found.text("C.2.r.1.3") == "Middle"
    assert found.text("C.2.r.1.2") is None


def test_narrative_of_100000_characters_is_not_cut() -> None:
    narrative = "Ligne « une » & <deux>\r\n" * 4166 + "x" * 16

    again = read_batch(write_batch(make_batch(make_message(H_1=narrative))))

    assert len(narrative) == 100_000
    assert again.messages[0].text("H.1") == narrative


def test_character_that_xml_cannot_hold_is_refused_with_its_element() -> None:
    with pytest.raises(ValueError, match=r"H\.1: the character U\+0007 cannot be sent in XML"):
        IcsrValue("H.1", "bell \x07")


def test_value_without_text_and_null_flavour_is_refused() -> None:
    with pytest.raises(ValueError, match=r"C\.1\.1"):
        IcsrValue("C.1.1")


printable = st.text(
    st.characters(min_codepoint=32, max_codepoint=0x2FFF, exclude_categories=("Cs", "Cc")), min_size=1
).filter(lambda text: bool(text.strip()))
CHOSEN = ("C.5.2", "C.5.3", "D.3", "D.9.1", "H.2", "H.4", "C.3.3.3", "C.3.4.6", "C.1.11.2")


@settings(deadline=None, max_examples=40)
@given(
    texts=st.dictionaries(st.sampled_from(CHOSEN), printable, max_size=6),
    reactions=st.lists(printable, min_size=1, max_size=4),
)
def test_any_message_is_the_same_after_export_and_import(texts, reactions) -> None:
    groups = tuple(make_reaction(E_i_1_1a=text, E_i_0=f"id-{n}") for n, text in enumerate(reactions))
    message = make_message(reactions=groups).with_values(*(make_value(e, t) for e, t in texts.items()))
    batch = make_batch(message)

    once = read_batch(write_batch(batch))
    twice = read_batch(write_batch(once))

    assert flat(once.root) == flat(batch.root)
    assert twice == once
    assert write_batch(twice) == write_batch(once)
