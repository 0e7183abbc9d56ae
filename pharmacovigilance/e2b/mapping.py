"""The element table as Python: the elements, their places in a message, and their permitted values."""

import csv
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from pharmacovigilance.e2b.paths import ElementPlace, PathStep, parse_place, parse_steps

DATA = files("pharmacovigilance.e2b") / "data"
BATCH = "batch"
MESSAGE = "N.2.r"


@dataclass(frozen=True)
class E2bElement:
    """One row of `elements.csv`.

    `forms` are the places where a message may have the value; the writer prefers the first.

    `length` is the largest number of characters, None when ICH gives none. `values` are the permitted codes, or a name
    of a kind of value (`country`, `language`, `meddra`, `digits`, `integer`). `nulls` are the permitted null flavours.
    """

    number: str
    name: str
    source: str
    group: str
    forms: tuple[ElementPlace, ...]
    xpath: str
    type: str
    length: int | None
    values: tuple[str, ...]
    nulls: frozenset[str]
    required: bool
    precision: str
    default: str
    rank: int

    @property
    def takes_null(self) -> bool:
        """Whether a null flavour of the node belongs to this element, not to a unit or a version beside it."""
        return self.forms[0].what in ("code", "value", "extension", "text()", "root")


@dataclass(frozen=True)
class E2bGroup:
    """One row of `groups.csv`: elements that repeat together."""

    name: str
    title: str
    parent: str
    steps: tuple[PathStep, ...]
    rank: int


@dataclass(frozen=True)
class ElementTable:
    """The E2B(R3) elements and groups by name, and those inside each group."""

    elements: dict[str, E2bElement]
    groups: dict[str, E2bGroup]
    elements_of: dict[str, tuple[E2bElement, ...]]
    groups_of: dict[str, tuple[E2bGroup, ...]]
    attributes: dict[str, dict[str, str]]
    order: dict[str, dict[str, int]]

    def ancestors(self, group: str) -> Iterator[str]:
        """The group itself, then the enclosing ones, up to the batch."""
        while group in self.groups:
            yield group
            group = self.groups[group].parent
        yield group


@cache
def element_table() -> ElementTable:
    """The tables of `data/`, parsed once."""
    structure = tomllib.loads((DATA / "structure.toml").read_text(encoding="utf-8"))
    codes = structure["code_systems"] | structure["identifiers"]
    groups = {
        row["group"]: _group(row, rank, structure, codes) for rank, row in enumerate(_rows("groups.csv"))
    }
    elements = {
        row["element"]: _element(row, rank, structure, codes)
        for rank, row in enumerate(_rows("elements.csv"))
    }
    elements_of: dict[str, list[E2bElement]] = defaultdict(list)
    groups_of: dict[str, list[E2bGroup]] = defaultdict(list)
    for element in elements.values():
        elements_of[element.group].append(element)
    for group in groups.values():
        groups_of[group.parent].append(group)
    return ElementTable(
        elements=elements,
        groups=groups,
        elements_of={name: tuple(those) for name, those in elements_of.items()},
        groups_of={name: tuple(those) for name, those in groups_of.items()},
        attributes=structure["attributes"],
        order={
            parent: {child: place for place, child in enumerate(children)}
            for parent, children in structure["order"].items()
        },
    )


def _rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader((DATA / name).read_text(encoding="utf-8").splitlines()))


def _under(row: dict[str, str], path: str, structure: dict[str, Any]) -> str:
    prefix = structure["prefixes"][row["under"]] + "/" if row["under"] else ""
    return prefix + path.strip()


def _group(row: dict[str, str], rank: int, structure: dict[str, Any], codes: dict[str, str]) -> E2bGroup:
    steps = parse_steps(_under(row, row["xpath"], structure), codes)
    return E2bGroup(name=row["group"], title=row["name"], parent=row["parent"], steps=steps, rank=rank)


def _element(row: dict[str, str], rank: int, structure: dict[str, Any], codes: dict[str, str]) -> E2bElement:
    paths = [_under(row, path, structure) for path in row["xpath"].split(" | ")]
    return E2bElement(
        number=row["element"],
        name=row["name"],
        source=row["source"],
        group=row["group"],
        forms=tuple(parse_place(path, codes) for path in paths),
        xpath=" | ".join(paths),
        type=row["type"],
        length=int(row["length"]) if row["length"] else None,
        values=tuple(row["values"].split("|")) if row["values"] else (),
        nulls=frozenset(row["nulls"].split()),
        required=row["required"] == "yes",
        precision=row["precision"],
        default=row["default"],
        rank=rank,
    )
