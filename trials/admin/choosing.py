"""The choice of a participant on a form: by code, among those for whom the person may record data."""

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.queries import site_codes_for, trial_codes_for
from trials.models import Participant
from webkit.admin.combo import ComboSelect
from webkit.admin.requests import person_of


def participants_for(request: HttpRequest, needed: Action) -> QuerySet[Participant]:
    """The participants of the trials and sites at which the person may do this."""
    person, rows = person_of(request), Participant.objects.none()
    for code in sorted(trial_codes_for(person, needed)):
        sites = site_codes_for(person, needed, trial_code=code)
        rows = rows | Participant.objects.filter(trial__code=code).at_sites(sites)
    return rows.order_by("code")


def participant_combo() -> ComboSelect:
    """A list that is searched by typing a code."""
    return ComboSelect(hint=_("Type the participant's code"), empty=_("No participant with this code here"))
