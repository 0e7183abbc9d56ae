"""Reads any file of the laboratory: detects its format, reads it, and lists refusals and questions."""

import hashlib
from collections.abc import Callable

from immunology.rules.files.columns import FileProblems
from immunology.rules.files.eds import read_lot_file
from immunology.rules.files.fusion import SIGNS as FUSION
from immunology.rules.files.fusion import read_fusion
from immunology.rules.files.haml import read_haml
from immunology.rules.files.match_it import SIGNS as MATCH_IT
from immunology.rules.files.match_it import read_match_it
from immunology.rules.files.parts import (
    NO_LINE,
    Answers,
    Ask,
    FileRefusal,
    FileRefusedError,
    LotLimits,
    ReadFile,
    SerumRun,
    Vendor,
)
from immunology.rules.files.rule_texts import gettext
from immunology.rules.files.sab_long import SIGNS as SAB_LONG
from immunology.rules.files.sab_long import read_sab_long
from immunology.rules.files.text import FileTable, decoded_text, read_table
from immunology.rules.files.xml import parse_xml
from immunology.rules.files.xponent import is_xponent, read_xponent

LARGEST_FILE_BYTES = 200_000_000
"""About a million beads in the long form; own choice."""
TableReader = Callable[[FileTable, Answers, FileProblems], tuple[SerumRun, ...]]
_TABLES: tuple[tuple[str, frozenset[str], TableReader], ...] = (
    ("sab_long_v1", SAB_LONG, read_sab_long),
    ("HLA Fusion", FUSION, read_fusion),
    ("MATCH IT!", MATCH_IT, read_match_it),
)


def read_file(
    *,
    file: str,
    data: bytes,
    answers: Answers = Answers(),  # noqa: B008 - frozen
    vendor: Vendor | None = None,
    lot_file: tuple[str, bytes] | None = None,
) -> ReadFile:
    """A file of the laboratory. Never raises because of its content.

    `refused` and `asks` give the reasons why it may not be imported.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    problems = FileProblems(file)
    limits: LotLimits | None = None
    named = "unknown"
    sera: tuple[SerumRun, ...] = ()
    try:
        if len(data) > LARGEST_FILE_BYTES:
            raise FileRefusedError(
                FileRefusal(file, NO_LINE, "file", "", gettext("it is larger than 200 MB"))
            )
        limits = read_lot_file(*lot_file) if lot_file else None
        named, sera, limits = _read(file, data, answers, limits, problems)
    except FileRefusedError as error:
        problems.refused.extend(error.refusals)
    if not (sera or problems.refused or problems.asks):
        problems.refuse(NO_LINE, "file", "", gettext("it has no serum"))
    found = next((serum.kit.vendor for serum in sera), vendor or Vendor.OTHER)
    _check_vendor(sera, found, vendor, problems)
    return ReadFile(
        file=file,
        format=named,
        vendor=found,
        sha256=sha256,
        sera=sera,
        refused=tuple(problems.refused),
        asks=tuple(problems.asks),
        limits=limits,
    )


def _read(
    file: str, data: bytes, answers: Answers, limits: LotLimits | None, problems: FileProblems
) -> tuple[str, tuple[SerumRun, ...], LotLimits | None]:
    if data.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
        return "HAML", read_haml(parse_xml(file, data), answers, problems), limits
    text = decoded_text(file, data)
    if is_xponent(text):
        return "xPONENT", *read_xponent(text, limits, answers, problems)
    table = read_table(file, text)
    for named, signs, reader in _TABLES:
        if signs <= table.columns.keys():
            return named, reader(table, answers, problems), limits
    headings = ", ".join(table.headings[:12])
    rule = gettext("the columns are of none of HLA Fusion, MATCH IT!, sab_long_v1, xPONENT, HAML")
    raise FileRefusedError(FileRefusal(file, 1, "header", headings, rule))


def _check_vendor(
    sera: tuple[SerumRun, ...], found: Vendor, declared: Vendor | None, problems: FileProblems
) -> None:
    if sera and declared is not None and found not in (declared, Vendor.OTHER):
        rule = gettext("the file is of %(found)s") % {"found": found}
        problems.refuse(NO_LINE, "vendor", declared, rule)


def may_be_imported(read: ReadFile) -> bool:
    """Whether nothing is refused and nothing is asked."""
    return not read.refused and not read.asks


__all__ = ["Ask", "may_be_imported", "read_file"]
