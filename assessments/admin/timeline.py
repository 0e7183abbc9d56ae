"""Entries of a participant's course about protocol deviations and sensitising events."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.models import User
from accounts.queries import user_may
from assessments.models import ProtocolDeviation, SensitisingEvent
from partial_dates import Span, narrowed
from trials.models import Participant
from webkit.admin.display import partial
from webkit.admin.timeline import TimelineEntry, day_within, source


@source
def deviation_entries(participant: Participant, user: User) -> Iterator[TimelineEntry]:
    """Protocol deviations that do not concern the product, for those who may see them."""
    place = {"trial_code": participant.trial.code, "site_code": participant.site.code}
    if not user_may(user, Action.VIEW_ASSESSMENTS, **place):
        return
    for deviation in ProtocolDeviation.objects.standing().filter(participant=participant):
        given = Span(deviation.occurred_earliest_at, deviation.occurred_latest_at)
        occurred = narrowed(given, not_after=[deviation.changed_at])
        at = occurred.earliest or deviation.recorded_at
        yield TimelineEntry(
            at,
            partial(deviation.occurred),
            _("Protocol deviation: %(category)s") % {"category": deviation.get_category_display()},
            str(deviation.get_importance_display()),
            url=reverse("admin:assessments_protocoldeviation_change", args=[deviation.pk]),
            day=day_within(participant.day0_date, occurred.earliest, occurred.latest),
        )


@source
def sensitising_entries(participant: Participant, user: User) -> Iterator[TimelineEntry]:
    """Blood products and other sensitising events, for those who may see them."""
    place = {"trial_code": participant.trial.code, "site_code": participant.site.code}
    if not user_may(user, Action.VIEW_ASSESSMENTS, **place):
        return
    for event in SensitisingEvent.objects.standing().filter(participant=participant):
        given = Span(event.occurred_earliest_at, event.occurred_latest_at)
        occurred = narrowed(given, not_after=[event.changed_at])
        yield TimelineEntry(
            occurred.earliest or event.recorded_at,
            partial(event.occurred),
            str(event.get_kind_display()),
            event.remark,
            url=reverse("admin:assessments_sensitisingevent_change", args=[event.pk]),
            day=day_within(participant.day0_date, occurred.earliest, occurred.latest),
        )
