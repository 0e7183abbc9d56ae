"""The form that gives a role: trial and site are chosen from the existing ones."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from accounts.services import check_grant, known_places
from accounts.services.places import UNKNOWN_SITE, UNKNOWN_TRIAL, TrialPlace
from webkit.admin.forms import NamedRefusals


class GrantForm(NamedRefusals, forms.ModelForm[Membership]):
    """A role for an account. It needs a reason, because rights are audited with the trial's records."""

    trial_code = forms.ChoiceField(
        label=_("Trial"), required=False, error_messages={"invalid_choice": UNKNOWN_TRIAL}
    )
    site_code = forms.ChoiceField(
        label=_("Site"),
        required=False,
        error_messages={"invalid_choice": UNKNOWN_SITE},
        help_text=_("For nurses and investigators: one of the sites under the trial chosen."),
    )
    why = forms.CharField(
        label=_("Reason"),
        help_text=_("Kept for good, for example: “delegation log of 3 March”."),
        widget=forms.TextInput(attrs={"class": "long", "autocomplete": "off"}),
        max_length=500,
    )

    class Meta:
        model = Membership
        fields = ("user", "role", "trial_code", "site_code")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = known_places()
        self._sites = {
            f"{place.code}/{code}": (place.code, code) for place in places for code, _name in place.sites
        }
        trials = [(place.code, f"{place.code} · {place.title}") for place in places]
        self._choices("trial_code", [("", _("Every trial (administrators only)")), *trials])
        self._choices("site_code", [("", _("Every site of the trial")), *map(_sites_of, places)])

    def _choices(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def clean(self) -> dict[str, Any]:
        """The site's own code; a site under another trial than the one chosen is refused."""
        cleaned = super().clean() or self.cleaned_data
        chosen = cleaned.get("site_code")
        if chosen and "trial_code" in cleaned:
            trial_code, site_code = self._sites[chosen]
            cleaned["site_code"] = site_code
            if trial_code != cleaned["trial_code"]:
                self.add_error("site_code", ValidationError(UNKNOWN_SITE, params={"value": chosen}))
        return cleaned

    def _post_clean(self) -> None:
        """A refusal of the service appears on the form."""
        super()._post_clean()  # type: ignore[misc]
        if self.errors:
            return
        try:
            check_grant(self.instance)
        except ValidationError as refusal:
            self.add_error(None, refusal)


def _sites_of(place: TrialPlace) -> tuple[str, list[tuple[str, str]]]:
    """The sites of one trial under its code.

    The value names the trial too: two trials may both have a site 01.
    """
    sites = [(f"{place.code}/{code}", f"{code} · {name}") for code, name in place.sites]
    return place.code, sites
