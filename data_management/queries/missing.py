"""Expected against entered, from the very queries that the worklist asks: for a site's visit, and for an overview."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from assessments.queries import stays_of
from assessments.rules import missing_days
from data_management.choices import ExpectedForm
from data_management.rules.expected import (
    Entered,
    FormCount,
    OverdueItem,
    count_forms,
    is_due_while_followed,
)
from events.choices import EventStatus
from events.models import AdverseEvent
from events.queries.adverse_events import Due, event_work
from events.rules.clocks import ClockState
from haemodynamics.queries import monitored_infusions
from haemodynamics.rules import CheckState
from immunology.queries import planned_samples
from immunology.rules.sampling import SampleState
from partial_dates import local_date
from trials.choices import Source
from trials.models import Infusion, Participant, ProtocolVersion, Site, Trial
from trials.queries import infusion_schedules
from trials.rules.course_bounds import death_span
from trials.rules.protocol import Protocol
from trials.rules.schedule import PlannedState

Found = Entered | OverdueItem
DONE_CHECKS = frozenset({CheckState.DONE, CheckState.EARLY, CheckState.LATE})
NOT_GIVEN_IN_TIME = frozenset({PlannedState.OVERDUE, PlannedState.LAPSED})


@dataclass(frozen=True)
class MissingData:
    """What was expected by now, by site and form, and every single thing that is overdue, the oldest first."""

    counts: tuple[FormCount, ...]
    overdue: tuple[OverdueItem, ...]


def missing_data(*, trial: Trial, sites: frozenset[str] | None, at: datetime) -> MissingData:
    """What is missing at the sites (None: all). A fixed number of queries, whatever the number of participants.

    Nothing is expected before a protocol is loaded, of people without a day 0, and from the day on which somebody left the
    trial.
    """
    places = Site.objects.filter(trial=trial)
    codes = list((places if sites is None else places.filter(code__in=sites)).values_list("code", flat=True))
    found = list(_Survey(trial, sites, at).everything()) if trial.protocol_versions.exists() else []
    overdue = [one for one in found if isinstance(one, OverdueItem)]
    entered = [one for one in found if isinstance(one, Entered)]
    ordered = sorted(overdue, key=lambda one: (one.site, one.since or date.max, one.participant, one.form))
    return MissingData(count_forms(codes, entered, overdue), tuple(ordered))


@dataclass(frozen=True)
class _Survey:
    trial: Trial
    sites: frozenset[str] | None
    at: datetime

    @property
    def today(self) -> date:
        return local_date(self.at, self.trial.timezone)

    @cached_property
    def protocol(self) -> Protocol:
        return ProtocolVersion.objects.protocol_of(trial_id=self.trial.pk, on=self.today)

    @cached_property
    def people(self) -> list[Participant]:
        """Everybody enrolled there, also those who have left."""
        rows = Participant.objects.enrolled().filter(trial=self.trial).at_sites(self.sites)
        return list(rows.select_related("site", "trial").order_by("code"))

    def everything(self) -> Iterator[Found]:
        """Each form in turn."""
        if self.people:
            yield from self._infusions()
            yield from self._checks()
            yield from self._days()
            yield from self._sera()
        yield from self._events()

    def _infusions(self) -> Iterator[Found]:
        schedules = infusion_schedules(participants=self.people, at=self.at)
        for person in self.people:
            for row in schedules.get(person.pk, ()):
                due = local_date(row.planned.window.closes_at, self.trial.timezone)
                if row.state == PlannedState.DONE:
                    yield Entered(person.site.code, ExpectedForm.INFUSION, 1)
                elif row.planned.window.closes_at < self.at and self._followed(person, due):
                    yield self._overdue(person, ExpectedForm.INFUSION, str(row.planned.number), due)

    def _checks(self) -> Iterator[Found]:
        given = Infusion.objects.given().filter(participant__in=self.people).order_by("started_at", "pk")
        by_id = {person.pk: person for person in self.people}
        rows = list(given.exclude(started_at=None))
        for row in rows:
            row.participant = by_id[row.participant_id]
        for one in monitored_infusions(infusions=rows, at=self.at):
            person = one.infusion.participant
            for check in one.checks:
                due = local_date(check.due_at, self.trial.timezone)
                if check.state in DONE_CHECKS:
                    yield Entered(person.site.code, ExpectedForm.CHECK, 1)
                elif check.state == CheckState.MISSED and self._followed(person, due):
                    what = f"{one.infusion.number} + {check.minutes} min"
                    yield self._overdue(person, ExpectedForm.CHECK, what, due)

    def _days(self) -> Iterator[Found]:
        plan = self.protocol.outcomes
        if plan is None:
            return
        stays = stays_of(participants=self.people, today=self.today)
        for person in self.people:
            stay = stays.get(person.pk)
            if stay is None or person.day0_date is None:
                continue
            kinds = {plan.vital_status_day: ExpectedForm.VITAL_STATUS}
            for day in sorted(set(stay.recorded) & set(plan.assessment_days)):
                yield Entered(person.site.code, kinds.get(day, ExpectedForm.DAY), 1)
            for day in missing_days(plan, stay):
                due = person.day0_date + timedelta(days=day)
                if self._followed(person, due):
                    yield self._overdue(person, kinds.get(day, ExpectedForm.DAY), f"D{day}", due)

    def _sera(self) -> Iterator[Found]:
        plan = self.protocol.antibodies
        for one in planned_samples(participants=self.people, plan=plan, today=self.today):
            person, sample = one.participant, one.sample
            if sample.state == SampleState.TAKEN:
                yield Entered(person.site.code, ExpectedForm.SERUM, 1)
            elif sample.state == SampleState.OVERDUE and self._followed(person, sample.closes_date):
                what = f"D{sample.planned.day}"
                yield self._overdue(person, ExpectedForm.SERUM, what, sample.closes_date)

    def _events(self) -> Iterator[Found]:
        work = event_work(trial_id=self.trial.pk, site_codes=self.sites, at=self.at, protocol=self.protocol)
        yield from self._clocks(ExpectedForm.FOLLOW_UP, work.to_follow_up, is_waiting_entered=True)
        yield from self._clocks(ExpectedForm.SIGNATURE, work.to_sign, is_waiting_entered=False)
        signed = (
            AdverseEvent.objects.standing()
            .at_sites(self.sites)
            .filter(
                trial=self.trial, source=Source.ENTRY, status=EventStatus.RECORDED, signed_at__isnull=False
            )
        )
        for site in signed.values_list("participant__site__code", flat=True):
            yield Entered(site, ExpectedForm.SIGNATURE, 1)

    def _clocks(
        self, form: ExpectedForm, dues: Sequence[Due], *, is_waiting_entered: bool
    ) -> Iterator[Found]:
        """Overdue clocks; of follow-ups those in time are entered, a signature is entered when it is given."""
        for due in dues:
            person = due.event.participant
            if due.state == ClockState.OVERDUE and due.deadline.due_at is not None:
                since = local_date(due.deadline.due_at, self.trial.timezone)
                yield self._overdue(person, form, str(due.event.number), since)
            elif is_waiting_entered:
                yield Entered(person.site.code, form, 1)

    def _overdue(self, person: Participant, form: ExpectedForm, what: str, since: date) -> OverdueItem:
        return OverdueItem(person.site.code, person.code, form, what, since)

    def _followed(self, person: Participant, due: date) -> bool:
        return is_due_while_followed(due, left=left_on(person))


def left_on(person: Participant) -> date | None:
    """The day on which somebody withdrew, completed the trial or died, the first of them; None while followed.

    Of a death that is known in part the first possible day counts.
    """
    died = death_span(person.course_dates())
    death = local_date(died.earliest, person.trial.timezone) if died and died.earliest else None
    days = [day for day in (person.withdrawn_date, person.completed_date, death) if day is not None]
    return min(days, default=None)
