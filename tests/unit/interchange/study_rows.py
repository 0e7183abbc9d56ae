"""Factories of SDTM rows: each makes one row with the least it needs, and takes any variable by keyword."""

import tomllib
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from events.rules.ctcae import Term
from interchange.rules import BadRow, Dataset, SourceRow, Study, Vocabulary, read_study
from trials.rules.protocol import Protocol, parse_protocol

PROTOCOLS = Path(__file__).resolve().parents[3] / "protocols"
PILOT = "CDISCPILOT01"
STROMA = "STROMA-COV-2"
AT = datetime(2026, 1, 1, 12, tzinfo=UTC)

HYPOTENSION = Term("10021097", "Vascular disorders", "Hypotension", (1, 2, 3, 4, 5))
DIARRHEA = Term("10012727", "Gastrointestinal disorders", "Diarrhea", (1, 2, 3, 4, 5))
TACHYCARDIA = Term("10040752", "Cardiac disorders", "Sinus tachycardia", (1, 2, 3))
OTHER_CARDIAC = Term("10007541", "Cardiac disorders", "Cardiac disorders - Other, specify", (1, 2, 3, 4, 5))
VOCABULARY = Vocabulary.of("5.0", [HYPOTENSION, DIARRHEA, TACHYCARDIA, OTHER_CARDIAC])

Values = dict[str, str]


@cache
def protocol(name: str = "cdisc-pilot") -> Protocol:
    """A shipped protocol."""
    return parse_protocol(tomllib.loads((PROTOCOLS / f"{name}.toml").read_text()))


def dm(code: str = "P1", study: str = PILOT, **values: str) -> Values:
    arm = "Pbo" if study == PILOT else "PLACEBO"
    start = {"RFSTDTC": "2013-01-10", "DMDTC": "2013-01-02"}
    return {"STUDYID": study, "DOMAIN": "DM", "USUBJID": code, "SITEID": "701", "ARMCD": arm} | start | values


def ae(code: str = "P1", seq: str = "1", study: str = PILOT, **values: str) -> Values:
    row = {"STUDYID": study, "DOMAIN": "AE", "USUBJID": code, "AESEQ": seq, "AETERM": "HEADACHE"}
    return row | {"AEDECOD": "HEADACHE", "AESER": "N", "AESTDTC": "2013-01-12"} | values


def ex(code: str = "P1", seq: str = "1", study: str = PILOT, **values: str) -> Values:
    row = {"STUDYID": study, "DOMAIN": "EX", "USUBJID": code, "EXSEQ": seq, "EXTRT": "PLACEBO"}
    return row | {"EXSTDTC": "2013-01-10"} | values


def ds(code: str = "P1", seq: str = "1", decoded: str = "COMPLETED", **values: str) -> Values:
    row = {"STUDYID": PILOT, "DOMAIN": "DS", "USUBJID": code, "DSSEQ": seq, "DSTERM": decoded}
    return row | {"DSDECOD": decoded, "DSCAT": "DISPOSITION EVENT", "DSSTDTC": "2013-07-01"} | values


def vs(code: str = "P1", seq: str = "1", test: str = "SYSBP", value: str = "120", **values: str) -> Values:
    row = {"STUDYID": PILOT, "DOMAIN": "VS", "USUBJID": code, "VSSEQ": seq, "VSTESTCD": test}
    return row | {"VSSTRESN": value, "VSSTRESU": "mmHg", "VSDTC": "2013-01-10T09:30"} | values


def lb(code: str = "P1", seq: str = "1", test: str = "PO2", value: str = "90", **values: str) -> Values:
    row = {"STUDYID": STROMA, "DOMAIN": "LB", "USUBJID": code, "LBSEQ": seq, "LBTESTCD": test}
    return row | {"LBSTRESN": value, "LBSTRESU": "mmHg", "LBDTC": "2020-04-07T07:00"} | values


def rs(code: str = "P1", seq: str = "1", test: str = "SOFAREN", value: str = "2", **values: str) -> Values:
    row = {"STUDYID": STROMA, "DOMAIN": "RS", "USUBJID": code, "RSSEQ": seq, "RSTESTCD": test}
    return row | {"RSSTRESN": value, "RSDTC": "2020-04-07"} | values


def cm(code: str = "P1", seq: str = "1", **values: str) -> Values:
    row = {"STUDYID": PILOT, "DOMAIN": "CM", "USUBJID": code, "CMSEQ": seq, "CMTRT": "NOREPINEPHRINE"}
    return row | {"CMDOSE": "8", "CMDOSU": "ug/min", "CMSTDTC": "2013-01-10T09:00"} | values


def is_(code: str = "P1", seq: str = "1", **values: str) -> Values:
    row = {"STUDYID": PILOT, "DOMAIN": "IS", "USUBJID": code, "ISSEQ": seq, "ISTESTCD": "HLAIAB"}
    return (
        row | {"ISBDAGNT": "A*02:01", "ISSTRESN": "1200", "ISSTRESU": "MFI", "ISDTC": "2013-01-10"} | values
    )


def supp(domain: str, name: str, value: str, code: str = "P1", seq: str = "") -> Values:
    key = {"IDVAR": f"{domain}SEQ" if seq else "", "IDVARVAL": seq}
    return {"STUDYID": PILOT, "RDOMAIN": domain, "USUBJID": code, "QNAM": name, "QVAL": value} | key


def dataset(name: str, *rows: Values) -> Dataset:
    """A data set as a CSV file would give it: a row that lacks a column has it empty; lines count from 2."""
    columns = tuple(dict.fromkeys(column for row in rows for column in row))
    filled = ({column: row.get(column, "") for column in columns} for row in rows)
    listed = tuple(SourceRow(f"{name}.csv", line, values) for line, values in enumerate(filled, start=2))
    return Dataset(name, f"{name}.csv", columns, listed)


def study_of(graded: bool = False, at: datetime = AT, **rows: list[Values]) -> Study:
    """The study in the rows given by data set; DM has one participant unless rows are given."""
    default = {"dm": [dm(study=STROMA if graded else PILOT)]}
    datasets = {name: dataset(name, *listed) for name, listed in (default | rows).items()}
    return read_study(
        datasets,
        protocol=protocol("stroma-cov-2" if graded else "cdisc-pilot"),
        vocabulary=VOCABULARY if graded else None,
        at=at,
    )


def bad(study: Study) -> list[tuple[str, int, str, str]]:
    """File, line, variable and value of every bad row."""
    return [(row.file, row.line, row.variable, row.value) for row in study.bad_rows]


def reasons(bad_rows: tuple[BadRow, ...]) -> str:
    return "; ".join(row.reason for row in bad_rows)
