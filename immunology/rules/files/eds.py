"""Reads the lot file of Immucor (`.eds`): the antigen of each bead, and the lot's limits.

Con1Upper 100 beside Con1Lower 180, and PCUpper above PCLower, are read as two steps of quality and not as a range: the
negative control is good up to the smaller and fails above the larger, the positive is good from the larger on and fails
below the smaller. With this reading the sample of hlapro passes, whose positive control is above both. Our own reading,
for review. A bead is positive when median / lowest median of its group is above the bead's cut-off and the median above
the lot's threshold (hlapro, R/lsa.R, which reproduces MATCH IT!).
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation

from immunology.rules.files.match_it import match_it_kit_of
from immunology.rules.files.parts import FileRefusal, FileRefusedError, LotAntigen, LotLimits
from immunology.rules.files.rule_texts import gettext
from immunology.rules.files.xml import Element, children, local, parse_xml, xml_line, xml_text

_BEAD_FAILURE = "Bead Failure"


def read_lot_file(file: str, data: bytes) -> LotLimits:
    """The lot's antigens and limits. Raises FileRefusedError for a file that is no lot file."""
    root = parse_xml(file, data)
    lot = xml_text(root, "LotID")
    if not lot or not any(True for _ in children(root, "AntigenIDs")):
        raise FileRefusedError(
            FileRefusal(file, 1, "LotID", local(root), gettext("the file is no lot file of Immucor"))
        )
    nc = _both(file, root, "Con1Lower", "Con1Upper")
    pc = _both(file, root, "PCLower", "PCUpper")
    antigens = {
        element.get("ID", ""): _antigen(file, element)
        for group in children(root, "AntigenIDs")
        for element in children(group, "AntigenID")
    }
    return LotLimits(
        lot=lot,
        hla_class=match_it_kit_of(lot).hla_class or match_it_kit_of(xml_text(root, "Extension")).hla_class,
        nc_warn=min(nc, default=None),
        nc_fail=max(nc, default=None),
        pc_warn=max(pc, default=None),
        pc_fail=min(pc, default=None),
        mfi_threshold=_decimal(file, root, "MFIThreshold"),
        antigens=antigens,
    )


def _both(file: str, root: Element, *names: str) -> list[Decimal]:
    values = (_decimal(file, root, name) for name in names)
    return [value for value in values if value is not None]


def _decimal(file: str, element: Element, name: str) -> Decimal | None:
    text = xml_text(element, name)
    if not text:
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite():
        raise FileRefusedError(FileRefusal(file, xml_line(element), name, text, gettext("it is no number")))
    return value


def _antigen(file: str, element: Element) -> LotAntigen:
    names = tuple(
        xml_text(antigen) for group in children(element, "Antigens") for antigen in children(group, "Antigen")
    )
    return LotAntigen(
        bead_id=xml_text(element, "Bead"),
        names=tuple(filter(None, names)),
        serology=xml_text(element, "Serology"),
        cutoff=_decimal(file, element, "Cutoff"),
        background=_decimal(file, element, "BackgroundMFI"),
        relative_density=_decimal(file, element, "RAD"),
        group=xml_text(element, "LRA"),
    )


def lowest_of_groups(limits: LotLimits, medians: Mapping[str, Decimal | None]) -> dict[str, Decimal]:
    """The lowest median of each locus group, by group; of target beads, and 1 at least, since it divides."""
    lowest: dict[str, Decimal] = {}
    for antigen_id, antigen in limits.antigens.items():
        value = medians.get(antigen_id)
        if value is not None and antigen.names and antigen.group:
            lowest[antigen.group] = min(lowest.get(antigen.group, value), value)
    return {group: max(value, Decimal(1)) for group, value in lowest.items()}


def vendor_call(
    antigen: LotAntigen,
    median: Decimal | None,
    count: int | None,
    lowest: Mapping[str, Decimal],
    limits: LotLimits,
) -> str:
    """The manufacturer's own call: `Positive`, `Negative`, `Bead Failure`, or "" when it cannot be computed."""
    too_few = limits.per_bead_count is not None and count is not None and count < limits.per_bead_count
    if median is None or too_few:
        return _BEAD_FAILURE
    divisor = lowest.get(antigen.group)
    if divisor is None or antigen.cutoff is None or limits.mfi_threshold is None:
        return ""
    is_positive = median / divisor > antigen.cutoff and median > limits.mfi_threshold
    return "Positive" if is_positive else "Negative"


def beads_without_name(limits: LotLimits, analytes: Iterable[str]) -> Sequence[str]:
    """The beads of a run that are not in the lot file."""
    return [analyte for analyte in analytes if analyte not in limits.antigens]
