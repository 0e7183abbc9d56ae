"""Data queries on the first page: open ones for the site that answers, answered ones for the person who asked."""

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import quote

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.choices import Action
from accounts.models import User
from accounts.queries import site_codes_for, trial_codes_for
from data_management.admin.query_words import question_in_words
from data_management.choices import QueryState
from data_management.models import DataQuery
from data_management.queries.data_queries import queries_at
from data_management.rules.ageing import OLD_DAYS
from webkit.admin.desk import DeskLine, DeskPlace, desk_source
from webkit.admin.display import day

SHOWN = 40
OLD = timedelta(days=OLD_DAYS)
BACK = "?back=" + quote("/")


@desk_source
def queries_to_do(user: User, place: DeskPlace) -> Iterator[DeskLine]:
    """What waits for this person. One query for each of the two kinds that the person's roles have."""
    kinds = ((Action.ANSWER_QUERY, QueryState.OPEN), (Action.RAISE_QUERY, QueryState.ANSWERED))
    for action, state in kinds:
        if place.trial.code not in trial_codes_for(user, action):
            continue
        sites = site_codes_for(user, action, trial_code=place.trial.code)
        for query in queries_at(trial_id=place.trial.pk, sites=sites, state=state, at_most=SHOWN):
            yield _line(query, place)


def _line(query: DataQuery, place: DeskPlace) -> DeskLine:
    is_open = query.state == QueryState.OPEN
    age = max((place.at - query.raised_at).days, 0)
    asked = ngettext("asked %(days)d day ago", "asked %(days)d days ago", age) % {"days": age}
    person = query.participant
    return DeskLine(
        at=query.raised_at,
        title=_("Query to answer") if is_open else _("Query was answered"),
        when=day(query.raised_at),
        detail=f"{question_in_words(query)} · {asked}",
        participant=person.code if person else "",
        participant_url=reverse("admin:trials_participant_change", args=[person.pk]) if person else "",
        action_label=_("Open"),
        action_url=reverse("admin:data_management_dataquery_change", args=[query.pk]) + BACK,
        is_overdue=place.at - query.raised_at > OLD,
    )
