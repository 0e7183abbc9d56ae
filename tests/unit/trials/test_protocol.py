"""Protocol files: the content of the shipped ones, and that every wrong key is named, all at once."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.unit.trials.protocol_contents import MISSING, STROMA, Change, changed, drop, problems, put
from trials.rules.protocol import (
    BoardCharter,
    ProtocolError,
    canonical_content,
    canonical_json,
    content_sha256,
    parse_protocol,
    protocol_content,
)


def test_parse_protocol_lists_everything_at_once() -> None:
    def three_errors(content: dict[str, Any]) -> None:
        content["looks"] = [20, 10]
        content["antibodies"]["mfi_threshold"] = "5000"
        del content["arms"][0]["label"]

    assert set(problems(changed(three_errors))) == {"looks", "antibodies.mfi_threshold", "arms[1].label"}


def test_parse_protocol_of_nothing_names_every_required_key() -> None:
    found = problems({})

    assert {
        "code",
        "arms",
        "infusions",
        "event_windows",
        "dictionary",
        "causality",
        "looks",
        "reporting",
    } <= set(found)
    assert all(MISSING in sentence for key, sentence in found.items() if key in ("code", "arms", "reporting"))


def test_parse_protocol_does_not_blame_the_keys_inside_a_missing_table() -> None:
    assert list(problems(changed(drop("reporting")))) == ["reporting"]


@pytest.mark.parametrize(
    "change",
    [drop("haemodynamics"), drop("antibodies"), drop("boundaries"), drop("outcomes"), drop("strata"), drop("randomisation"),
     drop("sites"), drop("infusions.product"), put("looks", []), drop("event_windows.1.last_day"),
     drop("board"), drop("board.quorum"), put("board", {"source": "states nothing"})],
)  # fmt: skip
def test_parse_protocol_allows_what_may_be_left_out(change: Change) -> None:
    assert parse_protocol(changed(change)).code == "STROMA-COV-2"


def test_charter_that_states_nothing_is_given_nothing() -> None:
    charter = parse_protocol(changed(put("board", {"source": "states nothing"}))).board

    assert charter == BoardCharter(source="states nothing")
    assert charter.quorum is None
    assert parse_protocol(changed(drop("board"))).board is None


def test_protocol_finds_doses_sites_arms_and_causes() -> None:
    protocol = parse_protocol(STROMA)

    found = (
        protocol.dose(2),
        protocol.site("07"),
        protocol.arm("PLACEBO"),
        protocol.cause(" covid-19 PROGRESSION "),
    )

    assert all(found)
    assert protocol.cause("possible") == protocol.cause("POSSIBLE")
    assert (protocol.dose(4), protocol.site("99"), protocol.arm("A"), protocol.cause("")) == (None,) * 4


def test_parse_protocol_reads_the_same_from_json() -> None:
    through_json = json.loads(json.dumps(canonical_content(STROMA)))

    assert parse_protocol(through_json) == parse_protocol(STROMA)
    assert content_sha256(through_json) == content_sha256(STROMA)


def test_numbers_are_exact_whatever_they_were_read_from() -> None:
    plan = parse_protocol(json.loads(canonical_json(STROMA))).haemodynamics

    assert plan is not None
    assert plan.criteria[3].value == Decimal("0.1")


def test_content_sha256_ignores_the_order_of_keys_and_sees_every_value() -> None:
    turned = dict(reversed(STROMA.items()))

    assert content_sha256(turned) == content_sha256(STROMA)
    assert content_sha256(changed(put("infusions.cap_cells_million", 81))) != content_sha256(STROMA)


def test_as_json_writes_days_and_whole_decimals_plainly() -> None:
    content = {"day": date(2020, 4, 1), "whole": Decimal("80.0"), "part": Decimal("0.5"), "list": (1, 2.0)}

    assert canonical_content(content) == {"day": "2020-04-01", "whole": 80, "part": 0.5, "list": [1, 2]}


@pytest.mark.parametrize(
    ("data", "named"),
    [(b"looks = [10,\nb = 1", "line 2"), (b"\xff\xfe", "utf-8"), (b"a = 1\na = 2\n", "line 2")],
)
def test_protocol_content_of_no_toml_says_where(data: bytes, named: str) -> None:
    with pytest.raises(ProtocolError) as refused:
        protocol_content(data)

    assert named in str(refused.value)
    assert "must be TOML" in str(refused.value)


def test_protocol_content_allows_a_byte_order_mark() -> None:
    assert protocol_content(b'\xef\xbb\xbfcode = "X"') == {"code": "X"}


def test_long_values_are_cut_in_messages() -> None:
    sentence = problems(changed(put("title", ["x" * 500])))["title"]

    assert len(sentence) < 200
