"""How a query is written on pages: its question in the reader's language, what was said, the value then and now."""

from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.db.models import Field
from django.utils.translation import gettext as _

from audit.choices import reason_in_words
from data_management.admin.history import labels_of, value_in_words
from data_management.admin.record_names import column_in_words
from data_management.choices import QueryAct, QueryState
from data_management.models import DataQuery
from data_management.queries.data_queries import queried_values
from data_management.queries.subjects import field_asked_about, subject_models
from partial_dates.refusals import Refusal
from webkit.admin import RoleScopedAdmin
from webkit.admin.display import dates_in_words, moment
from webkit.refusals import localised

STATE_CODES = {
    QueryState.OPEN: "due",
    QueryState.ANSWERED: "soon",
    QueryState.CLOSED: "done",
    QueryState.CANCELLED: "unknown",
}
"""The shapes of the stylesheet."""


@dataclass(frozen=True)
class SaidLine:
    """One message."""

    when: str
    who: str
    what: str
    text: str
    version: int


@dataclass(frozen=True)
class ValueLine:
    """A value of the field, with what it is the value of."""

    label: str
    value: str


def page_of_subject(subject: str) -> RoleScopedAdmin | None:
    """The pages of records of this kind."""
    model = subject_models().get(subject)
    page = admin.site._registry.get(model) if model else None
    return page if isinstance(page, RoleScopedAdmin) else None


def field_label(field: Field[Any, Any]) -> str:
    """What a field is called on a page, with a capital."""
    return column_in_words(field)


def question_in_words(query: DataQuery) -> str:
    """A rule's sentence in the reader's language; what a person wrote as it is."""
    if not query.template:
        return query.text
    refusal = Refusal(query.field_name, query.template, query.params)
    return dates_in_words(localised(refusal, subject_models()[query.subject]))


def said_in_words(query: DataQuery) -> list[SaidLine]:
    """Everything said, the first first. One query."""
    rows = query.messages.select_related("said_by").order_by("pk")
    return [
        SaidLine(
            moment(row.said_at),
            _("the rule") if _is_of_rule(query, row.act) else row.said_by.get_full_name() or str(row.said_by),
            str(row.get_act_display()),
            question_in_words(query) if row.act == QueryAct.RAISE else reason_in_words(row.text),
            row.subject_version,
        )
        for row in rows
    ]


def _is_of_rule(query: DataQuery, act: str) -> bool:
    return act == QueryAct.RESOLVE or (act == QueryAct.RAISE and bool(query.rule_code))


def value_lines(query: DataQuery, record: Any) -> list[ValueLine]:
    """The value when it was asked and now; none for a query about the record as a whole."""
    field = field_asked_about(type(record), query.field_name)
    if field is None:
        return [ValueLine(_("Version of the record"), _version(query.subject_version, record.version))]
    value, labels = queried_values([query])[query.pk], labels_of(query.trial_id)
    then, now = (value_in_words(field, one, labels) for one in (value.then, value.now))
    return [
        ValueLine(_("Value when it was asked (version %(number)d)") % {"number": value.then_version}, then),
        ValueLine(_("Value now (version %(number)d)") % {"number": value.now_version}, now),
    ]


def _version(then: int, now: int) -> str:
    if then == now:
        return _("%(number)d, as when it was asked") % {"number": then}
    return _("%(then)d when it was asked, %(now)d now") % {"then": then, "now": now}
