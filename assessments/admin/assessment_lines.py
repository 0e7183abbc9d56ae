"""The lines of a participant's days: those to be filled in, each with the previous value, and the recorded ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.admin.assessment_form import KPA, MMHG, DayForm
from assessments.models import DailyAssessment, SensitisingEvent
from assessments.models.assessments import SOFA_FIELDS
from assessments.queries import stays_of
from assessments.rules import due_days, is_blood_on
from trials.models import Participant
from trials.rules.protocol import Protocol
from webkit.admin import problems_of
from webkit.admin.display import day as day_text
from webkit.admin.display import number, study_date, study_day_label
from webkit.refusals import localised

SHOWN_AT_MOST = 10
DIGITS_OF_A_DAY = 3
"""Lines at once; the others appear when these are saved (our own choice: one screen)."""


@dataclass(frozen=True)
class DayLine:
    """One day to be entered: its form, and beside each field the value of the last recorded day before it."""

    day: int
    label: str
    on: str
    form: DayForm
    before: DailyAssessment | None

    @property
    def oxygen(self) -> list[tuple[Any, str]]:
        return self._fields(("pao2", "fio2_fraction", "ventilation", "peep_cmh2o"))

    @property
    def organs(self) -> list[tuple[Any, str]]:
        return self._fields(SOFA_FIELDS)

    @property
    def rest(self) -> list[tuple[Any, str]]:
        return self._fields(("vasopressor", "renal_replacement", "blood_product_given", "place"))

    @property
    def problems(self) -> list[dict[str, str]]:
        """Refusals for the summary at the top, each with its day."""
        found = problems_of(self.form) if self.form.is_bound and self.form.has_changed() else []
        return [{**one, "message": f"{self.label} · {one['message']}"} for one in found]

    def _fields(self, names: Sequence[str]) -> list[tuple[Any, str]]:
        return [(self.form[name], self._previous(name)) for name in names]

    def _previous(self, name: str) -> str:
        if self.before is None:
            return ""
        if name == "pao2":
            name = f"pao2_{self.form.unit}"
        shown = getattr(self.before, f"get_{name}_display", None)
        value = shown() if shown else getattr(self.before, name)
        return "" if value in (None, "") else _answer(value) if isinstance(value, bool) else _plain(value)


def day_lines(request: HttpRequest, person: Participant, protocol: Protocol) -> list[DayLine]:
    """The due days, and the day of `?day=`; none before day 0 or without an outcome plan."""
    days = _days_of(request, person, protocol)
    if not days or person.day0_date is None:
        return []
    unit = KPA if request.POST.get("unit") == KPA else MMHG
    rows = DailyAssessment.objects.standing().filter(participant=person).order_by("assessed_date")
    recorded = list(rows)
    data = request.POST if request.method == "POST" else None
    lines = []
    for day in days:
        on = person.day0_date + timedelta(days=day)
        blank = DailyAssessment(trial=person.trial, participant=person, assessed_date=on)
        form = DayForm(data, instance=blank, prefix=f"d{day}", unit=unit)
        before = [row for row in recorded if row.assessed_date < on]
        label = study_day_label(person.day0_date, on)
        lines.append(DayLine(day, label, day_text(on), form, before[-1] if before else None))
    return lines


def _days_of(request: HttpRequest, person: Participant, protocol: Protocol) -> list[int]:
    stay = stays_of(participants=[person], today=study_date(timezone.now())).get(person.pk)
    if stay is None or protocol.outcomes is None:
        return []
    wanted = _number(request.POST.get("day") or request.GET.get("day") or "")
    due = list(due_days(protocol.outcomes, stay))[:SHOWN_AT_MOST]
    if wanted is None or wanted > stay.today or wanted in stay.recorded:
        return due
    return sorted({*due, wanted})


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= DIGITS_OF_A_DAY else None


def refused_day(request: HttpRequest, person: Participant) -> str:
    """Why the study day of `?day=` has no line; empty when it has one."""
    asked = request.GET.get("day", "").strip()
    stay = stays_of(participants=[person], today=study_date(timezone.now())).get(person.pk)
    if not asked or stay is None:
        return ""
    wanted = _number(asked)
    if wanted is None or wanted > stay.today:
        text = _("Study day: %(value)s is not a study day from 0 to %(today)d, today.")
        return text % {"value": asked, "today": stay.today}
    text = _("Study day: %(value)d is recorded already; correct it below.")
    return text % {"value": wanted} if wanted in stay.recorded else ""


def recorded_rows(person: Participant, protocol: Protocol) -> list[dict[str, Any]]:
    """The recorded days, the latest first, with derived values and questions."""
    rows = DailyAssessment.objects.standing().filter(participant=person).order_by("-assessed_date")
    products = list(SensitisingEvent.objects.standing().filter(participant=person))
    return [_recorded(row, person, protocol, products) for row in rows]


def _without_product(
    row: DailyAssessment, person: Participant, products: Sequence[SensitisingEvent]
) -> list[str]:
    """The question about a day with "blood product given" and no recorded product."""
    if not row.blood_product_given:
        return []
    zone = person.trial.timezone
    if any(
        is_blood_on(
            row.assessed_date, kind=one.kind, earliest=at, latest=one.occurred_latest_at or at, zone=zone
        )
        for one in products
        if (at := one.occurred_earliest_at)
    ):
        return []
    return [_("Blood product: given on this day, and none is recorded; which one?")]


def _recorded(
    row: DailyAssessment, person: Participant, protocol: Protocol, products: Sequence[SensitisingEvent]
) -> dict[str, Any]:
    ratio = row.pf_ratio
    return {
        "pk": row.pk,
        "label": study_day_label(person.day0_date, row.assessed_date),
        "on": day_text(row.assessed_date),
        "pao2": _plain(row.pao2_mmhg),
        "pao2_note": f"{row.pao2_kpa} kPa" if row.pao2_kpa is not None else "",
        "fio2": _plain(row.fio2_fraction),
        "ratio": "–" if ratio is None else str(round(ratio.value)),
        "ratio_note": _("as given") if ratio is not None and ratio.is_given else "",
        "support": row.get_ventilation_display() if row.ventilation else "–",
        "peep": _plain(row.peep_cmh2o),
        "points": [_plain(getattr(row, name)) for name in SOFA_FIELDS],
        "total": _plain(row.sofa_total),
        "vasopressor": _answer(row.vasopressor),
        "renal": _answer(row.renal_replacement),
        "blood": _answer(row.blood_product_given),
        "place": row.get_place_display() if row.place else "–",
        "doubts": [
            *(localised(doubt, DailyAssessment) for doubt in row.doubts(protocol)),
            *_without_product(row, person, products),
        ],
    }


def _plain(value: Any) -> str:
    """A number without trailing zeros, in the page's language; a dash for a missing one."""
    if value is None:
        return "–"
    text = str(value)
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return number(Decimal(text)) if isinstance(value, Decimal) else text


def _answer(value: bool | None) -> str:
    return {True: _("Yes"), False: _("No"), None: "–"}[value]
