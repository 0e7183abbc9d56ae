"""Reads DM and SUPPDM: who was screened, at which site, in which planned arm, and who died."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from interchange.rules.admission import Intake, KeysOnce
from interchange.rules.cells import Cells
from interchange.rules.records import ParticipantRecord, RecordOrigin
from interchange.rules.rows import Dataset
from interchange.rules.supplementals import (
    NO_SEQUENCE,
    SAFETY_POPULATION,
    Parent,
    Qualifiers,
    read_supplementals,
)
from interchange.rules.terminology import (
    NO_ARMS,
    SCREEN_FAILURE,
    SCREEN_FAILURE_ARMS,
    SEXES,
)
from partial_dates import surely_before
from trials.rules.protocol import Arm, Protocol

REQUIRED = ("SITEID",)
LONGEST_CODE = 40  # characters of the code of a participant or site
LONGEST_COUNTRY = 3  # ISO 3166-1 alpha-3, as SDTM requires
SITE_CODE = re.compile(r"[A-Za-z0-9_-]+")
OLDEST_AGE_YEARS = 120  # older than any known participant of a trial: a typing error


def zones_of(dataset: Dataset, protocol: Protocol) -> Mapping[str, str]:
    """The zone of every USUBJID of DM, also of rows that are bad otherwise: one bad row is not reported as many."""
    rows = ((row.values.get("USUBJID", ""), row.values.get("SITEID", "")) for row in dataset.rows)
    return {code: zone_of_site(protocol, site) for code, site in rows if code}


def read_participants(
    dataset: Dataset, supplemental: Dataset | None, protocol: Protocol, intake: Intake
) -> tuple[ParticipantRecord, ...]:
    """One record per row of DM; the rows with a bad value are left out."""
    populations = _populations(read_supplementals(supplemental, Parent("DM"), intake, (SAFETY_POPULATION,)))
    once = KeysOnce()
    records = []
    for cells in intake.admit(dataset, domain="DM", required=REQUIRED):
        once.check(cells, "USUBJID", cells.text("USUBJID"))
        record = _participant(cells, protocol, populations.get(cells.text("USUBJID"), {}))
        if cells.are_sound:
            records.append(record)
    return tuple(records)


def _populations(qualifiers: Qualifiers) -> Mapping[str, Mapping[str, bool]]:
    """Population flags by participant; a flag that is not given stays unknown."""
    return {
        participant: {
            name: value.upper() == "Y" for name, value in flags.items() if value.upper() in ("Y", "N")
        }
        for (participant, sequence), flags in qualifiers.items()
        if sequence == NO_SEQUENCE
    }


def _participant(cells: Cells, protocol: Protocol, populations: Mapping[str, bool]) -> ParticipantRecord:
    site_code = _site_code(cells)
    zone = zone_of_site(protocol, site_code)
    failed = _is_screen_failure(cells)
    planned = _NO_ARMS if failed else _arms(cells, protocol, "ARMCD", "ARM")
    received = _NO_ARMS if failed else _arms(cells, protocol, "ACTARMCD", "ACTARM")
    record = ParticipantRecord(
        origin=RecordOrigin(cells.row.file, cells.row.line),
        code=cells.short("USUBJID", LONGEST_CODE),
        subject_number=cells.text("SUBJID"),
        site_code=site_code,
        country=cells.short("COUNTRY", LONGEST_COUNTRY),
        age_years=_age_years(cells),
        sex=cells.term("SEX", SEXES),
        consented=cells.moment("RFICDTC", zone),
        reference_start=cells.moment("RFSTDTC", zone),
        collected=cells.moment("DMDTC", zone),
        died=bool(cells.flag("DTHFL")) or bool(cells.text("DTHDTC")),
        death=cells.moment("DTHDTC", zone),
        is_screen_failure=failed,
        populations=populations,
        arm_code=planned.code,
        actual_arm_code=received.code,
        labelled_arm_code=planned.label_code,
    )
    _check_order(cells, record)
    return record


def zone_of_site(protocol: Protocol, site_code: str) -> str:
    """The zone of a site's wall times: the protocol's for that site, else the trial's."""
    site = protocol.site(site_code)
    return site.timezone if site else protocol.timezone


def _site_code(cells: Cells) -> str:
    code = cells.required("SITEID")
    if code and (len(code) > LONGEST_CODE or not SITE_CODE.fullmatch(code)):
        cells.refuse("SITEID", f"a site's code has letters, digits, - and _, at most {LONGEST_CODE}")
    return code


def _age_years(cells: Cells) -> int | None:
    number = cells.number("AGE")
    if number is None:
        return None
    if cells.text("AGEU").upper() not in ("", "YEARS"):
        cells.refuse("AGEU", "an age is in YEARS")
    if not 0 <= number <= OLDEST_AGE_YEARS:
        cells.refuse("AGE", f"an age lies between 0 and {OLDEST_AGE_YEARS} years")
    return int(number)  # completed years


def _is_screen_failure(cells: Cells) -> bool:
    words = {cells.text(name).upper() for name in ("ARMCD", "ARM")}
    return bool(words & SCREEN_FAILURE_ARMS) or cells.text("ARMNRS").upper() == SCREEN_FAILURE


@dataclass(frozen=True)
class _Arms:
    """The arm with the code, else with the label; `label_code` is the label's when it is another arm."""

    code: str | None = None
    label_code: str | None = None


_NO_ARMS = _Arms()


def _arms(cells: Cells, protocol: Protocol, code_variable: str, label_variable: str) -> _Arms:
    """The protocol's arm with this code and label.

    None when no arm is given (not assigned, or still blinded).

    Where they name two arms the code is used, and the closed report lists the participant.
    """
    code, label = (_arm_of(cells, protocol, variable) for variable in (code_variable, label_variable))
    return _Arms(code or label, label if code and label and code != label else None)


def _arm_of(cells: Cells, protocol: Protocol, variable: str) -> str | None:
    value = cells.text(variable)
    if value.upper() in NO_ARMS | SCREEN_FAILURE_ARMS:
        return None
    arm = _arm(protocol, value)
    if arm is None:
        cells.refuse(variable, "the protocol has no such arm")
    return arm.code if arm else None


def _arm(protocol: Protocol, value: str) -> Arm | None:
    wanted = value.casefold()
    return next((arm for arm in protocol.arms if wanted in (arm.code.casefold(), arm.label.casefold())), None)


def _check_order(cells: Cells, record: ParticipantRecord) -> None:
    """Refuse a death before the consent or the reference start, for every completion of partial dates."""
    if record.death is None:
        return
    for variable, moment in (("RFICDTC", record.consented), ("RFSTDTC", record.reference_start)):
        if moment is not None and surely_before(record.death, moment):
            cells.refuse("DTHDTC", f"the death is before {variable} ({moment.text})")
