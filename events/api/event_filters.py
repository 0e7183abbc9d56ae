"""The filters of the list of adverse events. A value that a filter does not know is refused, not ignored."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import gettext_lazy as _

from accounts.api.instants import InstantFilter, UpdatedSinceFilter
from accounts.choices import Action
from accounts.queries import trial_codes_for
from events.choices import EventStatus, Grade, Outcome
from events.models import AdverseEvent
from events.queries.adverse_events import categories_of

TRI_STATE = [("true", _("Yes")), ("false", _("No")), ("unknown", _("Not recorded"))]
ANSWERS = {"true": True, "false": False, "unknown": None}


class EventFilters(django_filters.FilterSet):
    """By default events that are recorded and standing; drafts and voided ones by asking for them."""

    trial = django_filters.CharFilter(field_name="trial__code", help_text="Code of the trial.")
    site = django_filters.CharFilter(field_name="participant__site__code", help_text="Code of the site.")
    participant = django_filters.CharFilter(
        field_name="participant__code", help_text="Code of the participant."
    )
    term = django_filters.CharFilter(method="of_term", help_text="Code of the term, or part of its name.")
    soc = django_filters.CharFilter(method="of_soc", help_text="Name of the class, without regard to case.")
    grade = django_filters.ChoiceFilter(choices=Grade.choices)
    grade_min = django_filters.ChoiceFilter(field_name="grade", lookup_expr="gte", choices=Grade.choices)
    severity = django_filters.CharFilter()
    serious = django_filters.ChoiceFilter(choices=TRI_STATE, method="tri_state")
    related = django_filters.ChoiceFilter(
        choices=TRI_STATE,
        method="of_relation",
        help_text="By the protocol's categories; undetermined counts as related, unknown is not assessed.",
    )
    causality = django_filters.CharFilter(lookup_expr="iexact")
    outcome = django_filters.ChoiceFilter(choices=Outcome.choices)
    signed = django_filters.ChoiceFilter(choices=TRI_STATE[:2], method="is_signed")
    onset_from = InstantFilter(
        field_name="onset_latest_at", lookup_expr="gte", help_text="Onset possibly at or after this moment."
    )
    onset_to = InstantFilter(
        field_name="onset_earliest_at",
        lookup_expr="lte",
        help_text="Onset possibly at or before this moment.",
    )
    updated_since = UpdatedSinceFilter()
    status = django_filters.ChoiceFilter(
        choices=[*EventStatus.choices, ("any", _("Any"))], method="of_status", initial=EventStatus.RECORDED
    )
    voided = django_filters.ChoiceFilter(
        choices=[*TRI_STATE[:2], ("any", _("Any"))], method="is_voided", initial="false"
    )

    class Meta:
        model = AdverseEvent
        fields: list[str] = []

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        defaults = {"status": EventStatus.RECORDED.value, "voided": "false"}
        super().__init__({**defaults, **(data.dict() if data else {})}, *args, **kwargs)

    def of_term(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return rows.filter(
            Q(ctcae_term__code=value)
            | Q(ctcae_term__term__icontains=value)
            | Q(ctcae_term=None, dictionary_term__icontains=value)
            | Q(ctcae_term=None, dictionary_term="", reported_term__icontains=value)
        )

    def of_soc(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        soc = Coalesce("ctcae_term__soc", NullIf("dictionary_soc", Value("")))
        return rows.alias(soc_name=soc).filter(soc_name__iexact=value)

    def tri_state(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(**{name: ANSWERS[value]})

    def of_relation(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        if value == "unknown":
            return rows.filter(causality="")
        reach = trial_codes_for(self.request.user, Action.VIEW_EVENTS)
        related = Q(pk__in=[])
        for trial_id, categories in categories_of(trial_codes=reach).items():
            codes = [each.code for each in categories if each.is_related or each.is_undetermined]
            related |= Q(trial=trial_id, causality__in=codes)
        return rows.exclude(causality="").filter(related if value == "true" else ~related)

    def is_signed(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return rows.filter(signed_at__isnull=value == "false")

    def of_status(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return rows if value == "any" else rows.filter(status=value)

    def is_voided(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return rows if value == "any" else rows.filter(voided_at__isnull=value == "false")
