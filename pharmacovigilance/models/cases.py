"""The safety case, the events in it, its history, and the versions that were signed."""

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.models import AuditedModel
from events.models import AdverseEvent
from pharmacovigilance.choices import CaseAct, CaseState, Situation, VersionKind
from trials.models import Participant, Trial


class SafetyCaseQuerySet(models.QuerySet["SafetyCase"]):
    """Filters of safety cases."""

    def open(self) -> "SafetyCaseQuerySet":
        """Neither nullified nor merged."""
        return self.exclude(state__in=[CaseState.NULLIFIED, CaseState.MERGED])

    def with_relations(self) -> "SafetyCaseQuerySet":
        """With all relations of a list, in the same query."""
        return self.select_related("trial", "participant__site", "participant__trial")


class SafetyCase(AuditedModel):
    """One case of one participant: one or several events.

    Its number is the same in every report and never changes.
    """

    stays_open_when_locked = True

    trial = models.ForeignKey(
        Trial, on_delete=models.PROTECT, related_name="safety_cases", verbose_name=_("trial")
    )
    participant = models.ForeignKey(
        Participant, on_delete=models.PROTECT, related_name="safety_cases", verbose_name=_("participant")
    )
    number = models.PositiveIntegerField(_("number"))
    worldwide_number = models.CharField(_("world-wide unique number"), max_length=100, unique=True)
    state = models.CharField(_("state"), max_length=10, choices=CaseState, default=CaseState.DRAFTED)
    last_version = models.PositiveIntegerField(
        _("last signed version"), default=0, help_text=_("0: none was signed yet.")
    )
    is_amendment = models.BooleanField(
        _("next version corrects the last one"),
        default=False,
        help_text=_("Nothing new arrived; what was said before is put right."),
    )
    situations = ArrayField(
        models.CharField(max_length=20, choices=Situation), default=list, blank=True,
        verbose_name=_("special situations"),
    )  # fmt: skip
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged",
        verbose_name=_("merged into"),
    )  # fmt: skip
    duplicate_of = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="duplicates",
        verbose_name=_("duplicate of"),
    )  # fmt: skip
    nullified_because = models.TextField(_("nullified because"), blank=True)

    objects = SafetyCaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("safety case")
        verbose_name_plural = _("safety cases")
        indexes = [models.Index(fields=["trial", "changed_at"], name="pv_safetycase_changed")]
        constraints = [
            models.UniqueConstraint(
                fields=["trial", "number"],
                name="pv_safetycase_number_once",
                violation_error_message=_("Number: the trial has a case with this number already."),
            ),
            models.CheckConstraint(
                condition=(Q(state=CaseState.MERGED, merged_into__isnull=False))
                | (~Q(state=CaseState.MERGED) & Q(merged_into=None)),
                name="pv_safetycase_merged_whole",
                violation_error_message=_("Merged into: needed for a merged case, and only then."),
            ),
            models.CheckConstraint(
                condition=(Q(state=CaseState.NULLIFIED) & ~Q(nullified_because=""))
                | (~Q(state=CaseState.NULLIFIED) & Q(nullified_because="")),
                name="pv_safetycase_nullified_whole",
                violation_error_message=_("Nullified because: needed for a nullified case, and only then."),
            ),
            models.CheckConstraint(
                condition=~Q(merged_into=F("id")) & ~Q(duplicate_of=F("id")),
                name="pv_safetycase_not_itself",
                violation_error_message=_("A case is not merged into itself, nor its own duplicate."),
            ),
        ]

    def __str__(self) -> str:
        return self.worldwide_number

    def clean(self) -> None:
        """Participant, duplicate and the case merged into belong to the same trial and participant."""
        if self.participant_id and self.participant.trial_id != self.trial_id:
            raise ValidationError({"participant": _("Participant: not in this trial.")})
        for name in ("merged_into", "duplicate_of"):
            other = getattr(self, name)
            if other is not None and other.participant_id != self.participant_id:
                message = _("Case: %(number)s is of another participant.")
                params = {"number": other.worldwide_number}
                raise ValidationError({name: ValidationError(message, params=params)})

    @property
    def is_open(self) -> bool:
        """Whether its state can still change."""
        return self.state not in (CaseState.NULLIFIED, CaseState.MERGED)


class CaseEventQuerySet(models.QuerySet["CaseEvent"]):
    """Filters of the events of cases."""

    def standing(self) -> "CaseEventQuerySet":
        return self.filter(ended_at=None)


class CaseEvent(AuditedModel):
    """An event in a case. Ended, never deleted; an event is in one case at a time."""

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="+", verbose_name=_("trial"))
    case = models.ForeignKey(
        SafetyCase, on_delete=models.PROTECT, related_name="links", verbose_name=_("safety case")
    )
    event = models.ForeignKey(
        AdverseEvent, on_delete=models.PROTECT, related_name="case_links", verbose_name=_("adverse event")
    )
    seen_version = models.PositiveIntegerField(
        _("version of the event that was taken in last"), default=0, editable=False
    )
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    objects = CaseEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event of a case")
        verbose_name_plural = _("events of cases")
        constraints = [
            models.UniqueConstraint(
                fields=["event"],
                condition=Q(ended_at=None),
                name="pv_caseevent_one_case",
                violation_error_message=_("Event: it stands in another case; move it from there."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} · {self.event_id}"

    def clean(self) -> None:
        """A case has events of one participant."""
        if self.event.participant_id != self.case.participant_id:
            raise ValidationError({"event": _("Event: it is of another participant than the case.")})


class CaseStep(AuditedModel):
    """One step of a case's history: the act, the person, the reason, and the state afterwards."""

    append_only = True

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="+", verbose_name=_("trial"))
    case = models.ForeignKey(
        SafetyCase, on_delete=models.PROTECT, related_name="steps", verbose_name=_("safety case")
    )
    act = models.CharField(_("what"), max_length=20, choices=CaseAct)
    state_after = models.CharField(_("state after"), max_length=10, choices=CaseState)
    done_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    done_at = models.DateTimeField(_("at"))
    reason = models.TextField(_("reason"), blank=True)
    event = models.ForeignKey(
        AdverseEvent, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("adverse event"),
    )  # fmt: skip
    other_case = models.ForeignKey(
        SafetyCase, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("other case"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("step of a case")
        verbose_name_plural = _("steps of cases")

    def __str__(self) -> str:
        return f"{self.case_id} · {self.act}"


class CaseVersion(AuditedModel):
    """A signed version: the frozen content of a report. Without an arm, because the signers are blinded."""

    append_only = True

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="+", verbose_name=_("trial"))
    case = models.ForeignKey(
        SafetyCase, on_delete=models.PROTECT, related_name="versions", verbose_name=_("safety case")
    )
    number = models.PositiveIntegerField(_("version"))
    kind = models.CharField(_("kind"), max_length=15, choices=VersionKind)
    content = models.JSONField(_("content"))
    content_sha256 = models.CharField(_("SHA-256 of the content"), max_length=64)
    last_receipt_id = models.BigIntegerField(_("last information that went in"))

    class Meta:
        verbose_name = _("version of a case")
        verbose_name_plural = _("versions of cases")
        constraints = [
            models.UniqueConstraint(
                fields=["case", "number"],
                name="pv_caseversion_once",
                violation_error_message=_("Version: this version was signed already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} · {self.number}"
