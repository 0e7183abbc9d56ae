"""Reads `sab_long_v1`, the canonical long form: one row per bead, UTF-8, decimal point, ISO dates.

See docs/hla-laboratory.md.
"""

from collections import defaultdict
from decimal import Decimal, InvalidOperation
from typing import Any

from immunology.rules.files.columns import FileProblems, check_sera, counts_in, dates_in, numbers_in
from immunology.rules.files.parts import Answers, Bead, BeadRole, Handling, Kit, SerumRun, Vendor
from immunology.rules.files.rule_texts import gettext
from immunology.rules.files.specificities import read_specificity_text
from immunology.rules.files.text import FileTable, simple

REQUIRED = (
    "specimen_id", "run_id", "run_date", "vendor", "catalog", "lot", "class", "conjugate", "dilution", "treatment",
    "specimen_type", "bead_id", "bead_role", "target_raw", "mfi_raw",
)  # fmt: skip
OPTIONAL = (
    "target_alpha", "target_beta", "mfi_norm", "norm_formula", "bead_count", "bg_mfi", "vendor_rank", "vendor_call",
    "instrument_sn", "software", "software_version", "imgt_release",
)  # fmt: skip
SIGNS = frozenset(map(simple, ("specimen_id", "run_id", "bead_role", "mfi_raw")))
CONJUGATES = ("IgG", "C1q", "C3d", "C4d", "IgM", "IgG1", "IgG2", "IgG3", "IgG4")
OF_SERUM = (
    "specimen_id", "run_id", "vendor", "catalog", "lot", "class", "conjugate", "dilution", "treatment", "specimen_type",
    "norm_formula", "instrument_sn", "software", "software_version", "imgt_release",
)  # fmt: skip
_CHOICES = {
    "vendor": tuple(Vendor),
    "class": ("I", "II"),
    "conjugate": CONJUGATES,
    "bead_role": tuple(BeadRole),
}


def read_sab_long(table: FileTable, _: Answers, problems: FileProblems) -> tuple[SerumRun, ...]:
    """The sera of a file; problems are added to `problems`."""
    if not problems.need(table, *map(simple, REQUIRED)):
        return ()
    texts = {name: table.column(simple(name)) for name in (*REQUIRED, *OPTIONAL)}
    _check_choices(table, texts, problems)
    dilutions = _dilutions(table, texts["dilution"], problems)
    if problems.refused:
        return ()
    dates = dates_in(table, "rundate", Answers("ymd"), problems)
    groups: dict[tuple[object, ...], list[Bead]] = defaultdict(list)
    keys = zip(*(texts[name] for name in OF_SERUM), dates, dilutions, strict=True)
    for key, bead in zip(keys, _beads(table, texts, problems), strict=True):
        groups[key].append(bead)
    sera = tuple(_serum(key, tuple(beads)) for key, beads in groups.items())
    check_sera(sera, problems)
    return sera


def _check_choices(table: FileTable, texts: dict[str, list[str]], problems: FileProblems) -> None:
    for name, allowed in _CHOICES.items():
        for value, line in zip(texts[name], table.lines, strict=True):
            if value not in allowed:
                problems.refuse(
                    line, name, value, gettext("it is none of %(known)s") % {"known": ", ".join(allowed)}
                )
    for name in ("specimen_id", "run_id", "bead_id", "lot"):
        for value, line in zip(texts[name], table.lines, strict=True):
            if not value:
                problems.refuse(line, name, "", gettext("it is empty"))


def _dilutions(table: FileTable, texts: list[str], problems: FileProblems) -> list[Decimal]:
    known: dict[str, Decimal] = {}
    for value, line in zip(texts, table.lines, strict=True):
        if value not in known:
            known[value] = _dilution(value)
        if known[value] < 1:
            problems.refuse(line, "dilution", value, gettext("it is a fold: 1 is neat, 10 is 1:10"))
    return [known[value] for value in texts]


def _dilution(text: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return Decimal(0)
    return value if value.is_finite() else Decimal(0)


def _beads(table: FileTable, texts: dict[str, list[str]], problems: FileProblems) -> list[Bead]:
    names = ("mfiraw", "mfinorm", "bgmfi")
    numbers = numbers_in(table, names, Answers(decimal="."), problems)
    counts = counts_in(table, "beadcount", problems)
    columns = zip(
        texts["bead_id"], texts["bead_role"], texts["target_alpha"], texts["target_beta"], texts["target_raw"],
        *(numbers[name] for name in names), counts, texts["vendor_rank"], texts["vendor_call"], table.lines,
        strict=True,
    )  # fmt: skip
    return [_bead(values) for values in columns]


def _bead(values: tuple[Any, ...]) -> Bead:
    bead_id, role_text, alpha, beta, written, raw, norm, background, count, rank, call, line = values
    role = BeadRole(str(role_text))
    carried = "~".join(filter(None, [str(alpha), str(beta)])) or str(written)
    named = read_specificity_text(carried) if role is BeadRole.TARGET else None
    public = named.public or read_specificity_text(str(written)).public if named else ""
    return Bead(
        str(bead_id), role, named.text if named else "", str(written), raw, line, norm, count, background, str(rank),
        str(call), public,
    )  # fmt: skip


def _serum(key: tuple[object, ...], beads: tuple[Bead, ...]) -> SerumRun:
    *texts, on, dilution = key
    said = dict(zip(OF_SERUM, map(str, texts), strict=True))
    return SerumRun(
        specimen=said["specimen_id"],
        run=said["run_id"],
        run_date=on,  # type: ignore[arg-type]
        kit=Kit(Vendor(said["vendor"]), said["catalog"], said["lot"], said["class"]),
        beads=beads,
        handling=Handling(said["conjugate"], dilution, said["treatment"], said["specimen_type"]),  # type: ignore[arg-type]
        instrument=said["instrument_sn"],
        software=said["software"],
        software_version=said["software_version"],
        norm_formula=said["norm_formula"],
        imgt_release=said["imgt_release"],
    )
