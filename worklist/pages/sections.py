"""The sections of each role's first page, with their headings."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.choices import Action, Role
from accounts.models import User
from accounts.queries import grants_of, may_anywhere
from trials.models import Participant
from webkit.admin.desk import DeskPlace, desk_lines
from webkit.admin.display import duration
from worklist.pages import bedside, bedside_days, bedside_events
from worklist.pages.items import OPEN, OVERDUE, WAITING, Harm, WorkItem, WorklistSection, in_order
from worklist.pages.notices import safety_notices
from worklist.pages.offices import office_items
from worklist.pages.scope import WorklistScope
from worklist.pages.unblindings import unread_unblindings

SHOWN_AT_MOST = 40


@dataclass(frozen=True)
class Link:
    """A link with its words."""

    label: str
    url: str


@dataclass(frozen=True)
class Worklist:
    """A first page: its sections, the buttons that start something, and one line about the trial's or site's state."""

    sections: tuple[WorklistSection, ...]
    actions: tuple[Link, ...] = ()
    standing: str = ""


def worklist_of(user: User, place: WorklistScope) -> Worklist:
    """The first page of this person for this scope."""
    roles = {grant.role for grant in grants_of(user)}
    if roles & {Role.NURSE, Role.INVESTIGATOR}:
        return _bedside(user, place)
    news = [
        *unread_unblindings(user, place),
        *safety_notices(user, place),
        *_of_other_apps(user, place),
    ]
    return _office([*news, *office_items(user, place)])


def _of_other_apps(user: User, place: WorklistScope) -> Iterator[WorkItem]:
    """What apps that the worklist does not know have registered, such as data queries."""
    for line in desk_lines(user, DeskPlace(place.trial, place.sites, place.at)):
        yield WorkItem(
            harm=Harm.OTHER,
            state=OVERDUE if line.is_overdue else OPEN,
            when=line.when,
            title=line.title,
            order=line.at,
            participant=line.participant,
            participant_url=line.participant_url,
            detail=line.detail,
            action_label=line.action_label,
            action_url=line.action_url,
        )


def _bedside(user: User, place: WorklistScope) -> Worklist:
    may_sign = may_anywhere(user, Action.SIGN_EVENT)
    participants = bedside.participants_at(place)
    infusions = bedside.standing_infusions(participants)
    watched = bedside.watched_infusions(place, infusions)
    work = bedside_events.work_at(place)
    mine: list[WorkItem] = [
        *unread_unblindings(user, place),
        *bedside_events.deaths_without_event(place),
        *bedside_events.serious_clocks(place, work),
        *bedside_events.worsenings_to_tell(place),
        *bedside.checks(watched, place.at),
        *bedside.undecided_criteria(watched),
        *bedside.infusions_running(infusions, place.at),
        *bedside.infusions_planned(place, participants),
        *bedside.samples(place, participants),
        *bedside_days.missing_assessments(place, participants),
        *bedside_events.proposals(place),
        *bedside_events.drafts(place, work),
        *bedside_events.follow_ups(place, work),
        *_of_other_apps(user, place),
    ]
    investigators = [*bedside_events.signatures(place, work), *bedside_events.open_findings(place)]
    if may_sign:
        mine += investigators
    waiting = () if may_sign else tuple(_waiting(place, investigators, work.serious_to_sign))
    return Worklist(_sections(mine, waiting), _actions(), _standing(place, len(participants)))


def _sections(mine: Iterable[WorkItem], waiting: tuple[WorkItem, ...]) -> tuple[WorklistSection, ...]:
    items = in_order(mine)
    now = tuple(item for item in items if item.is_now)
    later = tuple(item for item in items if not item.is_now)
    sections = (
        WorklistSection(
            "now",
            _("Now"),
            now[:SHOWN_AT_MOST],
            _("Nothing is due now"),
            _("Checks after an infusion and clocks of serious events appear here, the most urgent first."),
            is_cut=len(now) > SHOWN_AT_MOST,
        ),
        WorklistSection(
            "today",
            _("Today"),
            later[:SHOWN_AT_MOST],
            _("Nothing else is due today"),
            _("Planned infusions, samples, drafts and events without follow-up appear here on their day."),
            is_cut=len(later) > SHOWN_AT_MOST,
        ),
    )
    return (*sections, WorklistSection("waiting", _("Waiting for others"), waiting)) if waiting else sections


def _waiting(place: WorklistScope, items: list[WorkItem], to_sign: int) -> Iterable[WorkItem]:
    unsigned = [item for item in items if item.harm is Harm.SIGNATURE]
    unassessed = [item for item in items if item.harm is Harm.FINDING]
    if unsigned:
        text = ngettext(
            "%(count)d event to be signed by the investigator",
            "%(count)d events to be signed by the investigator",
            to_sign,
        )
        yield _waiting_line(text % {"count": to_sign}, unsigned, place)
    if unassessed:
        text = ngettext(
            "%(count)d finding to be assessed by the investigator",
            "%(count)d findings to be assessed by the investigator",
            len(unassessed),
        )
        yield _waiting_line(text % {"count": len(unassessed)}, unassessed, place)


def _waiting_line(title: str, items: list[WorkItem], place: WorklistScope) -> WorkItem:
    late = any(item.state is OVERDUE for item in items)
    who = ", ".join(sorted({item.participant for item in items}))
    return WorkItem(Harm.OTHER, OVERDUE if late else WAITING, "", title, place.at, detail=who)


def _actions() -> tuple[Link, ...]:
    return (
        Link(_("New adverse event"), reverse("admin:events_adverseevent_add") + bedside.BACK),
        Link(_("Start infusion"), reverse("admin:trials_infusion_add") + bedside.BACK),
        Link(_("Screen participant"), reverse("admin:trials_participant_add") + bedside.BACK),
    )


def _standing(place: WorklistScope, followed: int) -> str:
    enrolled = Participant.objects.filter(trial=place.trial).enrolled().at_sites(place.sites)
    last = enrolled.order_by("-enrolled_at").values_list("enrolled_at", flat=True).first()
    text = _("Enrolled here: %(enrolled)d, followed now: %(followed)d") % {
        "enrolled": enrolled.count(),
        "followed": followed,
    }
    if last is None or place.at - last < timedelta(0):
        return text
    newest = _("last enrolled %(time)s ago") % {"time": duration(place.at - last)}
    return f"{text} · {newest}"


def _office(items: Iterable[WorkItem]) -> Worklist:
    ordered = in_order(items)
    now = tuple(item for item in ordered if item.is_now)
    later = tuple(item for item in ordered if not item.is_now)
    return Worklist(
        (
            WorklistSection(
                "now",
                _("Now"),
                now[:SHOWN_AT_MOST],
                _("Nothing is due now"),
                _("What has a deadline appears here, the most urgent first."),
                is_cut=len(now) > SHOWN_AT_MOST,
            ),
            WorklistSection(
                "open",
                _("Open"),
                later[:SHOWN_AT_MOST],
                _("Nothing is open"),
                _("What waits for you without a deadline appears here."),
                is_cut=len(later) > SHOWN_AT_MOST,
            ),
        )
    )
