"""Conditions of enrolment, permitted changes of status, and the stratum of a value.

Enrolment is the event that the protocol defines: randomisation, consent or the first infusion. Source: the
protocol.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from decimal import Decimal

from partial_dates import local_date
from partial_dates.refusals import Refusal, gettext_noop
from trials.choices import EnrolmentBasis, ParticipantStatus, TimePrecision
from trials.rules.protocol import Level, Protocol, Stratum

Status = ParticipantStatus

TRANSITIONS: Mapping[str, frozenset[str]] = {
    Status.SCREENED: frozenset({Status.SCREEN_FAILURE, Status.ENROLLED}),
    Status.SCREEN_FAILURE: frozenset(),
    Status.ENROLLED: frozenset({Status.COMPLETED, Status.WITHDRAWN, Status.DIED}),
    Status.COMPLETED: frozenset({Status.DIED}),
    Status.WITHDRAWN: frozenset({Status.DIED}),
    Status.DIED: frozenset(),
}
"""What a status may become. A death after completion or withdrawal is still a death of the trial."""


@dataclass(frozen=True)
class EnrolmentFacts:
    """The known facts of a person who is to be enrolled at `moment`; times aware, days in the trial's zone."""

    status: str
    moment: datetime
    precision: str
    screened_date: date | None
    consented_at: datetime | None
    has_died: bool


def may_become(current: str, wanted: str) -> bool:
    """Whether this change of a participant's status is permitted."""
    return wanted in TRANSITIONS.get(current, frozenset())


@dataclass(frozen=True)
class Ends:
    """The ends that are recorded of a participant of this status."""

    status: str
    is_enrolled: bool
    has_died: bool
    is_withdrawn: bool
    is_completed: bool


def status_without_last_end(ends: Ends) -> str | None:
    """The status once the last end is taken back: a death before the end that it followed.

    None when no end is recorded.
    """
    running = Status.ENROLLED if ends.is_enrolled else Status.SCREENED
    if ends.has_died and ends.status != Status.DIED:
        return ends.status
    if ends.has_died and ends.is_withdrawn:
        return Status.WITHDRAWN
    if ends.has_died and ends.is_completed:
        return Status.COMPLETED
    return None if ends.status in (Status.SCREENED, Status.ENROLLED) else running


def status_refusals(current: str, wanted: str) -> tuple[Refusal, ...]:
    """Why the status may not change so; nothing when it may."""
    if may_become(current, wanted):
        return ()
    allowed = [status.value for status in Status if may_become(current, status)]
    message = gettext_noop("Status: '%(current)s' cannot become '%(wanted)s'; it may become: %(allowed)s.")
    params = {"current": current, "wanted": wanted, "allowed": ", ".join(allowed) or "–"}
    return (Refusal("status", message, params),)


def enrolment_refusals(facts: EnrolmentFacts, protocol: Protocol) -> tuple[Refusal, ...]:
    """Why a person may not be enrolled; nothing when enrolment is permitted.

    The person is screened and alive, screened on or before that day, and consent, when it is recorded, is not later.
    Where the protocol enrols by consent, consent has to be recorded and is the time of enrolment.
    """
    zone = protocol.timezone
    refusals = [*status_refusals(facts.status, Status.ENROLLED)]
    if facts.has_died:
        refusals.append(
            Refusal("status", gettext_noop("Status: a participant who has died cannot be enrolled."))
        )
    if facts.screened_date and local_date(facts.moment, zone) < facts.screened_date:
        refusals.append(_before_screening(facts, zone))
    return (*refusals, *_consent_refusals(facts, protocol))


def level_of(stratum: Stratum, value: Decimal | int) -> Level | None:
    """The level of a value: above `above`, up to and including `up_to`; None without cuts."""
    if not stratum.variable:
        return None
    for level in stratum.levels:
        above = level.above is None or value > level.above
        if above and (level.up_to is None or value <= level.up_to):
            return level
    return None


def derived_strata(protocol: Protocol, values: Mapping[str, Decimal | int | None]) -> dict[str, str]:
    """Stratum code to level code, for every stratum with a known variable among `values`."""
    known = {s.code: level_of(s, v) for s in protocol.strata if (v := values.get(s.variable)) is not None}
    return {code: level.code for code, level in known.items() if level}


