"""The entry row of a check: fields in the order of the monitor, the previous values, and suggestions."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from haemodynamics.admin import after_infusion
from haemodynamics.admin.reading_form import MONITOR, SIGN_FIELDS, VENTILATOR, ReadingForm
from haemodynamics.choices import Vasopressor
from haemodynamics.models import HaemodynamicFinding, HaemodynamicReading
from haemodynamics.queries import MonitoredInfusion
from haemodynamics.rules import CheckState
from trials.choices import Salt
from trials.rules.protocol import HaemodynamicPlan
from webkit.admin import problems_of
from webkit.admin.display import moment

PLANNED_MINUTES = re.compile(r"-?[0-9]{1,5}")
"""Of a planned check as an address names it."""


def entry_row(form: ReadingForm, previous: HaemodynamicReading | None) -> dict[str, Any]:
    """The fields of the entry row in the order of the monitor, each with the previous value."""

    def with_previous(names: Sequence[str]) -> list[tuple[Any, str]]:
        return [(form[name], _previous(previous, name)) for name in names]

    running = {pump.agent for pump in previous.vasopressors.all()} if previous else set()

    def is_shown(row: dict[str, Any]) -> bool:
        return row["agent"] in running | {Vasopressor.NOREPINEPHRINE} or bool(
            row["rate"].value() or row["rate"].errors
        )

    opened = any(name in form.errors for name in SIGN_FIELDS) or any(
        form[name].value() not in (None, "") for name in SIGN_FIELDS
    )
    return {
        "entry_form": form,
        "monitor": with_previous(MONITOR),
        "ventilator": with_previous(VENTILATOR),
        "signs": [form[name] for name in SIGN_FIELDS],
        "signs_open": opened,
        "pumps": [row for row in form.pump_rows() if is_shown(row)],
        "other_pumps": [row for row in form.pump_rows() if not is_shown(row)],
        "previous_pumps": after_infusion.pumps_of(previous) if previous else "",
        "problems": problems_of(form),
    }


def _previous(previous: HaemodynamicReading | None, name: str) -> str:
    if previous is None:
        return ""
    shown = (
        previous.get_respiratory_support_display()
        if name == "respiratory_support"
        else getattr(previous, name)
    )
    return "" if shown in (None, "") else after_infusion.plain(shown)


def before(readings: Sequence[HaemodynamicReading], at: datetime) -> HaemodynamicReading | None:
    return next((reading for reading in reversed(readings) if reading.taken_at <= at), None)


def suggested(
    monitored: MonitoredInfusion | None, readings: Sequence[HaemodynamicReading], planned: str, at: datetime
) -> dict[str, Any]:
    """The time of a missed check when the address has one, else now; the units of the pumps as before."""
    suggested: dict[str, Any] = {"taken_at": timezone.localtime(at).replace(second=0, microsecond=0)}
    if monitored and PLANNED_MINUTES.fullmatch(planned):
        asked = [check for check in monitored.checks if check.minutes == int(planned)]
        if asked and asked[0].state is CheckState.MISSED:
            suggested["taken_at"] = timezone.localtime(asked[0].due_at).replace(second=0, microsecond=0)
    last = before(readings, at)
    for pump in last.vasopressors.all() if last else ():
        suggested[f"unit_{pump.agent}"] = pump.unit
        if pump.salt != Salt.UNKNOWN:
            suggested[f"salt_{pump.agent}"] = pump.salt
    if last:
        suggested["respiratory_support"] = last.respiratory_support
    return suggested


def finding_line(finding: HaemodynamicFinding, plan: HaemodynamicPlan) -> dict[str, Any]:
    code, word = after_infusion.STATE_OF_FINDING[finding.state]  # type: ignore[index]
    label = next(
        (_(criterion.label) for criterion in plan.criteria if criterion.id == finding.criterion),
        finding.criterion,
    )
    url = reverse("admin:haemodynamics_haemodynamicfinding_change", args=[finding.pk])
    return {"label": label, "code": code, "word": word, "when": moment(finding.first_hit_at), "url": url}
