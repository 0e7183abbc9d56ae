"""What the pages of a meeting ask. Each form checks the shape; the services decide."""

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.models import User
from dsmb.choices import ABSTAIN, Answer, Decision, Presence, Recommendation, Session
from dsmb.models import BoardReport
from dsmb.queries.meetings import MeetingPage, Member

LONGEST = 8000
WIDE = {"class": "long"}
ROWS = {"rows": 4}
MINUTES_ROWS = {"rows": 18}


def answers_of(request: HttpRequest) -> QueryDict | None:
    """What was sent, also when it is empty (a confirmation asks nothing); None when nothing was sent yet."""
    return request.POST if request.method == "POST" else None


class PageForm(forms.Form):
    """A form about a meeting, made with the page it stands on and whoever fills it in."""

    def __init__(self, *args: Any, page: MeetingPage, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.page, self.user = page, user
        self.prepare()

    def prepare(self) -> None:
        """Fill in what depends on the meeting."""


class ConfirmForm(PageForm):
    """Nothing to fill in."""


class ReasonForm(PageForm):
    reason = forms.CharField(label=_lazy("Why?"), max_length=500, widget=forms.TextInput(attrs=WIDE))


class AttendanceForm(PageForm):
    """One question per member."""

    def prepare(self) -> None:
        for member in self.page.members:
            self.fields[f"member_{member.user.pk}"] = forms.ChoiceField(
                label=member.name,
                choices=Presence.choices,
                widget=forms.RadioSelect,
                initial=member.presence,
                required=False,
            )

    def presences(self) -> dict[int, Presence]:
        """What was answered; a question left open stays not recorded."""
        answered = ((name, value) for name, value in self.cleaned_data.items() if value)
        return {int(name.removeprefix("member_")): Presence(value) for name, value in answered}


class StatementForm(PageForm):
    answer = forms.ChoiceField(
        label=_lazy("Do you have a conflict of interest in this trial?"),
        choices=[("none", _lazy("None")), ("declared", _lazy("Yes, I declare one"))],
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label=_lazy("Which?"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs=ROWS),
        help_text=_lazy("Only members of the board read this."),
    )

    def prepare(self) -> None:
        member = self.page.member(self.user)
        if member and member.statement:
            self.initial.update(
                answer="declared" if member.statement.has_conflict else "none", text=member.statement.text
            )


class ExcuseForm(ReasonForm):
    member = forms.ChoiceField(label=_lazy("Member"), widget=forms.RadioSelect)
    field_order = ["member", "reason"]

    def prepare(self) -> None:
        self.fields["member"].choices = [  # type: ignore[attr-defined]
            (member.user.pk, member.name) for member in excusable(self.page)
        ]

    def chosen(self) -> User:
        return next(
            member.user for member in self.page.members if str(member.user.pk) == self.cleaned_data["member"]
        )


class MotionForm(PageForm):
    text = forms.CharField(
        label=_lazy("The question that is put to the vote"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs=ROWS),
        help_text=_lazy("Each member answers with one recommendation of the charter’s list, or abstains."),
    )

    def prepare(self) -> None:
        self.initial.setdefault("text", _("What does the board recommend for the trial?"))


class VoteForm(PageForm):
    choice = forms.ChoiceField(label=_lazy("Your vote"), widget=forms.RadioSelect)
    dissent = forms.CharField(
        label=_lazy("Dissent"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs=ROWS),
        help_text=_lazy("What you want to see in the closed minutes if the board decides otherwise."),
    )

    def prepare(self) -> None:
        self.fields["choice"].choices = [  # type: ignore[attr-defined]
            *offered(self.page),
            (ABSTAIN, _("Abstain")),
        ]


class CloseVoteForm(PageForm):
    """Asks for a note only where the protocol states no quorum."""

    quorum_note = forms.CharField(
        label=_lazy("Why may those who are there decide?"),
        max_length=500,
        widget=forms.TextInput(attrs=WIDE),
        help_text=_lazy("The protocol states no quorum. The note stands in the closed minutes."),
    )

    def prepare(self) -> None:
        if self.page.charter.quorum is not None:
            del self.fields["quorum_note"]


class RecommendForm(PageForm):
    recommendation = forms.ChoiceField(label=_lazy("Recommendation"), widget=forms.RadioSelect)
    conditions = forms.CharField(
        label=_lazy("Conditions and modifications"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs=ROWS),
        help_text=_lazy("This text stands in the open letter: no arm, no result by arm."),
    )

    def prepare(self) -> None:
        motion = self.page.last_motion
        choices = list(offered(self.page))
        if motion and motion.row.how != Decision.NO_RULE:
            choices = [choice for choice in choices if choice[0] == motion.row.decided]
            self.initial["recommendation"] = motion.row.decided
        self.fields["recommendation"].choices = choices  # type: ignore[attr-defined]


class ConditionsForm(ReasonForm):
    conditions = forms.CharField(
        label=_lazy("Conditions and modifications"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs=ROWS),
        help_text=_lazy("This text stands in the open letter: no arm, no result by arm."),
    )
    field_order = ["conditions", "reason"]

    def prepare(self) -> None:
        self.initial["conditions"] = self.page.meeting.conditions


class MinutesForm(ReasonForm):
    text = forms.CharField(
        label=_lazy("Minutes"), max_length=60_000, widget=forms.Textarea(attrs=MINUTES_ROWS)
    )
    field_order = ["text", "reason"]

    def prepare(self) -> None:
        self.initial.setdefault("reason", _("Minutes of the meeting"))


class SignForm(PageForm):
    """The password again, the printed name, and what is signed as it was read (21 CFR 11.50, 11.200)."""

    printed_name = forms.CharField(
        label=_lazy("Your name as printed"), max_length=150, widget=forms.TextInput(attrs=WIDE)
    )
    password = forms.CharField(
        label=_lazy("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "class": "medium"}),
    )
    seen_sha256 = forms.CharField(widget=forms.HiddenInput, required=False)

    def prepare(self) -> None:
        self.initial.setdefault("printed_name", self.user.get_full_name())
        self.fields["printed_name"].help_text = self._what_is_signed()

    def _what_is_signed(self) -> str:
        opened, closed = self.page.newest(Session.OPEN), self.page.newest(Session.CLOSED)
        words = {
            "recommendation": self.page.meeting.get_recommendation_display(),
            "open": opened.minutes_version if opened else 0,
            "closed": closed.minutes_version if closed else 0,
        }
        return (
            _(
                "You sign: %(recommendation)s; open minutes version %(open)s, closed minutes version %(closed)s."
            )
            % words
        )

    def clean_password(self) -> str:
        if not self.user.check_password(self.cleaned_data["password"]):
            raise forms.ValidationError(_("Password: this is not your password; nothing was signed."))
        return ""


class PlanForm(forms.Form):
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


class CommentForm(forms.Form):
    section = forms.ChoiceField(label=_lazy("About"), required=False)
    text = forms.CharField(label=_lazy("Comment"), max_length=4000, widget=forms.Textarea(attrs=ROWS))

    def __init__(self, *args: Any, sections: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["section"].choices = [("", _("The whole report")), *sections.items()]  # type: ignore[attr-defined]


class TakeBackForm(forms.Form):
    reason = forms.CharField(
        label=_lazy("Why do you take it back?"), max_length=500, widget=forms.TextInput(attrs=WIDE)
    )


class AnswerForm(forms.Form):
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


def offered(page: MeetingPage) -> Iterator[tuple[str, str]]:
    """The charter's recommendations; all where it states none."""
    listed: Sequence[str] = page.charter.recommendations or Recommendation.values
    return ((str(choice), str(label)) for choice, label in Recommendation.choices if choice in listed)


def excusable(page: MeetingPage) -> list[Member]:
    """Members with a declared conflict whose attendance is recorded and who are not excused yet."""
    return [
        member
        for member in page.members
        if member.statement and member.statement.has_conflict and member.attendance and not member.is_excused
    ]
