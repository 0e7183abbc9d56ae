"""The pages of data queries: the list, one query with everything said, and the steps of a round."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.choices import Action
from accounts.queries import user_may
from data_management import services
from data_management.admin.query_verbs import QUERY_VERBS
from data_management.admin.query_words import (
    STATE_CODES,
    field_label,
    page_of_subject,
    question_in_words,
    said_in_words,
    value_lines,
)
from data_management.choices import QueryState
from data_management.models import DataQuery
from data_management.queries.subjects import fields_asked_about, subject_models, subject_of
from data_management.rules.query_states import days_open
from webkit.admin import RecordForm, RoleScopedAdmin
from webkit.admin.display import moment
from webkit.admin.requests import person_of

SHOWN_OF_QUESTION = 90
"""Characters in the list."""
WHOLE = ("", _lazy("The form as a whole"))


class RaiseQueryForm(RecordForm):
    """The question. Which record it is about comes with the address, from the record's own page."""

    subject = forms.CharField(widget=forms.HiddenInput, required=False)
    subject_id = forms.IntegerField(widget=forms.HiddenInput, required=False)
    field_name = forms.ChoiceField(label=_lazy("About which field?"), required=False)
    text = forms.CharField(
        label=_lazy("Question to the site"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_lazy(
            "What does not fit, and what you ask for. Never a name, never anything about the arm."
        ),
    )

    class Meta:
        model = DataQuery
        fields = ("subject", "subject_id", "field_name", "text")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        model = subject_models().get(str(self["subject"].value() or ""))
        choices = [(field.name, field_label(field)) for field in fields_asked_about(model)] if model else []
        field: Any = self.fields["field_name"]
        field.choices = [WHOLE, *choices]

    def _post_clean(self) -> None:
        """The service makes the query: it is asked for its rules there."""
        if self.refusal is not None:
            self.add_error(None, self.refusal)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not cleaned.get("subject") or not cleaned.get("subject_id"):
            raise ValidationError(_("Record: open the record first, and raise the query from its page."))
        return cleaned


@admin.register(DataQuery)
class DataQueryAdmin(RoleScopedAdmin):
    """A query is raised on the page of its record; here it is read, answered and closed."""

    view_action = Action.VIEW_QUERIES
    add_action = Action.RAISE_QUERY
    form = RaiseQueryForm
    verbs = QUERY_VERBS
    list_display = ("question", "participant", "site", "about", "state_shown", "age", "raiser")
    list_display_links = ("question",)
    list_filter = ("state", "site", "origin")
    list_select_related = ("participant", "site", "raised_by")
    search_fields = ("participant__code", "text")
    search_help_text = _lazy("Participant or words of the question")
    ordering = ("-state_since", "-id")
    sortable_by = ()
    change_form_template = "data_management/query.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[DataQuery]:
        return super().get_queryset(request).select_related("participant", "site", "trial", "raised_by")

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        words = {
            "empty_title": _("No queries"),
            "empty_text": _("A query is raised on the page of the record that it is about."),
            "has_add_permission": False,
        }
        return super().changelist_view(request, {**words, **(extra_context or {})})

    def name_of(self, obj: DataQuery) -> str:
        who = obj.participant.code if obj.participant else obj.site.code
        return _("Query %(number)d · %(participant)s") % {"number": obj.pk, "participant": who}

    @admin.display(description=_lazy("Question"))
    def question(self, obj: DataQuery) -> str:
        text = question_in_words(obj)
        return Truncator(text).chars(SHOWN_OF_QUESTION)

    @admin.display(description=_lazy("About"))
    def about(self, obj: DataQuery) -> str:
        return _about(obj)

    @admin.display(description=_lazy("State"))
    def state_shown(self, obj: DataQuery) -> str:
        return str(obj.get_state_display())

    @admin.display(description=_lazy("Days open"))
    def age(self, obj: DataQuery) -> int:
        return days_open(raised_at=obj.raised_at, closed_at=obj.closed_at, at=timezone.now())

    @admin.display(description=_lazy("Asked by"))
    def raiser(self, obj: DataQuery) -> str:
        if obj.rule_code:
            return _("rule %(code)s") % {"code": obj.rule_code.partition(".")[0]}
        return obj.raised_by.get_full_name() or obj.raised_by.get_username()

    def get_fieldsets(self, request: HttpRequest, obj: DataQuery | None = None) -> Any:  # noqa: ARG002
        return [(_("Question"), {"fields": ["subject", "subject_id", "field_name", "text"]})]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        wished = {name: request.GET.get(name, "") for name in ("subject", "subject_id", "field_name")}
        return {name: value for name, value in wished.items() if value}

    def get_form(
        self, request: HttpRequest, obj: DataQuery | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """On the page of a query nothing is changed in place: its fields are not on it."""
        if obj is not None:
            kwargs["fields"] = ()
        return super().get_form(request, obj, change, **kwargs)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        query: DataQuery | None = context.get("original")
        context["title"] = self.name_of(query) if query else _("Raise a query")
        context["save_label"] = _("Raise the query")
        if query is not None:
            context.update(self._shown(request, query))
        else:
            context["record_shown"] = self._record_name(request)
        return super().render_change_form(request, context, *args, **kwargs)

    def _shown(self, request: HttpRequest, query: DataQuery) -> dict[str, Any]:
        page = page_of_subject(query.subject)
        record = subject_of(subject=query.subject, subject_id=query.subject_id)
        may_see = page is not None and page.has_view_permission(request, record)
        return {
            "query": query,
            "question": question_in_words(query),
            "about": _about(query),
            "record_name": self.name_of(query),
            "record_shown": page.name_of(record) if page else "",
            "record_url": page.url_of(record) if page and may_see else "",
            "state": {"code": STATE_CODES[QueryState(query.state)], "word": query.get_state_display()},
            "raised": moment(query.raised_at),
            "values": value_lines(query, record),
            "said": said_in_words(query),
        }

    def _record_name(self, request: HttpRequest) -> str:
        given = request.POST or request.GET
        page, pk = page_of_subject(given.get("subject", "")), given.get("subject_id", "")
        record = page.get_object(request, pk) if page and pk.isdecimal() else None
        return page.name_of(record) if page and record is not None else ""

    def save_model(self, request: HttpRequest, obj: DataQuery, form: RaiseQueryForm, change: bool) -> None:  # noqa: ARG002
        given = form.cleaned_data
        record = subject_of(subject=given["subject"], subject_id=given["subject_id"])
        place = {"trial_code": record.trial.code}
        if not user_may(person_of(request), Action.RAISE_QUERY, **place):
            raise ValidationError(_("Record: it is of another trial."))
        made = services.raise_query(
            record=record,
            field_name=given["field_name"],
            text=given["text"],
            by=person_of(request),
            at=timezone.now(),
        )
        for name in ("pk", "participant", "site", "trial", "subject", "subject_id"):
            setattr(obj, name, getattr(made, name))

    def say_saved(self, request: HttpRequest, obj: DataQuery, *, is_new: bool) -> str:  # noqa: ARG002
        return _("Asked: %(query)s. The site finds it on its first page and at the field.") % {
            "query": self.name_of(obj)
        }


def _about(query: DataQuery) -> str:
    model = subject_models()[query.subject]
    kind = str(model._meta.verbose_name)
    names = {field.name: field_label(field) for field in fields_asked_about(model)}
    return f"{kind}: {names[query.field_name]}" if query.field_name in names else kind
