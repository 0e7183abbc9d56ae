"""The page model of a report: page one, then figures, tables, listings and profiles.

One model for HTML and PDF.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from reports.rendering import front
from reports.rendering.arrangement import GENERAL_RULES, EmptyTable, ShownPart, arranged
from reports.rendering.document import Document
from reports.rendering.figures.drawing import Drawing
from reports.rendering.figures.registry import FRONT_FIGURES, FigureMaterial, drawings
from reports.rendering.front import Fact, SiteCount
from reports.rendering.grids import Grid
from reports.rendering.identity import figure_disagreements
from reports.rendering.profiles import Profile, left_out_text, profiles_of
from reports.rendering.questions import QuestionAnswer, answers
from reports.rendering.sentences import Sentence, words
from reports.rendering.wording import (
    NOT_RECORDED,
    TOTAL,
    arm_text,
    cutoff_text,
    day_text,
    look_text,
    number_text,
)

HASH_SHOWN = 12
POPULATIONS = ("treated", "enrolled")


@dataclass(frozen=True)
class Page:
    """The whole content of HTML and PDF, as text; neither computes anything."""

    kind: str
    trial: str
    title: str
    look: str
    version: str
    cutoff: str
    cutoff_iso: str
    snapshot_sha256: str
    stamp: str
    denominators: str
    standing: tuple[Fact, ...]
    sites: tuple[SiteCount, ...]
    site_note: str
    maturity: tuple[Sentence, ...]
    front_figures: tuple[Drawing, ...]
    answers: tuple[QuestionAnswer, ...]
    boundaries: tuple[Sentence, ...]
    news: tuple[Sentence, ...]
    missing: tuple[Sentence, ...]
    decision: tuple[Fact, ...]
    corrections: tuple[ShownPart, ...]
    sections: tuple[ShownPart, ...]
    appendix: tuple[ShownPart, ...]
    empty: tuple[EmptyTable, ...]
    rules: tuple[str, ...]
    profiles: tuple[Profile, ...]
    profiles_note: str
    provenance: tuple[Fact, ...]

    @property
    def parts(self) -> tuple[ShownPart, ...]:
        """Corrections, main part and appendix."""
        return (*self.corrections, *self.sections, *self.appendix)

    @property
    def tables(self) -> tuple[Grid, ...]:
        """Every table with lines, in the order of the parts."""
        return tuple(grid for part in self.parts for grid in part.grids)

    @property
    def figures(self) -> tuple[Drawing, ...]:
        """Every figure except those of page one and of the profiles, in the order of the parts."""
        return tuple(figure for part in self.parts for figure in part.figures)


def page_of(document: Document) -> Page:
    """The page model of a report document."""
    tables = {str(table["id"]): table for table in document["tables"]}
    kind, cutoff = str(document["kind"]).upper(), cutoff_text(document["data_cutoff_at"])
    sizes, material = _sizes(tables), _material(document, tables)
    answered = answers(document)
    said = {one.question_id: one.sentences for one in answered} | {"corrections": front.corrections(tables)}
    placed = arranged(document["tables"], drawings(material), said, sizes)
    return Page(
        kind=kind,
        trial=document["trial"],
        title=document["title"],
        look=look_text(document["look"], document["trigger"]),
        version=str(document["version"]),
        cutoff=cutoff,
        cutoff_iso=document["data_cutoff_at"],
        snapshot_sha256=document["snapshot_sha256"],
        stamp=_stamp(document, kind, cutoff),
        denominators=_denominators(sizes),
        standing=front.standing(document, tables),
        sites=front.sites(tables),
        site_note=front.site_note(tables),
        maturity=front.maturity_lines(tables),
        front_figures=drawings(material, FRONT_FIGURES),
        answers=answered,
        boundaries=front.boundary_states(tables),
        news=front.news(tables),
        missing=(*_contradictions(document), *front.missing(document, tables), *front.open_rule(document)),
        decision=_decision(document),
        corrections=placed.corrections,
        sections=placed.sections,
        appendix=placed.appendix,
        empty=placed.empty,
        rules=(*GENERAL_RULES, *placed.rules),
        profiles=profiles_of(document),
        profiles_note=left_out_text(document),
        provenance=_provenance(document),
    )


def _stamp(document: Document, kind: str, cutoff: str) -> str:
    """The line on every table, figure and page."""
    parts = (
        kind,
        document["trial"],
        look_text(document["look"], document["trigger"]),
        f"data to {cutoff}",
        f"version {document['version']}",
        f"snapshot {document['snapshot_sha256'][:HASH_SHOWN]}",
    )
    return " · ".join(parts)


def _sizes(tables: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Mapping[str, int]]:
    """The participants per population and column, from the enrolment table.

    They are counted in no other place.
    """
    cells = tables.get("enrolment", {}).get("cells", ())
    return {
        population: {str(cell["arm"]): int(cell["count"]) for cell in cells if cell["measure"] == population}
        for population in POPULATIONS
    }


def _denominators(sizes: Mapping[str, Mapping[str, int]]) -> str:
    """``Treated: Arm A 21, Arm B 24, total 45. Enrolled: …``: the denominators of the shares."""
    return " ".join(
        f"{population.capitalize()}: {', '.join(f'{_column(arm)} {count}' for arm, count in by_arm.items())}."
        for population, by_arm in sizes.items()
        if by_arm
    )


def _column(arm: str) -> str:
    return arm if arm == TOTAL else arm_text(arm)


def _contradictions(document: Document) -> tuple[Sentence, ...]:
    """A report that contradicts itself names it on page one, before all other missing data."""
    found = figure_disagreements(document)
    return tuple(words(f"This report contradicts itself: {each}.") for each in found)


def _material(document: Document, tables: Mapping[str, Mapping[str, Any]]) -> FigureMaterial:
    return FigureMaterial(
        tables=tables,
        arms=tuple(str(arm["code"]) for arm in document["arms"]),
        looks=tuple(int(look) for look in document["board"].get("looks", ())),
        cutoff=datetime.fromisoformat(document["data_cutoff_at"]).date(),
    )


def _decision(document: Document) -> tuple[Fact, ...]:
    board = document["board"]
    due = board.get("recommendation_due")
    value = day_text(str(due)) if due else "no date is set in the protocol"
    return (
        Fact("Recommendation due by", value),
        Fact("Who has read it", "shown on the report's page in the board's portal"),
    )


def _provenance(document: Document) -> tuple[Fact, ...]:
    """The provenance of the report, one line per version; the whole hash here, its beginning elsewhere."""
    facts = [
        Fact(name.replace("_", " ").capitalize(), _version_text(value))
        for name, value in document["provenance"].items()
    ]
    return (Fact("Snapshot SHA-256", document["snapshot_sha256"]), *facts)


def _version_text(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {part}" for key, part in value.items()) or NOT_RECORDED
    return number_text(value)
