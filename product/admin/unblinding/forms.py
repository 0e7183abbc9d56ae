"""The form of an emergency unblinding: one page, completed in under a minute."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters

from accounts.choices import Action, PasswordUse
from accounts.models import User
from accounts.queries import user_may
from accounts.services import own_password_refusal, person_with, wait_words
from product.choices import SecondPerson, UnblindingReason
from product.models import Unblinding
from trials.models import Participant
from webkit.admin.forms import NamedRefusals
from webkit.admin.requests import person_of

hides_passwords = sensitive_post_parameters("password", "second_password")
"""Around a view: an error report shows stars in place of what was typed."""

NO_SECOND_PERSON = _(
    "Second person: this user name and password do not confirm here; nothing was done. "
    "It has to be another account, of an investigator of the site or of pharmacovigilance."
)
"""The same sentence for a wrong name, password or right."""

HOW = (
    (SecondPerson.BESIDE, _("is beside me and gives their password here")),
    (SecondPerson.OWN_SESSION, _("is to be asked, and confirms from their own screen")),
    (SecondPerson.NOBODY, _("cannot be reached, and the participant cannot wait")),
)


def password_field(label: Any, **options: Any) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": "off", "class": "medium"})
    return forms.CharField(label=label, strip=False, max_length=128, widget=widget, **options)


def short_text(label: Any, **options: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={"class": "long", "autocomplete": "off"})
    return forms.CharField(label=label, max_length=500, widget=widget, **options)


class PasswordForm(NamedRefusals, forms.Form):
    """The person's own password again."""

    password_use = PasswordUse.AGAIN

    password = password_field(_("Your password"))

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._request = request

    def clean_password(self) -> str:
        if refusal := own_password_refusal(
            self._request, self.cleaned_data["password"], use=self.password_use
        ):
            raise ValidationError(refusal)
        return ""


class EmergencyPasswordForm(PasswordForm):
    """The person's own password again in an emergency: never refused for longer than a few seconds."""

    password_use = PasswordUse.EMERGENCY


class AskForm(EmergencyPasswordForm):
    """The reason, the second person, and the own password. The order of the fields is the order of the page."""

    category = forms.ChoiceField(
        label=_("Why has the arm to be known?"), choices=UnblindingReason.choices, widget=forms.RadioSelect
    )
    reason_text = short_text(
        _("In a few words"),
        help_text=_(
            "Kept and read by blinded people. For example: “platelet refractoriness, needs matched units”."
        ),
    )
    how = forms.ChoiceField(
        label=_("The second person"), choices=HOW, widget=forms.RadioSelect, initial=SecondPerson.BESIDE
    )
    second_username = forms.CharField(
        label=_("User name of the second person"),
        required=False,
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "medium", "spellcheck": "false"}),
    )
    second_password = password_field(_("Password of the second person"), required=False)
    absence_reason = short_text(
        _("Whom did you try to reach?"),
        required=False,
        help_text=_(
            "The person or role and the way, for example: “pharmacovigilance by telephone”. The arm is shown at once; "
            "sponsor and pharmacovigilance are told that nobody confirmed."
        ),
    )

    field_order = (
        "category",
        "reason_text",
        "how",
        "second_username",
        "second_password",
        "absence_reason",
        "password",
    )

    def __init__(
        self,
        request: HttpRequest,
        participant: Participant,
        waiting: Unblinding | None,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(request, *args, **kwargs)
        self._participant = participant
        self.second: User | None = None
        if waiting is not None:
            self.initial.update(category=waiting.category, reason_text=waiting.reason_text)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("how") == SecondPerson.NOBODY and not cleaned.get("absence_reason", "").strip():
            self.add_error(
                "absence_reason", _("Whom did you try to reach: needed when there is no second person.")
            )
        if cleaned.get("how") == SecondPerson.BESIDE and not self.errors:
            self.second = self._second_person(cleaned)
        return cleaned

    def _second_person(self, cleaned: dict[str, Any]) -> User | None:
        """The account of the second person, if it may confirm here.

        Checked only when all other fields are valid.
        """
        checked = person_with(
            self._request, username=cleaned["second_username"], password=cleaned["second_password"]
        )
        if checked.wait:
            text = _("Second person: not checked after too many wrong passwords; nothing was done.")
            self.add_error("second_password", f"{text} {wait_words(checked.wait)}")
            return None
        found = checked.user
        place = {"trial_code": self._participant.trial.code, "site_code": self._participant.site.code}
        if (
            found is None
            or found == person_of(self._request)
            or not user_may(found, Action.CONFIRM_UNBLINDING, **place)
        ):
            self.add_error("second_password", NO_SECOND_PERSON)
            return None
        return found


class SecondPersonForm(NamedRefusals, forms.ModelForm[Unblinding]):
    """The second person's own password."""

    password = password_field(_("Your password"))

    class Meta:
        model = Unblinding
        fields: tuple[str, ...] = ()

    def _post_clean(self) -> None:
        """Nothing of the record is entered here."""
