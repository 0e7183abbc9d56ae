"""Words that no blinded person may read, and the few places at which they may, each with its reason.

A result can exist only where there is a donor, so the word for it unblinds as surely as the value. A word in something
that is the same for every trial and every participant (a schema, a protocol) reveals nothing.
"""

import io
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from pypdf import PdfReader

from accounts.choices import Role
from tests.full_fixture import PROTOCOL
from tests.house.blind.answers import Answer
from tests.house.blind.cast import SEALED_WORDS
from tests.house.blind.normalising import levelled
from tests.house.blind.reaching import Question


@dataclass(frozen=True)
class Forms:
    """The forms of a word.

    A page is searched only where it holds one of the `stems` (in lower case): finding plain text is a hundred times as
    fast.
    """

    stems: tuple[str, ...]
    pattern: re.Pattern[str]

    def found_in(self, text: str, lowered: str) -> re.Match[str] | None:
        return self.pattern.search(text) if any(stem in lowered for stem in self.stems) else None


def forms(*written: str) -> Forms:
    """The forms as regular expressions, whatever their case, each with its stem in braces."""
    stems = [STEM.search(one) for one in written]
    assert all(stems), "a form without a stem would never be searched for"
    pattern = re.compile("|".join(one.replace("{", "").replace("}", "") for one in written), re.I)
    return Forms(tuple(found[1].lower() for found in stems if found), pattern)


def values(words: Iterable[str]) -> Forms:
    """Values as they are written, not as a part of a longer number."""
    pattern = re.compile("|".join(rf"(?<![\d.]){re.escape(word)}(?![\d])" for word in words))
    return Forms(tuple(word.lower() for word in words), pattern)


STEM = re.compile(r"\{([^}]+)\}")
FORBIDDEN: Mapping[str, Forms] = {
    "donor-specific": forms(
        r"(?<![a-z]){dsa}", r"{donor}..?specific", r"{spécifique}s? du donneur", r"{anti-donneur}"
    ),
    "de novo": forms(r"\b{de novo}\b"),
    "donor": forms(r"\b{donor}s?\b", r"{donor_}", r"\b{donneur}s?\b"),
    "arm": forms(r"UC[_-]{MSC}", r"{placebo}", r"{arm_code}", r"{coded arm}"),
    "product": forms(
        r"{viabilit}", r"{cells_million}", r"{million cells}", r"\b{batch}(?:es)?\b", r"\b{lot}s? de produit"
    ),
    "mfi": forms(r"(?<![a-z]){mfi}(?![a-z])"),
    "sealed value": values(SEALED_WORDS),
}
TITLE = tomllib.loads(PROTOCOL.read_text())["title"]
"""The trial's public name says what is tried; it stands on top of many pages."""
SAME_IN_EVERY_REPORT = (
    "Reactivity against the reference donor, MFI before and after",
    '"preformed": "Pre-formed DSA"',
    '"no_preformed": "No pre-formed DSA"',
    '"preformed_unknown": "Pre-formed DSA not evaluable or indeterminate"',
)
"""Headings of a table of every open report, in every trial.

No line follows them, except that the results are in the closed report. Only these words are skipped; a cell with any of
them is not.
"""
SAME_ON_EVERY_FORM = ("what concerns a batch, a dose or the cells is recorded by the cell-therapy unit",)
"""The form for deviations sends whoever has to tell of the product elsewhere: the same for every participant."""
FIXED_TEXTS = [" ".join(text.split()) for text in (TITLE, *SAME_IN_EVERY_REPORT, *SAME_ON_EVERY_FORM)]
PLACES = re.compile(r' (?:c?[xyr]|[xy][12]|points|width|height|transform)="[-\d., a-z()]*"')
"""Where the parts of a drawing lie, in points of the paper.

One that a sealed value shifted would differ when arms are swapped; as a number, a place is equal to some value sooner
or later.
"""
ALL = frozenset(FORBIDDEN)
PLAN = ALL - {"sealed value"}


@dataclass(frozen=True)
class Allowance:
    """Words that are permitted in responses to questions with this beginning; for one role, or for all."""

    name: str
    words: frozenset[str]
    why: str
    role: str = ""


