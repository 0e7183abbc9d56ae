"""Which days are impossible (refused) and which are doubtful (stored, with a question).

Limits are the protocol's, both ends allowed. Nothing is converted silently: a number that is most likely in another
unit is refused with the converted number.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from assessments.rules.derived import mmhg_of_kpa, pf_ratio
from assessments.rules.facts import SOFA_ORGANS, AssessedParticipant, AssessmentFacts
from partial_dates import local_date
from partial_dates.refusals import Refusal, gettext_noop
from trials.rules.protocol import Plausibility

FIO2_AIR_PERCENT, FIO2_PURE_PERCENT = 21, 100
LIKELY_KPA_FROM = Decimal(2)
"""From here up to the lowest possible mmHg a PaO2 was most likely written in kPa (2 kPa = 15 mmHg)."""
MOST_SOFA_POINTS = 4

Limits = Mapping[str, Plausibility]
MEASURED = {
    "pao2_mmhg": "pao2_mmhg",
    "fio2_fraction": "fio2_fraction",
    "pf_ratio_given": "pf_ratio_mmhg",
    "peep_cmh2o": "peep_cmh2o",
}
"""Field of an assessment to the protocol's variable."""
LEFT = {
    "left_icu_date": gettext_noop(
        "Left intensive care on: %(value)s does not lie between day 0, %(day0)s, and this day, %(day)s."
    ),
    "left_hospital_date": gettext_noop(
        "Left hospital on: %(value)s does not lie between day 0, %(day0)s, and this day, %(day)s."
    ),
}
LABELS = {"pao2_mmhg": "PaO2", "fio2_fraction": "FiO2", "pf_ratio_given": "PaO2/FiO2", "peep_cmh2o": "PEEP"}


def assessment_refusals(
    facts: AssessmentFacts, *, person: AssessedParticipant, limits: Limits
) -> tuple[Refusal, ...]:
    """Every impossible value of this day of this participant."""
    return (
        *_values(facts, limits),
        *_ratio(facts),
        *_points(facts),
        *_dates(facts, person),
        *_life(facts, person),
    )


def assessment_doubts(facts: AssessmentFacts, *, limits: Limits) -> tuple[Refusal, ...]:
    """Values inside the hard limits and outside the usual ones, and a computed ratio that is."""
    ratio = pf_ratio(pao2_mmhg=facts.pao2_mmhg, fio2_fraction=facts.fio2_fraction, given=None)
    asked = [(name, getattr(facts, name), limits.get(key)) for name, key in MEASURED.items()]
    if ratio is not None:
        asked.append(("pf_ratio_given", ratio.value, limits.get("pf_ratio_mmhg")))
    return tuple(_unusual(name, value, limit) for name, value, limit in asked if _is_unusual(value, limit))


def _values(facts: AssessmentFacts, limits: Limits) -> Iterator[Refusal]:
    for name, key in MEASURED.items():
        value, limit = getattr(facts, name), limits.get(key)
        if value is None:
            continue
        if not value.is_finite() or value < 0:
            message = gettext_noop("%(field)s: %(value)s is not possible.")
            yield Refusal(name, message, {"field": LABELS[name], "value": value})
        elif name == "fio2_fraction" and FIO2_AIR_PERCENT <= value <= FIO2_PURE_PERCENT:
            yield _in_percent(value)
        elif limit is not None and not limit.hard_low <= value <= limit.hard_high:
            yield _outside(name, value, limit)


def _in_percent(value: Decimal) -> Refusal:
    message = gettext_noop(
        "FiO2: %(value)s is not a fraction from 0.21 to 1.00; if it is percent, write %(fraction)s instead."
    )
    return Refusal("fio2_fraction", message, {"value": value, "fraction": value / 100})


def _outside(name: str, value: Decimal, limit: Plausibility) -> Refusal:
    if name == "pao2_mmhg" and LIKELY_KPA_FROM <= value < limit.hard_low:
        message = gettext_noop(
            "PaO2: %(value)s mmHg is not possible; if it is kPa, choose kPa: it is then kept as %(mmhg)s mmHg."
        )
        return Refusal(name, message, {"value": value, "mmhg": mmhg_of_kpa(value)})
    message = gettext_noop(
        "%(field)s: %(value)s %(unit)s is not possible; it lies between %(low)s and %(high)s."
    )
    return Refusal(
        name, message, {**_params(name, value, limit), "low": limit.hard_low, "high": limit.hard_high}
    )


