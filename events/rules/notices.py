"""Which news of an event cause a notice to safety officers and sponsor. Pure."""

from dataclasses import dataclass

from events.choices import EventStatus, NoticeNews, Outcome


@dataclass(frozen=True)
class NewsFacts:
    """The facts that decide it, before or after a write: status, seriousness, outcome, and void."""

    status: str = EventStatus.DRAFT
    serious: bool | None = None
    outcome: str = ""
    is_void: bool = False

    @property
    def is_serious(self) -> bool:
        """Recorded, not void and serious: a draft is no news, and an open question is no "yes"."""
        return self.status == EventStatus.RECORDED and self.serious is True and not self.is_void


def news_of(before: NewsFacts, after: NewsFacts) -> NoticeNews | None:
    """The news of one write: serious now, fatal now, no longer serious, void; None when there is none.

    ICH E2A III: the sponsor is informed at once of a serious event, and of changes of its report.
    """
    if after.is_serious and not before.is_serious:
        return NoticeNews.SERIOUS
    if before.is_serious and after.is_void:
        return NoticeNews.VOIDED
    if before.is_serious and not after.is_serious:
        return NoticeNews.NO_LONGER
    is_death = after.outcome == Outcome.FATAL and before.outcome != Outcome.FATAL
    return NoticeNews.FATAL if after.is_serious and is_death else None
