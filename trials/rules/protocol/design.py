"""Arms, sites, strata and planned infusions of a protocol."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Arm:
    """An arm as the protocol names it; the arm of a participant is sealed."""

    code: str
    label: str
    is_control: bool
    is_investigational: bool


@dataclass(frozen=True)
class RandomisationPlan:
    """The method of randomisation, as information: the monitor never randomises."""

    ratio: str
    note: str
    source: str


@dataclass(frozen=True)
class SiteDefinition:
    """A site; its wall times without an offset are in `timezone`."""

    code: str
    name: str
    country: str
    timezone: str


@dataclass(frozen=True)
class Level:
    """One level of a stratum: values above `above` and up to and including `up_to`; None = no limit."""

    code: str
    label: str
    above: Decimal | None = None
    up_to: Decimal | None = None


@dataclass(frozen=True)
class Stratum:
    """A stratification factor; `variable` and `unit` are the value that its levels are cut from."""

    code: str
    label: str
    levels: tuple[Level, ...]
    variable: str = ""
    unit: str = ""
    source: str = ""


@dataclass(frozen=True)
class PlannedDose:
    """Infusion `number` is planned on study day `day`, and on time up to `tolerance_days` before or after it."""

    number: int
    day: int
    tolerance_days: int


@dataclass(frozen=True)
class ProductSpecification:
    """The requirements for a batch, e.g. viability at or above `viability_percent_lowest` (%)."""

    viability_percent_lowest: Decimal
    source: str


@dataclass(frozen=True)
class InfusionPlan:
    """The planned infusions: million cells per kg up to the cap; `unit` is the unit of a recorded dose."""

    doses: tuple[PlannedDose, ...]
    unit: str
    cells_million_per_kg: Decimal | None
    cap_cells_million: Decimal | None
    volume_ml: Decimal | None
    product: ProductSpecification | None
    source: str
