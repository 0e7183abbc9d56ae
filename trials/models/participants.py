"""Participants: from screening to completion, withdrawal or death."""

from collections.abc import Iterable
from datetime import datetime

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from audit.models import AuditedModel
from partial_dates import PartialMoment, Span, parse_partial
from partial_dates.refusals import Refusal, RefusalError
from trials.choices import EnrolmentBasis, ParticipantStatus, Sex, Source, TimePrecision
from trials.models.design import ProtocolVersion, Site, Trial
from trials.rules.chronology import ParticipantDates, chronology_refusals, year_refusals
from trials.rules.course_bounds import CourseDates
from trials.rules.enrolment import strata_refusals, weight_refusals
from webkit.refusals import raise_refusals


class ParticipantQuerySet(models.QuerySet["Participant"]):
    """Filters of participants."""

    def enrolled(self) -> "ParticipantQuerySet":
        return self.filter(enrolment_number__isnull=False)

    def at_sites(self, site_codes: frozenset[str] | None) -> "ParticipantQuerySet":
        """Participants at the given sites; ``None`` is every site."""
        return self if site_codes is None else self.filter(site__code__in=site_codes)

    def unlocked(self) -> "ParticipantQuerySet":
        """Those whose data are open: neither frozen nor locked."""
        locks = apps.get_model("trials", "DataLock")
        return self.exclude(Exists(locks._default_manager.filter(participant=OuterRef("pk"), lifted_at=None)))


DATED = ("screened_date", "consented_at", "day0_date", "enrolled_at", "withdrawn_date", "completed_date")


