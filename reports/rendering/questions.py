"""Page one's four questions, each answered by a sentence and a figure from the report's own tables.

No adjectives.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reports.rendering.document import CLOSED, Document
from reports.rendering.figures.drawing import Drawing
from reports.rendering.figures.rates import RateLine, draw_rates
from reports.rendering.grids import grid_arms
from reports.rendering.labels import measure_label, window_label
from reports.rendering.sentences import Piece, Sentence, figure_text, joined, words
from reports.rendering.wording import TOTAL, arm_text, cell_text, difference_text

Table = Mapping[str, Any]


@dataclass(frozen=True)
class Question:
    """A question of the board, and its answer: a table and the measures of it."""

    id: str
    text: str
    table_id: str
    measures: tuple[str, ...]
    absent: str


@dataclass(frozen=True)
class QuestionAnswer:
    """A question with its sentences (one per measure and window) and its figure, None without content."""

    question: str
    sentences: tuple[Sentence, ...]
    figure: Drawing | None
    question_id: str = ""


QUESTIONS = (
    Question(
        "deaths", "Are more people dying?", "deaths", ("participants_died",), "No table of deaths was made."
    ),
    Question(
        "serious",
        "Are more having serious events?",
        "ae_overview",
        ("participants_with_sae",),
        "No table of adverse events was made.",
    ),
    Question(
        "infusions",
        "Does anything happen around the infusions?",
        "haemodynamics",
        ("infusions_with_finding", "participants_with_finding", "infusions_not_evaluable"),
        "The protocol plans no haemodynamic checks, or no infusion could be evaluated.",
    ),
    Question(
        "immunised",
        "Are people being immunised?",
        "antibodies",
        (
            "participants_with_de_novo_dsa",
            "participants_with_dsa_above_threshold",
        ),
        "The protocol plans no antibody samples, or nobody could be evaluated.",
    ),
)
SEALED_ANTIBODIES = "Antibody results are in the closed report only: whoever sees them could tell the arm."


def answers(document: Document) -> tuple[QuestionAnswer, ...]:
    """The answers, in the order in which a board asks.

    A question that the protocol does not pose is absent: its table is there and has nothing to count. So is a question
    whose table the open report does not have.
    """
    tables = {str(table["id"]): table for table in document["tables"]}
    arms = [str(arm["code"]) for arm in document["arms"]]
    return tuple(
        _answer(question, tables.get(question.table_id), arms, document["kind"])
        for question in QUESTIONS
        if _applies(question, tables.get(question.table_id), document["kind"])
    )


def _applies(question: Question, table: Table | None, kind: str) -> bool:
    if kind == CLOSED:
        return table is None or bool(table.get("cells"))
    return question.id == "immunised" or bool(table and table.get("cells"))


def _answer(question: Question, table: Table | None, arms: list[str], kind: str) -> QuestionAnswer:
    cells = _cells_of(question, table)
    if table is None or not cells:
        sealed = question.id == "immunised" and kind != CLOSED
        said = words(SEALED_ANTIBODIES if sealed else question.absent)
        return QuestionAnswer(question.text, (said,), None, question.id)
    places = list(dict.fromkeys((cell["measure"], cell.get("window")) for cell in cells))
    sentences = tuple(_sentence(table, measure, window) for measure, window in places)
    return QuestionAnswer(question.text, sentences, _figure(question, table, cells, arms), question.id)


def _cells_of(question: Question, table: Table | None) -> list[Mapping[str, Any]]:
    """The cells of the answer; for a measure with a figure over all windows, that one only."""
    cells = () if table is None else table.get("cells", ())
    answering = [
        cell
        for measure in question.measures
        for cell in cells
        if cell["measure"] == measure and cell.get("level") is None and cell.get("count") is not None
    ]
    evaluable = {cell["measure"] for cell in answering if cell.get("denominator") != 0}
    answering = [cell for cell in answering if cell["measure"] in evaluable]
    whole = {cell["measure"] for cell in answering if cell.get("window") is None}
    return [cell for cell in answering if cell.get("window") is None or cell["measure"] not in whole]


def _sentence(table: Table, measure: str, window: str | None) -> Sentence:
    """``Participants who died: Arm A 4/21 (19.0 %), Arm B …; total ….

    Difference A − B … points (95 % interval)``.
    """
    cells = {
        str(c["arm"]): c
        for c in table["cells"]
        if (c["measure"], c.get("window"), c.get("level")) == (measure, window, None)
    }
    subject = measure_label(table, measure) + (f", {window_label(table, window)}" if window else "")
    counts = [
        (Piece(f"{arm_text(arm)} "), figure_text(cells[arm], cell_text(cells[arm])))
        for arm in grid_arms(table)
        if arm in cells
    ]
    differences = [
        f"difference {c['arm']} − {c['reference']}: {difference_text(c)} points"
        for c in table.get("comparisons", ())
        if (c["measure"], c.get("window"), c.get("level")) == (measure, window, None)
        and c.get("risk_difference") is not None
    ]
    tail = "".join(f"; {difference}" for difference in differences)
    return Sentence((Piece(f"{subject}: "), *joined(counts, ", "), Piece(f"{tail}.")))


def _figure(
    question: Question, table: Table, cells: Sequence[Mapping[str, Any]], arms: list[str]
) -> Drawing | None:
    """The first measure by window and arm; the total only without arms."""
    by_arm = [cell for cell in cells if cell["arm"] != TOTAL]
    shown = [cell for cell in (by_arm or cells) if cell["measure"] == question.measures[0]]
    rates = [
        RateLine(window_label(table, str(c["window"])) if c.get("window") else "", str(c["arm"]), c)
        for c in shown
    ]
    title = measure_label(table, question.measures[0])
    return draw_rates(
        figure_id=f"figure-{question.id}", title=title, table_id=str(table["id"]), rates=rates, arms=arms
    )
