"""Additional recipients of notices of serious events, besides the trial's safety officers."""

import re
from dataclasses import dataclass

from trials.rules.protocol.reading import ProtocolTable

LONGEST_ADDRESS = 254
_ADDRESS = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+")


@dataclass(frozen=True)
class SafetyContacts:
    """`inbox`: the e-mail address of the sponsor's safety department.

    Empty: the sponsor's accounts get the notices.
    """

    inbox: str = ""


NO_CONTACTS = SafetyContacts()


def read_safety(table: ProtocolTable) -> SafetyContacts:
    """`inbox`, one e-mail address."""
    inbox = table.text("inbox", longest=LONGEST_ADDRESS)
    if inbox and not _ADDRESS.fullmatch(inbox):
        table.refuse("inbox", "must be one e-mail address")
    return SafetyContacts(inbox)
