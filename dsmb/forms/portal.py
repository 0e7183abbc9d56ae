"""The other forms of the portal: a new meeting, a comment, the sponsor's answer."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from dsmb.choices import Answer, Session
from dsmb.forms.shape import LONGEST, ROWS, WIDE
from reports.models import BoardReport
from webkit.admin.forms import NamedRefusals


class PlanForm(NamedRefusals, forms.Form):
    """A new meeting."""

    reports = forms.ModelMultipleChoiceField(
        BoardReport.objects.none(),
        label=_lazy("Reports"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _lazy("Reports: a meeting needs at least one report.")},
    )
    planned_at = forms.DateTimeField(
        label=_lazy("Begins (trial’s wall time)"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    closed_session_planned_at = forms.DateTimeField(
        label=_lazy("Closed session begins"),
        required=False,
        help_text=_lazy("Empty: straight after the open session."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    guests = forms.CharField(
        label=_lazy("Guests of the open session"),
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs=WIDE),
    )
    open_items = forms.CharField(
        label=_lazy("Agenda of the open session"),
        widget=forms.Textarea(attrs=ROWS),
        help_text=_lazy("One item per line."),
    )
    closed_items = forms.CharField(
        label=_lazy("Agenda of the closed session"),
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_lazy("One item per line."),
    )
    reason = forms.CharField(
        label=_lazy("Why does the board meet?"), max_length=500, widget=forms.TextInput(attrs=WIDE)
    )

    def __init__(self, *args: Any, reports: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reports"].queryset = reports  # type: ignore[attr-defined]
        self.fields["reports"].label_from_instance = report_label  # type: ignore[attr-defined]
        self.initial.setdefault("open_items", "\n".join(default_agenda(Session.OPEN)))
        self.initial.setdefault("closed_items", "\n".join(default_agenda(Session.CLOSED)))

    def agenda(self) -> list[tuple[Session, str]]:
        """The items in order, the open session first."""
        typed = ((Session.OPEN, "open_items"), (Session.CLOSED, "closed_items"))
        return [
            (session, line.strip())
            for session, field in typed
            for line in self.cleaned_data[field].splitlines()
            if line.strip()
        ]


class CommentForm(NamedRefusals, forms.Form):
    section = forms.ChoiceField(label=_lazy("About"), required=False)
    text = forms.CharField(label=_lazy("Comment"), max_length=4000, widget=forms.Textarea(attrs=ROWS))

    def __init__(self, *args: Any, sections: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["section"].choices = [("", _("The whole report")), *sections.items()]  # type: ignore[attr-defined]


class TakeBackCommentForm(NamedRefusals, forms.Form):
    reason = forms.CharField(
        label=_lazy("Why do you take it back?"), max_length=500, widget=forms.TextInput(attrs=WIDE)
    )


class SponsorAnswerForm(NamedRefusals, forms.Form):
    answer = forms.ChoiceField(label=_lazy("Answer"), choices=Answer.choices, widget=forms.RadioSelect)
    text = forms.CharField(
        label=_lazy("What the sponsor will do, and why"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs=ROWS),
    )


def default_agenda(session: Session) -> list[str]:
    """The usual items of a charter (DAMOCLES: organisation of meetings), in the reader's language."""
    if session == Session.OPEN:
        return [
            _("Statements on conflicts of interest"),
            _("Conduct of the trial: enrolment, data quality, overdue data (open report)"),
            _("Safety, all participants pooled (open report)"),
        ]
    return [
        _("Safety and results by coded arm (closed report)"),
        _("Members’ comments on the reports"),
        _("Recommendation: motion, vote, conditions"),
    ]


def report_label(report: BoardReport) -> str:
    """`Look at 40, report 3, version 1`."""
    words = {"look": report.look, "number": report.number, "version": report.report_version}
    if report.look is None:
        return _("Ad hoc, report %(number)s, version %(version)s") % words
    return _("Look at %(look)s, report %(number)s, version %(version)s") % words
