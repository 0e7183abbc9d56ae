"""ISO 8601 dates with an unknown part before a known one, as SDTM writes them: a hyphen in the place of each.

SDTMIG 3.4 section 4.4.2: `2003---15` (month unknown), `--12-15` (year unknown), `2003-12-15T-:15` (hour unknown).
"""

import re

_GAPPED = re.compile(
    r"(?P<year>\d{4}|-)-(?P<month>\d{2}|-)(?:-(?P<day>\d{2}|-))?"
    r"(?:T(?P<hour>\d{2}|-)(?::(?P<minute>\d{2}|-)(?::(?P<second>\d{2}|-))?)?)?",
    re.ASCII,
)
HIGHEST = {"month": 12, "day": 31, "hour": 23, "minute": 59, "second": 59}
LOWEST = {"month": 1, "day": 1}
JOINTS = {"year": "", "month": "-", "day": "-", "hour": "T", "minute": ":", "second": ":"}


def known_before_gap(written: str) -> str | None:
    """The part of a date before its first unknown part, `""` when the year is unknown.

    None for any other text.
    """
    match = _GAPPED.fullmatch(written)
    parts = {name: value for name, value in match.groupdict().items() if value is not None} if match else {}
    if "-" not in parts.values() or all(value == "-" for value in parts.values()) or not _is_possible(parts):
        return None
    known = ""
    for name, value in parts.items():
        if value == "-":
            break
        known += JOINTS[name] + value
    return known


def _is_possible(parts: dict[str, str]) -> bool:
    numbers = {name: int(value) for name, value in parts.items() if value != "-" and name != "year"}
    return all(LOWEST.get(name, 0) <= value <= HIGHEST[name] for name, value in numbers.items())
