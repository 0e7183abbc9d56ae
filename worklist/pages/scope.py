"""The scope of a worklist: a trial, its sites, its protocol, and the time."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from accounts.models import User
from accounts.queries import grants_of
from trials.models import ProtocolVersion, Site, Trial
from trials.rules.protocol import Protocol
from worklist.pages.navigation import workplace_trial


@dataclass(frozen=True)
class WorklistScope:
    """`sites` is None for every site of the trial."""

    trial: Trial
    sites: frozenset[str] | None
    at: datetime

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.trial.timezone)

    @property
    def today(self) -> date:
        return self.at.astimezone(self.zone).date()

    @cached_property
    def protocol(self) -> Protocol | None:
        """The version in force today; None before one is loaded."""
        return (
            ProtocolVersion.objects.protocol_of(trial_id=self.trial.pk, on=self.today)
            if self.trial.protocol_versions.exists()
            else None
        )

    @cached_property
    def name(self) -> str:
        names = Site.objects.filter(trial=self.trial, code__in=self.sites or ()).values_list(
            "name", flat=True
        )
        return " · ".join([*names, self.trial.code])


def scope_of(user: User, *, at: datetime) -> WorklistScope | None:
    """Where this person works; None without a role or before the first trial."""
    trial = workplace_trial(user)
    if trial is None:
        return None
    codes = [grant.site_code for grant in grants_of(user) if grant.trial_code in ("", trial.code)]
    if not codes:
        return None
    return WorklistScope(trial, None if "" in codes else frozenset(codes), at)
