"""What marks a copy of an archived document."""

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True)
class CopyMark:
    """What a copy carries: who took it, when, its id, and the SHA-256 of the archived file it was taken from."""

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
