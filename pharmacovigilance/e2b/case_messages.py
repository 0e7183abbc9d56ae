"""A signed version of a case as a message. `data/case_mapping.csv` says which element comes from what.

The signed version has no arm, so the message has none: the drug is the blinded investigational product. What the version
does not freeze yet (sex, age, weight, death, country of the site) is given beside it.
"""

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from pharmacovigilance.e2b.icsr import IcsrBatch, IcsrGroup, IcsrValue
from pharmacovigilance.e2b.mapping import DATA, element_table
from pharmacovigilance.e2b.writing import with_defaults

STUDY_PRODUCT = "study_product"
_PARTIAL = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d))?)?)?)?(Z|[+-]\d\d:?\d\d)?")
Given = Mapping[str, Any]


class CaseMessageError(ValueError):
    """One sentence: the element and why the case cannot leave as a message."""


@dataclass(frozen=True)
class CodedEvent:
    """The MedDRA code (LLT) of one event of the version, by the event's number."""

    meddra_version: str
    meddra_code: str


@dataclass(frozen=True)
class CaseReport:
    """What a message of a case is made of.

    `content` is the frozen content of the signed version. `route`, `trial` and `participant` are texts by name, as
    `case_mapping.csv` names them; a missing one leaves its element out. `created_at` is aware.
    """

    content: Given
    trial: Given
    participant: Given
    route: Given
    codes: Mapping[int, CodedEvent]
    created_at: datetime
    batch_number: str
    kind_reason: str = ""
    product_name: str = ""
    """The product that was given, from the unblinded desk under seal. Empty: the message is blinded."""


@dataclass(frozen=True)
class _MappingRow:
    group: str
    element: str
    source: tuple[str, ...]
    how: str
    rest: str


@cache
def _rows() -> dict[str, tuple[_MappingRow, ...]]:
    rows: dict[str, tuple[_MappingRow, ...]] = {}
    for row in csv.DictReader((DATA / "case_mapping.csv").read_text(encoding="utf-8").splitlines()):
        how, _, rest = row["how"].partition(":")
        one = _MappingRow(
            row["group"], row["element"], tuple(filter(None, row["from"].split("."))), how, rest
        )
        rows[one.group] = (*rows.get(one.group, ()), one)
    return rows


def icsr_of_case(report: CaseReport) -> IcsrBatch:
    """The batch with the one message of a signed version. Raises CaseMessageError for an event without a MedDRA code."""
    events = [_event(report, event) for event in report.content["events"]]
    if not events:
        raise CaseMessageError("E.i: the signed version has no event, so there is nothing to report.")
    given: dict[str, Any] = {
        "content": report.content,
        "trial": report.trial,
        "participant": _participant(report),
        "route": report.route,
        "created_at": report.created_at,
        "batch_number": report.batch_number,
        "kind_reason": report.kind_reason,
        "narrative": _narrative(events),
        "drug": _drug(report, events),
    }
    message = IcsrGroup("N.2.r", (*_values("N.2.r", given), *_parts(given, events)))
    return IcsrBatch(with_defaults(IcsrGroup("batch", (*_values("batch", given), message))))


def _parts(given: Given, events: Sequence[Given]) -> Iterator[IcsrGroup]:
    once = ("C.2.r", "C.5.1.r", "FDA.C.5.6.r", "FDA.D.11.r")
    yield from (group for name in once if (group := _group(name, given)).items)
    yield from (_group("E.i", {**given, "event": event}) for event in events)
    yield _group("G.k", given)
    yield _group("G.k.1.x", given)
    for event in events:
        for opinion in _opinions(event, given["route"]):
            yield _group("G.k.9.i.2.r", {**given, "event": event, "opinion": opinion})


def _group(name: str, given: Given) -> IcsrGroup:
    return IcsrGroup(name, tuple(_values(name, given)))


def _values(group: str, given: Given) -> Iterator[IcsrValue]:
    for row in _rows()[group]:
        try:
            value = _value(row, _found(given, row.source))
        except ValueError as error:
            raise CaseMessageError(f"{error}.") from error
        if value is not None:
            yield value


