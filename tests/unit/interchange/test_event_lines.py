"""An event as lines of AE, and lines of AE as an event with its course: nothing is lost on the way."""

from typing import Any

import pytest

from events.choices import ObservationKind
from events.rules.course import Observation
from interchange.rules.event_lines import ExportedEvent, lines_of_events
from interchange.rules.standing_keys import RecordedEvent, with_standing_keys
from interchange.services.event_values import course_fields, event_fields
from partial_dates import parse_partial
from tests.unit.interchange.study_rows import STROMA, ae, dm, study_of, supp
from trials.rules.protocol.event_tables import read_dictionary
from trials.rules.protocol.problems import Problems
from trials.rules.protocol.reading import ProtocolTable

ENDED = "RECOVERED/RESOLVED"
GOES_ON = "NOT RECOVERED/NOT RESOLVED"


def row(number: int, written: str, grade: int | None, kind: str = "course", outcome: str = "") -> Observation:
    moment = parse_partial(written, "Europe/Paris") if written else None
    return Observation(
        number=number, kind=ObservationKind(kind), observed=moment, grade=grade, outcome=outcome
    )


COURSE = (
    row(1, "2020-04-06", 1, "opening"),
    row(2, "2020-04-07", 3),
    row(3, "", None, outcome="RECOVERING/RESOLVING"),
    row(4, "2020-04-10", 2),
    row(5, "2020-04-12", None, "end", ENDED),
)


def event(**given: Any) -> ExportedEvent:
    plain: dict[str, Any] = {
        "participant": "P1",
        "number": 4,
        "term": "low pressure",
        "decoded": "Hypotension",
        "soc": "Vascular disorders",
        "onset": "2020-04-06",
        "ended": "2020-04-12",
        "grade": 3,
        "severity": "MODERATE",
        "serious": False,
        "criteria": {"hospitalisation": False},
        "causality": "POSSIBLE",
        "action": "DOSE NOT CHANGED",
        "outcome": ENDED,
        "ongoing": None,
        "rows": COURSE,
    }
    return ExportedEvent(**(plain | given))


def lines(*events: ExportedEvent, mode: Any = "changes") -> list[dict[str, str]]:
    return lines_of_events(events, study=STROMA, lines=mode, on="2020-05-01")[0]


def told(line: dict[str, str]) -> tuple[str, ...]:
    return tuple(line[name] for name in ("AESEQ", "AEGRPID", "AETOXGR", "AESTDTC", "AEENDTC", "AEOUT"))


def test_one_line_at_the_worst() -> None:
    (line,) = lines(event(), mode="worst")

    assert told(line) == ("1", "", "3", "2020-04-06", "2020-04-12", ENDED)
    assert (line["AESER"], line["AESHOSP"], line["AESLIFE"], line["AEREL"]) == ("N", "N", "", "POSSIBLE")


def test_one_line_per_change_ends_where_the_next_begins() -> None:
    assert [told(line) for line in lines(event(), event(number=5, rows=(), grade=2))] == [
        ("1", "E4", "1", "2020-04-06", "2020-04-07", GOES_ON),
        ("2", "E4", "3", "2020-04-07", "2020-04-10", GOES_ON),
        ("3", "E4", "2", "2020-04-10", "2020-04-12", ENDED),
        ("4", "", "2", "2020-04-06", "2020-04-12", ENDED),
    ]


def test_death_is_the_last_line() -> None:
    rows = (row(1, "2020-04-06", 3, "opening"), row(2, "2020-04-09", 5, "end", "FATAL"))

    found = lines(event(rows=rows, grade=5, ended="2020-04-09", outcome="FATAL"))

    assert [told(line)[2:] for line in found] == [
        ("3", "2020-04-06", "2020-04-09", GOES_ON),
        ("5", "2020-04-09", "2020-04-09", "FATAL"),
    ]


def test_qualifiers_follow_every_line_of_their_event() -> None:
    exported = event(treatment_emergent=True, autopsy="DONE")

    supplemental = lines_of_events([exported], study=STROMA, lines="changes", on="2020-05-01")[1]

    assert [(one["IDVARVAL"], one["QNAM"], one["QVAL"]) for one in supplemental] == [
        (sequence, *said) for sequence in "123" for said in (("AETRTEM", "Y"), ("AEAUTOPS", "DONE"))
    ]


