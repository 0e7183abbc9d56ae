"""Due work at the bedside: checks, infusions, samples, events.

Each function is one query for all participants.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, time, timedelta
from urllib.parse import quote

from django.urls import reverse
from django.utils.translation import gettext as _

from haemodynamics.queries import UNDECIDED_ASKED_FOR, MonitoredInfusion, monitored_infusions, started_since
from haemodynamics.rules import Check, CheckState
from haemodynamics.wording import not_evaluable_sentences
from immunology.queries import samples_due
from immunology.rules.sampling import SampleDue, SampleState
from trials.choices import InfusionStatus, ParticipantStatus
from trials.models import Infusion, Participant
from trials.queries import ScheduledInfusion, infusion_schedules
from trials.rules.protocol import Anchor
from trials.rules.schedule import PlannedState
from webkit.admin.display import clock, day, duration, study_date, study_day_label
from worklist.pages.items import DUE, DUE_NOW, OPEN, OVERDUE, SOON, Harm, State, WorkItem
from worklist.pages.scope import WorklistScope

LOOK_AHEAD = timedelta(minutes=15)
"""A check is listed under "now" from this long before it is due (our own choice: the time to walk there)."""
ASKED_FOR = frozenset({PlannedState.SOON, PlannedState.DUE, PlannedState.OVERDUE})
BACK = "?back=" + quote("/")


def participants_at(place: WorklistScope) -> list[Participant]:
    """Participants who are enrolled there and still followed."""
    standing = Participant.objects.filter(
        trial=place.trial, status=ParticipantStatus.ENROLLED
    ).select_related("site", "trial")
    return list(standing.at_sites(place.sites).order_by("code"))


def participant_url(participant_id: int) -> str:
    """The address of a participant's page."""
    return reverse("admin:trials_participant_change", args=[participant_id])


# Checks and infusions -----------------------------------------------------


def checks(watched: Iterable[MonitoredInfusion], at: datetime) -> Iterator[WorkItem]:
    """The next check of each watched infusion, and the missed ones.

    A missed check stays listed for the length of the protocol's late window after the last watched hour.
    """
    for one in watched:
        hours = one.watched
        if hours is None or at > hours.closes_at + timedelta(hours=float(one.case.plan.late_window_hours)):
            continue
        yield from _checks_of(one, at)


def watched_infusions(place: WorklistScope, infusions: Sequence[Infusion]) -> list[MonitoredInfusion]:
    """The infusions of the last weeks whose protocol has haemodynamic checks.

    None before a protocol is loaded.
    """
    if place.protocol is None:
        return []
    recent = started_since(infusions, place.at - UNDECIDED_ASKED_FOR, place.at)
    return monitored_infusions(infusions=recent, at=place.at)


def undecided_criteria(watched: Iterable[MonitoredInfusion]) -> Iterator[WorkItem]:
    """Infusions with a criterion that a recorded reading may meet: the facts that would decide it."""
    for one in watched:
        sentences = not_evaluable_sentences(one)
        if sentences and one.infusion.started_at is not None:
            yield WorkItem(
                harm=Harm.FINDING,
                state=DUE_NOW,
                when=clock(one.infusion.started_at),
                title=_("Infusion %(number)d: a criterion cannot be judged")
                % {"number": one.infusion.number},
                order=one.infusion.started_at,
                participant=one.infusion.participant.code,
                participant_url=participant_url(one.infusion.participant_id),
                detail=" ".join(sentences),
                action_label=_("Complete"),
                action_url=_page_url(one.infusion) + f"{BACK}#criteria",
                is_now=True,
            )


def _checks_of(one: MonitoredInfusion, at: datetime) -> Iterator[WorkItem]:
    planned = one.checks
    missed = [check for check in planned if check.state is CheckState.MISSED]
    ahead = [check for check in planned if check.state in (CheckState.DUE, CheckState.UPCOMING)]
    if missed:
        yield _check_item(one, missed[-1], missed, at)
    if ahead:
        yield _check_item(one, ahead[0], [], at)


def _check_item(one: MonitoredInfusion, check: Check, missed: Sequence[Check], at: datetime) -> WorkItem:
    infusion = one.infusion
    return WorkItem(
        harm=Harm.CHECK,
        state=OVERDUE if missed else _state_of(check, at),
        when=clock(check.due_at),
        title=_("Check of infusion %(number)d") % {"number": infusion.number},
        order=check.due_at,
        participant=infusion.participant.code,
        participant_url=participant_url(infusion.participant_id),
        detail=_check_detail(check, missed, at, one.case.plan.anchor),
        action_label=_("Enter"),
        action_url=_entry_url(infusion, check),
        is_now=bool(missed) or check.opens_at - LOOK_AHEAD <= at,
    )


def _state_of(check: Check, at: datetime) -> State:
    if check.state is CheckState.DUE:
        return DUE_NOW
    return SOON if check.opens_at - LOOK_AHEAD <= at else DUE


