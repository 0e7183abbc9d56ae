"""What data management adds to the page of every record: its queries at their fields, marks of verification, and buttons."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.choices import Action
from data_management.admin.query_words import STATE_CODES, field_label, question_in_words
from data_management.choices import QueryAct, QueryState
from data_management.models import DataQuery, QueryMessage, SourceVerification
from data_management.queries.data_queries import standing_queries_of
from data_management.queries.subjects import field_asked_about, subject_models
from data_management.queries.verification import marks_of
from data_management.rules.query_states import days_open
from webkit.admin.display import day
from webkit.admin.record_parts import RecordLink, RecordNote, record_link, record_note


def takes_queries(record: Any) -> bool:
    """Whether the record is of a kind that can be asked about."""
    return record._meta.label_lower in subject_models()


@record_note
def query_notes(page: Any, request: HttpRequest, record: Any) -> Iterator[RecordNote]:
    """The standing queries on a record, each at its field, for who may see queries there. Two queries."""
    if not takes_queries(record) or not page.may(request, Action.VIEW_QUERIES, record):
        return
    queries = standing_queries_of(subject=record._meta.label_lower, subject_id=record.pk)
    answers = _last_answers(queries)
    may_answer = page.may(request, Action.ANSWER_QUERY, record)
    for query in queries:
        yield _note(query, record, answers.get(query.pk, ""), may_answer, request)


def _last_answers(queries: list[DataQuery]) -> dict[int, str]:
    rows = QueryMessage.objects.filter(query__in=queries, act__in=[QueryAct.ANSWER, QueryAct.ASK_AGAIN])
    return dict(rows.order_by("pk").values_list("query_id", "text")) if queries else {}


def _note(query: DataQuery, record: Any, last: str, may_answer: bool, request: HttpRequest) -> RecordNote:
    field = field_asked_about(type(record), query.field_name)
    verb = "answer" if may_answer and query.state == QueryState.OPEN else "change"
    address = reverse(f"admin:data_management_dataquery_{verb}", args=[query.pk])
    age = days_open(raised_at=query.raised_at, closed_at=None, at=timezone.now())
    days = ngettext("asked %(days)d day ago", "asked %(days)d days ago", age) % {"days": age}
    return RecordNote(
        field=query.field_name,
        label=field_label(field) if field is not None else _("The form as a whole"),
        text=question_in_words(query),
        state_code=STATE_CODES[QueryState(query.state)],
        state_word=_("Query: %(state)s") % {"state": query.get_state_display()},
        said=last,
        detail=days,
        action_label=_("Answer the query") if verb == "answer" else _("Open the query"),
        action_url=f"{address}?back={quote(request.path)}",
    )


@record_note
def verification_note(page: Any, request: HttpRequest, record: Any) -> Iterator[RecordNote]:
    """Whether the record was compared with its source as it stands, or in an older version; nothing without a mark."""
    if not takes_queries(record) or not page.may(request, Action.VIEW_QUERIES, record):
        return
    marks = marks_of(subject=record._meta.label_lower, subject_id=record.pk)
    if marks:
        yield _mark_note(marks[0], record)


def _mark_note(mark: SourceVerification, record: Any) -> RecordNote:
    stands = mark.subject_version == record.version
    name = mark.verified_by.get_full_name() or mark.verified_by.get_username()
    who = {"name": name, "day": day(mark.verified_at), "version": mark.subject_version, "now": record.version}
    changed = _(
        "Version %(version)d was verified by %(name)s on %(day)s; the record is at version %(now)d now."
    )
    as_it_is = _("Version %(version)d was verified by %(name)s on %(day)s.")
    return RecordNote(
        field="",
        label=_("Source data"),
        text=(as_it_is if stands else changed) % who,
        state_code="done" if stands else "unknown",
        state_word=_("Verified") if stands else _("Changed since"),
        said=mark.remark,
    )


@record_link
def data_links(page: Any, request: HttpRequest, record: Any) -> Iterator[RecordLink]:
    """Raise a query; mark the version as verified."""
    if not takes_queries(record):
        return
    about = {"subject": record._meta.label_lower, "subject_id": record.pk, "back": request.path}
    if page.may(request, Action.RAISE_QUERY, record):
        url = reverse("admin:data_management_dataquery_add")
        yield RecordLink(_("Raise a query"), f"{url}?{urlencode(about)}")
    if page.may(request, Action.VERIFY_SOURCE, record) and getattr(record, "voided_at", None) is None:
        url = reverse("admin:data_management_sourceverification_add")
        yield RecordLink(_("Source verified"), f"{url}?{urlencode(about)}")
