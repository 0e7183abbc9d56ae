"""Data queries: a question about one field of a record, or about the record as a whole, and everything said about it."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.models import AuditedModel, FollowedModel
from data_management.choices import QueryAct, QueryOrigin, QueryState
from data_management.rules.query_states import STANDING
from trials.models import Participant, Site, Trial

LONGEST_TEXT = 1000


class DataQueryQuerySet(models.QuerySet["DataQuery"]):
    """Queries by state, site and record."""

    def standing(self) -> "DataQueryQuerySet":
        """Those with which somebody still has something to do."""
        return self.filter(state__in=sorted(STANDING))

    def at_sites(self, site_codes: frozenset[str] | None) -> "DataQueryQuerySet":
        """Those at the given sites; ``None`` is every site."""
        return self if site_codes is None else self.filter(site__code__in=site_codes)

    def of_record(self, subject: str, subject_id: int) -> "DataQueryQuerySet":
        return self.filter(subject=subject, subject_id=subject_id)


class DataQuery(AuditedModel):
    """One question. What is asked about is an open record: sealed records take no query, so a query tells no arm.

    `subject` is the label of the record's model in lower case, `field_name` empty for the record as a whole.
    `value_at_raising` is the field as the trail keeps it at `subject_version`: it stays when the value changes. `template`
    and `params` are the sentence of a rule, for readers of other languages. `finding_stands`: the rule still sees what it
    asked about; while it does, it does not ask a second time, whoever closed the query.
    """

    stays_open_when_locked = True

    trial = models.ForeignKey(
        Trial, on_delete=models.PROTECT, related_name="data_queries", verbose_name=_("trial")
    )
    site = models.ForeignKey(
        Site, on_delete=models.PROTECT, related_name="data_queries", verbose_name=_("site")
    )
    participant = models.ForeignKey(
        Participant,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="data_queries",
        verbose_name=_("participant"),
    )
    subject = models.CharField(_("kind of record"), max_length=80)
    subject_id = models.BigIntegerField(_("record"))
    subject_version = models.PositiveIntegerField(_("version of the record when it was asked"))
    field_name = models.CharField(_("field"), max_length=80, blank=True)
    value_at_raising = models.JSONField(_("value when it was asked"), null=True, blank=True)
    text = models.TextField(_("question"), max_length=LONGEST_TEXT)
    origin = models.CharField(_("raised by"), max_length=10, choices=QueryOrigin)
    raised_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked by")
    )
    raised_at = models.DateTimeField(_("asked at"))
    rule_code = models.CharField(_("rule"), max_length=80, blank=True)
    rule_version = models.CharField(_("version of the rule"), max_length=40, blank=True)
    template = models.TextField(_("sentence of the rule"), blank=True, editable=False)
    params = models.JSONField(_("values in the sentence"), default=dict, blank=True, editable=False)
    finding_stands = models.BooleanField(_("the rule still sees it"), default=False, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=QueryState, default=QueryState.OPEN)
    state_since = models.DateTimeField(_("in this state since"))
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    objects = DataQueryQuerySet.as_manager()

    class Meta:
        verbose_name = _("data query")
        verbose_name_plural = _("data queries")
        indexes = [
            models.Index(fields=["trial", "changed_at"], name="data_management_query_changed"),
            models.Index(fields=["subject", "subject_id"], name="data_management_query_subject"),
            models.Index(
                fields=["trial", "site", "state"],
                condition=Q(state__in=["open", "answered"]),
                name="data_management_query_standing",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "subject_id", "rule_code"],
                condition=Q(finding_stands=True),
                name="data_management_query_once_per_finding",
                violation_error_message=_("Query: the rule has asked about this already."),
            ),
            models.CheckConstraint(
                condition=(Q(origin="rule") & ~Q(rule_code="") & ~Q(rule_version=""))
                | Q(origin="person", rule_code="", rule_version="", finding_stands=False),
                name="data_management_query_rule_named",
                violation_error_message=_(
                    "Query: a rule that asks has a code and a version; a person has none."
                ),
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "answered"], closed_at=None)
                | Q(state__in=["closed", "cancelled"], closed_at__isnull=False),
                name="data_management_query_closed_at",
                violation_error_message=_(
                    "Query: it has a moment of closing when it is closed, and only then."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} · {self.subject} {self.subject_id}"

    def clean(self) -> None:
        if not self.text.strip():
            raise ValidationError({"text": _("Question: left empty, and it is needed.")})
        if self.participant is not None and self.participant.site_id != self.site_id:
            raise ValidationError({"participant": _("Participant: belongs to another site.")})


class QueryMessage(FollowedModel):
    """One thing said or done about a query. Never changed, never removed."""

    append_only = True
    trail_part_of = "query"

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="+", verbose_name=_("trial"))
    query = models.ForeignKey(
        DataQuery, on_delete=models.PROTECT, related_name="messages", verbose_name=_("data query")
    )
    act = models.CharField(_("what"), max_length=10, choices=QueryAct)
    text = models.TextField(_("text"), max_length=LONGEST_TEXT, blank=True)
    said_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("who"))
    said_at = models.DateTimeField(_("when"))
    subject_version = models.PositiveIntegerField(_("version of the record"))

    class Meta:
        verbose_name = _("message of a query")
        verbose_name_plural = _("messages of queries")
        indexes = [models.Index(fields=["query", "id"], name="data_management_message_query")]

    def __str__(self) -> str:
        return f"{self.query_id} · {self.act}"
