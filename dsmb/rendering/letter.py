"""The open letter: from the open recommendation and facts of the open report only, in English and French.

The same facts give the same bytes: the result does not depend on clock, fonts or settings of the machine.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from django.template import Context, Engine
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from documents.fonts import fonts
from documents.pdf_standards import STANDARDS
from dsmb.choices import LetterFormat
from reports.choices import Recommendation

LANGUAGES = ("en", "fr")
SOURCE = Path(__file__).resolve().parent / "letter.typ"
TEMPLATES = Path(__file__).resolve().parent.parent / "templates"

SENTENCES = {
    Recommendation.CONTINUE: _lazy("The board recommends that the trial continue unmodified."),
    Recommendation.MODIFY: _lazy(
        "The board recommends that the trial continue with the modification stated here."
    ),
    Recommendation.PAUSE: _lazy("The board recommends that enrolment be suspended."),
    Recommendation.STOP: _lazy("The board recommends that the trial be stopped for harm."),
    Recommendation.MORE_DATA: _lazy("The board asks for more data before it recommends anything else."),
    Recommendation.AD_HOC: _lazy("The board will meet again ad hoc."),
}


@dataclass(frozen=True)
class LetterReport:
    """A report before the board, with the facts of its open version."""

    number: int
    version: int
    look: int | None
    data_cutoff_at: datetime
    snapshot_sha256: str


@dataclass(frozen=True)
class LetterFacts:
    """The input of a letter. Times are aware; nothing here is sealed."""

    trial_code: str
    trial_title: str
    held_on: date
    look: int | None
    reports: Sequence[LetterReport]
    recommendation: str
    conditions: str
    chair_name: str
    signed_at: datetime
    meaning: str
    open_minutes_sha256: str
    sent_at: datetime
    answer_due_date: date | None


@dataclass(frozen=True)
class Letter:
    """The letter in one language, as template and typst source use it."""

    language: str
    title: str
    eyebrow: str
    day: Sequence[int]
    facts: Sequence[tuple[str, str]]
    recommendation_title: str
    recommendation: Sequence[str]
    reports_title: str
    reports: Sequence[str]
    answer_title: str
    answer: str
    signature_title: str
    signature: Sequence[str]
    foot: str


def letter_documents(facts: LetterFacts) -> dict[tuple[str, LetterFormat], bytes]:
    """The letter in every language and format, by (language, format)."""
    documents = {}
    for language in LANGUAGES:
        letter = letter_in(language, facts)
        documents[language, LetterFormat.HTML] = letter_html(letter)
        documents[language, LetterFormat.PDF] = letter_pdf(letter, facts.sent_at)
    return documents


def letter_in(language: str, facts: LetterFacts) -> Letter:
    """The letter in one language; the chair's texts stay as written."""
    with translation.override(language):
        return Letter(
            language=language,
            title=_("Recommendation of the data safety monitoring board"),
            eyebrow=f"{facts.trial_code} · {facts.trial_title}",
            day=[facts.sent_at.year, facts.sent_at.month, facts.sent_at.day],
            facts=_facts(facts),
            recommendation_title=_("Recommendation"),
            recommendation=[str(SENTENCES[Recommendation(facts.recommendation)]), *_conditions(facts)],
            reports_title=_("What the board had before it"),
            reports=[_report_line(report) for report in facts.reports],
            answer_title=_("The sponsor’s answer"),
            answer=_answer(facts),
            signature_title=_("Signature"),
            signature=_signature(facts),
            foot=_(
                "Open letter, made from the open recommendation and open reports alone; it holds no result by arm."
            ),
        )


def letter_html(letter: Letter) -> bytes:
    """One self-contained file without scripts and external resources."""
    engine = Engine(dirs=[str(TEMPLATES)], autoescape=True, string_if_invalid="")
    return engine.get_template("dsmb/letter.html").render(Context({"letter": letter})).encode()


def letter_pdf(letter: Letter, sent_at: datetime) -> bytes:
    """PDF/A-2a and PDF/UA-1, dated with the time of sending."""
    # Imported here: web processes use only the languages of the letter and never set a page.
    import typst  # noqa: PLC0415

    compiled = typst.compile(
        SOURCE.read_bytes(),
        font_paths=fonts(),
        sys_inputs={"letter": json.dumps(asdict(letter), ensure_ascii=False)},
        format="pdf",
        pdf_standards=STANDARDS,
        timestamp=int(sent_at.timestamp()),
    )
    return bytes(compiled)


def _facts(facts: LetterFacts) -> list[tuple[str, str]]:
    look = _("Look at %(look)s enrolled") % {"look": facts.look} if facts.look else _("Ad hoc meeting")
    return [
        (_("Trial"), facts.trial_code),
        (_("Meeting"), f"{_day(facts.held_on)} · {look}"),
        (_("Sent"), _moment(facts.sent_at)),
    ]


def _conditions(facts: LetterFacts) -> list[str]:
    return [facts.conditions] if facts.conditions else []


def _report_line(report: LetterReport) -> str:
    words = {
        "number": report.number,
        "version": report.version,
        "cutoff": _moment(report.data_cutoff_at),
        "sha256": report.snapshot_sha256,
    }
    return (
        _("Report %(number)s, version %(version)s, data to %(cutoff)s; open snapshot SHA-256 %(sha256)s")
        % words
    )


def _answer(facts: LetterFacts) -> str:
    if facts.answer_due_date is None:
        return _(
            "The protocol states no deadline for the sponsor’s answer. The board asks for it in writing."
        )
    return _("The board asks for the sponsor’s answer by %(day)s.") % {"day": _day(facts.answer_due_date)}


def _signature(facts: LetterFacts) -> list[str]:
    words = {"name": facts.chair_name, "moment": _moment(facts.signed_at)}
    return [
        _("Signed electronically by %(name)s, chair of the board, on %(moment)s.") % words,
        _("Meaning: %(meaning)s") % {"meaning": _(facts.meaning)},
        _("Open minutes signed with it: SHA-256 %(sha256)s") % {"sha256": facts.open_minutes_sha256},
    ]


def _day(value: date) -> str:
    return date_format(value, "d N Y" if translation.get_language() == "fr" else "d M Y")


def _moment(value: datetime) -> str:
    moment = value.astimezone(UTC)
    return f"{_day(moment.date())} {moment:%H:%M} UTC"
