"""Reads HAML, the markup language of HLA antibody assays: 0.4.4 (panels), 0.5.0 to 0.5.3 (assays).

Elements are found by name, because the versions nest them differently. Dilutions are a fold (10), a ratio (1:10), a
part (0.1) or a percentage (10%).
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation

from immunology.rules.files.columns import FileProblems, check_sera
from immunology.rules.files.parts import Answers, Bead, BeadRole, Handling, Kit, SerumRun, Vendor
from immunology.rules.files.rule_texts import gettext
from immunology.rules.files.specificities import read_specificity_text
from immunology.rules.files.text import names_a_person
from immunology.rules.files.xml import Element, children, local, xml_line, xml_text

NAMESPACE = "urn:HAML.Namespace"
VERSIONS = ("0.4.3", "0.4.4", "0.4.5", "0.5", "0.5.0", "0.5.1", "0.5.2", "0.5.3")
_PANELS = {"assay": "target-bead-observation", "solid-phase-panel": "bead"}
_ROLES = {
    "negative": BeadRole.NEGATIVE,
    "negative-control": BeadRole.NEGATIVE,
    "positive": BeadRole.POSITIVE,
    "positive-control": BeadRole.POSITIVE,
    "target": BeadRole.TARGET,
    "test": BeadRole.TARGET,
}
_TREATMENTS = {
    "edta": "EDTA",
    "dtt": "DTT",
    "heat": "HEAT",
    "heat inactivation": "HEAT",
    "none": "NONE",
    "neat": "NONE",
}
_NAMES = frozenset({"patient-name", "name", "last-name", "first-name", "birth-date", "date-of-birth"})


def read_haml(root: Element, answers: Answers, problems: FileProblems) -> tuple[SerumRun, ...]:
    """The sera of a document; problems are added to `problems`."""
    version = root.get("version", "")
    if local(root) != "haml" or version not in VERSIONS:
        problems.refuse(
            xml_line(root),
            "version",
            version,
            gettext("it is none of HAML %(known)s") % {"known": ", ".join(VERSIONS)},
        )
        return ()
    _refuse_names(root, problems)
    if problems.refused:
        return ()
    sera = tuple(
        serum for panel, beads in _panels(root) for serum in [_serum(panel, beads, answers, problems)]
    )
    check_sera(sera, problems)
    return sera


def _refuse_names(root: Element, problems: FileProblems) -> None:
    """A document with a patient's name is refused; the name is not repeated. Names of staff are not checked."""
    for patient in root.iter(f"{{{NAMESPACE}}}patient"):
        named = any(local(child) in _NAMES for child in patient)
        if named or names_a_person(xml_text(patient, "patient-id"), "patientid"):
            rule = gettext("a document with names of persons is not accepted; export it without them")
            problems.refuse(xml_line(patient), "patient", "", rule)


def _panels(root: Element) -> Iterator[tuple[Element, list[Element]]]:
    for element in root.iter():
        name = local(element)
        if name in _PANELS:
            beads = list(children(element, _PANELS[name]))
            if beads:
                yield element, beads


def _serum(panel: Element, beads: list[Element], answers: Answers, problems: FileProblems) -> SerumRun:
    kit = next(children(panel, "assay-kit"), panel)
    assay = panel if local(panel) == "assay" else _above(panel, "assay")
    read = tuple(_bead(bead, problems) for bead in beads)
    classes = {read_specificity_text(bead.target_raw).hla_class for bead in read} - {""}
    specimen = _specimen(panel)
    if not specimen:
        problems.refuse(xml_line(panel), "sample-id", "", gettext("the assay names no serum"))
    rejected, reason = _rejection(assay)
    lot = xml_text(kit, "lot-number")
    on = _day(assay, problems)
    return SerumRun(
        specimen=specimen,
        run=(xml_text(assay, "run-id") or xml_text(assay, "assay-id") or f"{lot} {on or ''}".strip())[:60],
        run_date=on,
        kit=Kit(
            _vendor(xml_text(kit, "kit-manufacturer")),
            xml_text(kit, "catalog-number"),
            lot,
            classes.pop() if len(classes) == 1 else "",
        ),
        beads=read,
        handling=_handling(panel, answers.handling, problems),
        software=xml_text(kit, "interpretation-software"),
        software_version=xml_text(kit, "interpretation-software-version"),
        is_rejected=rejected,
        reject_reason=reason,
    )


def _above(element: Element, name: str) -> Element:
    return next((one for one in element.iterancestors() if local(one) == name), element)


def _specimen(panel: Element) -> str:
    """The sample's number; else that of the working sample."""
    sample = _above(panel, "sample")
    working = next(children(panel, "working-sample"), _above(panel, "working-sample"))
    return (
        xml_text(sample, "sample-id")
        or xml_text(working, "serum-id")
        or xml_text(working, "working-sample-id")
    )


