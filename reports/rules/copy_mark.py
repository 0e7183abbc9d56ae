"""The mark of a copy of an archived document."""

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True)
class CopyMark:
    """The content of the mark: reader, time, id, and the SHA-256 of the archived file."""

    reader: str
    taken_at: datetime
    copy_id: str
    archive_sha256: str

    @property
    def line(self) -> str:
        moment = self.taken_at.astimezone(UTC)
        return (
            f"COPY {self.copy_id} for {self.reader}, {moment:%Y-%m-%d %H:%M:%S} UTC · "
            f"archived file SHA-256 {self.archive_sha256}"
        )
