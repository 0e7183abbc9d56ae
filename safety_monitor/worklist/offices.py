"""What is open for those who do not stand at the bedside: safety officer, data manager, laboratory, production unit."""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.admin.display import day, duration, moment
from accounts.choices import Action, ClearanceGround, Role
from accounts.models import User
from accounts.queries import grants_of, user_may
from accounts.services import cleared
from events.choices import EventStatus
from events.models import AdverseEvent
from immunology.models import AntibodyResult, Specimen
from safety_monitor.worklist import bedside
from safety_monitor.worklist.items import DUE, OPEN, OVERDUE, SOON, Harm, WorkItem
from safety_monitor.worklist.place import Place
from trials.models import Allocation, DispensedDose, Infusion, Participant

ROWS = 60
DRAFT_IS_OLD = timedelta(hours=24)
"""A draft older than this is asked about (our own choice)."""

Office = Callable[[User, Place], Iterator[WorkItem]]


def office_items(user: User, place: Place) -> list[WorkItem]:
    """The lines of every office the person holds."""
    roles = {grant.role for grant in grants_of(user)}
    return [item for role, office in OFFICES.items() if role in roles for item in office(user, place)]


def pharmacovigilance(user: User, place: Place) -> Iterator[WorkItem]:
    """Serious events: not yet told, not yet signed, cause or expectedness not assessed."""
    events = bedside.events_at(place)
    yield from bedside.serious_clocks(place, events)
    yield from bedside.signatures(place, events)
    serious = (
        AdverseEvent.objects.recorded()
        .serious()
        .filter(Q(causality="") | Q(expectedness="not_assessed"), trial=place.trial)
    )
    for event in serious.select_related("participant", "ctcae_term").order_by("-changed_at")[:ROWS]:
        yield _event(
            event,
            _("Assess “%(term)s”"),
            _("cause or expectedness not assessed; until then it counts as related and unexpected"),
            place,
        )


def data_manager(user: User, place: Place) -> Iterator[WorkItem]:
    """Drafts left lying, events without a grade, deaths without a fatal event."""
    standing = (
        AdverseEvent.objects.standing().filter(trial=place.trial).select_related("participant", "ctcae_term")
    )
    for event in standing.filter(status=EventStatus.DRAFT, recorded_at__lt=place.at - DRAFT_IS_OLD)[:ROWS]:
        yield _event(
            event,
            _("Draft of “%(term)s” left lying"),
            _("begun %(time)s ago") % {"time": duration(place.at - event.recorded_at)},
            place,
        )
    if place.protocol and place.protocol.dictionary.is_graded:
        for event in standing.filter(status=EventStatus.RECORDED, grade=None)[:ROWS]:
            yield _event(
                event, _("“%(term)s” has no grade"), _("ask the site; the report shows it as missing"), place
            )
    fatal = AdverseEvent.objects.recorded().filter(trial=place.trial, outcome="FATAL").values("participant")
    for participant in (
        Participant.objects.filter(trial=place.trial, has_died=True)
        .exclude(pk__in=fatal)
        .order_by("code")[:ROWS]
    ):
        yield WorkItem(
            Harm.OTHER, OPEN, "", _("Death without a fatal event"), place.at, participant.code, bedside.participant_url(participant.pk),
            _("the participant died, but no event has the outcome fatal"), _("Open"), bedside.participant_url(participant.pk) + bedside.BACK,
        )  # fmt: skip