def _params(name: str, value: Decimal, limit: Plausibility) -> dict[str, object]:
    return {"field": LABELS[name], "value": value, "unit": "" if limit.unit == "fraction" else limit.unit}


def _is_unusual(value: Decimal | None, limit: Plausibility | None) -> bool:
    if value is None or limit is None or not value.is_finite():
        return False
    too_low = limit.soft_low is not None and value < limit.soft_low
    return too_low or (limit.soft_high is not None and value > limit.soft_high)


def _unusual(name: str, value: Decimal, limit: Plausibility | None) -> Refusal:
    assert limit is not None
    message = gettext_noop(
        "%(field)s: %(value)s %(unit)s is unusual (%(low)s to %(high)s is usual); is it right?"
    )
    params = {**_params(name, value, limit), "low": limit.soft_low, "high": limit.soft_high}
    return Refusal(name, message, params)


def _ratio(facts: AssessmentFacts) -> Iterator[Refusal]:
    """A ratio is derived; it is given only by a source without its parts. mmHg and kPa are the same pressure."""
    if facts.pf_ratio_given is not None and facts.pao2_mmhg is not None and facts.fio2_fraction is not None:
        message = gettext_noop(
            "PaO2/FiO2: %(value)s is given beside PaO2 and FiO2; the ratio is computed from them, leave it out."
        )
        yield Refusal("pf_ratio_given", message, {"value": facts.pf_ratio_given})
    if facts.pao2_kpa is None or facts.pao2_mmhg is None or not facts.pao2_kpa.is_finite():
        return
    if mmhg_of_kpa(facts.pao2_kpa) != facts.pao2_mmhg:
        message = gettext_noop("PaO2: %(kpa)s kPa is %(mmhg)s mmHg, not %(value)s; give one of the two.")
        params = {"kpa": facts.pao2_kpa, "mmhg": mmhg_of_kpa(facts.pao2_kpa), "value": facts.pao2_mmhg}
        yield Refusal("pao2_mmhg", message, params)


def _points(facts: AssessmentFacts) -> Iterator[Refusal]:
    for organ in SOFA_ORGANS:
        points = facts.sofa.get(organ)
        if points is not None and not 0 <= points <= MOST_SOFA_POINTS:
            message = gettext_noop("SOFA: %(value)s is not possible; a component has 0 to 4 points.")
            yield Refusal(f"sofa_{organ}", message, {"value": points})


def _dates(facts: AssessmentFacts, person: AssessedParticipant) -> Iterator[Refusal]:
    if person.day0 is None:
        message = gettext_noop("Participant: daily assessments begin on day 0; enrol the participant first.")
        yield Refusal("participant", message)
        return
    if facts.assessed_date < person.day0:
        message = gettext_noop("Day: %(value)s is before day 0, %(day0)s.")
        yield Refusal("assessed_date", message, {"value": facts.assessed_date, "day0": person.day0})
    for name, message in LEFT.items():
        yield from _left(name, message, getattr(facts, name), facts.assessed_date, person.day0)
    if facts.left_icu_date and facts.left_hospital_date and facts.left_hospital_date < facts.left_icu_date:
        message = gettext_noop(
            "Left hospital on: %(value)s is before intensive care was left, on %(earlier)s."
        )
        params = {"value": facts.left_hospital_date, "earlier": facts.left_icu_date}
        yield Refusal("left_hospital_date", message, params)


def _left(name: str, message: str, left: date | None, day: date, day0: date) -> Iterator[Refusal]:
    if left is not None and not day0 <= left <= day:
        yield Refusal(name, message, {"value": left, "day0": day0, "day": day})


def _life(facts: AssessmentFacts, person: AssessedParticipant) -> Iterator[Refusal]:
    """No assessment is after the death, and "not alive" is recorded as the death."""
    if facts.alive is False and not person.has_died:
        message = gettext_noop("Alive: record the death on the participant's page; it is known from there.")
        yield Refusal("alive", message)
    if person.died is None:
        return
    last = local_date(person.died.latest, person.zone)
    if facts.assessed_date > last:
        message = gettext_noop("Day: %(value)s is after the death, %(died)s.")
        yield Refusal("assessed_date", message, {"value": facts.assessed_date, "died": person.died.text})
