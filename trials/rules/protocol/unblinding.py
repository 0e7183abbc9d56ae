"""The protocol's rules for unblinding one participant in an emergency."""

from dataclasses import dataclass

from trials.rules.protocol.reading import ProtocolTable

OWN_CHOICE = "own choice: an on-call investigator answers well within an hour, and a forgotten request dies in one shift"


ABSENCE_WORDS = 3
"""A person or a role and a way ("pharmacovigilance by telephone"). Own choice."""
REPEAT_HOURS = 24
"""One day of duty: a second arm within it is unusual in a trial, whatever the emergency. Own choice."""


@dataclass(frozen=True)
class UnblindingPlan:
    """The limits of an emergency unblinding.

    How long a second person may confirm from their own session (minutes), how many words say whom the asker tried to
    reach, and within how many hours a second arm for the same person is told to two people before it is shown.
    """

    request_minutes: int = 60
    absence_words: int = ABSENCE_WORDS
    repeat_hours: int = REPEAT_HOURS
    source: str = OWN_CHOICE


def read_unblinding(table: ProtocolTable) -> UnblindingPlan:
    """`request_minutes` (1 to 1440), `source`; optional `absence_words` (2 to 20), `repeat_hours` (1 to 720)."""
    words = table.optional_whole("absence_words", 2, 20)
    hours = table.optional_whole("repeat_hours", 1, 720)
    return UnblindingPlan(
        request_minutes=table.whole("request_minutes", 1, 1440),
        absence_words=ABSENCE_WORDS if words is None else words,
        repeat_hours=REPEAT_HOURS if hours is None else hours,
        source=table.text("source"),
    )
