"""Entries of a participant's course from the trial itself: consent, enrolment, infusions, death."""

from collections.abc import Iterator
from datetime import datetime, time

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from trials.admin.interruptions import interruption_words
from trials.choices import InfusionStatus, TimePrecision
from trials.models import Infusion, Participant
from trials.rules.course_bounds import death_span
from webkit.admin.display import partial
from webkit.admin.timeline import TimelineEntry, day_of, day_within, source, when_of


@source
def course(participant: Participant, user: User) -> Iterator[TimelineEntry]:  # noqa: ARG001
    """Consent, enrolment, withdrawal or completion, death."""
    if participant.consented_at:
        yield TimelineEntry(
            participant.consented_at,
            when_of(participant.consented_at),
            _("Consent"),
            day=day_of(participant.day0_date, participant.consented_at),
        )
    if participant.enrolled_at:
        exact = participant.enrolment_precision == TimePrecision.MINUTE
        text = _("Enrolled, number %(number)d") % {"number": participant.enrolment_number}
        yield TimelineEntry(
            participant.enrolled_at,
            when_of(participant.enrolled_at, to_the_minute=exact),
            text,
            day=day_of(participant.day0_date, participant.enrolled_at),
        )
    yield from _ends(participant)
    given = Infusion.objects.given().filter(participant=participant).values_list("started_at", flat=True)
    death = death_span(participant.course_dates(start for start in given if start is not None))
    if death is not None:
        yield TimelineEntry(
            death.latest or participant.changed_at,
            partial(participant.died),
            _("Died"),
            participant.death_cause,
            day=day_within(participant.day0_date, death.earliest, death.latest),
        )


def _ends(participant: Participant) -> Iterator[TimelineEntry]:
    """The withdrawal or the completion, each known to the day: after other entries of that day."""
    ends = (
        (participant.withdrawn_date, _("Withdrawn"), participant.withdrawal_reason),
        (participant.completed_date, _("Completed"), ""),
    )
    for on, what, why in ends:
        if on is not None:
            at = timezone.make_aware(datetime.combine(on, time.max))
            yield TimelineEntry(
                at, when_of(at, to_the_minute=False), what, why, day=day_of(participant.day0_date, at)
            )


@source
def infusions(participant: Participant, user: User) -> Iterator[TimelineEntry]:  # noqa: ARG001
    """The infusions as given, or as not given."""
    for infusion in Infusion.objects.standing().filter(participant=participant):
        url = reverse("admin:trials_infusion_change", args=[infusion.pk])
        name = _("Infusion %(number)d") % {"number": infusion.number}
        if infusion.status == InfusionStatus.NOT_GIVEN or infusion.started_at is None:
            yield TimelineEntry(
                infusion.recorded_at,
                _("not given"),
                name,
                infusion.not_given_reason,
                "unknown",
                _("Not given"),
                url,
            )
            continue
        exact = infusion.start_precision == TimePrecision.MINUTE
        state = (
            ("due", _("Running"))
            if infusion.ended_at is None
            else ("soon", _("Interrupted"))
            if infusion.interrupted
            else ("done", _("Given"))
        )
        yield TimelineEntry(
            infusion.started_at,
            when_of(infusion.started_at, to_the_minute=exact),
            name,
            interruption_words(infusion),
            *state,
            url,
            day_of(participant.day0_date, infusion.started_at),
        )