def test_lines_that_are_read_again_give_the_same_course_and_event() -> None:
    study = study_of(graded=True, dm=[dm(study=STROMA)], ae=[dict(line) for line in lines(event())])

    ((_key, found),) = course_fields(study, {"P1": 1}).items()
    ((_key, fields),) = event_fields(study, {"P1": 1}, {"10021097": 7}, {}).items()

    assert [(one["kind"], one["observed"], one["grade"], one["outcome"]) for one in found] == [
        ("opening", "2020-04-06", 1, GOES_ON),
        ("course", "2020-04-07", 3, GOES_ON),
        ("course", "2020-04-10", 2, ""),
        ("end", "2020-04-12", None, ENDED),
    ]
    assert (fields["grade"], fields["present_grade"], fields["worsened"], fields["ended"]) == (
        3, 2, "2020-04-07", "2020-04-12",
    )  # fmt: skip


def test_protocol_says_how_lines_are_written() -> None:
    def dictionary(**said: Any) -> Any:
        problems = Problems()
        table = ProtocolTable(
            {"name": "CTCAE", "version": "5.0", "source": "s", **said}, "dictionary", problems
        )
        return read_dictionary(table).lines, problems

    assert dictionary()[0] == "worst"
    assert dictionary(lines="changes")[0] == "changes"


RASH = {"AETERM": "RASH", "AEDECOD": "RASH"}


def keys(recorded: list[RecordedEvent], *rows: dict[str, str]) -> dict[str, str]:
    study = with_standing_keys(study_of(ae=list(rows)), recorded)
    return {f"{one.term} {one.facts.onset.text}": one.key for one in study.events if one.facts.onset}


def standing(key: str, term: str, onset: str) -> RecordedEvent:
    return RecordedEvent("P1", key, term.casefold(), onset)


@pytest.mark.parametrize(
    ("recorded", "rows", "expected"),
    [
        # A second event under the AESEQ of one that is on record must not take its place, whatever its name.
        (
            [standing("AESEQ 1", "RASH", "2013-01-12")],
            [ae(**RASH), ae(AETERM="ANGINA", AEDECOD="ANGINA")],
            {"RASH 2013-01-12": "AESEQ 1", "ANGINA 2013-01-12": "AESEQ 1 #2"},
        ),
        # A corrected onset does not exchange the two.
        (
            [standing("AESEQ 1", "RASH", "2013-01-12"), standing("AESEQ 1 #2", "RASH", "2013-01-20")],
            [ae(**RASH, AESTDTC="2013-01-25"), ae(**RASH, AESTDTC="2013-01-20")],
            {"RASH 2013-01-25": "AESEQ 1", "RASH 2013-01-20": "AESEQ 1 #2"},
        ),
        # A corrected term is found by its onset.
        (
            [standing("AESEQ 1", "HEADACHE", "2013-01-12"), standing("AESEQ 1 #2", "RASH", "2013-01-20")],
            [ae(AETERM="ZOSTER", AEDECOD="ZOSTER"), ae(**RASH, AESTDTC="2013-01-20")],
            {"ZOSTER 2013-01-12": "AESEQ 1", "RASH 2013-01-20": "AESEQ 1 #2"},
        ),
        # One of two that is no longer in the files leaves the other its own record.
        (
            [standing("AESEQ 1", "HEADACHE", "2013-01-12"), standing("AESEQ 1 #2", "RASH", "2013-01-20")],
            [ae(**RASH, AESTDTC="2013-01-20")],
            {"RASH 2013-01-20": "AESEQ 1 #2"},
        ),
        ([], [ae(), ae(seq="2", **RASH)], {"HEADACHE 2013-01-12": "AESEQ 1", "RASH 2013-01-12": "AESEQ 2"}),
    ],
)
def test_events_under_one_aeseq_keep_their_own_records(
    recorded: list[RecordedEvent], rows: list[dict[str, str]], expected: dict[str, str]
) -> None:
    assert keys(recorded, *rows) == expected


def test_finding_of_one_of_two_events_under_one_aeseq_names_its_own_line() -> None:
    rows = [ae(**RASH), ae(AESER="N", AESHOSP="Y")]

    found = [one for one in study_of(ae=rows).findings if one.code == "criterion_not_serious"]

    assert [one.origin.line for one in found] == [3]


def test_qualifier_of_an_aeseq_that_two_events_have_belongs_to_neither() -> None:
    rows = [ae(**RASH), ae(), ae(seq="2")]
    qualifiers = [supp("AE", "AETRTEM", "Y", seq="1"), supp("AE", "AETRTEM", "Y", seq="2")]

    study = study_of(ae=rows, suppae=qualifiers)

    assert [(one.sequence, one.treatment_emergent) for one in study.events] == [
        (1, None),
        (1, None),
        (2, True),
    ]
    assert [one.code for one in study.remarks if one.code == "qualifier_of_two"] == ["qualifier_of_two"] * 2
