"""Whether the computers of a site are shared: a choice of the data manager."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.choices import Action
from trials.models import Site
from trials.services import choose_stations
from webkit.admin.forms import NamedRefusals
from webkit.admin.requests import attribution
from webkit.admin.verbs import Verb


class StationsForm(NamedRefusals, forms.ModelForm[Site]):
    why = forms.CharField(
        label=_("Reason"),
        widget=forms.TextInput(attrs={"class": "long", "autocomplete": "off"}),
        max_length=500,
    )
    seen_version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = Site
        fields = ("has_shared_stations",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["seen_version"] = self.instance.version

    def _post_clean(self) -> None:
        """The service changes the row."""


def _choose(request: HttpRequest, site: Site, form: StationsForm) -> str:
    chosen = form.cleaned_data
    choose_stations(
        site=site,
        has_shared_stations=chosen["has_shared_stations"],
        seen_version=chosen["seen_version"],
        **attribution(request, reason=chosen["why"]),
    )
    return gettext("Saved. It counts from each person's next sign-in.")


STATIONS = Verb(
    "stations",
    _("Shared stations"),
    _("Save the choice"),
    Action.MANAGE_TRIAL,
    StationsForm,
    _choose,
    lambda site: True,  # noqa: ARG005
    _(
        "On a shared station a session ends after 15 minutes without use, on a personal device after one hour."
    ),
)
