"""Profiles as readers see them: a heading, a line of facts, a figure, and its table."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reports.rendering.document import Document
from reports.rendering.figures.drawing import Drawing
from reports.rendering.figures.profile import draw_profile
from reports.rendering.grids import Grid, GridColumn, GridRow
from reports.rendering.wording import NOT_RECORDED, number_text

COLUMNS = (GridColumn("What", is_numeric=False), GridColumn("Detail", is_numeric=False))
Part = Mapping[str, Any]

LEGEND = "Serious events are filled; the number is the CTCAE grade; an arrow has no recorded end."
"""Printed once for all profiles."""


@dataclass(frozen=True)
class Profile:
    """One participant on one page."""

    id: str
    title: str
    facts: str
    figure: Drawing
    grid: Grid


def profiles_of(document: Document) -> tuple[Profile, ...]:
    """Every profile of the document."""
    return tuple(_profile(profile) for profile in document.get("profiles", ()))


def left_out_text(document: Document) -> str:
    """How to read profiles, and how many participants have none here; empty when there is no profile."""
    count = document.get("profiles_left_out", 0)
    if not count:
        return LEGEND if document.get("profiles") else ""
    return (
        f"{LEGEND} "
        f"{count} more participants have a serious event and no profile here: those whose serious events are "
        "newest come first. "
        "The tables count everybody, and the frozen snapshot holds every row."
    )


def _profile(profile: Part) -> Profile:
    code = profile["participant"]
    title = f"Participant {code}" + (f", arm {profile['arm']}" if profile.get("arm") else "")
    return Profile(f"profile-{code}", title, _facts(profile), draw_profile(profile), _grid(profile, title))


def _facts(profile: Part) -> str:
    parts = [f"Site {profile['site']}"]
    if "age_years" in profile:
        parts += [f"age {number_text(profile['age_years'])}", f"sex {number_text(profile['sex'])}"]
    parts.append(f"{len(profile['infusions'])} infusions")
    if profile["died"]:
        parts.append(f"died, study day {number_text(profile['death_day'])}")
    if profile["withdrawn_day"] is not None:
        parts.append(f"withdrawn, study day {profile['withdrawn_day']}")
    if profile.get("completed_day") is not None:
        parts.append(f"completed, study day {profile['completed_day']}")
    return ", ".join(parts) + "."


def _grid(profile: Part, title: str) -> Grid:
    rows = [
        *_infusions(profile),
        *_events(profile),
        *_findings(profile),
        *_readings(profile),
        *_targets(profile),
    ]
    notes = []
    if profile["events_left_out"]:
        notes.append(f"{profile['events_left_out']} more events, none of them serious, are left out here.")
    return Grid(
        f"profile-{profile['participant']}-table", f"{title}: table", "this participant", "Study day", COLUMNS,
        tuple(row for _, row in sorted(rows, key=lambda one: one[0])), tuple(notes),
    )  # fmt: skip


Sortable = tuple[tuple[float, int], GridRow]


def _row(day: int | None, order: int, what: str, detail: str) -> Sortable:
    place = float("inf") if day is None else float(day)
    label = NOT_RECORDED if day is None else f"D{day}".replace("D-", "D\u2212")
    return (place, order), GridRow(label, (what, detail))


def _infusions(profile: Part) -> Iterator[Sortable]:
    for row in profile["infusions"]:
        parts = [f"{number_text(row['volume_ml'])} mL"] if row["volume_ml"] is not None else []
        if row.get("interrupted"):
            parts.append("interrupted")
        yield _row(row["study_day"], 0, f"Infusion {row['number']}", ", ".join(parts) or NOT_RECORDED)


def _events(profile: Part) -> Iterator[Sortable]:
    for event in profile["events"]:
        kind = "Serious adverse event" if event["serious"] else "Adverse event"
        end = "no recorded end" if event["end_text"] is None else f"ended {event['end_text']}"
        detail = (
            f"{event['term'] or 'not coded'}; grade {number_text(event['grade'])}; cause {number_text(event['causality'])}; "
            f"outcome {number_text(event['outcome']).lower()}; onset {number_text(event['onset_text'])}, {end}"
        )
        yield _row(event["onset_latest_day"], 1, f"{kind} {event['event']}", detail)


def _findings(profile: Part) -> Iterator[Sortable]:
    days = {row["number"]: row["study_day"] for row in profile["infusions"]}
    for row in profile["findings"]:
        hours, decision = number_text(row["hours_after_infusion"]), str(row["decision"]).lower()
        detail = f"{row['criterion']}; {hours} h after the start; {decision}"
        yield _row(
            days.get(row["infusion_number"]),
            2,
            f"Haemodynamic finding, infusion {row['infusion_number']}",
            detail,
        )


def _readings(profile: Part) -> Iterator[Sortable]:
    """Per infusion the extremes of the strips' values."""
    days = {row["number"]: row["study_day"] for row in profile["infusions"]}
    numbers = sorted({row["infusion_number"] for row in profile["readings"]})
    for number in numbers:
        rows = [row for row in profile["readings"] if row["infusion_number"] == number]
        detail = (
            f"{len(rows)} readings; MAP {_range(rows, 'map_mmhg')} mmHg; "
            f"norepinephrine {_range(rows, 'norepinephrine_ug_min')} µg/min; SpO2 {_range(rows, 'spo2_percent')} %"
        )
        yield _row(days.get(number), 3, f"Readings, infusion {number}", detail)


def _range(rows: Sequence[Part], name: str) -> str:
    values = [row[name] for row in rows if row[name] is not None]
    return f"{number_text(min(values))} to {number_text(max(values))}" if values else NOT_RECORDED


def _targets(profile: Part) -> Iterator[Sortable]:
    for row in profile.get("targets", ()):
        detail = (
            f"class {row['hla_class']}: {number_text(row['baseline_mfi'])} MFI before, {number_text(row['last_mfi'])} last; "
            f"{str(row['classification']).replace('_', ' ').lower()}"
        )
        yield _row(None, 4, f"Antibody against {row['specificity']}", detail)
