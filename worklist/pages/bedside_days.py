"""Days in intensive care without an assessment: one line per participant, whatever their number."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.queries import stays_of
from assessments.rules import due_days, missing_days
from trials.models import Participant
from webkit.admin.display import day as day_text
from webkit.admin.display import study_day_label
from worklist.pages.bedside import BACK, participant_url
from worklist.pages.items import DUE, OVERDUE, Harm, WorkItem
from worklist.pages.scope import WorklistScope

MOST_NAMED = 4


def missing_assessments(place: WorklistScope, participants: Sequence[Participant]) -> Iterator[WorkItem]:
    """Overdue from the next day on; today's assessment is due.

    Nothing where the protocol has no outcome plan.
    """
    plan = place.protocol.outcomes if place.protocol else None
    if plan is None:
        return
    stays = stays_of(participants=participants, today=place.today)
    for person in participants:
        if (stay := stays.get(person.pk)) is not None and (due := due_days(plan, stay)):
            yield _item(place, person, missing_days(plan, stay), due)


def _item(place: WorklistScope, person: Participant, missing: Sequence[int], due: Sequence[int]) -> WorkItem:
    first = _on(person, due[0], place)
    names = [study_day_label(person.day0_date, _on(person, day, place)) for day in (missing or due)]
    text = ngettext("Day in intensive care: %(days)s", "Days in intensive care: %(days)s", len(names))
    return WorkItem(
        harm=Harm.ASSESSMENT,
        state=OVERDUE if missing else DUE,
        when=names[0],
        title=text % {"days": _listed(names)},
        order=datetime.combine(first, time(), place.zone),
        participant=person.code,
        participant_url=participant_url(person.pk),
        detail=_("not entered since %(day)s") % {"day": day_text(first)} if missing else _("today's sheet"),
        action_label=_("Enter"),
        action_url=reverse("admin:assessments_dailyassessment_days", args=[person.pk]) + f"{BACK}#entry",
    )


def _on(person: Participant, day: int, place: WorklistScope) -> date:
    return (person.day0_date or place.today) + timedelta(days=day)


def _listed(names: Sequence[str]) -> str:
    """`D3, D4`; of many days the first and the last."""
    return ", ".join(names) if len(names) <= MOST_NAMED else f"{names[0]} … {names[-1]}"