def laboratory(user: User, place: Place) -> Iterator[WorkItem]:
    """Samples on their way, and samples received without a result of ours."""
    standing = (
        Specimen.objects.filter(trial=place.trial, voided_at=None)
        .select_related("participant")
        .order_by("collected_at")
    )
    for specimen in standing.filter(received_at=None)[:ROWS]:
        yield _specimen(
            specimen,
            DUE,
            _("Sample %(code)s on its way"),
            _("taken %(moment)s") % {"moment": moment(specimen.collected_at)},
            _("Received"),
            "immunology_specimen_receive",
            place,
        )
    with cleared(
        ground=ClearanceGround.LABORATORY,
        by=user,
        trial_id=place.trial.pk,
        purpose="laboratory worklist",
        at=place.at,
    ):
        done = set(
            AntibodyResult.objects.filter(
                trial=place.trial, voided_at=None, recorded_by_id=user.pk
            ).values_list("specimen_id", flat=True)
        )
    for specimen in standing.exclude(received_at=None).exclude(pk__in=done)[:ROWS]:
        yield _specimen(
            specimen,
            OPEN,
            _("Sample %(code)s without result"),
            _("received %(day)s") % {"day": day(specimen.received_at)},
            _("Enter"),
            "immunology_antibodyresult_panel",
            place,
        )


def production_unit(user: User, place: Place) -> Iterator[WorkItem]:
    """Enrolled without an allocation, infused without a recorded dose. Only people of the unit come here."""
    if not user_may(user, Action.MANAGE_PRODUCT, trial_code=place.trial.code):
        return
    with cleared(
        ground=ClearanceGround.ROLE,
        by=user,
        trial_id=place.trial.pk,
        purpose="production unit worklist",
        at=place.at,
    ):
        allocated = set(Allocation.objects.filter(trial=place.trial).values_list("participant_id", flat=True))
        dosed = set(
            DispensedDose.objects.filter(trial=place.trial, voided_at=None).values_list(
                "infusion_id", flat=True
            )
        )
    enrolled = Participant.objects.filter(trial=place.trial).enrolled().exclude(pk__in=allocated)
    for participant in enrolled.order_by("enrolled_at")[:ROWS]:
        yield WorkItem(
            Harm.INFUSION, SOON, day(participant.enrolled_at), _("Allocation to enter"), participant.enrolled_at or place.at, participant.code, "",
            _("enrolled, no allocation recorded"), _("Enter"), reverse("admin:trials_allocation_add") + f"{bedside.BACK}&participant={participant.pk}", is_now=True,
        )  # fmt: skip
    given = (
        Infusion.objects.given().filter(trial=place.trial).exclude(pk__in=dosed).select_related("participant")
    )
    for infusion in given.order_by("-started_at")[:ROWS]:
        yield WorkItem(
            Harm.INFUSION, OPEN, day(infusion.started_at), _("Dose of infusion %(number)d") % {"number": infusion.number}, infusion.started_at or place.at,
            infusion.participant.code, "", _("given, what was in the bag is not recorded"), _("Record"),
            reverse("admin:trials_dispenseddose_add") + f"{bedside.BACK}&infusion={infusion.pk}",
        )  # fmt: skip


def _event(event: AdverseEvent, title: str, detail: str, place: Place) -> WorkItem:
    return WorkItem(
        Harm.OTHER, OVERDUE if event.serious and place.at - event.recorded_at > DRAFT_IS_OLD else OPEN, day(event.onset_earliest_at),
        title % {"term": bedside.event_name(event)}, event.recorded_at, event.participant.code, bedside.participant_url(event.participant_id),
        detail, _("Open"), reverse("admin:events_adverseevent_change", args=[event.pk]) + bedside.BACK,
    )  # fmt: skip


def _specimen(
    specimen: Specimen, state: object, title: str, detail: str, action: str, url_name: str, place: Place
) -> WorkItem:
    return WorkItem(
        Harm.SPECIMEN, state, day(specimen.collected_at), title % {"code": specimen.code}, specimen.collected_at, specimen.participant.code, "",  # type: ignore[arg-type]
        detail, action, reverse(f"admin:{url_name}", args=[specimen.pk]) + bedside.BACK,
    )  # fmt: skip


OFFICES: Mapping[str, Office] = {
    Role.PHARMACOVIGILANCE: pharmacovigilance,
    Role.DATA_MANAGER: data_manager,
    Role.HLA_LABORATORY: laboratory,
    Role.CELL_THERAPY_UNIT: production_unit,
}
