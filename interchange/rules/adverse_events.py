"""Reads AE and SUPPAE (SDTMIG 3.4 section 6.2.1): terms, grades, seriousness, cause, outcome, partial dates as given.

Severity, grade and seriousness are three answers, and none is derived from another. A value is refused when it cannot
be read, or when `events.rules` refuses it; contradictions are imported and listed by `findings`.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from events.choices import Outcome
from events.rules.adverse_events import Criteria, EventContext, EventFacts, check_imported_event
from events.rules.adverse_events.entered import QUALIFIERS
from interchange.rules.admission import Intake, KeysOnce
from interchange.rules.cells import Cells, Notes, decimal_of
from interchange.rules.episodes import episode_identity, events_of
from interchange.rules.records import EventRecord, RecordOrigin
from interchange.rules.remarks import NOT_USED, ImportRemark
from interchange.rules.rows import Dataset
from interchange.rules.supplementals import (
    TREATMENT_EMERGENT,
    Parent,
    qualifier_flag,
    read_supplementals,
)
from interchange.rules.terminology import (
    ACTIONS,
    AFTER,
    ONGOING,
    OUTCOMES,
    RELATIONS,
    SERIOUSNESS_CRITERIA,
    SEVERITIES,
)
from interchange.rules.terms import Vocabulary, specified
from trials.rules.protocol import Protocol

REQUIRED = ("AESEQ", "AETERM", "AEDECOD")
CONTINUED = (
    "AETERM*"  # AETERM1, AETERM2 …: the rest of a term of more than 200 characters (SDTMIG 3.4, 4.5.3.2)
)
SHORTENED = "…"
GRADE = re.compile(r"(?:GRADE\s*)?(\d+(?:\.0*)?)", re.IGNORECASE)
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
    **{field.name: name for name, field in QUALIFIERS.items()},
}
"""The SDTM variable of a field in a rule's refusal."""


class EventReader:
    """Reads the events of one study; `vocabulary` is None where the study uses its own terms."""

    def __init__(self, protocol: Protocol, vocabulary: Vocabulary | None, intake: Intake) -> None:
        self._protocol = protocol
        self._vocabulary = vocabulary
        self._intake = intake
        self._context = EventContext(
            at=intake.at,
            dictionary_version=vocabulary.version if vocabulary else None,
            grades_version=protocol.dictionary.grades,
            causality=protocol.causality,
        )

    def read(self, dataset: Dataset | None, supplemental: Dataset | None) -> tuple[EventRecord, ...]:
        """One record per event of AE; the rows with a bad value are left out."""
        used = (TREATMENT_EMERGENT, CONTINUED, *QUALIFIERS)
        qualifiers = read_supplementals(supplemental, Parent("AE", dataset), self._intake, used)
        if dataset is None:
            return ()
        once = KeysOnce()
        shared = _shared_sequences(dataset)
        records = []
        for cells in self._intake.admit(dataset, domain="AE", required=REQUIRED):
            sequence = cells.sequence("AESEQ")
            own = (cells.text("USUBJID"), sequence)
            if own in shared and own in qualifiers:
                sentence = "SUPPAE: its qualifiers are not used, because two rows of AE have this AESEQ."
                cells.remark("qualifier_of_two", sentence)
            of_row = {
                **({} if own in shared else qualifiers.get(own, {})),
                **_continued_columns(cells, dataset.columns),
            }
            record = self._event(cells, sequence, of_row)
            if cells.are_sound:
                once.check(cells, "AESEQ", record.participant, sequence, *episode_identity(record))
            if cells.are_sound:
                self._refuse_impossible(cells, record.facts)
            if cells.are_sound:
                records.append(record)
        notes = self._intake.notes.get("ae", Notes())
        self._note_grades(dataset, notes)
        return events_of(records, self._protocol, notes.remarks)

    def _event(self, cells: Cells, sequence: int, qualifiers: Mapping[str, str]) -> EventRecord:
        whole = _whole_term(cells, qualifiers)
        facts = self._facts(cells, _stored_term(cells, whole), qualifiers)
        own = cells.short("AEDECOD", LONGEST_TEXT)
        if not own and facts.term is None and cells.are_sound:
            cells.remark(
                "uncoded",
                "AEDECOD: empty; imported under its own words, and counted as uncoded.",
            )
        columns = {name: cells.text(name) for name in DICTIONARY_COLUMNS if cells.text(name)}
        return EventRecord(
            origin=RecordOrigin(cells.row.file, cells.row.line),
            participant=cells.text("USUBJID"),
            sequence=sequence,
            facts=facts,
            term=facts.term.term if facts.term else own,
            soc=facts.term.soc if facts.term else _own_class(cells),
            action=cells.term("AEACN", ACTIONS),
            treatment_emergent=qualifier_flag(qualifiers, TREATMENT_EMERGENT),
            dictionary_columns=columns
            | ({"AETERM": whole} if whole != facts.reported_term else {})
            | ({"AEGRPID": group} if (group := cells.text("AEGRPID")) else {}),
            group=cells.text("AEGRPID"),
        )

    def _facts(self, cells: Cells, verbatim: str, qualifiers: Mapping[str, str]) -> EventFacts:
        zone = self._intake.zone(cells.text("USUBJID"))
        term = self._vocabulary.match(cells) if self._vocabulary and cells.are_sound else None
        answers = {field: cells.flag(variable) for variable, field in SERIOUSNESS_CRITERIA.items()}
        of_row: dict[str, Any] = {
            field.name: qualifiers.get(name, "").upper() for name, field in QUALIFIERS.items()
        }
        outcome, ended = cells.term("AEOUT", OUTCOMES), cells.moment("AEENDTC", zone)
        return EventFacts(
            term=term,
            term_version=self._vocabulary.version if self._vocabulary and term else "",
            reported_term=verbatim,
            specify=specified(term, verbatim) if term else "",
            grade=_grade(cells) if self._protocol.dictionary.is_graded else None,
            severity=cells.term("AESEV", SEVERITIES),
            serious=cells.flag("AESER"),
            criteria=Criteria(**answers),
            causality=self._causality(cells),
            outcome=outcome,
            onset=cells.moment("AESTDTC", zone),
            ended=ended,
            ongoing=_ongoing(cells, outcome, is_ended=ended is not None),
            **of_row,
        )

    def _note_grades(self, dataset: Dataset, notes: Notes) -> None:
        """Report grades that the protocol does not use, with the entry that the protocol would need."""
        graded = sum(bool(row.values.get("AETOXGR")) for row in dataset.rows)
        if graded and not self._protocol.dictionary.is_graded:
            sentence = (
                f"AETOXGR: {graded} grades are not used, because the protocol's dictionary has none; "
                'write grades = "CTCAE-5.0" under [dictionary] to use them.'
            )
            notes.remarks.append(ImportRemark(NOT_USED, dataset.file, sentence))
            notes.used.add("AETOXGR")

    def _causality(self, cells: Cells) -> str:
        """The code of the protocol's category with the code or label of AEREL; empty means missing."""
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
        """List what the rules of adverse events refuse, such as a grade that the term does not have."""
        for remark in check_imported_event(facts, self._context).refusals:
            cells.refuse(VARIABLES[remark.field], str(remark))


