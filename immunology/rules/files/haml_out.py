"""Writes HAML 0.5.3, and 0.5.0 for older readers.

A value that a version cannot store is refused, not truncated.

0.5.0 has whole numbers up to 32,767 (xs:short); 0.5.3 has decimals. Neither has the conjugate, the well, the
instrument, a missing value, nor more than one treatment beside the dilution in a form of its own.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from lxml import etree

from immunology.rules.files.haml import NAMESPACE
from immunology.rules.files.parts import Bead, BeadRole, SerumRun
from immunology.rules.files.rule_texts import gettext

LARGEST_SHORT = 32_767
WRITTEN_VERSIONS = ("0.5.3", "0.5.0")
_TYPES = {
    BeadRole.TARGET: "target",
    BeadRole.NEGATIVE: "negative-control",
    BeadRole.POSITIVE: "positive-control",
}
_CALLS = frozenset({"Positive", "Negative", "Questionable", "Undetermined"})
_RANKS_0_5_0 = frozenset({"8", "5", "3", "2", "1", "Undetermined"})


class HamlExportError(ValueError):
    """HAML cannot store the content; the message names serum, bead, value and rule."""


def haml_of(sera: Sequence[SerumRun], *, center: str, document: str, version: str = "0.5.3") -> bytes:
    """A HAML document of sera, one patient element per serum. Raises HamlExportError for unsupported content."""
    for serum in sera:
        _check(serum, version)
    root = etree.Element(f"{{{NAMESPACE}}}haml", nsmap={None: NAMESPACE}, version=version)  # type: ignore[dict-item]
    _put(_put(root, "haml-id"), "extension", document)
    _put(root, "reporting-center", center)
    for serum in sera:
        patient = _put(root, "patient")
        _put(patient, "patient-id", serum.specimen)
        (_assay_of_0_5_0 if version == "0.5.0" else _sample_of_0_5_3)(patient, serum)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _put(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    element = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    element.text = text
    return element


def _check(serum: SerumRun, version: str) -> None:
    if serum.handling.conjugate != "IgG":
        raise HamlExportError(
            _sentence(
                serum, "conjugate", serum.handling.conjugate, gettext("it has no place for a conjugate")
            )
        )
    if serum.run_date is None:
        raise HamlExportError(_sentence(serum, "run date", "", gettext("an assay needs its date")))
    for bead in serum.beads:
        if bead.mfi_raw is None:
            raise HamlExportError(
                _sentence(
                    serum, f"bead {bead.bead_id}", "", gettext("it has no place for a missing raw value")
                )
            )
        if version == "0.5.0":
            _check_short(serum, bead)


def _check_short(serum: SerumRun, bead: Bead) -> None:
    for value in filter(lambda one: one is not None, (bead.mfi_raw, bead.mfi_norm, bead.count)):
        number = Decimal(value or 0)
        if number != number.to_integral_value() or abs(number) > LARGEST_SHORT:
            rule = gettext("version 0.5.0 has whole numbers up to %(LARGEST_SHORT)s only") % {
                "LARGEST_SHORT": LARGEST_SHORT
            }
            raise HamlExportError(_sentence(serum, f"bead {bead.bead_id}", str(value), rule))
    if bead.rank and bead.rank not in _RANKS_0_5_0:
        raise HamlExportError(
            _sentence(serum, "rank", bead.rank, gettext("version 0.5.0 has the ranks 8, 5, 3, 2 and 1 only"))
        )


def _sentence(serum: SerumRun, field: str, value: str, rule: str) -> str:
    return f"HAML, serum {serum.specimen}, {field} “{value}”: {rule}."


def _sample_of_0_5_3(patient: etree._Element, serum: SerumRun) -> None:
    sample = _put(patient, "sample")
    _put(sample, "sample-id", serum.specimen)
    working = _put(sample, "working-sample")
    _put(working, "working-sample-id", serum.specimen)
    _treatments(working, serum, whole="1:{}")
    assay = _put(working, "assay")
    _put(assay, "assay-id", serum.run)
    _put(assay, "run-id", serum.run)
    _put(assay, "assay-date", serum.run_date.isoformat() if serum.run_date else None)
    _kit(assay, serum)
    _beads(assay, serum.beads, type_name="bead-type")
    _rejection(assay, serum)


def _assay_of_0_5_0(patient: etree._Element, serum: SerumRun) -> None:
    assay = _put(patient, "assay")
    _put(assay, "assay-id", serum.run)
    _kit(assay, serum)
    _put(assay, "assay-date", serum.run_date.isoformat() if serum.run_date else None)
    working = _put(assay, "working-sample")
    _put(working, "serum-id", serum.specimen)
    _put(working, "serum-type", "working-sample")
    _treatments(working, serum, whole="")
    _beads(assay, serum.beads, type_name="control-type")
    _rejection(assay, serum)


def _treatments(working: etree._Element, serum: SerumRun, *, whole: str) -> None:
    for method in filter(None, serum.handling.treatment.split(";")):
        if method != "UNKNOWN":
            _put(_put(working, "treatment"), "method", method)
    if serum.handling.dilution != 1:
        treatment = _put(working, "treatment")
        _put(treatment, "method", "Dilution")
        fold = serum.handling.dilution
        _put(treatment, "ratio", whole.format(fold) if whole else str(float(1 / fold)))


def _kit(assay: etree._Element, serum: SerumRun) -> None:
    kit = _put(assay, "assay-kit")
    _put(kit, "assay-type", "Solid Phase Assay")
    _put(kit, "catalog-number", serum.kit.catalog)
    _put(kit, "lot-number", serum.kit.lot)
    _put(kit, "kit-manufacturer", serum.kit.vendor.value)
    if serum.software:
        _put(kit, "interpretation-software", serum.software)
    if serum.software_version:
        _put(kit, "interpretation-software-version", serum.software_version)


def _beads(assay: etree._Element, beads: Iterable[Bead], *, type_name: str) -> None:
    for bead in beads:
        seen = _put(assay, "target-bead-observation")
        info = _put(seen, "bead-info")
        _put(info, "bead-id", bead.bead_id)
        _put(info, type_name, _TYPES[bead.role])
        if bead.role is BeadRole.TARGET:
            _put(info, "HLA-target-type", bead.specificity or bead.target_raw)
            if bead.public:
                _put(info, "HLA-target-serological-specificity", bead.public)
        _values(seen, bead)


def _values(seen: etree._Element, bead: Bead) -> None:
    raw = _put(seen, "bead-raw-data")
    _put(raw, "raw-MFI", str(bead.mfi_raw))
    if bead.count is not None:
        _put(raw, "bead-count", str(bead.count))
    if bead.mfi_norm is not None:
        adjusted = _put(seen, "bead-adjusted-data")
        _put(adjusted, "adjusted-data-id", "1")
        _put(adjusted, "adjusted-mfi", str(bead.mfi_norm))
        _put(adjusted, "bead-plausible", "true")
    if bead.vendor_call in _CALLS or bead.rank:
        judged = _put(seen, "bead-interpretation")
        if bead.vendor_call in _CALLS:
            _put(judged, "bead-classification", bead.vendor_call)
        if bead.rank:
            _put(judged, "bead-rank", bead.rank)


def _rejection(assay: etree._Element, serum: SerumRun) -> None:
    said = _put(assay, "assay-interpretation")
    _put(said, "interpretation-context", "Anti-HLA antibodies in a clinical trial")
    _put(said, "reject-assay", str(serum.is_rejected).lower())
    if serum.reject_reason:
        _put(said, "reject-reason", serum.reject_reason)
