"""Proves that a SAS transport file (version 5 or 8) is whole: its records fill it to the padding of its last card.

SAS technical note TS-140 (version 5) and its extension for version 8/9: cards of 80 bytes; a NAMESTR entry per variable
with its length at byte 4; the observations follow each other without a gap, the last card is filled with blanks.
Version 8 also has the number of observations in the header of the observations; version 5 has none.
"""

import struct
from dataclasses import dataclass
from typing import NoReturn

from interchange.rules.limits import check_columns
from interchange.rules.rows import NO_LINE, BadRow, UnreadableFileError

CARD = 80  # bytes
LIBRARIES = (
    b"HEADER RECORD*******LIBRARY HEADER RECORD!!!!!!!",
    b"HEADER RECORD*******LIBV8   HEADER RECORD!!!!!!!",
)
MEMBERS = (
    b"HEADER RECORD*******MEMBER  HEADER RECORD!!!!!!!",
    b"HEADER RECORD*******MEMBV8  HEADER RECORD!!!!!!!",
)
VARIABLES = (
    b"HEADER RECORD*******NAMESTR HEADER RECORD!!!!!!!",
    b"HEADER RECORD*******NAMSTV8 HEADER RECORD!!!!!!!",
)
OBSERVATIONS = (
    b"HEADER RECORD*******OBS     HEADER RECORD!!!!!!!",
    b"HEADER RECORD*******OBSV8   HEADER RECORD!!!!!!!",
)
HEADER_LENGTH = 48  # bytes of a header before its numbers
COUNT_OF_VARIABLES = slice(54, 58)
LENGTH_OF_ENTRY = slice(74, 78)  # in the header of the member
ENTRY_LENGTHS = (136, 140)  # bytes of a NAMESTR entry; 136 on VAX
LENGTH_AT = slice(4, 6)  # of a value, in its NAMESTR entry


@dataclass(frozen=True)
class Extent:
    """The extent of a transport file.

    `is_end_proved` is False when only a count from elsewhere could show a cut.
    """

    records: int
    is_end_proved: bool


def extent_of(file: str, data: bytes) -> Extent:
    """The number of records of a transport file; refused when it is cut, has two data sets, or is none.

    A file of version 5 that was cut exactly between two records, where a card ends too, looks whole: its end is not
    proved.
    """
    if not data.startswith(LIBRARIES):
        _refuse(file, "the file is not a SAS transport file")
    if len(data) % CARD:
        _cut(file, f"its size of {len(data)} bytes is no multiple of {CARD}")
    begin = _observations(file, data)
    length = _record_length(file, data[:begin])
    declared = _declared(data[begin - CARD : begin])
    return _extent(file, data[begin:], length, declared)


def _observations(file: str, data: bytes) -> int:
    """The offset of the observations. Refuses a file of several members: only the first would be read."""
    found = [at for at in range(0, len(data), CARD) if data.startswith(OBSERVATIONS, at)]
    if not found:
        _cut(file, "it ends before the observations")
    if sum(data.startswith(MEMBERS, at) for at in range(0, len(data), CARD)) > 1:
        _refuse(file, "the file holds more than one data set; write each into a file of its own")
    return found[0] + CARD


def _record_length(file: str, head: bytes) -> int:
    """The bytes of one observation: the sum of the lengths of the variables."""
    at = next((at for at in range(0, len(head), CARD) if head.startswith(VARIABLES, at)), None)
    member = next((at for at in range(0, len(head), CARD) if head.startswith(MEMBERS, at)), None)
    if at is None or member is None:
        _refuse(file, "the file is not a SAS transport file: its variables are not described")
    count, entry = _number(head[at:][COUNT_OF_VARIABLES]), _number(head[member:][LENGTH_OF_ENTRY])
    check_columns(file, count)
    if entry not in ENTRY_LENGTHS or at + CARD + count * entry > len(head):
        _refuse(file, "the file is not a SAS transport file: its variables are not described")
    entries = (head[at + CARD + each * entry :][LENGTH_AT] for each in range(count))
    length: int = sum(struct.unpack(">H", written)[0] for written in entries)
    if not length:
        _refuse(file, "the file has no variables")
    return length


def _declared(header: bytes) -> int | None:
    """The number of observations in the header of version 8; None where it is left out or zero."""
    if not header.startswith(OBSERVATIONS[1]):
        return None
    return _number(header[HEADER_LENGTH : HEADER_LENGTH + 15]) or None


def _extent(file: str, observations: bytes, length: int, declared: int | None) -> Extent:
    size = len(observations)
    records = -(-len(observations.rstrip(b" ")) // length) if declared is None else declared
    if records * length > size:
        have = size // length
        _cut(file, f"it holds {have} whole records of {length} bytes and " + (
            f"should hold {declared}" if declared else f"{size - have * length} bytes of a further one"
        ))  # fmt: skip
    padding = size - records * length
    if padding >= CARD and observations[records * length :].strip(b" "):
        _refuse(file, f"the file holds more than the {records} records that it should hold")
    return Extent(records, is_end_proved=declared is not None or padding > 0)


def _number(written: bytes) -> int:
    text = written.decode("ascii", "replace").strip()
    return int(text) if text.isascii() and text.isdigit() else 0


def _cut(file: str, sign: str) -> NoReturn:
    _refuse(file, f"the file is cut: {sign}; get it again")


def _refuse(file: str, reason: str) -> NoReturn:
    raise UnreadableFileError(BadRow(file, NO_LINE, "", "", reason))
