"""Secrets that this machine generates for itself: once, in a file that only its owner can read."""

import os
import secrets
from pathlib import Path

from safety_monitor.environment import EnvironmentRefused

SECRET_BYTES = 38


def kept_secret(path: Path) -> str:
    """The random text in the file, generated on the first call.

    Raises EnvironmentRefused for another user's file.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        _write_once(path, secrets.token_urlsafe(SECRET_BYTES))
    if path.stat().st_uid != os.getuid():
        raise EnvironmentRefused(
            f"The file {path} belongs to another user: run as that user, or remove the file."
        )
    return path.read_text()


def _write_once(path: Path, text: str) -> None:
    """Write atomically: of two concurrent processes one wins, and neither reads half a secret."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
