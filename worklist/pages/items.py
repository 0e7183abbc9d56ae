"""The lines of a worklist and their order: first the work with the greatest harm if missed."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


@dataclass(frozen=True)
class State:
    """A word and its shape."""

    code: str
    word: Text


OVERDUE = State("overdue", _("Overdue"))
SOON = State("soon", _("Soon"))
DUE_NOW = State("soon", _("Due now"))
DUE = State("due", _("Due"))
OPEN = State("due", _("Open"))
WAITING = State("unknown", _("Waiting"))
DONE = State("done", _("Done"))


class Harm(IntEnum):
    """The order of the lists.

    A person who waits at a bedside for a second person comes first, then a running clock of a serious event. Both come
    before work that can be done later.
    """

    UNBLINDING = 0
    SERIOUS_CLOCK = 1
    CHECK = 2
    FINDING = 3
    INFUSION_END = 4
    SIGNATURE = 5
    INFUSION = 6
    SPECIMEN = 7
    ASSESSMENT = 8
    DRAFT = 9
    FOLLOW_UP = 10
    OTHER = 11


@dataclass(frozen=True)
class WorkItem:
    """One line: what, for whom, by when, and its one button."""

    harm: Harm
    state: State
    when: Text
    title: Text
    order: datetime
    participant: str = ""
    participant_url: str = ""
    detail: Text = ""
    action_label: Text = ""
    action_url: str = ""
    is_now: bool = False


@dataclass(frozen=True)
class WorklistSection:
    """A heading with its lines; without lines, an explanation of what will appear here.

    `is_cut`: there are more lines than `items`.
    """

    id: str
    title: Text
    items: tuple[WorkItem, ...] = field(default=())
    empty_title: Text = ""
    empty_text: Text = ""
    is_cut: bool = False


def in_order(items: Iterable[WorkItem]) -> tuple[WorkItem, ...]:
    """By harm if missed; within it overdue lines first, then by time."""
    return tuple(
        sorted(
            items, key=lambda item: (item.harm, item.state.code != "overdue", item.order, item.participant)
        )
    )
