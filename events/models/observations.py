"""The rows of an event's course."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from audit.models import VoidableModel
from events.choices import Grade, ObservationKind, Outcome
from events.models.adverse_events import AdverseEvent
from events.rules.course import Observation
from events.rules.observations import ObservationContext, check_observation
from partial_dates import PartialMoment, local_date, parse_partial
from partial_dates.refusals import RefusalError
from trials.models import Trial
from webkit.refusals import validation_error


class EventObservationQuerySet(models.QuerySet["EventObservation"]):
    """Rows of courses: those that stand."""

    def standing(self) -> "EventObservationQuerySet":
        return self.filter(voided_at=None)


class EventObservation(VoidableModel):
    """One row of an event's course: a grade, an intervention, an outcome, a note, and when.

    Nothing is overwritten: a correction is a new version, and a row that never was is voided.
    """

    trail_part_of = "event"

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="+", verbose_name=_("trial"))
    event = models.ForeignKey(
        AdverseEvent, on_delete=models.PROTECT, related_name="observations", verbose_name=_("adverse event")
    )
    number = models.PositiveIntegerField(_("row"), help_text=_("Counted within the event."))
    kind = models.CharField(
        _("kind"), max_length=10, choices=ObservationKind, default=ObservationKind.COURSE, editable=False
    )
    observed = models.CharField(
        _("since when"),
        max_length=32,
        blank=True,
        help_text=_("As exactly as known; empty when nobody knows."),
    )
    observed_earliest_at = models.DateTimeField(null=True, blank=True, editable=False)
    observed_latest_at = models.DateTimeField(null=True, blank=True, editable=False)
    grade = models.PositiveSmallIntegerField(_("grade"), choices=Grade, null=True, blank=True)
    intervention = models.CharField(
        _("intervention"), max_length=250, blank=True, help_text=_("What was done for it. No names.")
    )
    outcome = models.CharField(_("outcome"), max_length=40, choices=Outcome, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True, help_text=_("No names."))
    source_key = models.CharField(max_length=60, blank=True, editable=False)

    objects = EventObservationQuerySet.as_manager()

    class Meta:
        verbose_name = _("row of an event’s course")
        verbose_name_plural = _("rows of events’ courses")
        constraints = [
            models.UniqueConstraint(
                fields=["event", "number"],
                name="events_observation_number_once",
                violation_error_message=_("Row: this number is taken."),
            ),
            models.UniqueConstraint(
                fields=["event", "kind"],
                condition=Q(voided_at=None, kind__in=["opening", "end"]),
                name="events_observation_one_begin_one_end",
                violation_error_message=_("Course: an event begins once and ends once."),
            ),
            models.CheckConstraint(
                condition=Q(grade=None) | Q(grade__gte=1, grade__lte=5),
                name="events_observation_grade_range",
                violation_error_message=_("Grade: 1 to 5."),
            ),
            models.CheckConstraint(
                condition=Q(observed="", observed_earliest_at=None, observed_latest_at=None)
                | (~Q(observed="") & Q(observed_earliest_at__isnull=False, observed_latest_at__isnull=False)),
                name="events_observation_moment_derived",
                violation_error_message=_("Since when: give the date as exactly as it is known."),
            ),
            VoidableModel.void_constraint("events_observation_void_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} · {self.number}"

    def clean(self) -> None:
        """Derive the possible times of the date and check the rules. Raises ValidationError per field."""
        zone = self.event.zone
        try:
            moment = parse_partial(self.observed, zone, field="observed") if self.observed else None
        except RefusalError as error:
            raise validation_error(error.refusals, type(self)) from error
        self.observed = moment.text if moment else ""
        self.observed_earliest_at = moment.earliest if moment else None
        self.observed_latest_at = moment.latest if moment else None
        refusals = check_observation(self.as_observation(), self._context())
        if refusals:
            raise validation_error(refusals, type(self))

    def _context(self) -> ObservationContext:
        event = self.event
        onset, ended = event.moments_of("onset"), event.moments_of("ended")
        death = event.participant.death_moment()
        grades = tuple(event.ctcae_term.grades) if event.ctcae_term else ()
        return ObservationContext(onset, ended, death, grades, event.judged_at)

    @property
    def observed_moment(self) -> PartialMoment | None:
        """The date as written, with its possible times."""
        return parse_partial(self.observed, self.event.zone) if self.observed else None

    def as_observation(self) -> Observation:
        """The row in the words of the rules."""
        known = local_date(self.recorded_at, self.event.zone) if self.recorded_at else None
        return Observation(
            number=self.number,
            kind=self.kind,
            observed=self.observed_moment,
            grade=self.grade,
            outcome=self.outcome,
            intervention=self.intervention,
            note=self.note,
            known_on=known,
        )