def strata_refusals(
    protocol: Protocol, strata: Mapping[str, object], values: Mapping[str, Decimal | int | None]
) -> tuple[Refusal, ...]:
    """Strata and levels that the protocol does not have, and levels that contradict a recorded value."""
    known = {stratum.code: stratum for stratum in protocol.strata}
    refusals = []
    for code, level_code in strata.items():
        stratum = known.get(code)
        if stratum is None:
            refusals.append(_unknown_stratum(code, protocol))
        elif level_code not in {level.code for level in stratum.levels}:
            refusals.append(_unknown_level(stratum, level_code))
    expected = derived_strata(protocol, values)
    for code, level_code in expected.items():
        if code in strata and strata[code] != level_code:
            refusals.append(_contradiction(known[code], strata[code], level_code, values))
    return tuple(refusals)


def weight_refusals(protocol: Protocol, weight_kg: Decimal | None) -> tuple[Refusal, ...]:
    """A weight outside the protocol's hard limits (both allowed)."""
    limits = protocol.haemodynamics.plausibility.get("weight_kg") if protocol.haemodynamics else None
    if limits is None or weight_kg is None or limits.hard_low <= weight_kg <= limits.hard_high:
        return ()
    message = gettext_noop("Weight (kg): %(value)s is not between %(low)s and %(high)s kg.")
    params = {"value": weight_kg, "low": limits.hard_low, "high": limits.hard_high}
    return (Refusal("weight_kg", message, params),)


def _before_screening(facts: EnrolmentFacts, zone: str | tzinfo) -> Refusal:
    message = gettext_noop(
        "Enrolled at: %(value)s is before the screening on %(screened)s; enrolment follows screening."
    )
    params = {"value": local_date(facts.moment, zone), "screened": facts.screened_date}
    return Refusal("enrolled_at", message, params)


def _consent_refusals(facts: EnrolmentFacts, protocol: Protocol) -> tuple[Refusal, ...]:
    by_consent = protocol.enrolment_event == EnrolmentBasis.CONSENT.value
    if facts.consented_at is None:
        missing = gettext_noop("Consented at: needed, because this protocol enrols by consent.")
        return (Refusal("consented_at", missing),) if by_consent else ()
    by_day = facts.precision == TimePrecision.DAY
    consent, moment = (
        local_date(at, protocol.timezone) if by_day else at for at in (facts.consented_at, facts.moment)
    )
    params = {"consent": consent, "value": moment}
    if consent > moment:  # both days or both moments
        late = gettext_noop(
            "Consented at: %(consent)s is after the enrolment at %(value)s; consent comes first."
        )
        return (Refusal("consented_at", late, params),)
    if by_consent and consent != moment:
        other = gettext_noop(
            "Enrolled at: %(value)s is not the consent at %(consent)s, and this protocol enrols by consent."
        )
        return (Refusal("enrolled_at", other, params),)
    return ()


def _unknown_stratum(code: str, protocol: Protocol) -> Refusal:
    message = gettext_noop("Strata: %(value)s is not a stratum of the protocol; it has: %(allowed)s.")
    return Refusal(
        "strata", message, {"value": code, "allowed": ", ".join(s.code for s in protocol.strata) or "–"}
    )


def _unknown_level(stratum: Stratum, level_code: object) -> Refusal:
    message = gettext_noop("Strata: %(value)s is not a level of %(stratum)s; it has: %(allowed)s.")
    allowed = ", ".join(level.code for level in stratum.levels)
    return Refusal("strata", message, {"value": level_code, "stratum": stratum.code, "allowed": allowed})


def _contradiction(
    stratum: Stratum, given: object, expected: str, values: Mapping[str, Decimal | int | None]
) -> Refusal:
    message = gettext_noop(
        "Strata: %(value)s contradicts the recorded %(variable)s of %(recorded)s %(unit)s, which is %(expected)s."
    )
    params = {
        "value": given,
        "variable": stratum.variable,
        "recorded": values[stratum.variable],
        "unit": stratum.unit,
        "expected": expected,
    }
    return Refusal("strata", message, params)
