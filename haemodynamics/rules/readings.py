"""Bedside data as rules use them: one reading, its vasopressors, its infusion.

`None` always means "not recorded"; zero is a value (asystole has a heart rate of 0, an arrest a pressure of 0:
in MIMIC-IV; the FDA's outlier limits would delete exactly these).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType

from haemodynamics.choices import RateUnit, Vasopressor
from trials.choices import Salt


@dataclass(frozen=True)
class Variable:
    """A measured variable: its unit, and the protocol's key for its plausible limits."""

    unit: str
    limit_key: str


MEASUREMENTS: Mapping[str, Variable] = MappingProxyType(
    {
        "heart_rate_bpm": Variable("bpm", "heart_rate_bpm"),
        "sbp_mmhg": Variable("mmHg", "sbp_mmhg"),
        "dbp_mmhg": Variable("mmHg", "dbp_mmhg"),
        "map_mmhg": Variable("mmHg", "map_mmhg"),
        "spo2_percent": Variable("%", "spo2_percent"),
        "fio2_fraction": Variable("fraction", "fio2_fraction"),
        "peep_cmh2o": Variable("cmH2O", "peep_cmh2o"),
        "respiratory_rate_min": Variable("/min", "respiratory_rate_per_min"),
        "temperature_c": Variable("°C", "temperature_celsius"),
    }
)
"""The measured variables of a reading."""

SIGNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "new_ventricular_arrhythmia": ("ventricular_tachycardia", "ventricular_fibrillation", "asystole"),
        "cardioversion": ("cardioversion",),
        "cardiac_arrest": ("cardiac_arrest",),
        "transfusion_type_reaction": ("incompatibility", "infusion_related_infection"),
    }
)
"""The signs recorded at the bedside, and the protocol's names for each (START, Liu 2014 table 1)."""

AGENTS: frozenset[str] = frozenset(agent.value for agent in Vasopressor)
RATE_UNITS: frozenset[str] = frozenset(unit.value for unit in RateUnit)
SALTS: frozenset[str] = frozenset(salt.value for salt in Salt)


@dataclass(frozen=True)
class RunningVasopressor:
    """One running vasopressor: `rate` in `unit`, the mass is that of `salt` (empty only in the input of a service)."""

    agent: str
    rate: Decimal
    unit: str
    salt: str = Salt.UNKNOWN.value


@dataclass(frozen=True)
class Reading:
    """One bedside reading. `vasopressors`: empty = checked, none running; `None` = not recorded.

    `signs_seen` and `signs_excluded` are keys of `SIGNS` that were answered yes and no; in neither = not recorded.
    `is_exact` says that `at` (aware) is known to the minute; another reading cannot be put into a window.
    """

    at: datetime
    is_exact: bool = True
    heart_rate_bpm: Decimal | None = None
    sbp_mmhg: Decimal | None = None
    dbp_mmhg: Decimal | None = None
    map_mmhg: Decimal | None = None
    spo2_percent: Decimal | None = None
    fio2_fraction: Decimal | None = None
    peep_cmh2o: Decimal | None = None
    respiratory_rate_min: Decimal | None = None
    temperature_c: Decimal | None = None
    respiratory_support: str | None = None
    signs_seen: frozenset[str] = frozenset()
    signs_excluded: frozenset[str] = frozenset()
    vasopressors: tuple[RunningVasopressor, ...] | None = None

    def measured(self, variable: str) -> Decimal | None:
        """The value of one of `MEASUREMENTS`, in its unit."""
        value: Decimal | None = getattr(self, variable)
        return value

    def seen(self) -> frozenset[str]:
        """The protocol's names of all signs answered yes."""
        return _names(self.signs_seen)

    def excluded(self) -> frozenset[str]:
        """The protocol's names of all signs answered no."""
        return _names(self.signs_excluded)


def _names(signs: frozenset[str]) -> frozenset[str]:
    return frozenset(name for sign in signs for name in SIGNS[sign])


@dataclass(frozen=True)
class ObservedInfusion:
    """One infusion for the window. `is_exact`: the start is known to the minute.

    `observed_until`: the time to which the participant's course is known (the data cut-off, or withdrawal before it),
    `None` when unknown; `died_earliest`/`died_latest`: the span in which the participant died, if so.
    """

    started_at: datetime | None
    is_exact: bool = True
    ended_at: datetime | None = None
    observed_until: datetime | None = None
    died_earliest: datetime | None = None
    died_latest: datetime | None = None
