"""The forms of alerts and ad hoc reports. Each form checks the format; the services decide."""

from django import forms
from django.utils.translation import gettext_lazy as _

from reports.choices import Recommendation
from webkit.admin.forms import NamedRefusals

LONGEST = 4000


class AlertAnswerForm(NamedRefusals, forms.Form):
    """The board's answer to an alert."""

    choice = forms.ChoiceField(
        label=_("What does the board make of it?"),
        choices=Recommendation.choices,
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label=_("Why"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 4, "class": "long"})
    )


class AlertReasonForm(NamedRefusals, forms.Form):
    """The reason of a request."""

    reason = forms.CharField(
        label=_("Why is it needed?"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3, "class": "long"}),
    )
