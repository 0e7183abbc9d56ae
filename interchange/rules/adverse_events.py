"""Reads AE and SUPPAE (SDTMIG 3.4 section 6.2.1): terms, grades, seriousness, cause, outcome, partial dates as given.

Severity, grade and seriousness are three answers, and none is derived from another. Refused is what no reading can be
given to, and what `events.rules` says cannot be; contradictions are imported and listed by `findings`.
"""

from collections.abc import Mapping

from events.rules.adverse_events import Criteria, EventContext, EventFacts, check_imported_event
from interchange.rules.admission import Intake, KeysOnce
from interchange.rules.cells import Cells
from interchange.rules.records import EventRecord, Origin
from interchange.rules.rows import Dataset
from interchange.rules.supplementals import (
    TREATMENT_EMERGENT,
    Parent,
    keys_of,
    qualifier_flag,
    read_supplementals,
)
from interchange.rules.terminology import ACTIONS, OUTCOMES, SERIOUSNESS_CRITERIA, SEVERITIES
from interchange.rules.terms import Vocabulary, specified
from trials.rules.protocol import Protocol

REQUIRED = ("AESEQ", "AETERM", "AEDECOD")
ONGOING = "ONGOING"  # C66728, relation to reference period
LONGEST_TEXT = 250  # characters of a term or class
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
VARIABLES = {
    "onset": "AESTDTC",
    "ended": "AEENDTC",
    "grade": "AETOXGR",
    "causality": "AEREL",
    "outcome": "AEOUT",
    "serious": "AESER",
    "severity": "AESEV",
    "ctcae_term": "AEDECOD",
    "reported_term": "AETERM",
    "specify": "AETERM",
    **{field: variable for variable, field in SERIOUSNESS_CRITERIA.items()},
}
"""The SDTM variable behind a field that a rule speaks of."""


class EventReader:
    """Reads the events of one study; `vocabulary` is None where the study keeps its own terms."""

    def __init__(self, protocol: Protocol, vocabulary: Vocabulary | None, intake: Intake) -> None:
        self._protocol = protocol
        self._vocabulary = vocabulary
        self._intake = intake
        version = vocabulary.version if vocabulary else None
        self._context = EventContext(at=intake.at, dictionary_version=version, causality=protocol.causality)

    def read(self, dataset: Dataset | None, supplemental: Dataset | None) -> tuple[EventRecord, ...]:
        """One record per row of AE; the rows with a bad value are left out."""
        parent = Parent("AE", keys_of(dataset, "AE"))
        qualifiers = read_supplementals(supplemental, parent, self._intake)
        if dataset is None:
            return ()
        once = KeysOnce()
        records = []
        for cells in self._intake.admit(dataset, domain="AE", required=REQUIRED):
            sequence = cells.sequence("AESEQ")
            once.check(cells, "AESEQ", cells.text("USUBJID"), sequence)
            record = self._event(cells, sequence, qualifiers.get((cells.text("USUBJID"), sequence), {}))
            if cells.are_sound:
                self._refuse_impossible(cells, record.facts)
            if cells.are_sound:
                records.append(record)
        return tuple(records)

    def _event(self, cells: Cells, sequence: int, qualifiers: Mapping[str, str]) -> EventRecord:
        facts = self._facts(cells)
        return EventRecord(
            origin=Origin(cells.row.file, cells.row.line),
            participant=cells.text("USUBJID"),
            sequence=sequence,
            facts=facts,
            term=facts.term.term if facts.term else cells.short("AEDECOD", LONGEST_TEXT),
            soc=facts.term.soc if facts.term else _own_class(cells),
            action=cells.term("AEACN", ACTIONS),
            treatment_emergent=qualifier_flag(qualifiers, TREATMENT_EMERGENT),
            dictionary_columns={name: cells.text(name) for name in DICTIONARY_COLUMNS if cells.text(name)},
        )

    def _facts(self, cells: Cells) -> EventFacts:
        zone = self._intake.zone(cells.text("USUBJID"))
        cells.required("AEDECOD")
        verbatim = cells.required("AETERM") and cells.short("AETERM", LONGEST_TEXT)
        term = self._vocabulary.match(cells) if self._vocabulary and cells.are_sound else None
        answers = {field: cells.flag(variable) for variable, field in SERIOUSNESS_CRITERIA.items()}
        return EventFacts(
            term=term,
            term_version=self._vocabulary.version if self._vocabulary and term else "",
            reported_term=verbatim,
            specify=specified(term, verbatim) if term else "",
            grade=cells.whole("AETOXGR") if self._vocabulary else None,
            severity=cells.term("AESEV", SEVERITIES),
            serious=cells.flag("AESER"),
            criteria=Criteria(**answers),
            causality=self._causality(cells),
            outcome=cells.term("AEOUT", OUTCOMES),
            onset=cells.moment("AESTDTC", zone),
            ended=cells.moment("AEENDTC", zone),
            ongoing=_ongoing(cells),
        )

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

    def _refuse_impossible(self, cells: Cells, facts: EventFacts) -> None:
        """List what the rules of adverse events say cannot be, such as a grade that the term does not have."""
        for remark in check_imported_event(facts, self._context).refusals:
            cells.refuse(VARIABLES[remark.field], str(remark))


def _own_class(cells: Cells) -> str:
    """The study's own class: AEBODSYS, which SDTM means for the study's tables, else AESOC."""
    return cells.short("AEBODSYS", LONGEST_TEXT) or cells.short("AESOC", LONGEST_TEXT)


def _ongoing(cells: Cells) -> bool | None:
    """True when the end relative to a reference point says so (AEENRF, AEENRTPT); else not answered."""
    said = {cells.text("AEENRF").upper(), cells.text("AEENRTPT").upper()}
    return True if ONGOING in said else None
