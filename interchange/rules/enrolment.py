"""Who was enrolled and when: a disposition record of randomisation, else a date of DM (contracts, SDTM in)."""

from interchange.rules.dispositions import Course
from interchange.rules.records import Enrolment, ParticipantRecord
from interchange.rules.rows import BadRow
from partial_dates import PartialMoment, Precision, surely_before
from trials.choices import EnrolmentBasis
from trials.rules.protocol import Protocol

TOO_VAGUE = (Precision.YEAR, Precision.MONTH)


def is_screen_failure(participant: ParticipantRecord, course: Course) -> bool:
    """Whether the participant failed screening: by the arm, or by DS without a recorded randomisation."""
    return participant.is_screen_failure or (course.screen_failure is not None and course.randomised is None)


def is_enrolled(participant: ParticipantRecord, course: Course, *, is_dosed: bool = False) -> bool:
    """Whether the participant entered the trial: randomised by DS, planned in an arm or dosed, and no screen failure.

    While a study is blinded the arms are empty, and many studies have no randomisation in DS. Without this rule dosed
    participants would be missing from every report.
    """
    if is_screen_failure(participant, course):
        return False
    return course.randomised is not None or participant.arm_code is not None or is_dosed


def enrolment_of(
    participant: ParticipantRecord,
    course: Course,
    protocol: Protocol,
    refused: list[BadRow],
    *,
    is_dosed: bool = False,
) -> Enrolment | None:
    """The enrolment, or None for a participant who was only screened.

    The date is that of DS RANDOMIZED, where it has one. Without it DM gives the date: RFSTDTC before DMDTC, because the
    reference start is at randomisation or first dose and the demographics are collected at screening; where the
    protocol counts consent as enrolment, RFICDTC, then DMDTC, then RFSTDTC. A date known only to the month cannot order
    participants and is refused, as is an enrolment without any date.
    """
    if not is_enrolled(participant, course, is_dosed=is_dosed):
        return None
    chosen = _disposition(course) if protocol.enrolment_event != "consent" else None
    chosen = chosen or _demographics(participant, by_consent=protocol.enrolment_event == "consent")
    if chosen is None:
        _refuse(
            participant,
            "RFSTDTC",
            "",
            "an enrolled participant needs DS RANDOMIZED, RFSTDTC or DMDTC",
            refused,
        )
        return None
    if chosen.at.precision in TOO_VAGUE:
        _refuse(
            participant, chosen.variable, chosen.at.text, "an enrolment is dated at least to the day", refused
        )
        return None
    _check_order(participant, course, chosen, refused)
    return chosen


def _check_order(
    participant: ParticipantRecord, course: Course, enrolment: Enrolment, refused: list[BadRow]
) -> None:
    """Refuse leaving, completing or dying before being enrolled, for every completion of partial dates."""
    reason = f"the date is before the enrolment ({enrolment.variable} {enrolment.at.text})"
    refused.extend(
        BadRow(row.origin.file, row.origin.line, "DSSTDTC", row.started.text, reason)
        for row in (course.left, course.completed)
        if row is not None and row.started is not None and surely_before(row.started, enrolment.at)
    )
    if participant.death is not None and surely_before(participant.death, enrolment.at):
        _refuse(participant, "DTHDTC", participant.death.text, reason, refused)


def _disposition(course: Course) -> Enrolment | None:
    if course.randomised is None or course.randomised.started is None:
        return None
    return Enrolment(course.randomised.started, EnrolmentBasis.DISPOSITION, "DS RANDOMIZED")


def _demographics(participant: ParticipantRecord, *, by_consent: bool) -> Enrolment | None:
    reference = (participant.reference_start, EnrolmentBasis.REFERENCE_START, "RFSTDTC")
    collected = (participant.collected, EnrolmentBasis.DEMOGRAPHICS, "DMDTC")
    consent = (participant.consented, EnrolmentBasis.CONSENT, "RFICDTC")
    candidates = (consent, collected, reference) if by_consent else (reference, collected)
    return next((_enrolment(*candidate) for candidate in candidates if candidate[0] is not None), None)


def _enrolment(at: PartialMoment | None, basis: EnrolmentBasis, variable: str) -> Enrolment | None:
    return Enrolment(at, basis, variable) if at is not None else None


def _refuse(
    participant: ParticipantRecord, variable: str, value: str, reason: str, refused: list[BadRow]
) -> None:
    refused.append(BadRow(participant.origin.file, participant.origin.line, variable, value, reason))
