"""What a protocol says about unblinding one participant in an emergency."""

from dataclasses import dataclass

from trials.rules.protocol.reading import Table

OWN_CHOICE = "own choice: an on-call investigator answers well within an hour, and a forgotten request dies in one shift"


@dataclass(frozen=True)
class UnblindingPlan:
    """For how many minutes a second person may confirm a request from their own session."""

    request_minutes: int = 60
    source: str = OWN_CHOICE


def read_unblinding(table: Table) -> UnblindingPlan:
    """`request_minutes` (1 to 1440), `source`."""
    return UnblindingPlan(table.whole("request_minutes", 1, 1440), table.text("source"))
