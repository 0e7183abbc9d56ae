"""The largest size of a file, a line, a header and a number: anything larger is refused before it fills the memory."""

from interchange.rules.rows import HEADER_LINE, NO_LINE, BadRow, UnreadableFileError

MEBIBYTE = 2**20
LARGEST_FILE = 128 * MEBIBYTE  # bytes; vital signs of some thousand participants
LARGEST_WHOLE_FILE = 64 * MEBIBYTE  # bytes of a JSON file, which can only be read as one piece
LONGEST_LINE = MEBIBYTE  # bytes; a record of SDTM has some thousand
MOST_COLUMNS = 2000  # SDTM's widest data sets have some hundred
MOST_DIGITS = 40  # of a number; twice what any field of SDTM holds


def check_size(file: str, size: int, *, is_whole: bool) -> None:
    """Refuse a file that is too large to be read; `is_whole` = one that cannot be read line by line."""
    largest = LARGEST_WHOLE_FILE if is_whole else LARGEST_FILE
    if size <= largest:
        return
    advice = "; write it as NDJSON, CSV or SAS transport file" if is_whole else ""
    reason = f"the file has {size // MEBIBYTE} MiB, and at most {largest // MEBIBYTE} MiB are read{advice}"
    raise UnreadableFileError(BadRow(file, NO_LINE, "", "", reason))


def check_columns(file: str, count: int) -> None:
    """Refuse a header with more columns than any data set has."""
    if count > MOST_COLUMNS:
        reason = f"the header has {count} columns, and a data set has at most {MOST_COLUMNS}"
        raise UnreadableFileError(BadRow(file, HEADER_LINE, "", "", reason))


class LineLength:
    """Measures the length of lines piece by piece, so that a line without an end is refused before it is read whole."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._line = 1
        self._length = 0

    def follow(self, piece: bytes) -> None:
        """Measure the next bytes of the file; refuse a line that is longer than any record."""
        first, *others = piece.split(b"\n")
        self._add(len(first))
        for part in others:
            self._line += 1
            self._length = 0
            self._add(len(part))

    def _add(self, length: int) -> None:
        self._length += length
        if self._length > LONGEST_LINE:
            reason = f"the line has more than {LONGEST_LINE} bytes; no record is that long"
            raise UnreadableFileError(BadRow(self._file, self._line, "", "", reason))
