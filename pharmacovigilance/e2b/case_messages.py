"""A signed version of a case as a message. `data/case_mapping.csv` has the source of each element.

The signed version has no arm, so the message has none: the drug is the blinded investigational product.
"""

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from pharmacovigilance.e2b.case_patient import (
    CaseReport,
    coded_history,
    concomitant_drugs,
    history_text,
    medications,
    reference_of,
    tests_of,
)
from pharmacovigilance.e2b.icsr import IcsrBatch, IcsrGroup, IcsrValue
from pharmacovigilance.e2b.mapping import DATA, element_table
from pharmacovigilance.e2b.writing import with_defaults

STUDY_PRODUCT = "study_product"
_PARTIAL = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d))?)?)?)?(Z|[+-]\d\d:?\d\d)?")
Given = Mapping[str, Any]


class CaseMessageError(ValueError):
    """The element and the reason why the case cannot be sent as a message, in one sentence."""


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
    """The batch with the one message of a signed version.

    Raises CaseMessageError for an event without a MedDRA code.
    """
    events = [_event(report, event) for event in report.content["events"]]
    if not events:
        raise CaseMessageError("E.i: the signed version has no event, so there is nothing to report.")
    given: dict[str, Any] = {
        "content": report.content,
        "trial": report.trial,
        "participant": _participant(report),
        "reporter": report.content.get("reporter", {}),
        "history_text": history_text(report),
        "route": report.route,
        "created_at": report.created_at,
        "batch_number": report.batch_number,
        "kind_reason": report.kind_reason,
        "narrative": _narrative(events),
        "drug": _drug(report, events),
    }
    message = IcsrGroup("N.2.r", (*_values("N.2.r", given), *_parts(report, given, events)))
    return IcsrBatch(with_defaults(IcsrGroup("batch", (*_values("batch", given), message))))


def _parts(report: CaseReport, given: dict[str, Any], events: Sequence[Given]) -> Iterator[IcsrGroup]:
    once = ("C.2.r", "C.5.1.r", "FDA.C.5.6.r", "FDA.D.11.r")
    yield from (group for name in once if (group := _group(name, given)).items)
    yield from (_group("D.7.1.r", {"history": one}) for one in coded_history(report))
    yield from (_group("D.8.r", {"medication": one}) for one in medications(report) if one["is_past"])
    yield from (_group("E.i", {**given, "event": event}) for event in events)
    yield from (_group("F.r", {"test": one}) for one in tests_of(report.content))
    drugs = [given["drug"], *concomitant_drugs(report)]
    yield from (_drug_group(drug, events) for drug in drugs)
    yield from (_group("G.k.1.x", {"drug": drug}) for drug in drugs)
    for event in events:
        for opinion in _opinions(event, given["route"]):
            yield _group("G.k.9.i.2.r", {**given, "event": event, "opinion": opinion})


def _drug_group(drug: Given, events: Sequence[Given]) -> IcsrGroup:
    """A drug with its dosages and its indication.

    For the study product also the facts of a repeated infusion.
    """
    dosages = [_group("G.k.4.r", {"dosage": one}) for one in drug["dosages"]]
    reasons = [_group("G.k.7.r", {"drug": drug})] if drug.get("indication") else []
    again = [
        _group("G.k.9.i.4.x", {"event": event})
        for event in events
        if drug.get("is_product") and event["rechallenge"]
    ]
    return IcsrGroup("G.k", (*_values("G.k", {"drug": drug}), *dosages, *reasons, *again))


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
    """The given parts with these names; None where one is missing, and for no names."""
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
    """The day in UTC with the hour, so that no zone changes it."""
    return _second(at)


def partial_timestamp(text: str) -> str:
    """A partial date of the clinical record (`2020-04`, `2020-04-03T11:20`) as HL7 writes it.

    Empty for anything else.
    """
    match = _PARTIAL.fullmatch(text.strip())
    if match is None:
        return ""
    *parts, zone = match.groups()
    written = "".join(part for part in parts if part)
    return written + (
        zone.replace(":", "").replace("Z", "+0000") if zone and len(written) > len("YYYYMMDD") else ""
    )


def partial_day(text: str) -> str:
    """As `partial_timestamp`, at most to the day."""
    return partial_timestamp(text)[:8]


_TEXTS: dict[str, Callable[[Any], str]] = {
    "text": str,
    "partial_day": partial_day,
    "second": _second,
    "day": _day,
    "partial": partial_timestamp,
}


def _event(report: CaseReport, event: Given) -> dict[str, Any]:
    coded = report.codes.get(f"event {event.get('id')}")
    if coded is None:
        raise CaseMessageError(
            f"E.i.2.1b: event {event['number']} is not coded in MedDRA, and without a code a message cannot leave; "
            "code it, or let the protocol use the codes of CTCAE."
        )
    return {
        **event,
        "rechallenge": event.get("rechallenge", ""),
        "reference": reference_of(report, f"event {event['number']}"),
        "meddra_version": coded.meddra_version,
        "meddra_code": coded.meddra_code,
    }


def _participant(report: CaseReport) -> dict[str, Any]:
    patient = report.content.get("patient", {})
    unit = "a" if patient.get("age_years") else None
    autopsy = _autopsy(report) if patient.get("died") else (None, None)
    history = None if history_text(report) or coded_history(report) else "UNK"
    return {
        **patient,
        "age_unit": unit,
        "autopsy": autopsy[0],
        "autopsy_unknown": autopsy[1],
        "history_unknown": history,
        "therapies": "true" if any(not one["is_past"] for one in medications(report)) else None,
    }


def _autopsy(report: CaseReport) -> tuple[str | None, str | None]:
    """Whether there was one, by the fatal events: true, false, or a null flavour for not known."""
    said = {event["facts"].get("autopsy") for event in report.content["events"]}
    if "DONE" in said:
        return "true", None
    return ("false", None) if "NOT DONE" in said else (None, "UNK")


def _drug(report: CaseReport, events: Sequence[Given]) -> dict[str, Any]:
    """The study product. Its dosages are the times of the infusions: the product in the bag is sealed."""
    return {
        "reference": reference_of(report, "study product"),
        "name": report.product_name or report.route.get("blinded_product"),
        "blinded": "" if report.product_name else "true",
        "action_taken": _found(events[0], ("facts", "action_taken")),
        "role": "1",
        "is_product": True,
        "dosages": [*report.content.get("patient", {}).get("infusions", ())],
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
