"""Every address of the site, from the resolver, with arguments of the rows of `full_fixture`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from safety_monitor.api_router import router
from tests.full_fixture import Everything
from tests.house.architecture import FLOORS

RESOURCE_MODELS = {
    "trials": "trials.trial",
    "sites": "trials.site",
    "participants": "trials.participant",
    "infusions": "trials.infusion",
    "locks": "trials.datalock",
    "queries": "data_management.dataquery",
    "unblindings": "product.unblinding",
    "inadvertent-unblindings": "product.inadvertentunblinding",
    "daily-assessments": "assessments.dailyassessment",
    "protocol-deviations": "assessments.protocoldeviation",
    "sensitising-events": "assessments.sensitisingevent",
    "laboratory-results": "assessments.laboratoryresult",
    "medications": "assessments.medication",
    "product-deviations": "product.productdeviation",
    "dispensed-doses": "product.dispenseddose",
    "adverse-events": "events.adverseevent",
    "haemodynamic-readings": "haemodynamics.haemodynamicreading",
    "haemodynamic-findings": "haemodynamics.haemodynamicfinding",
    "specimens": "immunology.specimen",
    "antibody-results": "immunology.antibodyresult",
    "laboratory-files": "immunology.laboratoryfile",
    "laboratory-sera": "immunology.seruminrun",
    "participant-typings": "immunology.participanttyping",
    "dsa-findings": "immunology.dsafinding",
    "safety-cases": "pharmacovigilance.safetycase",
    "obligations": "pharmacovigilance.obligation",
    "term-codings": "pharmacovigilance.termcoding",
    "icsr-messages": "pharmacovigilance.icsrmessage",
    "dsmb-reports": "reports.boardreport",
    "alerts": "reports.boundarystate",
    "board-recommendations": "dsmb.meetingnotice",
}
FIXED = {
    "app_label": "trials",
    "table": "trials_participant",
    "kind": "open",
    "form": "json",
    "report_format": "pdf",
    "trail_format": "csv",
    "language": "en",
    "letter_format": "pdf",
    "list_format": "csv",
    "uidb64": "MQ",
    "token": "set-password",
    "trial_code": "STROMA-COV-2",
    "verb": "statement",
}

VARIANTS = {
    "form": ("json", "html", "pdf"),
    "report_format": ("pdf", "html", "json"),
    "list_format": ("csv", "xlsx"),
}
"""Parts of a path that name a variant of the same thing; `FIXED` has the one that stands for all."""


@dataclass(frozen=True)
class Address:
    """One request: method and name of the address; for a document also which of the two."""

    method: str
    name: str
    kind: str = ""

    def __str__(self) -> str:
        return f"{self.method} {self.name}" + (f"[{self.kind}]" if self.kind else "")


@cache
def addresses() -> tuple[Address, ...]:
    """Every named address by GET; the API's also by each further method that it supports."""
    api = set(_api_addresses())
    plain = {
        Address("GET", name) for name, _pattern in _patterns() if not any(name == one.name for one in api)
    }
    found = {both for one in api | plain for both in _kinds(one)}
    return tuple(sorted(found, key=lambda one: (one.name, one.method, one.kind)))


def _kinds(address: Address) -> list[Address]:
    if not address.name.endswith("document"):
        return [address]
    return [replace(address, kind=kind) for kind in ("closed", "open")]


def url_of(address: Address, everything: Everything) -> str:
    """The path of an address, with the fixture's rows."""
    return reverse(address.name, kwargs=_arguments(address, _names_in(address.name), everything))


def variants_of(address: Address, everything: Everything) -> Iterator[tuple[str, str]]:
    """Every path of an address: the name of the variant (none for the one of `url_of`) and the path."""
    names = _names_in(address.name)
    yield "", url_of(address, everything)
    for name in set(names) & set(VARIANTS):
        for value in VARIANTS[name]:
            if value != FIXED[name]:
                arguments = _arguments(address, names, everything) | {name: value}
                yield f" as {value}", reverse(address.name, kwargs=arguments)


@cache
def _names_in(name: str) -> tuple[str, ...]:
    return tuple(re.findall(r"<(?:\w+:)?(\w+)>", dict(_patterns())[name].replace("?P<", "<")))


def _arguments(address: Address, names: tuple[str, ...], everything: Everything) -> dict[str, Any]:
    arguments = {name: _argument(address.name, name, everything) for name in names}
    return arguments | ({"kind": address.kind} if address.kind else {})


def _argument(name: str, parameter: str, everything: Everything) -> Any:
    if parameter in FIXED:
        return FIXED[parameter]
    if parameter == "trial_code":
        return everything.trial.code
    if name == "fhir_adverse_event":
        return everything.rows["events.adverseevent"]
    if parameter in ("pk", "object_id") and (label := _model_label(name)):
        return everything.rows[label]
    by_parameter = {
        "report_id": "reports.boardreport",
        "alert_id": "reports.boundarystate",
        "sealed_id": "reports.sealedreport",
        "meeting_id": "dsmb.boardmeeting",
        "notice_id": "dsmb.meetingnotice",
        "comment_id": "dsmb.boardcomment",
        "row_id": "trials.participant",
        "view_id": "data_management.savedview",
        "infusion_pk": "trials.infusion",
        "participant_pk": "trials.participant",
        "specimen_pk": "immunology.specimen",
        "content_type_id": "trials.participant",
        "object_id": "trials.participant",
    }
    return everything.rows[by_parameter[parameter]]


def _model_label(name: str) -> str:
    if ":" not in name:
        return next((label for prefix, label in RESOURCE_MODELS.items() if name.startswith(f"{prefix}-")), "")
    plain = name.split(":")[1]
    app = next((app for app in FLOORS if plain.startswith(f"{app}_")), "")
    parts = plain.removeprefix(f"{app}_").split("_")
    return f"{app}.{parts[0]}" if app and len(parts) > 1 else ""


def _api_addresses() -> Iterator[Address]:
    for prefix, viewset, basename in router.registry:
        for route in router.get_routes(viewset):
            for method, action in router.get_method_map(viewset, route.mapping).items():
                url_name = route.name.format(basename=basename, url_name=action.replace("_", "-"))
                assert prefix in RESOURCE_MODELS, f"{prefix}: say in tests/addresses.py which model it shows"
                yield Address(method.upper(), url_name)


@cache
def _patterns() -> tuple[tuple[str, str], ...]:
    return tuple(_walk(get_resolver().url_patterns, "", ""))


def _walk(patterns: list[URLPattern | URLResolver], prefix: str, space: str) -> Iterator[tuple[str, str]]:
    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from _walk(pattern.url_patterns, path, inner)
        elif pattern.name:
            yield f"{space}{pattern.name}", path
