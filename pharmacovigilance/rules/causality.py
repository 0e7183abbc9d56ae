"""The answers of each side on the cause of an event, and whether the two sides disagree.

Sources: Regulation (EU) 536/2014 Annex III 2.1(4) (the sponsor does not downgrade the investigator; both opinions are
given), ICH E2A III.A.1 (either suffices), facts/safety.md 2.3 (undetermined is not excluded, no answer counts as
related).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from pharmacovigilance.choices import Side, SuspectCause

SUSPECTS = frozenset({SuspectCause.STUDY_PRODUCT, SuspectCause.INFUSION_PROCEDURE})
"""The causes that make a reaction suspected: the investigational product, and the procedures of giving it."""


@dataclass(frozen=True)
class Opinion:
    """One signed answer of one person about one cause."""

    side: str
    cause: str
    assessor: str
    is_related: bool
    is_undetermined: bool
    given_at: datetime

    @property
    def counts_as_related(self) -> bool:
        """Undetermined is not excluded."""
        return self.is_related or self.is_undetermined


@dataclass(frozen=True)
class SideView:
    """The answer of one side on the suspect causes: `related` None = no one of the side has answered."""

    related: bool | None
    is_undetermined: bool = False
    since: datetime | None = None

    @property
    def counts_as_related(self) -> bool:
        """No answer counts as related."""
        return self.related is not False


def standing_opinions(opinions: Iterable[Opinion]) -> tuple[Opinion, ...]:
    """The last answer of each person about each cause: people correct themselves, never each other."""
    last: dict[tuple[str, str, str], Opinion] = {}
    for opinion in sorted(opinions, key=lambda one: one.given_at):
        last[opinion.side, opinion.cause, opinion.assessor] = opinion
    return tuple(last.values())


def side_view(opinions: Iterable[Opinion], side: Side) -> SideView:
    """The view of one side: the most suspicious of its people's last answers about the suspect causes."""
    own = [one for one in standing_opinions(opinions) if one.side == side and one.cause in SUSPECTS]
    if not own:
        return SideView(None)
    suspicious = [one for one in own if one.counts_as_related]
    shown = suspicious or own
    undetermined = bool(suspicious) and all(one.is_undetermined for one in suspicious)
    return SideView(bool(suspicious), undetermined, min(one.given_at for one in shown))


def side_views(opinions: Iterable[Opinion]) -> Mapping[Side, SideView]:
    """Both sides."""
    every = tuple(opinions)
    return {side: side_view(every, side) for side in Side}


def disagree(views: Mapping[Side, SideView]) -> bool | None:
    """Whether the sides differ; None while one has not answered. Derived, never entered."""
    answers = [view.related for view in views.values()]
    if None in answers:
        return None
    return len(set(answers)) > 1
