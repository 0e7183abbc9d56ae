"""The steps of a query: answered, asked again, closed, cancelled. One page each."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.choices import Action
from data_management import services
from data_management.choices import QueryAct
from data_management.models import DataQuery
from data_management.rules.query_states import state_after
from webkit.admin.forms import NamedRefusals
from webkit.admin.requests import person_of
from webkit.admin.verbs import Verb


class AnswerQueryForm(NamedRefusals, forms.ModelForm[DataQuery]):
    """What is said with a step."""

    text = forms.CharField(
        label=_lazy("What do you say?"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )

    class Meta:
        model = DataQuery
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.pop("text", None)  # a new message, not the question

    def _post_clean(self) -> None:
        """The service asks the rules."""


class CloseQueryForm(AnswerQueryForm):
    text = forms.CharField(
        label=_lazy("A word about it"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


def _said(request: HttpRequest, query: DataQuery, form: Any) -> dict[str, Any]:
    return {
        "query": query,
        "text": form.cleaned_data["text"],
        "by": person_of(request),
        "at": timezone.now(),
    }


def answer_query(request: HttpRequest, query: DataQuery, form: AnswerQueryForm) -> str:
    services.answer_query(**_said(request, query, form))
    return _("Answered. The person who asked checks the answer next.")


def ask_again(request: HttpRequest, query: DataQuery, form: AnswerQueryForm) -> str:
    services.ask_again(**_said(request, query, form))
    return _("Asked again. The site finds it on its first page.")


def close_query(request: HttpRequest, query: DataQuery, form: CloseQueryForm) -> str:
    services.close_query(**_said(request, query, form))
    return _("Closed. Everything said stays readable.")


def cancel_query(request: HttpRequest, query: DataQuery, form: AnswerQueryForm) -> str:
    services.cancel_query(**_said(request, query, form))
    return _("Cancelled. It stays readable, with the reason.")


def _possible(act: QueryAct) -> Callable[[DataQuery], bool]:
    return lambda query: state_after(query.state, act) is not None


QUERY_VERBS = (
    Verb(
        "answer",
        _lazy("Answer"),
        _lazy("Send the answer"),
        Action.ANSWER_QUERY,
        AnswerQueryForm,
        answer_query,
        _possible(QueryAct.ANSWER),
        _lazy("Correct the record first if it is wrong, then say so here; or say why it is right as it is."),
    ),
    Verb(
        "close",
        _lazy("Close"),
        _lazy("Close the query"),
        Action.RAISE_QUERY,
        CloseQueryForm,
        close_query,
        _possible(QueryAct.CLOSE),
    ),
    Verb(
        "ask-again",
        _lazy("Ask again"),
        _lazy("Ask again"),
        Action.RAISE_QUERY,
        AnswerQueryForm,
        ask_again,
        _possible(QueryAct.ASK_AGAIN),
    ),
    Verb(
        "cancel",
        _lazy("Cancel"),
        _lazy("Cancel the query"),
        Action.RAISE_QUERY,
        AnswerQueryForm,
        cancel_query,
        _possible(QueryAct.CANCEL),
        _lazy("For a query that should not have been raised."),
    ),
)
