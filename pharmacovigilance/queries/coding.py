"""Coding in MedDRA: the subjects of a trial, their words, the last decision about each."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from django.db.models import Q, QuerySet

from assessments.models import Medication, SensitisingEvent
from events.models import AdverseEvent
from pharmacovigilance.choices import CodedSubject
from pharmacovigilance.meddra.release import RecodingNeed, TermMeaning, folded_words, recoding_needs
from pharmacovigilance.models import MeddraPath, MeddraPin, MeddraTerm, MeddraVersion, TermCoding
from trials.models import Trial

SHOWN_AT_MOST = 300
"""Lines of one page or sheet (own choice); further ones are counted."""


@dataclass(frozen=True)
class CodingLine:
    """A record with its words and the last decision about it.

    `is_coded`: the decision is of these words and version.
    """

    subject: CodedSubject
    record: Any
    words: str
    coding: TermCoding | None
    is_coded: bool

    @property
    def record_id(self) -> int:
        return int(self.record.pk)

    @property
    def has_other_words(self) -> bool:
        """The words of the record have changed since it was coded."""
        return self.coding is not None and bool(self.coding.llt_code) and self.coding.words != self.words

    @property
    def number(self) -> str:
        """The event's number within its participant; empty for other records."""
        return str(self.record.number) if self.subject == CodedSubject.EVENT else ""


def pinned_version(trial_id: int) -> MeddraVersion | None:
    """The trial's coding version; None: none chosen."""
    pin = MeddraPin.objects.filter(trial=trial_id).select_related("meddra").order_by("-pk").first()
    return pin.meddra if pin else None


def words_of(subject: str, record: Any) -> str:
    """The words of a record that are coded, as entered."""
    if subject == CodedSubject.EVENT:
        return str(record.reported_term or record.specify or record.dictionary_term).strip()
    if subject == CodedSubject.INDICATION:
        return str(record.indication).strip()
    return str(record.remark or record.get_kind_display()).strip()


def records_to_code(trial: Trial, sites: frozenset[str] | None) -> dict[CodedSubject, QuerySet[Any]]:
    """The records with words to be coded, of these sites (None: all), by kind."""
    place = Q(trial=trial) if sites is None else Q(trial=trial, participant__site__code__in=sorted(sites))
    events = AdverseEvent.objects.recorded().filter(place).select_related("participant", "ctcae_term")
    medications = Medication.objects.standing().filter(place).exclude(indication="")
    history = SensitisingEvent.objects.standing().filter(place)
    return {
        CodedSubject.EVENT: events.order_by("participant__code", "number"),
        CodedSubject.INDICATION: medications.select_related("participant").order_by(
            "participant__code", "pk"
        ),
        CodedSubject.HISTORY: history.select_related("participant").order_by("participant__code", "pk"),
    }


def last_codings(subject: str, ids: Iterable[int]) -> dict[int, TermCoding]:
    """The last decision about each of these records."""
    field = FIELD_OF[CodedSubject(subject)]
    rows = TermCoding.objects.filter(**{f"{field}__in": list(ids)}).select_related("meddra", "coded_by")
    return {getattr(row, f"{field}_id"): row for row in rows.order_by("pk")}


FIELD_OF: Mapping[CodedSubject, str] = {
    CodedSubject.EVENT: "event",
    CodedSubject.INDICATION: "medication",
    CodedSubject.HISTORY: "history",
}
MODEL_OF: Mapping[CodedSubject, Any] = {
    CodedSubject.EVENT: AdverseEvent,
    CodedSubject.INDICATION: Medication,
    CodedSubject.HISTORY: SensitisingEvent,
}


def coding_lines(
    trial: Trial, *, version: MeddraVersion | None, sites: frozenset[str] | None
) -> Iterator[CodingLine]:
    """Every record with words, with its decision. Two queries for each of the three kinds."""
    for subject, rows in records_to_code(trial, sites).items():
        records = list(rows)
        decided = last_codings(subject, [row.pk for row in records])
        for row in records:
            yield _line(subject, row, decided.get(row.pk), version)


