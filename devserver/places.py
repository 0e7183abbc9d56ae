"""The folders of the embedded servers: data, sockets and logs."""

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
# sun_path of a Unix socket has 108 bytes on Linux, including the closing zero.
LONGEST_SOCKET_PATH = 107
POSTGRES_SOCKET = ".s.PGSQL.5432"


class ServiceError(Exception):
    """Why the embedded servers cannot run, in one sentence with the remedy."""


@dataclass(frozen=True)
class Places:
    """Every folder and file of the embedded servers, computed from one folder."""

    var: Path

    @property
    def run(self) -> Path:
        """The folder of the sockets: `var/run`, or a short one under /tmp when a socket's path would be too long."""
        inside = self.var / "run"
        if len(os.fsencode(inside / "pg" / POSTGRES_SOCKET)) <= LONGEST_SOCKET_PATH:
            return inside
        digest = hashlib.sha256(os.fsencode(self.var)).hexdigest()[:10]
        # A fixed path, not $TMPDIR: every process must find the same one. make_private refuses another user's.
        return Path("/tmp") / f"safety-monitor-{os.getuid()}-{digest}"  # noqa: S108

    @property
    def postgres_data(self) -> Path:
        return self.var / "postgres"

    @property
    def postgres_sockets(self) -> Path:
        return self.run / "pg"

    @property
    def valkey_data(self) -> Path:
        return self.var / "valkey"

    @property
    def valkey_socket(self) -> Path:
        return self.run / "valkey.sock"

    @property
    def keeper_socket(self) -> Path:
        return self.run / "keeper.sock"

    @property
    def logs(self) -> Path:
        return self.var / "log"


def here() -> Places:
    """The places of this project: `SAFETY_VAR_DIR`, else `var/` beside manage.py."""
    return Places(var=Path(os.environ.get("SAFETY_VAR_DIR") or PROJECT / "var").absolute())


def make_private(folder: Path) -> Path:
    """Make the folder, for its owner only (mode 0700); refuse another user's folder or a link."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.lstat()
    except OSError as error:
        raise ServiceError(
            f"The folder {folder} cannot be made: {error.strerror}; make it writable."
        ) from error
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise ServiceError(
            f"The folder {folder} belongs to another user (uid {found.st_uid}, this is uid {os.getuid()}): "
            "run as that user, or remove the folder."
        )
    if stat.S_IMODE(found.st_mode) != stat.S_IRWXU:
        folder.chmod(stat.S_IRWXU)
    return folder


def prepare(places: Places) -> None:
    """Make every private folder that the servers need."""
    for folder in (places.var, places.run, places.logs):
        make_private(folder)
