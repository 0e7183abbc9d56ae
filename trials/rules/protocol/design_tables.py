"""Reading arms, sites, strata and infusions."""

import itertools

from trials.rules.protocol.design import (
    Arm,
    InfusionPlan,
    Level,
    PlannedDose,
    ProductSpecification,
    RandomisationPlan,
    SiteDefinition,
    Stratum,
)
from trials.rules.protocol.reading import ProtocolTable

LAST_STUDY_DAY = 3650  # ten years: longer than the follow-up of any known cell-therapy protocol


def read_arm(table: ProtocolTable) -> Arm:
    """`code`, `label`, `is_control`, `is_investigational`."""
    return Arm(
        table.code("code"), table.text("label"), table.flag("is_control"), table.flag("is_investigational")
    )


def read_randomisation(table: ProtocolTable) -> RandomisationPlan:
    """`ratio`, `note`, `source`: information only."""
    return RandomisationPlan(table.text("ratio"), table.text("note", optional=True), table.text("source"))


def read_site(table: ProtocolTable) -> SiteDefinition:
    """`code`, `name`, `country` (ISO 3166 alpha-2 or -3), `timezone`."""
    site = SiteDefinition(
        table.slug("code"), table.text("name", longest=120), table.text("country"), table.zone("timezone")
    )
    if site.country and not (
        len(site.country) in (2, 3) and site.country.isalpha() and site.country.isupper()
    ):
        table.refuse("country", "must be an ISO 3166 country code of 2 or 3 capital letters")
    return site


def read_stratum(table: ProtocolTable) -> Stratum:
    """`code`, `label`, `variable`, `unit`, `source` and at least two `levels` that leave no gap."""
    stratum = Stratum(
        code=table.code("code"),
        label=table.text("label"),
        levels=table.tables("levels", _read_level),
        variable=table.text("variable", optional=True),
        unit=table.text("unit", optional=True),
        source=table.text("source"),
    )
    if table.has("levels") and len(stratum.levels) <= 1:
        table.judge("levels", "must be at least two")
    if stratum.variable:
        _check_cuts(table, stratum)
    return stratum


def _read_level(table: ProtocolTable) -> Level:
    return Level(
        code=table.code("code"),
        label=table.text("label"),
        above=table.optional_number("above", "-1000000", "1000000"),
        up_to=table.optional_number("up_to", "-1000000", "1000000"),
    )


def _check_cuts(table: ProtocolTable, stratum: Stratum) -> None:
    """Levels cut from a value follow each other without gap or overlap, and are open at both ends."""
    if not stratum.unit:
        table.refuse("unit", "must name the unit of the variable that the levels are cut from")
    edges = [(level.above, level.up_to) for level in stratum.levels]
    joined = all(left[1] is not None and left[1] == right[0] for left, right in itertools.pairwise(edges))
    if edges and not (edges[0][0] is None and edges[-1][1] is None and joined):
        table.judge("levels", "must cover every value once: each `above` equals the `up_to` before it")


def read_infusions(table: ProtocolTable) -> InfusionPlan:
    """`unit`, `source`, `doses`; per kilogram, cap, volume and product specification where they apply."""
    plan = InfusionPlan(
        doses=table.tables("doses", _read_dose, optional=True),
        unit=table.text("unit"),
        cells_million_per_kg=table.optional_number("cells_million_per_kg", "0.001", "1000"),
        cap_cells_million=table.optional_number("cap_cells_million", "0.001", "100000"),
        volume_ml=table.optional_number("volume_ml", "0.1", "5000"),
        product=table.optional_table("product", _read_product),
        source=table.text("source"),
    )
    numbers = [dose.number for dose in plan.doses]
    if numbers != list(range(1, len(numbers) + 1)):
        table.judge("doses", "must be numbered 1, 2, 3 … in order")
    days = [dose.day for dose in plan.doses]
    if any(later <= earlier for earlier, later in itertools.pairwise(days)):
        table.judge("doses", "must stand on strictly increasing days")
    return plan


def _read_dose(table: ProtocolTable) -> PlannedDose:
    return PlannedDose(
        table.whole("number", 1, 1000),
        table.whole("day", 0, LAST_STUDY_DAY),
        table.whole("tolerance_days", 0, 365),
    )


def _read_product(table: ProtocolTable) -> ProductSpecification:
    return ProductSpecification(table.number("viability_percent_lowest", "0", "100"), table.text("source"))
