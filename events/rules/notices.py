"""Which news of an event cause a notice to safety officers and sponsor. Pure."""

from dataclasses import dataclass

from events.choices import WORSENINGS, EventStatus, NoticeNews, Outcome


@dataclass(frozen=True)
class NewsFacts:
    """What decides it, before or after a write.

    Status, seriousness, outcome, whether the event stands, danger to life and cause. `is_related` counts an undetermined
    cause as related; None is not assessed.
    """

    status: str = EventStatus.DRAFT
    serious: bool | None = None
    outcome: str = ""
    is_void: bool = False
    life_threatening: bool | None = None
    is_related: bool | None = None

    @property
    def is_serious(self) -> bool:
        """Recorded, not void and serious: a draft is no news, and an open question is no "yes"."""
        return self.status == EventStatus.RECORDED and self.serious is True and not self.is_void


def news_of(before: NewsFacts, after: NewsFacts) -> NoticeNews | None:
    """The news of one write: serious now, worse now, no longer serious, void; None when there is none.

    ICH E2A III: the sponsor is informed at once of a serious event, and of changes of its report. Of several worsenings
    in one write the gravest is the news.
    """
    if after.is_serious and not before.is_serious:
        return NoticeNews.SERIOUS
    if before.is_serious and after.is_void:
        return NoticeNews.VOIDED
    if before.is_serious and not after.is_serious:
        return NoticeNews.NO_LONGER
    return next((news for news in WORSENINGS if after.is_serious and _is_new(news, before, after)), None)


def _is_new(news: NoticeNews, before: NewsFacts, after: NewsFacts) -> bool:
    return _is_so(news, after) and not _is_so(news, before)


def _is_so(news: NoticeNews, facts: NewsFacts) -> bool:
    return {
        NoticeNews.FATAL: facts.outcome == Outcome.FATAL,
        NoticeNews.LIFE_THREATENING: facts.life_threatening is True,
        NoticeNews.RELATED: facts.is_related is True,
    }[news]
