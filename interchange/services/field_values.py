"""Conversion of the files' content to fields: participants, infusions, and (sealed) allocations and doses."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from interchange.rules import ExposureRecord, ParticipantRecord, Study
from interchange.rules.enrolment import is_screen_failure
from interchange.rules.participants import zone_of_site
from interchange.rules.remarks import ImportRemark
from interchange.rules.supplementals import SAFETY_POPULATION
from partial_dates import PartialMoment, Precision, local_date
from trials.choices import InfusionStatus, ParticipantStatus, Sex, TimePrecision
from trials.rules.enrolment import derived_strata
from trials.rules.protocol import Protocol

Fields = Mapping[str, Any]
Ids = Mapping[str, Any]
"""Key of a row by its code: database ids, or the codes themselves where a hash is taken."""

NOT_GIVEN_REASON = "not given, as imported (EXOCCUR = N)"
CELLS_PER_UNIT = {  # EXDOSU, in capitals
    "CELLS": Decimal(1),
    "10^6 CELLS": Decimal(10**6),
    "10E6 CELLS": Decimal(10**6),
    "MILLION CELLS": Decimal(10**6),
}
MILLION = Decimal(10**6)
LARGEST_MILLION_CELLS = Decimal("9999999.99")  # range of a stored number of cells, in million
COARSE = (Precision.YEAR, Precision.MONTH)
TIMED = (Precision.MINUTE, Precision.SECOND)


def precision_of(moment: PartialMoment) -> TimePrecision:
    """To the minute when hours and minutes were given, else to the day."""
    return TimePrecision.MINUTE if moment.precision in TIMED else TimePrecision.DAY


def site_fields(study: Study, protocol: Protocol) -> Mapping[str, Fields]:
    """The sites that participants belong to, by code."""
    countries = {participant.site_code: participant.country for participant in study.participants}
    return {code: _site(code, country, protocol) for code, country in sorted(countries.items())}


def _site(code: str, country: str, protocol: Protocol) -> Fields:
    defined = protocol.site(code)
    return {
        "code": code,
        "name": defined.name if defined else f"Site {code}",
        "country": defined.country if defined else country,
        "timezone": zone_of_site(protocol, code),
    }


def participant_fields(study: Study, protocol: Protocol, site_ids: Ids) -> Mapping[str, Fields]:
    """Participants by code."""
    return {
        participant.code: {
            "code": participant.code,
            "site_id": site_ids[participant.site_code],
            "status": _status(study, participant),
            "sex": participant.sex if participant.sex in Sex.values else Sex.UNKNOWN,
            "age_years": participant.age_years,
            "strata": derived_strata(protocol, {"age_years": participant.age_years}),
            "screened_date": _screened(study, participant, protocol),
            "consented_at": _instant(participant.consented),
            "in_safety_population": participant.populations.get(SAFETY_POPULATION),
            **_enrolment(study, participant, protocol),
            **_leaving(study, participant, protocol),
            **_death(participant),
        }
        for participant in study.participants
    }


def _status(study: Study, participant: ParticipantRecord) -> ParticipantStatus:
    """Death before withdrawal before completion: the last event of an enrolled participant."""
    course = study.course(participant)
    if participant.died:
        return ParticipantStatus.DIED
    if is_screen_failure(participant, course):
        return ParticipantStatus.SCREEN_FAILURE
    if participant.code not in study.enrolments:
        return ParticipantStatus.SCREENED
    if course.left is not None:
        return ParticipantStatus.WITHDRAWN
    return ParticipantStatus.COMPLETED if course.completed is not None else ParticipantStatus.ENROLLED


def _screened(study: Study, participant: ParticipantRecord, protocol: Protocol) -> date | None:
    """The day of consent, else of the demographics; unknown when after the enrolment (deferred consent)."""
    screened = _day(participant.consented or participant.collected, protocol)
    enrolment = study.enrolments.get(participant.code)
    enrolled = _day(enrolment.at, protocol) if enrolment else None
    return None if screened and enrolled and screened > enrolled else screened


def _enrolment(study: Study, participant: ParticipantRecord, protocol: Protocol) -> Fields:
    enrolment = study.enrolments.get(participant.code)
    if enrolment is None:
        nothing = {"enrolled_at": None, "enrolment_basis": "", "day0_date": None}
        return {**nothing, "enrolment_precision": TimePrecision.MINUTE}
    randomised = study.course(participant).randomised
    day0 = randomised.started if randomised is not None and randomised.started else enrolment.at
    return {
        "enrolled_at": enrolment.at.earliest,
        "enrolment_basis": enrolment.basis,
        "enrolment_precision": precision_of(enrolment.at),
        "day0_date": _day(day0, protocol),
    }


def _leaving(study: Study, participant: ParticipantRecord, protocol: Protocol) -> Fields:
    course = study.course(participant)
    enrolled = participant.code in study.enrolments
    left = course.left if enrolled else None
    completed = course.completed if enrolled and left is None else None
    return {
        "withdrawn_date": _day(left.started, protocol) if left else None,
        "withdrawal_reason": left.term or left.decoded if left else "",
        "completed_date": _day(completed.started, protocol) if completed else None,
    }


def _death(participant: ParticipantRecord) -> Fields:
    death = participant.death
    return {
        "has_died": participant.died,
        "died": death.text if death else "",
        "died_earliest_at": death.earliest if death else None,
        "died_latest_at": death.latest if death else None,
    }


def _day(moment: PartialMoment | None, protocol: Protocol) -> date | None:
    """The calendar day in the trial's zone; None when the day is not known."""
    if moment is None or moment.precision in COARSE:
        return None
    return local_date(moment.earliest, ZoneInfo(protocol.timezone))