def coding_line_of(subject: str, record: Any, *, version: MeddraVersion | None) -> CodingLine:
    """The same of one record."""
    decided = last_codings(subject, [record.pk]).get(record.pk)
    return _line(CodedSubject(subject), record, decided, version)


def _line(
    subject: CodedSubject, record: Any, coding: TermCoding | None, version: MeddraVersion | None
) -> CodingLine:
    words = words_of(subject, record)
    is_coded = (
        coding is not None
        and version is not None
        and bool(coding.llt_code)
        and (coding.meddra_id, coding.words) == (version.pk, words)
    )
    return CodingLine(subject, record, words, coding, is_coded)


def current_terms(version: MeddraVersion) -> QuerySet[MeddraTerm]:
    """The terms permitted for new coding."""
    return MeddraTerm.objects.filter(version=version, is_current=True)


def search_meddra(version: MeddraVersion, text: str, *, limit: int) -> list[MeddraTerm]:
    """Current terms that have every word, in any case, with or without accents: whole names first, then short ones."""
    wanted = folded_words(text)
    if not wanted:
        return []
    rows = current_terms(version)
    for word in wanted.split():
        rows = rows.filter(folded__contains=word)
    found = sorted(rows, key=lambda term: _rank(term, wanted))
    return found[:limit]


def _rank(term: MeddraTerm, wanted: str) -> tuple[bool, bool, int, str]:
    return term.folded != wanted, not term.folded.startswith(wanted), len(term.folded), term.folded


def exact_terms(version: MeddraVersion, texts: Iterable[str]) -> dict[str, MeddraTerm]:
    """The one current term with the same words, by folded text; texts with none or several are left out."""
    wanted = {folded_words(text) for text in texts} - {""}
    found: dict[str, list[MeddraTerm]] = {}
    for term in current_terms(version).filter(folded__in=wanted):
        found.setdefault(term.folded, []).append(term)
    return {folded: terms[0] for folded, terms in found.items() if len(terms) == 1}


def meanings(version: MeddraVersion, codes: Iterable[str]) -> dict[str, TermMeaning]:
    """The meaning of these codes in a version; missing ones are left out. Two queries."""
    terms = list(MeddraTerm.objects.filter(version=version, code__in=set(codes)))
    primary = MeddraPath.objects.filter(
        version=version, pt_code__in={term.pt_code for term in terms}, is_primary=True
    )
    paths = {path.pt_code: path for path in primary}
    return {
        term.code: TermMeaning(
            term.code, term.name, term.is_current, path.pt_code, path.pt_name, path.soc_code, path.soc_name
        )
        for term in terms
        for path in [paths[term.pt_code]]
    }


def codings_in_use(trial: Trial, version: MeddraVersion) -> list[TermCoding]:
    """The last decision about each record of the trial, where it is a code of this version."""
    rows = (
        TermCoding.objects.filter(trial=trial).select_related("event", "medication", "history").order_by("pk")
    )
    last = {(row.subject, row.record_id): row for row in rows}
    return [row for row in last.values() if row.llt_code and row.meddra_id == version.pk]


def recoding_report(trial: Trial, *, old: MeddraVersion, new: MeddraVersion) -> tuple[RecodingNeed, ...]:
    """The effect of a change of version on the trial's codes, one entry for each code."""
    codes = tuple(sorted({row.llt_code for row in codings_in_use(trial, old)}))
    return recoding_needs(codes, old=meanings(old, codes), new=meanings(new, codes), version=new.number)


def first_lines(lines: Iterable[CodingLine]) -> tuple[list[CodingLine], int]:
    """The lines of a page, uncoded ones first, and the number of further ones."""
    every = list(lines)
    ordered = chain((one for one in every if not one.is_coded), (one for one in every if one.is_coded))
    shown = list(islice(ordered, SHOWN_AT_MOST))
    return shown, len(every) - len(shown)
