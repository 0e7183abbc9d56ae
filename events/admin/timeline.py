"""Entries of a participant's course about events."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.models import User
from accounts.queries import user_may
from events.choices import EventStatus
from events.models import AdverseEvent, SuggestedEvent
from events.models.adverse_events import spans_of
from events.wording import name_of_event
from partial_dates import parse_partial
from trials.models import Participant
from webkit.admin.display import partial
from webkit.admin.timeline import TimelineEntry, day_within, source


@source
def adverse_events(participant: Participant, user: User) -> Iterator[TimelineEntry]:
    if not user_may(
        user, Action.VIEW_EVENTS, trial_code=participant.trial.code, site_code=participant.site.code
    ):
        return
    for event in AdverseEvent.objects.standing().filter(participant=participant).select_related("ctcae_term"):
        event.participant = participant
        onset = spans_of(event).onset
        at = onset.earliest or onset.latest or event.recorded_at
        grade = _("grade %(grade)d") % {"grade": event.grade} if event.grade else _("grade not recorded")
        yield TimelineEntry(
            at,
            partial(event.onset),
            name_of_event(event),
            grade,
            *_state(event),
            reverse("admin:events_adverseevent_change", args=[event.pk]),
            day_within(participant.day0_date, onset.earliest, onset.latest),
        )


@source
def proposed_events(participant: Participant, user: User) -> Iterator[TimelineEntry]:
    if not user_may(
        user, Action.VIEW_EVENTS, trial_code=participant.trial.code, site_code=participant.site.code
    ):
        return
    for row in SuggestedEvent.objects.open().filter(participant=participant).select_related("term"):
        began = parse_partial(row.began, participant.trial.timezone)
        yield TimelineEntry(
            began.earliest,
            partial(row.began),
            _("Proposed: %(term)s, grade %(grade)d") % {"term": row.term.term, "grade": row.grade},
            f"{row.test} {row.value}",
            "due",
            _("To be answered"),
            reverse("admin:events_suggestedevent_change", args=[row.pk]),
            day_within(participant.day0_date, began.earliest, began.latest),
        )


def _state(event: AdverseEvent) -> tuple[str, str]:
    if event.status == EventStatus.DRAFT:
        return "unknown", _("Draft")
    if event.serious:
        return "overdue", _("Serious")
    return ("done", _("Ended")) if event.ended else ("due", _("Open"))