class Participant(AuditedModel):
    """A person in the trial, by code; never a name or a full date of birth."""

    trial = models.ForeignKey(
        Trial, on_delete=models.PROTECT, related_name="participants", verbose_name=_("trial")
    )
    site = models.ForeignKey(
        Site, on_delete=models.PROTECT, related_name="participants", verbose_name=_("site")
    )
    code = models.CharField(_("participant"), max_length=40)
    status = models.CharField(
        _("status"), max_length=20, choices=ParticipantStatus, default=ParticipantStatus.SCREENED
    )
    sex = models.CharField(_("sex"), max_length=1, choices=Sex, default=Sex.UNKNOWN)
    age_years = models.PositiveSmallIntegerField(_("age (years)"), null=True, blank=True)
    weight_kg = models.DecimalField(_("weight (kg)"), max_digits=5, decimal_places=1, null=True, blank=True)
    strata = models.JSONField(
        _("strata"), default=dict, blank=True, help_text=_("Stratum code to level code.")
    )
    screened_date = models.DateField(_("screened on"), null=True, blank=True)
    consented_at = models.DateTimeField(_("consented at"), null=True, blank=True)
    day0_date = models.DateField(
        _("day 0"), null=True, blank=True, help_text=_("The day of randomisation, in the trial's zone.")
    )
    enrolled_at = models.DateTimeField(_("enrolled at"), null=True, blank=True)
    enrolment_precision = models.CharField(max_length=10, choices=TimePrecision, default=TimePrecision.MINUTE)
    enrolment_basis = models.CharField(
        _("enrolment taken from"), max_length=20, choices=EnrolmentBasis, blank=True
    )
    enrolment_number = models.PositiveIntegerField(
        _("enrolment number"), null=True, blank=True, editable=False
    )
    enrolment_recorded_at = models.DateTimeField(null=True, blank=True, editable=False)
    withdrawn_date = models.DateField(_("withdrawn on"), null=True, blank=True)
    withdrawal_reason = models.TextField(_("reason for withdrawal"), blank=True)
    completed_date = models.DateField(_("completed on"), null=True, blank=True)
    died = models.CharField(
        _("died"),
        max_length=32,
        blank=True,
        help_text=_("As exactly as known: 2020, 2020-04, 2020-04-06 or 2020-04-06T03:40."),
    )
    died_earliest_at = models.DateTimeField(null=True, blank=True, editable=False)
    died_latest_at = models.DateTimeField(null=True, blank=True, editable=False)
    has_died = models.BooleanField(
        _("has died"), default=False, help_text=_("Also when the date is not known.")
    )
    death_cause = models.TextField(_("cause of death"), blank=True)
    in_safety_population = models.BooleanField(_("in the safety population, as given"), null=True, blank=True)
    source = models.CharField(max_length=10, choices=Source, default=Source.ENTRY, editable=False)

    objects = ParticipantQuerySet.as_manager()

    class Meta:
        verbose_name = _("participant")
        verbose_name_plural = _("participants")
        ordering = ["trial", "code"]
        indexes = [
            models.Index(fields=["trial", "site", "status"], name="trials_participant_site"),
            models.Index(fields=["trial", "changed_at"], name="trials_participant_changed"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["trial", "code"],
                name="trials_participant_code_once",
                violation_error_message=_("Participant: this code is taken in the trial."),
            ),
            models.UniqueConstraint(
                fields=["trial", "enrolment_number"],
                name="trials_participant_enrolment_number_once",
                violation_error_message=_("Enrolment number: taken already."),
            ),
            models.CheckConstraint(
                condition=Q(
                    enrolment_number=None, enrolled_at=None, enrolment_basis="", enrolment_recorded_at=None
                )
                | (
                    Q(
                        enrolment_number__isnull=False,
                        enrolment_number__gte=1,
                        enrolled_at__isnull=False,
                        enrolment_recorded_at__isnull=False,
                    )
                    & ~Q(enrolment_basis="")
                ),
                name="trials_participant_enrolment_whole",
                violation_error_message=_(
                    "Enrolment: number, moment and basis are recorded together or not at all."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["enrolled", "completed", "withdrawn"])
                | Q(enrolment_number__isnull=False)
                | Q(status="withdrawn"),
                name="trials_participant_enrolled_has_number",
                violation_error_message=_(
                    "Status: only an enrolled participant can be enrolled or completed."
                ),
            ),
            models.CheckConstraint(
                condition=Q(died="") | Q(has_died=True),
                name="trials_participant_death_date_needs_death",
                violation_error_message=_(
                    "Died: a date of death is recorded only for a participant who has died."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(status="died") | Q(has_died=True),
                name="trials_participant_status_died",
                violation_error_message=_("Status: 'died' needs the death to be recorded."),
            ),
            models.CheckConstraint(
                condition=Q(age_years=None) | Q(age_years__lte=120),
                name="trials_participant_age_plausible",
                violation_error_message=_("Age: at most 120 years."),
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def clean(self) -> None:
        """Derive the limits of a partly known death, then check dates and strata by the rules."""
        if self.trial_id is None or self.site_id is None:
            return
        self._check_site()
        raise_refusals(year_refusals({name: getattr(self, name) for name in DATED}), type(self))
        died = self.death_moment()
        self.died_earliest_at = died.earliest if died else None
        self.died_latest_at = died.latest if died else None
        protocol = ProtocolVersion.objects.protocol_of(trial_id=self.trial_id, on=self.day0_date)
        raise_refusals(
            (
                *chronology_refusals(self._dates(died), self.trial.timezone),
                *strata_refusals(protocol, self._strata(), {"age_years": self.age_years}),
                *weight_refusals(protocol, self.weight_kg),
            ),
            type(self),
        )

    def course_dates(self, infusions: Iterable[datetime] = ()) -> CourseDates:
        """The dates that bound all other dates of the participant.

        `infusions` are the starts of the given ones.
        """
        died = self.died_earliest_at and Span(self.died_earliest_at, self.died_latest_at)
        return CourseDates(
            zone=self.trial.timezone,
            known_at=self.changed_at,
            screened_date=self.screened_date,
            enrolled_at=self.enrolled_at,
            withdrawn_date=self.withdrawn_date,
            completed_date=self.completed_date,
            infusions=tuple(infusions),
            has_died=self.has_died,
            died=died or None,
        )

    def death_moment(self) -> PartialMoment | None:
        """The recorded date of death as exactly as known; None when none is recorded."""
        if not self.died:
            return None
        try:
            return parse_partial(self.died, self.trial.timezone, field=str(_("Died")))
        except RefusalError as error:
            raise_refusals((Refusal("died", r.message, r.params) for r in error.refusals), type(self))
            raise

    def _check_site(self) -> None:
        if self.site.trial_id != self.trial_id:
            raise ValidationError({"site": _("Site: it belongs to another trial.")})

    def _strata(self) -> dict[str, object]:
        if not isinstance(self.strata, dict):
            raise ValidationError({"strata": _("Strata: an object of stratum code to level code.")})
        return self.strata

    def _dates(self, died: PartialMoment | None) -> ParticipantDates:
        return ParticipantDates(
            screened_date=self.screened_date,
            enrolled_at=self.enrolled_at,
            day0_date=self.day0_date,
            withdrawn_date=self.withdrawn_date,
            completed_date=self.completed_date,
            died=died,
        )
