"""The recipients of notices of serious events, sent notices, and events without a notice."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from accounts.choices import Role
from accounts.models import User
from accounts.queries import user_ids_of_roles
from events.choices import NoticeNews
from events.models import AdverseEvent, SeriousNotice
from trials.choices import Source
from trials.models import ProtocolVersion, Trial

LOOKED_BACK = timedelta(days=30)
"""How far back the sweep looks for events without a notice (our own choice: longer than any lost message)."""


@dataclass(frozen=True)
class Recipients:
    """Safety officers and accounts of the sponsor by id, and the sponsor's inbox where the protocol has one."""

    officers: tuple[int, ...]
    sponsors: tuple[int, ...]
    inbox: str

    @property
    def people(self) -> tuple[int, ...]:
        """Every recipient account, once."""
        return tuple(sorted({*self.officers, *self.sponsors}))

    @property
    def has_sponsor(self) -> bool:
        """Whether the sponsor gets a notice."""
        return bool(self.sponsors or self.inbox)

    @property
    def is_nobody(self) -> bool:
        """Whether there is no recipient."""
        return not (self.people or self.inbox)


def recipients_of(trial: Trial) -> Recipients:
    """The recipients of a serious event of the trial, at any site (three queries).

    The officers always get a notice; the sponsor by the protocol's inbox, else by its accounts.
    """
    inbox = ProtocolVersion.objects.protocol_of(trial_id=trial.pk, on=None).safety.inbox
    sponsors = () if inbox else _of_role(trial, Role.SPONSOR)
    return Recipients(_of_role(trial, Role.PHARMACOVIGILANCE), sponsors, inbox)


def _of_role(trial: Trial, role: Role) -> tuple[int, ...]:
    return user_ids_of_roles({role}, trial_code=trial.code, site_code="")


def notices_of(event: AdverseEvent) -> list[SeriousNotice]:
    """The notices of an event, the newest first (one query)."""
    rows = (
        SeriousNotice.objects.filter(event=event).with_mail().select_related("recipient", "acknowledged_by")
    )
    return list(rows.order_by("-recorded_at", "-pk"))


def open_notices(*, user: User, trial_id: int) -> QuerySet[SeriousNotice]:
    """The person's notices of the trial that are not acknowledged, the oldest first."""
    return (
        SeriousNotice.objects.of_reader(user)
        .unacknowledged()
        .filter(trial=trial_id)
        .order_by("recorded_at", "pk")
    )


def events_without_notice(*, at: datetime) -> QuerySet[AdverseEvent]:
    """Serious events entered here without any notice."""
    told = SeriousNotice.objects.filter(news=NoticeNews.SERIOUS).values("event")
    lately = AdverseEvent.objects.recorded().serious().filter(changed_at__gte=at - LOOKED_BACK)
    return lately.filter(source=Source.ENTRY).exclude(pk__in=told).order_by("pk")
