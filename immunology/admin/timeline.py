"""Entries of a participant's course about samples: that they were taken and received, and nothing else."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.models import User
from accounts.queries import user_may
from immunology.models import Specimen
from trials.models import Participant
from webkit.admin.timeline import TimelineEntry, day_of, source, when_of


@source
def specimens(participant: Participant, user: User) -> Iterator[TimelineEntry]:
    if not user_may(
        user, Action.VIEW_SPECIMENS, trial_code=participant.trial.code, site_code=participant.site.code
    ):
        return
    for specimen in Specimen.objects.filter(participant=participant, voided_at=None):
        state = ("done", _("Received")) if specimen.received_at else ("due", _("Taken"))
        yield TimelineEntry(
            specimen.collected_at,
            when_of(specimen.collected_at),
            _("Sample %(code)s") % {"code": specimen.code},
            str(specimen.get_kind_display()),
            *state,
            reverse("admin:immunology_specimen_change", args=[specimen.pk]),
            day_of(participant.day0_date, specimen.collected_at),
        )