def _vendor(text: str) -> Vendor:
    word = "".join(letter for letter in text.lower() if letter.isalpha())
    if "onelambda" in word:
        return Vendor.ONE_LAMBDA
    return (
        Vendor.IMMUCOR if any(name in word for name in ("immucor", "werfen", "lifecodes")) else Vendor.OTHER
    )


def _day(assay: Element, problems: FileProblems) -> date | None:
    text = xml_text(assay, "assay-date")
    if not text:
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        problems.refuse(xml_line(assay), "assay-date", text, gettext("it is no date of ISO 8601"))
        return None


def _rejection(assay: Element) -> tuple[bool, str]:
    said = next(children(assay, "assay-interpretation", "interpretation"), None)
    return xml_text(said, "reject-assay").lower() in ("true", "1"), xml_text(said, "reject-reason")


def _handling(panel: Element, default: Handling, problems: FileProblems) -> Handling:
    working = next(children(panel, "working-sample"), _above(panel, "working-sample"))
    methods: list[str] = []
    dilution = default.dilution
    for element in children(working, "treatment", "dilution"):
        method, ratio = xml_text(element, "method"), xml_text(element, "ratio")
        if ratio:
            dilution = _fold(element, ratio, problems)
        elif method and method.lower() != "dilution":
            methods.append(_TREATMENTS.get(method.lower(), method.upper()))
    known = [method for method in methods if method != "NONE"] or methods
    return Handling(default.conjugate, dilution, ";".join(known) or default.treatment, default.specimen_type)


def _fold(element: Element, text: str, problems: FileProblems) -> Decimal:
    try:
        if ":" in text:
            part, whole = (Decimal(one) for one in text.split(":"))
            fold = whole / part
        elif text.endswith("%"):
            fold = 100 / Decimal(text[:-1])
        else:
            value = Decimal(text)
            fold = 1 / value if value < 1 else value
    except (ArithmeticError, ValueError):
        fold = Decimal(0)
    if not fold.is_finite() or fold < 1:
        problems.refuse(xml_line(element), "ratio", text, gettext("it is no dilution"))
        return Decimal(1)
    return fold.to_integral_value() if fold == fold.to_integral_value() else fold


def _bead(bead: Element, problems: FileProblems) -> Bead:
    info = next(children(bead, "bead-info"), bead)
    raw = next(children(bead, "bead-raw-data", "raw-data"), None)
    adjusted = next(children(bead, "bead-adjusted-data", "converted-data"), None)
    judged = _interpretation(bead, adjusted)
    role = _role(info, problems)
    alleles, serology = (
        xml_text(info, "HLA-target-type"),
        xml_text(info, "HLA-target-serological-specificity"),
    )
    written = alleles or serology
    named = read_specificity_text(written) if role is BeadRole.TARGET else None
    if role is BeadRole.TARGET and not written:
        problems.refuse(xml_line(bead), "HLA-target-type", "", gettext("the bead has no name"))
    count = _number(raw, problems, "bead-count")
    return Bead(
        bead_id=xml_text(info, "bead-id"),
        role=role,
        specificity=named.text if named else "",
        target_raw=written,
        mfi_raw=_number(raw, problems, "raw-MFI", "sample-raw-MFI"),
        line=xml_line(bead),
        mfi_norm=_number(adjusted, problems, "adjusted-mfi", "sample-adjusted-MFI"),
        count=None if count is None else int(count),
        rank=xml_text(judged, "bead-rank"),
        vendor_call=xml_text(judged, "bead-classification"),
        public=(named.public or (serology if serology in ("Bw4", "Bw6") and alleles else ""))
        if named
        else "",
    )


def _interpretation(bead: Element, adjusted: Element | None) -> Element | None:
    places = [bead, *([adjusted] if adjusted is not None else [])]
    return next((one for place in places for one in children(place, "bead-interpretation")), None)


def _role(info: Element, problems: FileProblems) -> BeadRole:
    said = xml_text(info, "control-type") or xml_text(info, "bead-type") or xml_text(info, "type")
    role = _ROLES.get(said.lower())
    if role is None:
        problems.refuse(xml_line(info), "bead-type", said, gettext("it is neither a target nor a control"))
        return BeadRole.TARGET
    return role


def _number(element: Element | None, problems: FileProblems, *names: str) -> Decimal | None:
    text = next(filter(None, (xml_text(element, name) for name in names)), "") if element is not None else ""
    if not text:
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite():
        problems.refuse(
            xml_line(element) if element is not None else 0, names[0], text, gettext("it is no number")
        )
        return None
    return value
