"""Files of laboratories in the shape that vendors export, with invented values."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from immunology.rules.files.parts import ReadFile
from immunology.rules.files.reading import read_file

SHARED = Path(__file__).parents[3].parent / "shared" / "data" / "hla"
ABSENT = "the public files of ../shared/data/hla are not there, so the real formats were not checked"

VALUES = ["4362,43", "128,15", "17401,8", "79,6"]
FUSION_COLUMNS = (
    "PatientID", "SampleIDName", "RunDate", "CatalogID", "BeadID", "Specificity", "RawData", "NC1BeadID", "PC1BeadID",
    "NC2BeadID", "PC2BeadID", "Rxn",
)  # fmt: skip
NONE = "-,-,-,-,-,-,-,-,-,-,-,-"
CLASS_II = ["DRB1*01:01", "DRB3*02:02", "DQA1*05:01~DQB1*02:01", "DPA1*01:03~DPB1*04:01"]
SLOTS = {
    "DRB1": 0,
    "DRB3": 2,
    "DRB4": 2,
    "DRB5": 2,
    "DQA1": 4,
    "DQB1": 6,
    "DPA1": 8,
    "DPB1": 10,
    "A": 0,
    "B": 2,
    "C": 4,
}


def specificity(text: str) -> str:
    slots = ["-"] * 12
    for chain in text.split("~"):
        slots[SLOTS[chain.split("*")[0]]] = chain
    return ",".join(slots)


def fusion_rows(
    serum: str,
    values: Sequence[str],
    *,
    beads: Sequence[str] = CLASS_II,
    on: str = "29-07-2019",
    catalog: str = "LS2A01NC21_013_00",
    controls: Sequence[str] = ("70,96", "7402,82"),
) -> list[list[str]]:
    """Two controls and one row per bead; the first columns of Fusion's export."""
    specificities = [NONE] * len(controls) + [specificity(bead) for bead in beads]
    return [
        ["6430019", serum, on, catalog, f"{place:03}", carried, value, "", "", "001", "002", ""]
        for place, (carried, value) in enumerate(
            zip(specificities, [*controls, *values], strict=True), start=1
        )
    ]


def fusion(
    rows: Iterable[Sequence[str]], columns: Sequence[str] = FUSION_COLUMNS, separator: str = ";"
) -> bytes:
    """All quoted, byte order mark, trailing separator, CRLF."""
    lines = [separator.join(f'"{value}"' for value in row) + separator for row in [columns, *rows]]
    return ("\ufeff" + "\r\n".join(lines) + "\r\n").encode()


def match_it(
    rows: Iterable[Sequence[str]],
    columns: str = "Sample ID,Patient ID,Lot ID,Run Date,Allele,Assignment,Raw Value",
) -> bytes:
    """Unquoted, padded with blanks, CRLF."""
    lines = [columns.replace(",", " ,"), *(" ,".join(f"{value:<9}" for value in row) for row in rows)]
    return ("\r\n".join(lines) + "\r\n").encode()


def match_it_rows(
    serum: str, beads: Sequence[tuple[str, str]], *, on: str = "29-12-2019", lot: str = "3008523 3008518-SA2"
) -> list[list[str]]:
    return [
        [serum, "13", lot, on, chain, "Negative", value]
        for names, value in beads
        for chain in names.split("~")
    ]


LONG_COLUMNS = (
    "specimen_id", "run_id", "run_date", "vendor", "catalog", "lot", "class", "conjugate", "dilution", "treatment",
    "specimen_type", "bead_id", "bead_role", "target_alpha", "target_beta", "target_raw", "mfi_raw", "bead_count",
)  # fmt: skip


def long_rows(
    serum: str, values: Sequence[str], *, run: str = "R1", beads: Sequence[str] = ("A*02:01", "B*07:02")
) -> list[list[str]]:
    roles = [
        ("NC", "", "80"),
        ("PC", "", "9000"),
        *(("TARGET", b, v) for b, v in zip(beads, values, strict=True)),
    ]
    return [
        [serum, run, "2020-05-04", "ONE_LAMBDA", "LS1A04", "013", "I", "IgG", "1", "EDTA", "SERUM", str(place), role, "", "",
         bead or role, value, "100"]
        for place, (role, bead, value) in enumerate(roles, start=1)
    ]  # fmt: skip


def long_form(rows: Iterable[Sequence[str]], columns: Sequence[str] = LONG_COLUMNS) -> bytes:
    return "\r\n".join(",".join(row) for row in [columns, *rows]).encode() + b"\r\n"


def read(data: bytes, **more: object) -> ReadFile:
    return read_file(file="run.csv", data=data, **more)  # type: ignore[arg-type]


def messages(found: ReadFile) -> str:
    return " ".join(map(str, found.refused))
