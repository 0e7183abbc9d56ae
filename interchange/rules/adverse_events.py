"""Reads AE and SUPPAE (SDTMIG 3.4 section 6.2.1): terms, grades, seriousness, cause, outcome, partial dates as given.

Severity, grade and seriousness are three answers, and none is derived from another. What contradicts something else
is imported and listed by `findings`; refused is only what no reading can be given to.
"""

from collections.abc import Mapping

from events.rules.ctcae import Term, is_other_specify
from interchange.rules.admission import KeysOnce, admit
from interchange.rules.cells import Cells
from interchange.rules.records import EventRecord, Origin
from interchange.rules.rows import BadRow, Dataset
from interchange.rules.supplementals import (
    TREATMENT_EMERGENT,
    Parent,
    keys_of,
    qualifier_flag,
    read_supplementals,
)
from interchange.rules.terminology import ACTIONS, GRADES, OUTCOMES, SERIOUSNESS_CRITERIA, SEVERITIES
from interchange.rules.terms import Vocabulary, check_grade, check_specified
from trials.rules.dates import surely_before
from trials.rules.protocol import Protocol

REQUIRED = ("AESEQ", "AETERM", "AEDECOD")
DICTIONARY_COLUMNS = (
    "AELLT",
    "AELLTCD",
    "AEDECOD",
    "AEPTCD",
    "AEHLT",
    "AEHLTCD",
    "AEHLGT",
    "AEHLGTCD",
    "AEBODSYS",
    "AEBDSYCD",
    "AESOC",
    "AESOCCD",
)


class EventReader:
    """Reads the events of one study; `vocabulary` is None where the study keeps its own terms."""

    def __init__(self, protocol: Protocol, vocabulary: Vocabulary | None, zones: Mapping[str, str]) -> None:
        self._protocol = protocol
        self._vocabulary = vocabulary
        self._zones = zones

    def read(
        self, dataset: Dataset | None, supplemental: Dataset | None, refused: list[BadRow]
    ) -> tuple[EventRecord, ...]:
        """One record per row of AE; every bad value is added to `refused`, its row left out."""
        participants = self._zones.keys()
        qualifiers = read_supplementals(
            supplemental, Parent("AE", participants, keys_of(dataset, "AE")), refused
        )
        if dataset is None:
            return ()
        once = KeysOnce()
        records = []
        for cells in admit(
            dataset, domain="AE", required=REQUIRED, participants=participants, refused=refused
        ):
            sequence = cells.sequence("AESEQ")
            once.check(cells, "AESEQ", cells.text("USUBJID"), sequence)
            record = self._event(cells, sequence, qualifiers.get((cells.text("USUBJID"), sequence), {}))
            if cells.are_sound:
                records.append(record)
        return tuple(records)

    def _event(self, cells: Cells, sequence: int, qualifiers: Mapping[str, str]) -> EventRecord:
        participant = cells.text("USUBJID")
        zone = self._zones.get(participant, self._protocol.timezone)
        grade = self._grade(cells)
        term = self._term(cells, grade)
        record = EventRecord(
            origin=Origin(cells.row.file, cells.row.line),
            participant=participant,
            sequence=sequence,
            verbatim=cells.required("AETERM"),
            term=term.term,
            term_code=term.code,
            is_other_specify=bool(term.code) and is_other_specify(term.term),
            system_organ_class=term.soc,
            grade=grade,
            severity=cells.term("AESEV", SEVERITIES),
            serious=cells.flag("AESER"),
            criteria={variable: cells.flag(variable) for variable in SERIOUSNESS_CRITERIA},
            causality=self._causality(cells),
            action=cells.term("AEACN", ACTIONS),
            outcome=cells.term("AEOUT", OUTCOMES),
            onset=cells.moment("AESTDTC", zone),
            end=cells.moment("AEENDTC", zone),
            treatment_emergent=qualifier_flag(qualifiers, TREATMENT_EMERGENT),
            dictionary_columns={name: cells.text(name) for name in DICTIONARY_COLUMNS if cells.text(name)},
        )
        if record.onset and record.end and surely_before(record.end, record.onset):
            cells.refuse("AEENDTC", f"the end is before AESTDTC ({record.onset.text})")
        return record

    def _grade(self, cells: Cells) -> int | None:
        """CTCAE's grade, 1 to 5; None when missing, or when the study's dictionary has no grades."""
        if self._vocabulary is None:
            return None
        grade = cells.whole("AETOXGR")
        if grade is not None and grade not in GRADES:
            cells.refuse("AETOXGR", "a grade is a whole number from 1 to 5")
            return None
        return grade

    def _term(self, cells: Cells, grade: int | None) -> Term:
        """The pinned vocabulary's term, or the study's own term and class as text with no grades."""
        own_class = cells.text("AEBODSYS") or cells.text("AESOC")
        own = Term(code="", soc=own_class, term=cells.required("AEDECOD"), grades=())
        if self._vocabulary is None or not own.term:
            return own
        term = self._vocabulary.match(cells)
        if term is None:
            return own
        check_grade(cells, term, self._vocabulary.version, grade)
        check_specified(cells, term)
        return term

    def _causality(self, cells: Cells) -> str:
        """The code of the protocol's category that AEREL names by code or label; empty means missing."""
        written = cells.text("AEREL")
        if not written:
            return ""
        category = self._protocol.cause(written)
        if category is None:
            codes = ", ".join(category.code for category in self._protocol.causality)
            cells.refuse("AEREL", f"the protocol's causality categories are {codes}")
            return ""
        return category.code
