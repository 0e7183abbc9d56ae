"""The questions of page one of the board's report: which figures answer them is protocol data."""

from dataclasses import dataclass
from typing import Literal, get_args

from trials.rules.protocol.reading import ProtocolTable

QuestionTable = Literal[
    "enrolment",
    "deaths",
    "ae_overview",
    "ae_seriousness",
    "ae_consequences",
    "haemodynamics",
    "events_after_infusion",
    "antibodies",
    "outcomes",
    "exposure",
    "deviations",
]
"""Tables of the report that have counts of participants to answer with."""
LONGEST_QUESTION = 120


@dataclass(frozen=True)
class BoardQuestion:
    """One question: its words, the table and the measures that answer, the measure that is drawn, and the population."""

    id: str
    question: str
    table: str
    measures: tuple[str, ...]
    figure: str
    population: str
    source: str


def read_question(table: ProtocolTable) -> BoardQuestion:
    """`id`, `question`, `table`, `measures`, `figure` (one of the measures), `population`, `source`."""
    question = BoardQuestion(
        id=table.slug("id"),
        question=table.text("question", longest=LONGEST_QUESTION),
        table=table.choice("table", get_args(QuestionTable)),
        measures=table.texts("measures"),
        figure=table.text("figure"),
        population=table.text("population"),
        source=table.text("source"),
    )
    if not question.measures:
        table.refuse("measures", "must name at least one measure of the table")
    elif question.figure not in question.measures:
        table.refuse("figure", "must be one of the measures")
    return question