def _shared_sequences(dataset: Dataset) -> frozenset[tuple[str, int]]:
    """Participant and AESEQ of rows that share them: a qualifier does not say to which of these it belongs."""
    uses: Counter[tuple[str, int]] = Counter()
    for row in dataset.rows:
        number = decimal_of(row.values.get("AESEQ", ""))
        if number is not None and number == number.to_integral_value():
            uses[row.values.get("USUBJID", ""), int(number)] += 1
    return frozenset(key for key, times in uses.items() if times > 1)


def _own_class(cells: Cells) -> str:
    """The study's own class: AEBODSYS, which SDTM provides for the study's tables, else AESOC."""
    return cells.short("AEBODSYS", LONGEST_TEXT) or cells.short("AESOC", LONGEST_TEXT)


def _ongoing(cells: Cells, outcome: str, *, is_ended: bool) -> bool | None:
    """True when the event continues at the reference point (AEENRF, AEENRTPT); else not answered.

    An event that ended after the period continues at its end, unless an end or a recovery is recorded.
    """
    said = {cells.text(variable).upper() for variable in ("AEENRF", "AEENRTPT")}
    for word in sorted(said - RELATIONS):
        cells.remark(NOT_USED, f"AEENRF, AEENRTPT: “{word}” is no relation to a reference period; not used.")
    if ONGOING in said:
        return True
    settled = is_ended or outcome in (Outcome.RECOVERED, Outcome.RECOVERED_WITH_SEQUELAE, Outcome.FATAL)
    return True if said & AFTER and not settled else None


def _grade(cells: Cells) -> int | None:
    """The CTCAE grade: `3`, `3.0` or `GRADE 3`."""
    match = GRADE.fullmatch(cells.text("AETOXGR"))
    return int(match[1].partition(".")[0][:3]) if match else cells.whole("AETOXGR")


def _continued_columns(cells: Cells, columns: Sequence[str]) -> Mapping[str, str]:
    """AETERM1, AETERM2 … where they are in AE itself."""
    names = (name for name in columns if name.startswith("AETERM") and name[len("AETERM") :].isdigit())
    return {name: cells.text(name) for name in names if cells.text(name)}


def _whole_term(cells: Cells, qualifiers: Mapping[str, str]) -> str:
    """The reported term with its continuations, in the order of their numbers."""
    first = cells.required("AETERM")
    parts = {int(n[6:]): v for n, v in qualifiers.items() if n.startswith("AETERM") and n[6:].isdigit()}
    return " ".join([first, *(parts[number] for number in sorted(parts))]).strip()


def _stored_term(cells: Cells, whole: str) -> str:
    """The term as a record stores it; a longer one is shortened visibly, and stored whole with the coding."""
    if len(whole) <= LONGEST_TEXT:
        return whole
    cells.remark(
        "term_shortened",
        f"AETERM: {len(whole)} characters; shown to {LONGEST_TEXT}, kept whole with the event.",
    )
    return whole[: LONGEST_TEXT - len(SHORTENED)] + SHORTENED
