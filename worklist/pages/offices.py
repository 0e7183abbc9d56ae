"""Open work of the roles away from the bedside: safety officer, data manager, laboratory, production unit."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.choices import Action, ClearanceGround, Role
from accounts.models import User
from accounts.queries import grants_of, user_may
from accounts.services import cleared
from events.choices import EventStatus, Lowering
from events.models import AdverseEvent
from events.models.adverse_events import spans_of
from events.queries.deaths import deaths_without_fatal_event
from events.queries.notices import recipients_of
from immunology.models import AntibodyResult, Specimen
from immunology.queries import sera_on_the_way
from immunology.rules.sampling import SerumJourney
from product.models import Allocation, DispensedDose
from trials.models import Infusion, Participant
from webkit.admin.display import day, duration, moment, study_date, study_day_label
from webkit.admin.timeline import day_within
from worklist.pages import bedside, bedside_events
from worklist.pages.items import DUE, DUE_NOW, OPEN, OVERDUE, Harm, State, WorkItem
from worklist.pages.safety import cases_at_the_desk, reports_due
from worklist.pages.scope import WorklistScope

ROWS = 60
DRAFT_IS_OLD = timedelta(hours=24)
"""A draft older than this is listed (our own choice)."""

Office = Callable[[User, WorklistScope], Iterator[WorkItem]]


def office_items(user: User, place: WorklistScope) -> list[WorkItem]:
    """The lines of every office of the person."""
    roles = {grant.role for grant in grants_of(user)}
    return [item for role, office in OFFICES.items() if role in roles for item in office(user, place)]


def pharmacovigilance(user: User, place: WorklistScope) -> Iterator[WorkItem]:
    """Due reports, cases to assess or sign.

    Serious events not reported, not signed, or without an assessed cause.
    """
    yield from reports_due(user, place)
    work = bedside_events.work_at(place)
    for item, event in bedside_events.clocks_with_events(place, work):
        title = _("Sponsor not told yet: %(event)s") % {"event": bedside_events.event_title(event)}
        yield replace(item, title=title)  # only the site reports to the sponsor
    for item, event in bedside_events.worsenings_with_events(place):
        title = _("Sponsor not told that it became worse: %(event)s") % {
            "event": bedside_events.event_title(event)
        }
        yield replace(item, title=title)
    for item, event in bedside_events.signatures_with_events(place, work):
        title = _("Not signed yet: %(event)s") % {"event": bedside_events.event_title(event)}
        yield replace(item, title=title, action_label=_("View"))  # only the investigator signs
    why = _("cause open; the investigator assesses. Until then it counts as related")
    for event in _events(place).filter(causality="", serious=True).order_by("-changed_at")[:ROWS]:
        yield _about_event(event, _("Not assessed: “%(term)s”"), why)


def data_manager(user: User, place: WorklistScope) -> Iterator[WorkItem]:  # noqa: ARG001
    """Old drafts, events without a grade, deaths without a fatal event, and a missing recipient of serious events."""
    yield from _missing_recipients(place)
    drafts = AdverseEvent.objects.standing().filter(trial=place.trial, status=EventStatus.DRAFT)
    old = drafts.filter(recorded_at__lt=place.at - DRAFT_IS_OLD).select_related("participant", "ctcae_term")
    for event in old.order_by("recorded_at")[:ROWS]:
        begun = _("begun %(time)s ago") % {"time": duration(place.at - event.recorded_at)}
        yield _about_event(event, _("Draft of “%(term)s” left lying"), begun)
    if place.protocol and place.protocol.dictionary.is_graded:
        for event in _events(place).filter(grade=None).order_by("-changed_at")[:ROWS]:
            yield _about_event(
                event, _("“%(term)s” has no grade"), _("ask the site; the report shows it as missing")
            )
    for event in _events(place).filter(lowered_because=Lowering.SOURCE).order_by("-changed_at")[:ROWS]:
        why = _(
            "an import says less than before; ask its source whether that was an error, or the worst is over"
        )
        yield _about_event(event, _("“%(term)s” was lowered"), why)
    yield from _deaths_without_event(place)


def _missing_recipients(place: WorklistScope) -> Iterator[WorkItem]:
    if place.protocol is None:
        return
    recipients = recipients_of(place.trial)
    if not (recipients.officers and recipients.has_sponsor):
        yield WorkItem(
            Harm.SERIOUS_CLOCK,
            OVERDUE,
            "–",
            _("Not everybody is told of serious events"),
            place.at,
            detail=_(
                "no safety officer, or nobody of the sponsor: have roles given, or an inbox put into the protocol"
            ),
            is_now=True,
        )


def _deaths_without_event(place: WorklistScope) -> Iterator[WorkItem]:
    for person in deaths_without_fatal_event(trial_id=place.trial.pk)[:ROWS]:
        url = bedside.participant_url(person.pk)
        yield _line(
            Harm.OTHER,
            OPEN,
            _("Death without a fatal event"),
            person,
            order=place.at,
            on=None,
            detail=_("the participant died, but no event has the outcome fatal"),
            action=_("View"),
            url=url,
        )


def laboratory(user: User, place: WorklistScope) -> Iterator[WorkItem]:
    """Samples in transit, and received samples without a result of ours."""
    standing = Specimen.objects.filter(trial=place.trial, voided_at=None).select_related("participant")
    for specimen, journey in sera_on_the_way(trial_id=place.trial.pk, at=place.at)[:ROWS]:
        taken = _("taken %(moment)s") % {"moment": moment(specimen.collected_at)}
        url = reverse("admin:immunology_specimen_receive", args=[specimen.pk])
        is_lost = journey is SerumJourney.LOST
        title = _("Sample %(code)s lost? Look for it") if is_lost else _("Sample %(code)s on its way")
        yield _about_sample(specimen, DUE, title, taken, _("Received"), url)
    done = _samples_with_result(user, place)
    for specimen in standing.exclude(received_at=None).exclude(pk__in=done).order_by("received_at")[:ROWS]:
        received = _("received %(day)s") % {"day": day(specimen.received_at)}
        url = reverse("admin:immunology_antibodyresult_panel", args=[specimen.pk])
        yield _about_sample(specimen, OPEN, _("Sample %(code)s without result"), received, _("Enter"), url)


def _samples_with_result(user: User, place: WorklistScope) -> set[int]:
    purpose = "laboratory worklist"
    with cleared(
        ground=ClearanceGround.LABORATORY, by=user, trial_id=place.trial.pk, purpose=purpose, at=place.at
    ):
        mine = AntibodyResult.objects.filter(trial=place.trial, voided_at=None, recorded_by_id=user.pk)
        return set(mine.values_list("specimen_id", flat=True))


def production_unit(user: User, place: WorklistScope) -> Iterator[WorkItem]:
    """Enrolled without an allocation, infused without a recorded dose. Only members of the unit see this."""
    if not user_may(user, Action.MANAGE_PRODUCT, trial_code=place.trial.code):
        return
    allocated, dosed = _allocated_and_dosed(user, place)
    enrolled = Participant.objects.filter(trial=place.trial).enrolled().exclude(pk__in=allocated)
    for person in enrolled.order_by("enrolled_at")[:ROWS]:
        text = _("enrolled %(day)s, no allocation recorded") % {"day": day(person.enrolled_at)}
        url = reverse("admin:product_allocation_add") + f"?participant={person.pk}"
        yield _line(
            Harm.INFUSION,
            DUE_NOW,
            _("Allocation to enter"),
            person,
            order=place.at,
            on=person.enrolled_at,
            detail=text,
            action=_("Enter"),
            url=url,
        )
    given = (
        Infusion.objects.given().filter(trial=place.trial).exclude(pk__in=dosed).select_related("participant")
    )
    for infusion in given.order_by("-started_at")[:ROWS]:
        title = _("Dose of infusion %(number)d") % {"number": infusion.number}
        text = _("given %(day)s, what was in the bag is not recorded") % {"day": day(infusion.started_at)}
        url = reverse("admin:product_dispenseddose_add") + f"?infusion={infusion.pk}"
        yield _line(
            Harm.INFUSION,
            OPEN,
            title,
            infusion.participant,
            order=place.at,
            on=infusion.started_at,
            detail=text,
            action=_("Record"),
            url=url,
        )


def _allocated_and_dosed(user: User, place: WorklistScope) -> tuple[set[int], set[int]]:
    purpose = "production unit worklist"
    with cleared(ground=ClearanceGround.ROLE, by=user, trial_id=place.trial.pk, purpose=purpose, at=place.at):
        allocated = Allocation.objects.filter(trial=place.trial).values_list("participant_id", flat=True)
        dosed = DispensedDose.objects.filter(trial=place.trial, voided_at=None).values_list(
            "infusion_id", flat=True
        )
        return set(allocated), set(dosed)


def _events(place: WorklistScope) -> QuerySet[AdverseEvent]:
    return AdverseEvent.objects.recorded().filter(trial=place.trial).with_relations()


def _about_event(event: AdverseEvent, title: str, detail: str) -> WorkItem:
    url = reverse("admin:events_adverseevent_change", args=[event.pk])
    named = title % {"term": bedside_events.event_name(event)}
    return _line(
        Harm.OTHER,
        OPEN,
        named,
        event.participant,
        order=event.recorded_at,
        on=_certain_onset(event),
        detail=detail,
        action=_("View"),
        url=url,
    )


def _certain_onset(event: AdverseEvent) -> datetime | None:
    """A time on the only possible day of the onset, from all records; None when there are several."""
    onset, day0 = spans_of(event).onset, event.participant.day0_date
    return onset.earliest if day_within(day0, onset.earliest, onset.latest) else None


def _about_sample(
    specimen: Specimen, state: State, title: str, detail: str, action: str, url: str
) -> WorkItem:
    taken = specimen.collected_at
    named = title % {"code": specimen.code}
    return _line(
        Harm.SPECIMEN,
        state,
        named,
        specimen.participant,
        order=taken,
        on=taken,
        detail=detail,
        action=action,
        url=url,
    )


def _line(
    harm: Harm,
    state: State,
    title: str,
    person: Participant,
    *,
    order: datetime,
    on: datetime | None,
    detail: str,
    action: str,
    url: str,
) -> WorkItem:
    when = study_day_label(person.day0_date, study_date(on)) if on else ""
    back = bedside.BACK if "?" not in url else bedside.BACK.replace("?", "&")
    return WorkItem(
        harm=harm,
        state=state,
        when=when,
        title=title,
        order=order,
        participant=person.code,
        detail=detail,
        action_label=action,
        action_url=url + back,
        is_now=state is DUE_NOW,
    )


OFFICES: Mapping[str, Office] = {
    Role.PHARMACOVIGILANCE: pharmacovigilance,
    Role.DATA_MANAGER: data_manager,
    Role.HLA_LABORATORY: laboratory,
    Role.CELL_THERAPY_UNIT: production_unit,
    Role.UNBLINDED_REPORTER: cases_at_the_desk,
}
