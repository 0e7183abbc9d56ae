"""Entries of a participant's course about haemodynamic findings."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.models import User
from accounts.queries import user_may
from haemodynamics.choices import FindingState
from haemodynamics.models import HaemodynamicFinding
from trials.models import Participant
from webkit.admin.timeline import TimelineEntry, day_of, source, when_of


@source
def finding_entries(participant: Participant, user: User) -> Iterator[TimelineEntry]:
    if not user_may(
        user, Action.VIEW_READINGS, trial_code=participant.trial.code, site_code=participant.site.code
    ):
        return
    for finding in (
        HaemodynamicFinding.objects.filter(participant=participant)
        .exclude(state=FindingState.WITHDRAWN)
        .select_related("infusion")
    ):
        text = _("Criterion met after infusion %(number)d") % {"number": finding.infusion.number}
        yield TimelineEntry(
            finding.first_hit_at,
            when_of(finding.first_hit_at),
            text,
            "",
            "soon" if finding.state == FindingState.CANDIDATE else "done",
            str(finding.get_state_display()),
            reverse("admin:haemodynamics_haemodynamicfinding_change", args=[finding.pk]),
            day_of(participant.day0_date, finding.first_hit_at),
        )
