"""Other reasons for a new antibody: blood, plasma, immunoglobulin, pregnancy, a graft.

Immunoglobulin and plasma contain antibodies (IVIG: transient class II in 6 of 11, Takamatsu 2021; convalescent plasma
donors are anti-HLA positive: 76 % of 34, Intervirology 2022); cells and tissue sensitise. Albumin does neither and is
no cause.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from assessments.rules import is_blood_on
from partial_dates import local_date

PASSIVE_KINDS = frozenset({"IVIG", "PLASMA", "CONVALESCENT_PLASMA"})
SENSITISING_KINDS = frozenset({"RBC", "PLATELETS", "PREGNANCY", "TRANSPLANT", "INFECTION", "VACCINE"})


@dataclass(frozen=True)
class Sensitiser:
    """An event of the participant, in a span of aware times."""

    kind: str
    earliest: datetime
    latest: datetime


def sensitisers_of(rows: Iterable[Mapping[str, Any]]) -> dict[int, tuple[Sensitiser, ...]]:
    """The events of each participant, in order.

    Rows with `participant_id`, `kind` and the limits of the time.
    """
    found: dict[int, list[Sensitiser]] = defaultdict(list)
    for row in rows:
        cause = Sensitiser(row["kind"], row["occurred_earliest_at"], row["occurred_latest_at"])
        found[row["participant_id"]].append(cause)
    return {
        pk: tuple(sorted(causes, key=lambda one: (one.earliest, one.kind))) for pk, causes in found.items()
    }


def days_answered(
    rows: Iterable[Mapping[str, Any]], causes: Mapping[int, Iterable[Sensitiser]], zone: str
) -> dict[int, frozenset[date]]:
    """The days of each participant with a known answer about blood products.

    No answer for a day is not a "no".

    "No" answers a day. "Yes" answers it only when a product is recorded that may have been given on it.
    """
    answered: dict[int, set[date]] = defaultdict(set)
    for row in rows:
        pk, day, given = row["participant_id"], row["assessed_date"], row["blood_product_given"]
        if given is False or (given and any(_may_be_on(day, each, zone) for each in causes.get(pk, ()))):
            answered[pk].add(day)
    return {pk: frozenset(days) for pk, days in answered.items()}


def all_answered(answered: frozenset[date], first: datetime, last: datetime, zone: str) -> bool:
    """Whether every calendar day between two times is answered, both days included."""
    day, end = local_date(first, zone), local_date(last, zone)
    while day <= end:
        if day not in answered:
            return False
        day += timedelta(days=1)
    return True


def _may_be_on(day: date, cause: Sensitiser, zone: str) -> bool:
    return is_blood_on(day, kind=cause.kind, earliest=cause.earliest, latest=cause.latest, zone=zone)
