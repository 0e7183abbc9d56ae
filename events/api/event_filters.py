"""The filters of the list of adverse events. An unknown value is refused, not ignored."""

from datetime import timedelta
from typing import Any, cast

import django_filters
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Coalesce, NullIf
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.choices import Action
from accounts.models import User
from accounts.queries import trial_codes_for
from events.choices import EventStatus, Grade
from events.models import AdverseEvent, CtcaeTerm, SponsorUpdate
from events.queries.adverse_events import categories_of, hours_to_inform
from events.rules.adverse_events.entered import CODED, CRITERIA
from trials.choices import Source
from webkit.api.instants import InstantFilter, UpdatedSinceFilter

TRI_STATE = [("true", _("Yes")), ("false", _("No")), ("unknown", _("Not recorded"))]
CODE_COLUMNS = ("AELLTCD", "AEPTCD", "AEHLTCD", "AEHLGTCD", "AEBDSYCD", "AESOCCD")
"""The columns with an SDTM code of the study's dictionary, from an import."""
ANSWERS = {"true": True, "false": False, "unknown": None}


def _worse_untold(trial_id: int, limit: timedelta) -> QuerySet[SponsorUpdate, Any]:
    """Events with a worsening of which the sponsor was informed too late, or not in time yet."""
    told_late = Q(sponsor_informed_at__gt=F("known_at") + limit)
    waiting = Q(sponsor_informed_at=None, known_at__lt=timezone.now() - limit)
    return SponsorUpdate.objects.filter(told_late | waiting, trial=trial_id).values("event")


class EventFilters(django_filters.FilterSet):
    """By default recorded events that are not void; drafts and void ones on request."""

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
    dictionary_code = django_filters.CharFilter(
        method="of_code", help_text="Code of the term, or any code that an import brought with it."
    )
    susar_candidate = django_filters.ChoiceFilter(
        choices=TRI_STATE[:2],
        method="is_susar_candidate",
        help_text="Serious or not answered, related or not assessed, and not expected by the site.",
    )
    aware_from = InstantFilter(field_name="aware_at", lookup_expr="gte")
    aware_to = InstantFilter(field_name="aware_at", lookup_expr="lte")
    aware = django_filters.ChoiceFilter(choices=TRI_STATE[:2], field_name="aware_at", method="is_known")
    sponsor_informed_from = InstantFilter(field_name="sponsor_informed_at", lookup_expr="gte")
    sponsor_informed_to = InstantFilter(field_name="sponsor_informed_at", lookup_expr="lte")
    sponsor_informed = django_filters.ChoiceFilter(
        choices=TRI_STATE[:2], field_name="sponsor_informed_at", method="is_known"
    )
    overdue = django_filters.ChoiceFilter(
        choices=TRI_STATE[:2],
        method="is_overdue",
        help_text="Serious, and the sponsor was not informed within the hours of the protocol, or awareness is unknown.",
    )
    recorded_from = InstantFilter(field_name="recorded_at", lookup_expr="gte")
    source = django_filters.ChoiceFilter(choices=Source.choices)
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

    @classmethod
    def get_filters(cls) -> Any:
        """The filters named above, and one of every criterion and code that is declared as entered."""
        codes = {column.name: column.choices for column in AdverseEvent._meta.fields if column.name in CODED}
        derived = {
            **{
                name: django_filters.ChoiceFilter(field_name=name, choices=TRI_STATE, method="tri_state")
                for name in CRITERIA
            },
            **{
                name: django_filters.ChoiceFilter(field_name=name, choices=choices)
                for name, choices in codes.items()
            },
        }
        return {**derived, **super().get_filters()}

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        defaults = {"status": EventStatus.RECORDED.value, "voided": "false"}
        super().__init__({**defaults, **(data.dict() if data else {})}, *args, **kwargs)

    def of_term(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        terms = CtcaeTerm.objects.filter(Q(code=value) | Q(term__icontains=value))
        return rows.filter(
            Q(ctcae_term__in=list(terms.values_list("pk", flat=True)))  # a list: the index is used
            | Q(ctcae_term=None, dictionary_term__icontains=value)
            | Q(ctcae_term=None, dictionary_term="", reported_term__icontains=value)
        )

    def of_soc(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        soc = Coalesce("ctcae_term__soc", NullIf("dictionary_soc", Value("")))
        found: QuerySet[Any] = rows.alias(soc_name=soc).filter(soc_name__iexact=value)
        return found

    def tri_state(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(**{name: ANSWERS[value]})

    @property
    def _reader(self) -> User:
        """The account of the request; the list is closed to others."""
        return cast(User, cast(HttpRequest, self.request).user)

    def of_relation(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        if value == "unknown":
            return rows.filter(causality="")
        reach = trial_codes_for(self._reader, Action.VIEW_EVENTS)
        related = Q(pk__in=[])
        for trial_id, categories in categories_of(trial_codes=reach).items():
            codes = [each.code for each in categories if each.is_related or each.is_undetermined]
            related |= Q(trial=trial_id, causality__in=codes)
        return rows.exclude(causality="").filter(related if value == "true" else ~related)

    def of_code(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        coded = Q(ctcae_term__code=value)
        for column in CODE_COLUMNS:
            coded |= Q(**{f"dictionary_coding__{column}": value})
        return rows.filter(coded)

    def is_susar_candidate(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """As rule R11: an unanswered cause counts towards a candidate. Expectedness is judged in the case."""
        related = self.of_relation(rows, "", "true").values("pk")
        candidates = (
            Q(serious=True) | Q(serious=None),
            Q(pk__in=related) | Q(causality=""),
        )
        found = rows.filter(*candidates)
        return found if value == "true" else rows.exclude(pk__in=found.values("pk"))

    def is_known(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(**{f"{name}__isnull": value == "false"})

    def is_overdue(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """The clock of 24 h (or the protocol's hours) from the site's awareness to the sponsor's, as in rule R9."""
        reach = trial_codes_for(self._reader, Action.VIEW_EVENTS)
        late = Q(pk__in=[])
        for trial_id, hours in hours_to_inform(trial_codes=reach).items():
            limit = timedelta(hours=hours)
            informed_late = Q(sponsor_informed_at__gt=F("aware_at") + limit)
            waiting = Q(sponsor_informed_at=None) & (
                Q(aware_at=None) | Q(aware_at__lt=timezone.now() - limit)
            )
            late |= Q(trial=trial_id) & (informed_late | waiting | Q(pk__in=_worse_untold(trial_id, limit)))
        found = Q(serious=True) & late
        return rows.filter(found if value == "true" else ~found)

    def is_signed(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return rows.filter(signed_at__isnull=value == "false")

    def of_status(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return rows if value == "any" else rows.filter(status=value)

    def is_voided(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return rows if value == "any" else rows.filter(voided_at__isnull=value == "false")