PROTOCOL_PAGE = (
    "the protocol names its arms and rules; it is the same for every participant, and everybody may read it"
)
SCHEMA = "made from the program alone, the same on every site and for every trial; the program is public"
OWN = "the laboratory reads what it has entered itself"
ADDRESS = "the address that was asked for is repeated: it says what the asker said"
REFUSED = "the log says which right was missing, in the words of the permission table; whoever asked named it himself"
ALLOWED = (
    Allowance("GET schema", PLAN, SCHEMA),
    Allowance("GET docs", PLAN, SCHEMA),
    Allowance("GET trials-protocol", PLAN, PROTOCOL_PAGE),
    Allowance("GET admin:trials_protocolversion_change", PLAN, PROTOCOL_PAGE),
    Allowance("GET admin:row_history of trials_protocolversion", PLAN, PROTOCOL_PAGE),
    Allowance("GET admin:immunology_antibodyresult", frozenset({"mfi"}), OWN, Role.HLA_LABORATORY),
    Allowance(
        "GET admin:list_export by a link of GET admin:immunology_",
        frozenset({"mfi"}),
        OWN,
        Role.HLA_LABORATORY,
    ),
    Allowance("GET antibody-results", frozenset({"mfi"}), OWN, Role.HLA_LABORATORY),
    Allowance("POST antibody-results", frozenset({"mfi"}), OWN, Role.HLA_LABORATORY),
    Allowance("GET admin:immunology_seruminrun", frozenset({"mfi"}), OWN, Role.HLA_LABORATORY),
    Allowance("GET laboratory-sera", frozenset({"mfi"}), OWN, Role.HLA_LABORATORY),
    Allowance("POST laboratory-", frozenset({"mfi"}), OWN, Role.HLA_LABORATORY),
    Allowance("GET admin:immunology_dsafinding", frozenset({"donor-specific"}), ADDRESS),
    Allowance("GET admin:product_armkeyopening_open", frozenset({"arm"}), REFUSED),
    Allowance("GET admin:search for", frozenset({"sealed value", "arm"}), ADDRESS),
)


def sayings(question: Question, answer: Answer) -> str:
    """Everything of an answer that a person could read, a PDF as its text.

    The address that was asked for is not news.
    """
    # Levelled: what is drawn at random holds any three letters now and then.
    told = levelled(answer)
    body = told["body"]
    is_copy = any(name == "X-Copy-Id" for name, _value in answer.headers)
    text = text_of_pdf(body, is_copy) if body.startswith(b"%PDF") else body.decode(errors="replace")
    whole = "\n".join([text, *map(str, told["headers"]), *told["log"], *told["mail"]])
    return whole.replace(question.url, "").replace(question.url.partition("?")[0], "")


@cache
def text_of_pdf(body: bytes, is_copy: bool = False) -> str:
    """The words of a PDF; several roles are handed the same one.

    Of a reader's copy those of the first page, with the mark that is on all: the archived file that it copies is
    searched whole, at the API.
    """
    pages = PdfReader(io.BytesIO(body)).pages
    return "\n".join(page.extract_text() for page in (pages[:1] if is_copy else pages))


def _without_fixed_texts(text: str) -> str:
    """Lines are joined first: a PDF breaks a heading where its column ends."""
    text = PLACES.sub("", " ".join(text.split()))
    for fixed in FIXED_TEXTS:
        text = text.replace(fixed, "")
    return text


def spoken_words(question: Question, answer: Answer, *, role: str) -> Iterator[str]:
    """The forbidden words of a response that no allowance covers, each with its surroundings."""
    text = _without_fixed_texts(sayings(question, answer))
    covered = {
        word
        for one in ALLOWED
        if question.name.startswith(one.name) and one.role in ("", *role.split(" and "))
        for word in one.words
    }
    lowered = text.lower()
    for word, found in FORBIDDEN.items():
        match = None if word in covered else found.found_in(text, lowered)
        if match:
            near = text[max(0, match.start() - 50) : match.end() + 50]
            yield f"{question.name}: {word}: {near!r}"
