"""A study that was read in from SDTM files, with its arms."""

from accounts.services import system_user
from interchange.services import Source, import_study
from tests.house.blind.cast.base import (
    ACTIVE,
    BATCHES,
    CONTROL,
    OTHER_ARM,
    PROTOCOL,
    STRONG,
    SYSTEM,
    WEAK,
    Cast,
)
from tests.unit.interchange.study_rows import STROMA, Values, ae, dataset, dm, ex, is_
from trials.rules.protocol import protocol_content


def interchange(cast: Cast) -> None:
    """A study of two participants read in, with its arms, lots and antibodies."""
    datasets = {name: dataset(name, *rows) for name, rows in study_rows(swapped=cast.swapped).items()}
    import_study(
        source=Source("study", datasets),
        protocol_content=protocol_content(PROTOCOL.read_bytes()),
        by=system_user(),
        at=SYSTEM["at"],
    )
    cast.everything.add(cast.everything.trial.import_runs.latest("pk"))


def study_rows(*, swapped: bool) -> dict[str, list[Values]]:
    """SDTM rows of one treated with cells and two with placebo, or the other way round."""
    rows: dict[str, list[Values]] = {"dm": [], "ex": [], "is": [], "ae": []}
    for place, arm in enumerate((ACTIVE, CONTROL, CONTROL)):
        _add_imported(rows, f"IMP-{place}", OTHER_ARM[arm] if swapped else arm)
    return rows


def _add_imported(rows: dict[str, list[Values]], code: str, arm: str) -> None:
    lot = BATCHES[arm][0]
    study: dict[str, str] = {"study": STROMA}
    rows["dm"].append(dm(code, SITEID="01", ARMCD=arm, RFSTDTC="2020-04-10", DMDTC="2020-04-09", **study))
    times = {"EXSTDTC": "2020-04-11T10:00", "EXENDTC": "2020-04-11T11:00"}
    rows["ex"].append(ex(code, EXTRT=arm, EXLOT=lot, **times, **study))
    value = STRONG["A0201"] if arm == ACTIVE else WEAK["A0201"]
    rows["is"].append(is_(code, STUDYID=STROMA, ISSTRESN=value, ISDTC="2020-04-21"))
    happened = {"AEDECOD": "Hypotension", "AETOXGR": "3.0", "AESTDTC": "2020-04-11T12:00"}
    rows["ae"].append(ae(code, AETERM="Low pressure", **happened, **study))
