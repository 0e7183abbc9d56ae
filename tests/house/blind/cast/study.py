"""A study that was read in from SDTM files, with its arms."""

from random import Random

from accounts.services import system_user
from interchange.services import StudySource, import_study
from tests.full_fixture import ACTIVE, PROTOCOL
from tests.house.blind.cast.base import BATCHES, STRONG, SYSTEM, WEAK, Cast
from tests.house.blind.draws import Draw
from tests.unit.interchange.study_rows import STROMA, Values, ae, dataset, dm, ex, is_
from trials.rules.protocol import protocol_content


def interchange(cast: Cast) -> None:
    """A study of two participants read in, with its arms, lots and antibodies."""
    datasets = {name: dataset(name, *rows) for name, rows in study_rows(cast.draw).items()}
    import_study(
        source=StudySource("study", datasets),
        protocol_content=protocol_content(PROTOCOL.read_bytes()),
        by=system_user(),
        at=SYSTEM["at"],
    )
    cast.everything.add(cast.everything.trial.import_runs.latest("pk"))


def study_rows(draw: Draw) -> dict[str, list[Values]]:
    """SDTM rows of three people, in the arms of a draw."""
    rows: dict[str, list[Values]] = {"dm": [], "ex": [], "is": [], "ae": []}
    for place, arm in enumerate(draw.imported):
        _add_imported(rows, f"IMP-{place}", arm, draw.chance(f"imported {place}"))
    return rows


def _add_imported(rows: dict[str, list[Values]], code: str, arm: str, chance: Random) -> None:
    lot = chance.choice(BATCHES[arm])
    study: dict[str, str] = {"study": STROMA}
    rows["dm"].append(dm(code, SITEID="01", ARMCD=arm, RFSTDTC="2020-04-10", DMDTC="2020-04-09", **study))
    times = {"EXSTDTC": "2020-04-11T10:00", "EXENDTC": "2020-04-11T11:00"}
    rows["ex"].append(ex(code, EXTRT=arm, EXLOT=lot, **times, **study))
    value = chance.choice(STRONG["A0201"] if arm == ACTIVE else WEAK["A0201"])
    rows["is"].append(is_(code, STUDYID=STROMA, ISSTRESN=value, ISDTC="2020-04-21"))
    happened = {"AEDECOD": "Hypotension", "AETOXGR": "3.0", "AESTDTC": "2020-04-11T12:00"}
    rows["ae"].append(ae(code, AETERM="Low pressure", **happened, **study))
