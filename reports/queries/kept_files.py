"""Files with heads and hashes from outside: saved mails, their text, or output of `audit_head`.

They are arguments of commands.
"""

from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from django.core.management.base import CommandError

from reports.rules.kept_heads import Kept, read_kept


def read_kept_file(path: str) -> Kept:
    """The heads and hashes in a file. Raises CommandError for a file that cannot be read or holds none."""
    try:
        return read_kept(_text(Path(path).read_bytes()), where=f"the file {path}")
    except OSError as error:
        raise CommandError(f"--heads: {path!r} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise CommandError(
            f"--heads: {path!r} is not a mail with heads nor what `audit_head` prints."
        ) from error


def _text(content: bytes) -> str:
    """The text of a saved mail, decoded; of any other file the file itself."""
    message = message_from_bytes(content, policy=policy.default)
    if isinstance(message, EmailMessage) and message["MIME-Version"]:
        body = message.get_body(("plain",))
        return body.get_content() if body else ""
    return content.decode()
