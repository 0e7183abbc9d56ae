"""The forms of a meeting's pages. Each form checks the format; the services decide."""

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.models import User
from accounts.services import own_password_refusal
from dsmb.choices import ABSTAIN, Decision, Presence, Session
from dsmb.forms.shape import LONGEST, ROWS, WIDE
from dsmb.queries.meetings import MeetingPage, Member
from reports.choices import Recommendation
from webkit.admin.forms import NamedRefusals
from webkit.admin.requests import person_of

MINUTES_ROWS = {"rows": 18}


class PageForm(NamedRefusals, forms.Form):
    """A form about a meeting, made with its page and the request."""

    def __init__(self, *args: Any, page: MeetingPage, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.page, self.request, self.user = page, request, person_of(request)
        self.prepare()

    def prepare(self) -> None:
        """Fill in the values that depend on the meeting."""


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
        """The given answers; an open question stays "not recorded"."""
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
    """Requires a note only where the protocol states no quorum."""

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


class SignMeetingForm(PageForm):
    """The password again, the printed name, and the hash of the text as it was read (21 CFR 11.50, 11.200)."""

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
        if refusal := own_password_refusal(self.request, self.cleaned_data["password"]):
            raise forms.ValidationError(refusal)
        return ""


def offered(page: MeetingPage) -> Iterator[tuple[str, str]]:
    """The charter's recommendations; all where it states none."""
    listed: Sequence[str] = page.charter.recommendations or Recommendation.values
    return ((str(choice), str(label)) for choice, label in Recommendation.choices if choice in listed)


def excusable(page: MeetingPage) -> list[Member]:
    """Members with a declared conflict, recorded attendance and no excuse yet."""
    return [
        member
        for member in page.members
        if member.statement and member.statement.has_conflict and member.attendance and not member.is_excused
    ]
