"""Events and follow-up of every participant, by site, for the comparison of sites."""

from collections import Counter, defaultdict
from datetime import datetime

from data_management.queries.missing import left_on
from data_management.rules.reporting_rates import Followed, SiteRate, compare_sites
from events.models import AdverseEvent
from partial_dates import local_date
from trials.models import Participant, Site, Trial


def site_rates(*, trial: Trial, at: datetime) -> tuple[SiteRate, ...]:
    """Every site of the trial beside all others. Three queries.

    Follow-up of a participant runs from day 0 to the day on which they left the trial, else to the day of `at`; recorded
    events count, whenever they began.
    """
    rows = AdverseEvent.objects.recorded().filter(trial=trial)
    events = Counter(rows.values_list("participant_id", flat=True))
    today = local_date(at, trial.timezone)
    sites: dict[str, list[Followed]] = defaultdict(list)
    for code in Site.objects.filter(trial=trial).values_list("code", flat=True):
        sites[code] = []
    people = Participant.objects.enrolled().filter(trial=trial, day0_date__isnull=False)
    for person in people.select_related("site", "trial").order_by("pk"):
        assert person.day0_date is not None
        until = min(left_on(person) or today, today)
        days = max((until - person.day0_date).days + 1, 0)
        sites[person.site.code].append(Followed(float(days), events[person.pk]))
    return compare_sites(sites)
