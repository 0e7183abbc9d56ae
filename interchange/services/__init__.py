"""Writes of the interchange app."""

from interchange.services.importing import (
    StudySource,
    import_study,
    open_content_sha256,
    rehearse_study,
    vocabulary_of,
)
from interchange.services.outcome import Counts, Imported, StudyRefusedError, count_of

__all__ = [
    "Counts",
    "Imported",
    "StudyRefusedError",
    "StudySource",
    "count_of",
    "import_study",
    "open_content_sha256",
    "rehearse_study",
    "vocabulary_of",
]