def _found(given: Given, source: tuple[str, ...]) -> Any:
    """What the given parts have under these names; None where one is missing, and for no names."""
    found: Any = given if source else None
    for name in source:
        if found is None:
            return None
        found = found.get(name)
    return found


def _value(row: _MappingRow, found: Any) -> IcsrValue | None:
    how, rest = row.how, row.rest
    if how == "const":
        return IcsrValue(row.element, rest)
    if how == "null":
        null = rest or found
        return IcsrValue(row.element, null=str(null)) if null else None
    if how == "true_or_ni":
        return IcsrValue(row.element, "true") if found is True else IcsrValue(row.element, null="NI")
    if how == "code":
        return _coded(row.element, rest, found)
    text = _TEXTS[how](found) if found not in (None, "") else ""
    return IcsrValue(row.element, text) if text else None


def _coded(element: str, rest: str, found: Any) -> IcsrValue | None:
    codes = dict(pair.split("=", 1) for pair in rest.split(";"))
    code = codes.get(str(found)) if found else codes.get("UNKNOWN")
    if code is None:
        return None
    return IcsrValue(element, null=code[5:]) if code.startswith("null:") else IcsrValue(element, code)


def _second(at: Any) -> str:
    moment = at if isinstance(at, datetime) else datetime.fromisoformat(at)
    return moment.astimezone(UTC).strftime("%Y%m%d%H%M%S+0000")


def _day(at: Any) -> str:
    """The day in UTC with the hour, so that no zone moves it."""
    return _second(at)


def partial_timestamp(text: str) -> str:
    """A partial date of the clinical record (`2020-04`, `2020-04-03T11:20`) as HL7 writes it. Empty for anything else."""
    match = _PARTIAL.fullmatch(text.strip())
    if match is None:
        return ""
    *parts, zone = match.groups()
    written = "".join(part for part in parts if part)
    return written + (
        zone.replace(":", "").replace("Z", "+0000") if zone and len(written) > len("YYYYMMDD") else ""
    )


_TEXTS: dict[str, Callable[[Any], str]] = {
    "text": str,
    "second": _second,
    "day": _day,
    "partial": partial_timestamp,
}


def _event(report: CaseReport, event: Given) -> dict[str, Any]:
    coded = report.codes.get(event["number"])
    if coded is None:
        raise CaseMessageError(
            f"E.i.2.1b: event {event['number']} is not coded in MedDRA, and without a code a message cannot leave; "
            "print the coding sheet, or let the trial use the codes of CTCAE."
        )
    return {
        **event,
        "reference": _reference(report, f"event {event['number']}"),
        "meddra_version": coded.meddra_version,
        "meddra_code": coded.meddra_code,
    }


def _reference(report: CaseReport, what: str) -> str:
    """The same in every version, so that a follow-up changes only what is new."""
    return str(uuid5(NAMESPACE_OID, f"{report.content['worldwide_number']} {what}"))


def _participant(report: CaseReport) -> dict[str, Any]:
    unit = "a" if report.participant.get("age_years") else None
    autopsy = "UNK" if report.participant.get("died") else None
    return {**report.participant, "age_unit": unit, "autopsy": autopsy}


def _drug(report: CaseReport, events: Sequence[Given]) -> dict[str, Any]:
    return {
        "reference": _reference(report, "study product"),
        "name": report.product_name or report.route.get("blinded_product"),
        "blinded": "" if report.product_name else "true",
        "action_taken": _found(events[0], ("facts", "action_taken")),
    }


def _narrative(events: Sequence[Given]) -> str:
    texts = [(event["number"], (event["facts"].get("narrative") or "").strip()) for event in events]
    return "\n\n".join(f"Event {number}: {text}" for number, text in texts if text)


def _opinions(event: Given, route: Given) -> Iterator[dict[str, Any]]:
    """The last answer of each side about the study product."""
    last = {one["side"]: one for one in event.get("opinions", ()) if one["cause"] == STUDY_PRODUCT}
    for side, one in last.items():
        related = one["related"] or one["undetermined"]
        yield {"side": side, "result": route["related" if related else "not_related"]}


def mapped_elements() -> frozenset[str]:
    """The elements that a case of this system can fill."""
    elements = element_table().elements
    return frozenset(row.element for rows in _rows().values() for row in rows if row.element in elements)
