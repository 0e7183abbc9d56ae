"""Folders of SDTM files for the tests of the import, and the command that reads them."""

import csv
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pandas as pd
import pyreadstat
from django.core.management import CommandError, call_command

from tests.unit.interchange.study_rows import PROTOCOLS, Values, ae, dm, ds, ex, supp

PILOT_PROTOCOL = PROTOCOLS / "cdisc-pilot.toml"
STROMA_PROTOCOL = PROTOCOLS / "stroma-cov-2.toml"


def write_folder(folder: Path, **rows: list[Values]) -> Path:
    """One CSV file per data set that has rows; columns are all that any row has."""
    folder.mkdir(exist_ok=True)
    for name, listed in rows.items():
        path = folder / f"{name}.csv"
        if not listed:
            path.unlink(missing_ok=True)
            continue
        columns = list(dict.fromkeys(column for row in listed for column in row))
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, columns, restval="")
            writer.writeheader()
            writer.writerows(listed)
    return folder


def rewrite_as_json(folder: Path, *names: str) -> None:
    """Replace CSV files by Dataset-JSON 1.1."""
    for name in names:
        frame = pd.read_csv(folder / f"{name}.csv", dtype=str, keep_default_na=False)
        columns = [{"itemOID": f"IT.{c}", "name": c, "label": c, "dataType": "string"} for c in frame.columns]
        content = {
            "datasetJSONCreationDateTime": "2026-01-01T00:00:00",
            "datasetJSONVersion": "1.1.0",
            "itemGroupOID": f"IG.{name.upper()}",
            "records": len(frame),
            "name": name.upper(),
            "label": name,
            "columns": columns,
            "rows": frame.to_numpy().tolist(),
        }
        (folder / f"{name}.json").write_text(json.dumps(content))
        (folder / f"{name}.csv").unlink()


def rewrite_as_xport(folder: Path, *names: str) -> None:
    """Replace CSV files by SAS transport files, --SEQ and EXDOSE as numbers."""
    for name in names:
        frame = pd.read_csv(folder / f"{name}.csv", dtype=str, keep_default_na=False)
        for column in frame.columns:
            if column.endswith("SEQ") or column == "EXDOSE":
                frame[column] = frame[column].astype(float)
        pyreadstat.write_xport(
            frame, str(folder / f"{name}.xpt"), table_name=name.upper(), file_format_version=5
        )
        (folder / f"{name}.csv").unlink()


def small_study(folder: Path, **changed: list[Values]) -> Path:
    """Three participants of the pilot: one treated who died, one treated, one screen failure."""
    rows = {
        "dm": [
            dm("P1", AGE="63.0", AGEU="YEARS", SEX="F", DTHFL="Y", DTHDTC="2013-02-01", ACTARMCD="Pbo"),
            dm("P2", ARMCD="Xan_Hi", ACTARMCD="Xan_Lo", RFSTDTC="2013-01-08", SITEID="999"),
            dm("P3", ARMCD="Scrnfail", RFSTDTC=""),
        ],
        "ex": [
            ex("P1", EXDOSE="0", EXDOSU="mg"),
            ex("P2", EXTRT="XANOMELINE", EXDOSE="81", EXDOSU="mg", EXLOT="L7"),
        ],
        "ae": [
            ae("P1", AESTDTC="2013-01", AEREL="POSSIBLE", AESEV="MILD", AEBODSYS="NERVOUS SYSTEM DISORDERS"),
            ae(
                "P1",
                "2",
                AETERM="MI",
                AEDECOD="MI",
                AEOUT="FATAL",
                AESER="Y",
                AESDTH="Y",
                AEENDTC="2013-02-01",
            ),
            ae("P2", AESHOSP="Y"),
        ],
        "ds": [ds("P2")],
        "suppae": [supp("AE", "AETRTEM", "Y", "P1", "1")],
        "suppdm": [supp("DM", "SAFETY", "Y", "P1"), supp("DM", "SAFETY", "Y", "P2")],
    }
    return write_folder(folder, **(rows | changed))


def run_import(folder: Path, protocol: Path = PILOT_PROTOCOL, **options: Any) -> str:
    """What `import_sdtm` prints; raises CommandError as it does."""
    out = StringIO()
    call_command("import_sdtm", str(folder), protocol=protocol, stdout=out, **options)
    return out.getvalue()


def run_refused(folder: Path, protocol: Path = PILOT_PROTOCOL) -> tuple[str, str]:
    """What `import_sdtm` prints and the sentence it ends with when it refuses."""
    out = StringIO()
    try:
        call_command("import_sdtm", str(folder), protocol=protocol, stdout=out)
    except CommandError as error:
        return out.getvalue(), str(error)
    raise AssertionError("the import was not refused")