def _check_detail(check: Check, missed: Sequence[Check], at: datetime, anchor: Anchor) -> str:
    after = _("planned %(minutes)s after the start")
    if anchor == "infusion_end":
        after = _("planned %(minutes)s after the end")
    planned = (
        after % {"minutes": duration(timedelta(minutes=check.minutes))}
        if check.minutes > 0
        else _("baseline")
    )
    if len(missed) > 1:
        return _("%(count)d checks missed since %(first)s; enter them from the monitor's memory") % {
            "count": len(missed),
            "first": clock(missed[0].due_at),
        }
    if abs(at - check.due_at) < timedelta(minutes=1):
        return planned
    late = _("%(time)s late") if at > check.due_at else _("in %(time)s")
    return f"{late % {'time': duration(at - check.due_at)}} · {planned}"


def _entry_url(infusion: Infusion, check: Check) -> str:
    return _page_url(infusion) + f"{BACK}&planned={check.minutes}#entry"


def _page_url(infusion: Infusion) -> str:
    return reverse("admin:haemodynamics_haemodynamicreading_after_infusion", args=[infusion.pk])


def infusions_running(infusions: Sequence[Infusion], at: datetime) -> Iterator[WorkItem]:
    """Started, given, and no end recorded."""
    for infusion in infusions:
        if (
            infusion.started_at
            and infusion.ended_at is None
            and infusion.status == InfusionStatus.GIVEN
            and at >= infusion.started_at
        ):
            yield WorkItem(
                Harm.INFUSION_END,
                OPEN,
                clock(infusion.started_at),
                _("Infusion %(number)d is running") % {"number": infusion.number},
                infusion.started_at,
                infusion.participant.code,
                participant_url(infusion.participant_id),
                _("started %(time)s ago, no end recorded") % {"time": duration(at - infusion.started_at)},
                _("End"),
                reverse("admin:trials_infusion_end", args=[infusion.pk]) + BACK,
                is_now=True,
            )


def infusions_planned(place: WorklistScope, participants: Sequence[Participant]) -> Iterator[WorkItem]:
    """The next planned infusion of each participant that is not recorded, from shortly before its window."""
    schedules = infusion_schedules(participants=participants, at=place.at)
    for participant in participants:
        asked = (row for row in schedules.get(participant.pk, ()) if row.state in ASKED_FOR)
        if (row := next(asked, None)) is not None:
            yield _planned_item(participant, row)


def _planned_item(participant: Participant, row: ScheduledInfusion) -> WorkItem:
    window = row.planned.window
    text = _("planned %(day)s, at the latest %(last)s") % {
        "day": day(window.target_at),
        "last": day(window.closes_at),
    }
    return WorkItem(
        harm=Harm.INFUSION,
        state=OVERDUE if row.state is PlannedState.OVERDUE else DUE,
        when=study_day_label(participant.day0_date, study_date(window.target_at)),
        title=_("Infusion %(number)d") % {"number": row.planned.number},
        order=window.target_at,
        participant=participant.code,
        participant_url=participant_url(participant.pk),
        detail=text,
        action_label=_("Start"),
        action_url=reverse("admin:trials_infusion_add")
        + f"{BACK}&participant={participant.pk}&number={row.planned.number}",
    )


def standing_infusions(participants: Sequence[Participant]) -> list[Infusion]:
    """The infusions of these participants that are not void, with the participant loaded."""
    by_id = {participant.pk: participant for participant in participants}
    rows = list(Infusion.objects.standing().filter(participant__in=by_id).order_by("started_at", "pk"))
    for row in rows:
        row.participant = by_id[row.participant_id]
    return rows


# Samples ----------------------------------------------------------------------


def samples(place: WorklistScope, participants: Sequence[Participant]) -> Iterator[WorkItem]:
    """Planned samples that were not taken: their window is open, or closed only recently."""
    plan = place.protocol.antibodies if place.protocol else None
    for due in samples_due(participants=participants, plan=plan, today=place.today):
        yield _sample_item(place, due.participant, due.sample)


def _sample_item(place: WorklistScope, participant: Participant, due: SampleDue) -> WorkItem:
    late = _("window closed %(day)s; still take it and say when")
    in_time = _("window closes %(day)s")
    sample, closes = due.planned, due.closes_date
    planned = (participant.day0_date or place.today) + timedelta(days=sample.day)
    return WorkItem(
        harm=Harm.SPECIMEN,
        state=OVERDUE if due.state == SampleState.OVERDUE else DUE,
        when=study_day_label(participant.day0_date, planned),
        title=_("Serum of day %(day)d") % {"day": sample.day},
        order=datetime.combine(closes, time(), place.zone),
        participant=participant.code,
        participant_url=participant_url(participant.pk),
        detail=(late if place.today > closes else in_time) % {"day": day(closes)},
        action_label=_("Taken"),
        action_url=reverse("admin:immunology_specimen_add")
        + f"{BACK}&participant={participant.pk}&planned_day={sample.day}",
    )
