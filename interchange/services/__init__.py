"""Writes of the interchange app."""

from interchange.services.importing import (
    Source,
    import_study,
    open_content_sha256,
    rehearse_study,
    vocabulary_of,
)
from interchange.services.outcome import Counts, Imported, StudyRefusedError

__all__ = [
    "Counts",
    "Imported",
    "Source",
    "StudyRefusedError",
    "import_study",
    "open_content_sha256",
    "rehearse_study",
    "vocabulary_of",
]
