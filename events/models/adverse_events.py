"""Adverse events."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from audit.models import VoidableModel
from events.choices import (
    STILL_OPEN,
    ActionTaken,
    Autopsy,
    EventStatus,
    Grade,
    Lowering,
    Outcome,
    Severity,
)
from events.models.adverse_event_sets import AdverseEventQuerySet
from events.models.vocabulary import CtcaeTerm
from events.rules.adverse_events import (
    EventContext,
    EventFacts,
    EventSpans,
    check_draft,
    check_event,
    is_fatal,
    narrowed_onset,
    preceding_infusion,
    spans_of_event,
)
from events.rules.adverse_events.entered import PARTIAL_DATES
from events.rules.adverse_events.rows import event_facts, event_moment, infusion_series
from events.rules.course import EventState
from events.rules.duplicates import may_reopen
from events.rules.remarks import EventVerdict
from partial_dates import PartialMoment, exact_moment, local_date, parse_partial
from partial_dates.refusals import Refusal, RefusalError
from trials.choices import Source
from trials.models import Infusion, Participant, ProtocolVersion, Trial
from trials.rules.course_bounds import latest_moments
from trials.rules.protocol import Protocol
from webkit.refusals import validation_error

FAR_AHEAD = datetime(9999, 1, 1, tzinfo=UTC)


def protocol_when_recorded(participant: Participant, recorded_at: datetime | None) -> Protocol:
    """The protocol in force on the day, in the trial's zone, on which an event was first recorded.

    It is the newest when the event is not recorded yet.
    """
    day = local_date(recorded_at, participant.trial.timezone) if recorded_at else None
    return ProtocolVersion.objects.protocol_of(trial_id=participant.trial_id, on=day)


def context_of(
    participant: Participant,
    *,
    protocol: Protocol,
    infusions: Iterable[Infusion],
    other_fatal_events: int,
    at: datetime | None,
) -> EventContext:
    """The context of the rules for an event of this participant.

    With `at` None no date counts as in the future.
    """
    zone = participant.site.timezone
    begun = [series.started for series in infusion_series(infusions, zone)]
    return EventContext(
        at=at or FAR_AHEAD,
        dictionary_version=protocol.dictionary.version,
        grades_version=protocol.dictionary.grades,
        causality=protocol.causality,
        consent=exact_moment(participant.consented_at) if participant.consented_at else None,
        enrolled=exact_moment(participant.enrolled_at) if participant.enrolled_at else None,
        first_infusion=min(begun, key=lambda moment: moment.earliest, default=None),
        is_dead=participant.has_died,
        death=parse_partial(participant.died, zone, field="died") if participant.died else None,
        other_fatal_events=other_fatal_events,
    )


def spans_of(event: "AdverseEvent") -> EventSpans:
    """The possible times of begin, worsening and end of the event, from all records.

    No query where participant and trial are loaded.
    """
    return spans_of_event(
        event_facts(event, event.zone),
        participant=latest_moments(event.participant.course_dates()),
        known_at=event.changed_at,
    )


ORDERED_BY = {
    "ended_earliest_at": "end",
    "grade": "grade",
    "aware_at": "aware",
    "sponsor_informed_at": "informed",
    "recorded_at": "recorded",
    "changed_at": "change",
}
"""Columns by which a list of events can be ordered beside its onset, each with the name of its index."""


class AdverseEvent(VoidableModel):
    """One adverse event at its worst, with its history in the trail.

    Grade, severity and seriousness are independent.
    """

    trial = models.ForeignKey(
        Trial, on_delete=models.PROTECT, related_name="adverse_events", verbose_name=_("trial")
    )
    participant = models.ForeignKey(
        Participant, on_delete=models.PROTECT, related_name="adverse_events", verbose_name=_("participant")
    )
    number = models.PositiveIntegerField(_("event number"), help_text=_("Counted within the participant."))
    status = models.CharField(_("status"), max_length=10, choices=EventStatus, default=EventStatus.RECORDED)

    reported_term = models.CharField(_("event as reported"), max_length=250)
    ctcae_term = models.ForeignKey(
        CtcaeTerm,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("CTCAE term"),
    )
    specify = models.CharField(
        _("specify"), max_length=250, blank=True, help_text=_("Needed for an 'Other, specify' term.")
    )
    dictionary_term = models.CharField(_("term, other dictionary"), max_length=250, blank=True)
    dictionary_soc = models.CharField(_("class, other dictionary"), max_length=250, blank=True)
    dictionary_coding = models.JSONField(_("coding as given"), default=dict, blank=True, editable=False)

    onset = models.CharField(
        _("onset"),
        max_length=32,
        blank=True,
        help_text=_("As exactly as known: 2020, 2020-04, 2020-04-06 or 2020-04-06T03:40."),
    )
    onset_earliest_at = models.DateTimeField(null=True, blank=True, editable=False)
    onset_latest_at = models.DateTimeField(null=True, blank=True, editable=False)
    ended = models.CharField(_("end"), max_length=32, blank=True, help_text=_("Empty while it goes on."))
    ended_earliest_at = models.DateTimeField(null=True, blank=True, editable=False)
    ended_latest_at = models.DateTimeField(null=True, blank=True, editable=False)
    ongoing = models.BooleanField(_("ongoing"), null=True, blank=True)
    worsened = models.CharField(
        _("worsened"),
        max_length=32,
        blank=True,
        help_text=_("When an earlier complaint became worse, as exactly as known; empty if it did not."),
    )
    worsened_earliest_at = models.DateTimeField(null=True, blank=True, editable=False)
    worsened_latest_at = models.DateTimeField(null=True, blank=True, editable=False)
    after_infusion = models.ForeignKey(
        Infusion,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("after infusion"),
    )
    reopens = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="reopened_by",
        verbose_name=_("comes back after"),
        help_text=_("The event of which the participant had recovered, and which is here again."),
    )
    distinct_because = models.CharField(
        _("another event because"),
        max_length=250,
        blank=True,
        help_text=_("Why it is not the similar event that is on record."),
    )
    treatment_emergent = models.BooleanField(_("treatment-emergent, as given"), null=True, blank=True)

    grade = models.PositiveSmallIntegerField(_("grade"), choices=Grade, null=True, blank=True)
    present_grade = models.PositiveSmallIntegerField(
        _("grade now"),
        choices=Grade,
        null=True,
        blank=True,
        help_text=_("Only when it is lower than at its worst."),
    )
    severity = models.CharField(_("severity"), max_length=10, choices=Severity, blank=True)
    serious = models.BooleanField(_("serious"), null=True, blank=True)
    results_in_death = models.BooleanField(_("resulted in death"), null=True, blank=True)
    life_threatening = models.BooleanField(_("life-threatening at the time"), null=True, blank=True)
    hospitalisation = models.BooleanField(_("hospitalisation or its prolongation"), null=True, blank=True)
    disability = models.BooleanField(_("persistent or significant disability"), null=True, blank=True)
    congenital_anomaly = models.BooleanField(_("congenital anomaly"), null=True, blank=True)
    medically_important = models.BooleanField(_("other medically important event"), null=True, blank=True)
    causality = models.CharField(
        _("causality"), max_length=40, blank=True, help_text=_("A category of the protocol.")
    )
    action_taken = models.CharField(_("action taken"), max_length=20, choices=ActionTaken, blank=True)
    outcome = models.CharField(_("outcome"), max_length=40, choices=Outcome, blank=True)
    autopsy = models.CharField(
        _("autopsy"), max_length=10, choices=Autopsy, blank=True, help_text=_("Only of a fatal event.")
    )
    narrative = models.TextField(_("narrative"), blank=True, help_text=_("No names, no dates of birth."))

    relevant_history = models.TextField(
        _("relevant history"), blank=True, help_text=_("Of a serious event. No names, no dates of birth.")
    )
    reporter_name = models.CharField(
        _("reporter"), max_length=120, blank=True, help_text=_("Who of the site reports the serious event.")
    )
    reporter_function = models.CharField(_("function of the reporter"), max_length=120, blank=True)

    aware_at = models.DateTimeField(
        _("site aware at"),
        null=True,
        blank=True,
        help_text=_("When the site learnt that it is serious: the 24 h clock starts."),
    )
    sponsor_informed_at = models.DateTimeField(_("sponsor informed at"), null=True, blank=True)
    signed_by = models.CharField(_("signed by"), max_length=150, blank=True, editable=False)
    signed_at = models.DateTimeField(_("signed at"), null=True, blank=True, editable=False)
    lowered_because = models.CharField(
        _("lowered because"),
        max_length=10,
        choices=Lowering,
        blank=True,
        editable=False,
        help_text=_("Why the last change says less of how bad the event was; empty when it does not."),
    )
    source = models.CharField(max_length=10, choices=Source, default=Source.ENTRY, editable=False)
    source_key = models.CharField(max_length=60, blank=True, editable=False)

    objects = AdverseEventQuerySet.as_manager()

    judged_at: datetime | None = None
    """The time of judging, set by services and forms before `full_clean`: later dates are in the future."""

    class Meta:
        verbose_name = _("adverse event")
        verbose_name_plural = _("adverse events")
        indexes = [
            models.Index(fields=["-onset_earliest_at", "-id"], name="events_event_latest"),
            models.Index(fields=["trial", "-onset_earliest_at", "-id"], name="events_event_trial_latest"),
            models.Index(fields=["trial", "changed_at"], name="events_event_changed"),
            models.Index(fields=["participant"], name="events_event_serious", condition=Q(serious=True)),
            models.Index(fields=["ctcae_term", "-onset_earliest_at", "-id"], name="events_event_of_term"),
            *(
                models.Index(fields=[f"-{column}", "-id"], name=f"events_event_{name}_latest")
                for column, name in ORDERED_BY.items()
            ),
            models.Index(
                fields=["participant"],
                name="events_event_unsigned",
                condition=Q(status=EventStatus.RECORDED, voided_at=None, signed_at=None),
            ),
            models.Index(
                fields=["participant"],
                name="events_event_open",
                condition=Q(status=EventStatus.RECORDED, voided_at=None, ended="", outcome__in=STILL_OPEN),
            ),
            models.Index(
                fields=["-changed_at"], name="events_event_lowered", condition=~Q(lowered_because="")
            ),
            models.Index(
                fields=["participant"],
                name="events_event_draft",
                condition=Q(status=EventStatus.DRAFT, voided_at=None),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["participant", "number"],
                name="events_adverseevent_number_once",
                violation_error_message=_("Event number: taken already for this participant."),
            ),
            models.UniqueConstraint(
                fields=["participant", "source_key"],
                condition=~Q(source_key=""),
                name="events_adverseevent_source_once",
                violation_error_message=_("Source: this record was imported already."),
            ),
            models.CheckConstraint(
                condition=Q(grade=None) | Q(grade__gte=1, grade__lte=5),
                name="events_adverseevent_grade_range",
                violation_error_message=_("Grade: 1 to 5."),
            ),
            models.CheckConstraint(
                condition=Q(present_grade=None) | Q(present_grade__gte=1, present_grade__lt=F("grade")),
                name="events_adverseevent_present_grade_lower",
                violation_error_message=_("Grade now: lower than the grade at its worst, or empty."),
            ),
            models.CheckConstraint(
                condition=Q(onset="", onset_earliest_at=None, onset_latest_at=None)
                | (~Q(onset="") & Q(onset_earliest_at__isnull=False, onset_latest_at__isnull=False)),
                name="events_adverseevent_onset_derived",
                violation_error_message=_("Onset: give the date as exactly as it is known."),
            ),
            models.CheckConstraint(
                condition=Q(ended="", ended_earliest_at=None, ended_latest_at=None)
                | (~Q(ended="") & Q(ended_earliest_at__isnull=False, ended_latest_at__isnull=False)),
                name="events_adverseevent_end_derived",
                violation_error_message=_("End: give the date as exactly as it is known."),
            ),
            models.CheckConstraint(
                condition=Q(worsened="", worsened_earliest_at=None, worsened_latest_at=None)
                | (~Q(worsened="") & Q(worsened_earliest_at__isnull=False, worsened_latest_at__isnull=False)),
                name="events_adverseevent_worsened_derived",
                violation_error_message=_("Worsened: give the date as exactly as it is known."),
            ),
            models.CheckConstraint(
                condition=(Q(signed_at=None) & Q(signed_by=""))
                | (Q(signed_at__isnull=False) & ~Q(signed_by="")),
                name="events_adverseevent_signature_whole",
                violation_error_message=_("Signature: who and when go together."),
            ),
            VoidableModel.void_constraint("events_adverseevent_void_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.participant_id} · {self.number}"

    def clean(self) -> None:
        """Check the rules, by status and source, and update the derived columns from the dates as written."""
        if not self.participant_id:
            return
        self._keep_moments()
        self._check_belonging()
        infusions = self._infusions()
        facts = event_facts(self, self.zone)
        verdict = self._judge(facts, self._context(facts, infusions))
        if verdict.refusals:
            raise validation_error(verdict.refusals, type(self))
        if self.after_infusion_id is None and facts.onset is not None:
            self.after_infusion = self._followed(facts, infusions)

    @property
    def zone(self) -> str:
        """The zone of the site: wall times without an offset are in it."""
        return self.participant.site.timezone

    def course_state(self) -> EventState:
        """What the event's own fields say of its course."""
        return EventState(self.onset, self.grade, self.present_grade, self.outcome, self.ended)

    def verdict(self) -> EventVerdict:
        """The remarks of the rules on the event, warnings and prompts included (up to four queries)."""
        facts = event_facts(self, self.zone)
        return self._judge(facts, self._context(facts, self._infusions()))

    def _judge(self, facts: EventFacts, context: EventContext) -> EventVerdict:
        return (check_draft if self.status == EventStatus.DRAFT else check_event)(facts, context)

    def _context(self, facts: EventFacts, infusions: Sequence[Infusion]) -> EventContext:
        others = AdverseEvent.objects.standing().fatal().filter(participant=self.participant_id)
        return context_of(
            self.participant,
            protocol=protocol_when_recorded(self.participant, self.recorded_at or self.judged_at),
            infusions=infusions,
            other_fatal_events=others.exclude(pk=self.pk).count() if is_fatal(facts) else 0,
            at=self.judged_at,
        )

    def _infusions(self) -> list[Infusion]:
        return list(Infusion.objects.given().filter(participant=self.participant_id))

    def _keep_moments(self) -> None:
        """Update the derived columns from the dates as written; ValidationError names all invalid dates."""
        refusals: list[Refusal] = []
        for name in PARTIAL_DATES:
            try:
                moment = event_moment(self, name, self.zone)
            except RefusalError as error:
                refusals += error.refusals
                continue
            setattr(self, name, moment.text if moment else "")
            setattr(self, f"{name}_earliest_at", moment.earliest if moment else None)
            setattr(self, f"{name}_latest_at", moment.latest if moment else None)
        if refusals:
            raise validation_error(refusals, type(self))

    def moments_of(self, name: str) -> PartialMoment | None:
        """One of the event's partial dates with its possible times; None when it is not recorded."""
        return event_moment(self, name, self.zone)

    def _check_belonging(self) -> None:
        """Raise ValidationError unless trial, participant and infusion belong together."""
        if self.trial_id != self.participant.trial_id:
            raise ValidationError({"participant": _("Participant: not in this trial.")})
        followed = self.after_infusion
        if followed is not None and (followed.participant_id != self.participant_id or followed.voided_at):
            raise ValidationError(
                {"after_infusion": _("After infusion: not an infusion given to this participant.")}
            )
        earlier = self.reopens
        if earlier is not None and (earlier.participant_id != self.participant_id or earlier.pk == self.pk):
            raise ValidationError({"reopens": _("Reopens: not an earlier event of this participant.")})
        onset = self.moments_of("onset")
        if earlier is not None and not may_reopen(onset, earlier.moments_of("ended")):
            raise ValidationError(
                {"reopens": _("Reopens: the earlier event has not ended before this one began (R7).")}
            )
        if followed is not None and followed.started_at is None:
            raise ValidationError(
                {"after_infusion": _("After infusion: it was not given, so nothing follows it.")}
            )

    def _followed(self, facts: EventFacts, infusions: Sequence[Infusion]) -> Infusion | None:
        """The infusion that precedes the onset, when all records allow only one."""
        onset = narrowed_onset(facts, spans_of(self))
        series = infusion_series(infusions, self.zone)
        number = None if onset is None else preceding_infusion(onset, series).number
        return next((row for row in infusions if row.number == number), None)
