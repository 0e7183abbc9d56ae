"""The lines of AE that an event becomes: one at the worst, or one per change of its grade, tied by AEGRPID.

SDTMIG 3.4 section 6.2.1. Nothing here reads an arm, a product or a dose.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from events.choices import ObservationKind, Outcome
from events.rules.course import Observation, series_in_order
from interchange.rules.terminology import SERIOUSNESS_CRITERIA

COLUMNS = (
    "STUDYID", "DOMAIN", "USUBJID", "AESEQ", "AEGRPID", "AESPID", "AETERM", "AELLT", "AELLTCD", "AEDECOD", "AEPTCD", "AEHLT",
    "AEHLTCD", "AEHLGT", "AEHLGTCD", "AEBODSYS", "AEBDSYCD", "AESOC", "AESOCCD", "AESEV", "AESER", "AEACN", "AEREL", "AEOUT",
    *SERIOUSNESS_CRITERIA, "AETOXGR", "AESTDTC", "AEENDTC", "AEENRTPT", "AEENTPT",
)  # fmt: skip
SUPP_COLUMNS = ("STUDYID", "RDOMAIN", "USUBJID", "IDVAR", "IDVARVAL", "QNAM", "QLABEL", "QVAL")
LABELS = {"AETRTEM": "Treatment Emergent Flag", "AEAUTOPS": "Autopsy"}
Line = dict[str, str]


@dataclass(frozen=True)
class ExportedEvent:
    """What AE says of an event as a whole.

    Dates as written, `coding` as an import kept it, `rows` its course.
    """

    participant: str
    number: int
    term: str
    decoded: str
    soc: str
    onset: str
    ended: str
    grade: int | None
    severity: str
    serious: bool | None
    criteria: Mapping[str, bool | None]
    causality: str
    action: str
    outcome: str
    ongoing: bool | None
    treatment_emergent: bool | None = None
    autopsy: str = ""
    coding: Mapping[str, Any] = field(default_factory=dict)
    rows: tuple[Observation, ...] = ()


def lines_of_events(
    events: Sequence[ExportedEvent], *, study: str, lines: Literal["worst", "changes"], on: str
) -> tuple[list[Line], list[Line]]:
    """AE and SUPPAE of the events, in their order. AESEQ counts within the participant.

    `on` is the day of the export.
    """
    ae: list[Line] = []
    supp: list[Line] = []
    last: dict[str, int] = {}
    for event in events:
        made = _changes(event) if lines == "changes" else []
        for values in made if len(made) > 1 else [_at_the_worst(event)]:
            sequence = last[event.participant] = last.get(event.participant, 0) + 1
            line = {**_whole(event, study, on), **values, "AESEQ": str(sequence)}
            ae.append({name: line.get(name, "") for name in COLUMNS})
            supp += [{**one, "IDVARVAL": str(sequence)} for one in _qualifiers(event, study)]
    return ae, supp


def _whole(event: ExportedEvent, study: str, on: str) -> Line:
    kept = {name: str(value) for name, value in event.coding.items() if name in COLUMNS}
    answers = {name: _flag(event.criteria.get(column)) for name, column in SERIOUSNESS_CRITERIA.items()}
    ongoing = {"AEENRTPT": "ONGOING", "AEENTPT": on} if event.ongoing else {}
    return {
        **kept,
        "STUDYID": study,
        "DOMAIN": "AE",
        "USUBJID": event.participant,
        "AESPID": f"E{event.number}",
        "AETERM": str(event.coding.get("AETERM") or event.term)[:200],
        "AEDECOD": event.decoded,
        "AEBODSYS": event.soc,
        "AESEV": event.severity,
        "AESER": _flag(event.serious),
        "AEACN": event.action,
        "AEREL": event.causality,
        **answers,
        **ongoing,
    }


def _at_the_worst(event: ExportedEvent) -> Line:
    return {
        "AETOXGR": _grade(event.grade),
        "AESTDTC": event.onset,
        "AEENDTC": event.ended,
        "AEOUT": event.outcome,
    }


def _changes(event: ExportedEvent) -> list[Line]:
    """One line per grade in the order of the event; each ends when the next begins, the last with the event."""
    steps = list(_steps(event))
    found = []
    for place, (since, grade) in enumerate(steps):
        is_last = place == len(steps) - 1
        until = event.ended if is_last else steps[place + 1][0]
        outcome = event.outcome if is_last else Outcome.NOT_RECOVERED.value
        found.append(
            {
                "AEGRPID": str(event.coding.get("AEGRPID") or f"E{event.number}"),
                "AETOXGR": _grade(grade),
                "AESTDTC": since,
                "AEENDTC": until,
                "AEOUT": outcome,
            }
        )
    return found


def _steps(event: ExportedEvent) -> Iterator[tuple[str, int | None]]:
    """Since when, and which grade: the begin of the event, then each change. A death comes with the end."""
    grade: int | None = None
    for row in series_in_order(event.rows):
        since = row.observed.text if row.observed else ""
        if row.kind == ObservationKind.OPENING or (row.grade is not None and row.grade != grade):
            grade = row.grade
            yield since, grade


def _qualifiers(event: ExportedEvent, study: str) -> Iterator[Line]:
    said = {"AETRTEM": _flag(event.treatment_emergent), "AEAUTOPS": event.autopsy}
    for name, value in said.items():
        if value:
            yield dict(
                zip(
                    SUPP_COLUMNS,
                    (study, "AE", event.participant, "AESEQ", "", name, LABELS[name], value),
                    strict=True,
                )
            )


def _flag(answer: bool | None) -> str:
    return {True: "Y", False: "N", None: ""}[answer]


def _grade(grade: int | None) -> str:
    return "" if grade is None else str(grade)
