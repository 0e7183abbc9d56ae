"""Other reasons for a new antibody: blood, plasma, immunoglobulin, pregnancy, a graft.

Immunoglobulin and plasma bring antibodies of their own (IVIG: transient class II in 6 of 11, Takamatsu 2021;
convalescent plasma donors are anti-HLA positive); cells and tissue sensitise.
"""

from dataclasses import dataclass
from datetime import datetime

PASSIVE_KINDS = frozenset({"IVIG", "PLASMA"})
SENSITISING_KINDS = frozenset({"RBC", "PLATELETS", "PREGNANCY", "TRANSPLANT", "INFECTION", "VACCINE"})


@dataclass(frozen=True)
class Sensitiser:
    """Something that happened to the participant, in a span of aware moments."""

    kind: str
    earliest: datetime
    latest: datetime
