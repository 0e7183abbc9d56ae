"""The course of an event as its page shows it: the timeline, its rows as a table, days at each grade."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.admin.course_picture import draw_event_course
from events.choices import EventStatus, Grade, ObservationKind, Outcome
from events.models import AdverseEvent
from events.queries.course import EventCourse, event_course
from events.queries.sponsor_updates import updates_of
from events.rules.course import GradeDays, Observation
from webkit.admin.display import moment, partial


def course_section(event: AdverseEvent | None, request: HttpRequest, *, may_write: bool) -> dict[str, Any]:
    """What the page shows of the course of a recorded event; empty for a new one and for a draft."""
    if event is None or event.status != EventStatus.RECORDED:
        return {}
    found = event_course(event, at=timezone.now())
    may_correct = may_write and event.voided_at is None
    return {
        "picture": draw_event_course(found.steps, _("Grade {}")),
        "rows": [_line(row, found, may_correct=may_correct, back=request.path) for row in found.rows],
        "days": [_days_in_words(each) for each in found.days],
        "is_over": found.summary.is_over,
        "add_url": _verb(event, "course") if may_correct and not found.summary.is_over else "",
        "reopen_url": _reopen_url(event) if may_correct and found.summary.is_over else "",
        "updates": [_update_in_words(row) for row in updates_of(event)],
    }


def _verb(event: AdverseEvent, name: str) -> str:
    return f"{reverse(f'admin:events_adverseevent_{name}', args=[event.pk])}"


def _reopen_url(event: AdverseEvent) -> str:
    """The page of a new event that comes back after this one; none after a death."""
    if event.outcome == Outcome.FATAL:
        return ""
    said = f"participant={event.participant_id}&reopens={event.pk}"
    term = f"&ctcae_term={event.ctcae_term_id}" if event.ctcae_term_id else ""
    return f"{reverse('admin:events_adverseevent_add')}?{said}{term}"


def _line(row: Observation, found: EventCourse, *, may_correct: bool, back: str) -> dict[str, Any]:
    stored = found.stored.get(row.number)
    url = ""
    if stored is not None and may_correct:
        url = f"{reverse('admin:events_eventobservation_change', args=[stored.pk])}?back={back}"
    kind = ObservationKind(row.kind)
    return {
        "since": partial(row.observed.text) if row.observed else _("not known when"),
        "kind": str(kind.label) if kind != ObservationKind.COURSE else "",
        "grade": str(Grade(row.grade).label) if row.grade else "",
        "outcome": str(Outcome(row.outcome).label) if row.outcome else "",
        "intervention": row.intervention,
        "note": row.note,
        "recorded": moment(stored.recorded_at) if stored else "",
        "corrected": stored.version - 1 if stored else 0,
        "url": url,
    }


def _days_in_words(days: GradeDays) -> str:
    """Such as "Grade 3: 2 days", "Grade 3: 2 to 5 days", "Grade 3: at most 5 days"."""
    grade = str(Grade(days.grade).label)
    if days.most is None:
        return _("%(grade)s: days not known") % {"grade": grade}
    if days.is_certain:
        count = (
            _("less than a day")
            if not days.most
            else ngettext("%(days)d day", "%(days)d days", days.most) % {"days": days.most}
        )
        return _("%(grade)s: %(days)s") % {"grade": grade, "days": count}
    if not days.fewest:
        most = ngettext("at most %(days)d day", "at most %(days)d days", days.most) % {"days": days.most}
        return _("%(grade)s: %(days)s") % {"grade": grade, "days": most}
    words = {"grade": grade, "fewest": days.fewest, "most": days.most}
    return _("%(grade)s: %(fewest)d to %(most)d days") % words


def _update_in_words(row: Any) -> dict[str, str]:
    return {
        "news": row.news_label,
        "known": moment(row.known_at),
        "told": moment(row.sponsor_informed_at) if row.sponsor_informed_at else _("not yet"),
    }
