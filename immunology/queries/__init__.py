"""Questions about specimens (for all) and about antibodies (inside the seal only)."""

from immunology.queries.antibodies import own_laboratory_files, own_results, own_sera
from immunology.queries.releases import serology_named
from immunology.queries.specimens import (
    ParticipantSample,
    planned_samples,
    samples_due,
    sera_on_the_way,
    stored_sera,
)

__all__ = [
    "ParticipantSample",
    "own_laboratory_files",
    "own_results",
    "own_sera",
    "planned_samples",
    "samples_due",
    "sera_on_the_way",
    "serology_named",
    "stored_sera",
]
