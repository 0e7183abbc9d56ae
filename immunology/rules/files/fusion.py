"""Reads exports of HLA Fusion (One Lambda): one row per bead, twelve slots of specificity, controls named in columns.

Columns as observed: PatientID, SampleIDName, RunDate, CatalogID, BeadID, Specificity, RawData, NC1BeadID, PC1BeadID,
NC2BeadID, PC2BeadID, Rxn; NormalValue and CountValue where the user ticked them. The catalogue number has the lot
(`LS2A01NC21_013_00`) and the class (LS1 or LS2).
"""

import re
from collections import defaultdict
from datetime import date

from immunology.rules.files.columns import FileProblems, check_sera, counts_in, dates_in, numbers_in
from immunology.rules.files.parts import Answers, Bead, BeadRole, Handling, Kit, SerumRun, Vendor
from immunology.rules.files.rule_texts import gettext
from immunology.rules.files.specificities import is_empty, read_specificity_text
from immunology.rules.files.text import FileTable

SIGNS = frozenset({"sampleidname", "catalogid", "rawdata"})
_CATALOG = re.compile(r"(?P<catalog>[A-Z0-9-]+)_(?P<lot>\w+?)(?:_\d\d)?", re.IGNORECASE)
_CLASS = re.compile(r"LS([12])|SA([12])", re.IGNORECASE)


def read_fusion(table: FileTable, answers: Answers, problems: FileProblems) -> tuple[SerumRun, ...]:
    """The sera of an export; problems are added to `problems`."""
    if not problems.need(table, "sampleidname", "rundate", "catalogid", "beadid", "specificity", "rawdata"):
        return ()
    dates = dates_in(table, "rundate", answers, problems)
    rows = _beads(table, answers, problems)
    sera: dict[tuple[str, str, date | None], list[Bead]] = defaultdict(list)
    samples, catalogs = table.column("sampleidname"), table.column("catalogid")
    for key, bead in zip(zip(samples, catalogs, dates, strict=True), rows, strict=True):
        if not key[0]:
            problems.refuse(bead.line, "SampleIDName", "", gettext("the row names no serum"))
        sera[key].append(bead)
    found = tuple(
        _serum(sample, catalog, on, beads, answers.handling) for (sample, catalog, on), beads in sera.items()
    )
    _check_controls(table, found, problems)
    check_sera(found, problems)
    return found


def _serum(sample: str, catalog: str, on: date | None, beads: list[Bead], handling: Handling) -> SerumRun:
    kit = fusion_kit_of(catalog)
    run = " ".join(filter(None, [kit.catalog, kit.lot, on.isoformat() if on else ""]))
    return SerumRun(sample, run[:60], on, kit, tuple(beads), handling, software="HLA Fusion")


def fusion_kit_of(catalog: str) -> Kit:
    """The kit, its lot and its class, from One Lambda's catalogue number with lot."""
    match, in_class = _CATALOG.fullmatch(catalog), _CLASS.match(catalog)
    number, lot = (match["catalog"], match["lot"]) if match else (catalog, "")
    hla_class = {"1": "I", "2": "II"}[in_class[1] or in_class[2]] if in_class else ""
    return Kit(Vendor.ONE_LAMBDA, number, lot, hla_class)


def _beads(table: FileTable, answers: Answers, problems: FileProblems) -> list[Bead]:
    numbers = numbers_in(table, ("rawdata", "normalvalue"), answers, problems)
    counts = counts_in(table, "countvalue", problems)
    controls = _controls(table)
    columns = zip(
        table.column("beadid"),
        table.column("specificity"),
        numbers["rawdata"],
        table.lines,
        numbers["normalvalue"],
        counts,
        table.column("rxn"),
        controls,
        strict=True,
    )
    return [
        _bead(
            bead_id,
            written,
            raw,
            line=line,
            norm=norm,
            count=count,
            rank=rank,
            controls=pair,
            problems=problems,
        )
        for bead_id, written, raw, line, norm, count, rank, pair in columns
    ]


def _bead(
    bead_id: str, written: str, raw: object, *, line: int, norm: object, count: int | None, rank: str,
    controls: tuple[str, str], problems: FileProblems,
) -> Bead:  # fmt: skip
    negative, positive = controls
    role = (
        BeadRole.NEGATIVE
        if bead_id == negative
        else BeadRole.POSITIVE
        if bead_id == positive
        else BeadRole.TARGET
    )
    if role is not BeadRole.TARGET:
        return Bead(bead_id, role, "", written, raw, line, norm, count)  # type: ignore[arg-type]
    if is_empty(written):
        problems.refuse(
            line,
            "Specificity",
            written,
            gettext("bead %(bead_id)s has no name and is no control of this serum") % {"bead_id": bead_id},
        )
    named = read_specificity_text(written)
    return Bead(bead_id, role, named.text, written, raw, line, norm, count, None, rank, "", named.public)  # type: ignore[arg-type]


def _controls(table: FileTable) -> list[tuple[str, str]]:
    """The numbers of the negative and the positive control of each row: NC2 and PC2, else NC1 and PC1."""
    second = zip(table.column("nc2beadid"), table.column("pc2beadid"), strict=True)
    first = zip(table.column("nc1beadid"), table.column("pc1beadid"), strict=True)
    known: dict[tuple[tuple[str, str], tuple[str, str]], tuple[str, str]] = {}
    rows = []
    for pair in zip(second, first, strict=True):
        if pair not in known:
            (nc2, pc2), (nc1, pc1) = pair
            known[pair] = (nc2 or nc1 or "no control", pc2 or pc1 or "no control")
        rows.append(known[pair])
    return rows


def _check_controls(table: FileTable, sera: tuple[SerumRun, ...], problems: FileProblems) -> None:
    """A control that the file names without a row is missing."""
    named = dict(zip(table.lines, _controls(table), strict=True))
    for serum in sera:
        ids = {bead.bead_id for bead in serum.beads}
        for label, bead_id in zip(("negative", "positive"), named[serum.beads[0].line], strict=True):
            if bead_id not in ids:
                value = "" if bead_id == "no control" else bead_id
                rule = gettext("the row of the %(label)s control of serum %(specimen)s is missing") % {
                    "label": label,
                    "specimen": serum.specimen,
                }
                problems.refuse(serum.beads[0].line, f"{label} control", value, rule)
