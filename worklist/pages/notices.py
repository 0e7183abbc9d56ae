"""Notices of serious events on the first pages of safety officers and sponsor, until acknowledged."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from events.queries.notices import open_notices
from webkit.admin.display import clock, day, duration
from worklist.pages.bedside import BACK
from worklist.pages.items import DUE_NOW, Harm, WorkItem
from worklist.pages.scope import WorklistScope

ROWS = 40


def safety_notices(user: User, place: WorklistScope) -> Iterator[WorkItem]:
    """The person's notices that are not acknowledged, with links."""
    for notice in open_notices(user=user, trial_id=place.trial.pk)[:ROWS]:
        yield WorkItem(
            Harm.SERIOUS_CLOCK,
            DUE_NOW,
            clock(notice.recorded_at),
            _("News: %(news)s") % {"news": notice.get_news_display()},
            notice.recorded_at,
            detail=_("told on %(day)s, %(time)s ago; not acknowledged")
            % {"day": day(notice.recorded_at), "time": duration(place.at - notice.recorded_at)},
            action_label=_("Read"),
            action_url=reverse("admin:events_seriousnotice_change", args=[notice.pk]) + BACK,
            is_now=True,
        )