def _instant(moment: PartialMoment | None) -> datetime | None:
    return None if moment is None or moment.precision in COARSE else moment.earliest


def infusion_fields(study: Study, ids: Ids) -> Mapping[tuple[int, int], Fields]:
    """Infusions by (participant id, number).

    The number is EXSEQ, which does not change when rows are added or removed.
    """
    return {
        (ids[exposure.participant], exposure.sequence): {
            "participant_id": ids[exposure.participant],
            "number": exposure.sequence,
            **_times(exposure),
            "volume_ml": exposure.volume_ml,
        }
        for exposure in study.exposures
    }


def _times(exposure: ExposureRecord) -> Fields:
    given = exposure.status == InfusionStatus.GIVEN
    started = exposure.started if given else None
    ended = exposure.ended if given and exposure.ended and exposure.ended.precision not in COARSE else None
    return {
        "status": exposure.status,
        "not_given_reason": "" if given else NOT_GIVEN_REASON,
        "started_at": started.earliest if started else None,
        "start_precision": precision_of(started) if started else TimePrecision.MINUTE,
        "ended_at": _end(ended, started) if ended else None,
        "end_precision": precision_of(ended) if ended else TimePrecision.MINUTE,
    }


def _end(ended: PartialMoment, started: PartialMoment | None) -> datetime:
    """The first instant of the end, but not before the start: an end known to the day may be that of the start."""
    return max(ended.earliest, started.earliest) if started else ended.earliest


def allocation_fields(study: Study, ids: Ids) -> Mapping[int, Fields]:
    """Allocations by participant id (sealed): the planned arm, and the received one when different."""
    return {
        ids[participant.code]: {
            "participant_id": ids[participant.code],
            "arm_code": participant.arm_code,
            "received_arm_code": _received(participant),
            "labelled_arm_code": participant.labelled_arm_code or "",
            "allocated_at": study.enrolments[participant.code].at.earliest,
        }
        for participant in study.participants
        if participant.arm_code is not None and participant.code in study.enrolments
    }


def _received(participant: ParticipantRecord) -> str:
    actual = participant.actual_arm_code
    return actual if actual is not None and actual != participant.arm_code else ""


def remark_fields(remarks: Iterable[ImportRemark]) -> Collection[tuple[str, str, str, str]]:
    """The remarks that reports list, as (kind, participant, record, sentence)."""
    reported = (one for one in remarks if one.is_reported)
    return dict.fromkeys((one.code, one.participant, one.record, one.message) for one in reported)


def batch_fields(study: Study) -> Mapping[str, Fields]:
    """Batches by EXLOT (sealed). A lot that was given to several arms has no arm."""
    arms = {one.code: one.actual_arm_code or one.arm_code or "" for one in study.participants}
    arms_of: dict[str, set[str]] = defaultdict(set)
    for exposure in study.exposures:
        if exposure.lot:
            arms_of[exposure.lot].add(arms[exposure.participant])
    return {
        lot: {"code": lot, "arm_code": codes.copy().pop() if len(codes) == 1 else ""}
        for lot, codes in sorted(arms_of.items())
    }


def dose_fields(
    study: Study, ids: Ids, infusion_ids: Mapping[tuple[int, int], int], batch_ids: Ids
) -> Mapping[int, Fields]:
    """Dispensed doses by infusion id (sealed); an infusion that was not given has none."""
    doses = {}
    for exposure in study.exposures:
        if exposure.status == InfusionStatus.GIVEN:
            infusion_id = infusion_ids[ids[exposure.participant], exposure.sequence]
            doses[infusion_id] = {
                "infusion_id": infusion_id,
                "participant_id": ids[exposure.participant],
                "batch_id": batch_ids.get(exposure.lot),
                "product": exposure.treatment,
                **_dose(exposure),
            }
    return doses


def _dose(exposure: ExposureRecord) -> Fields:
    whole = exposure.dose is not None and bool(exposure.dose_unit)
    return {
        "dose": exposure.dose if whole else None,
        "dose_unit": exposure.dose_unit if whole else "",
        "cells_million": cells_million(exposure.dose, exposure.dose_unit),
    }


def cells_million(dose: Decimal | None, unit: str) -> Decimal | None:
    """A dose of cells in million, to two decimals.

    None for another kind of dose, or one too large for the field.
    """
    per_unit = CELLS_PER_UNIT.get(unit.upper())
    if dose is None or per_unit is None:
        return None
    cells = (dose * per_unit / MILLION).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    return cells if cells <= LARGEST_MILLION_CELLS else None
