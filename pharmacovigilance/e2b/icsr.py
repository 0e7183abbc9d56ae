"""A batch of case safety reports as plain values, keyed by ICH's element numbers.

The tree keeps the order of the message, so that it is written as it was read. A group repeats (`E.i` is one reaction);
the roles and assessments of drugs (`G.k.1.x`, `G.k.9.i.2.r`) are beside the drugs and refer to them, as in the message:
`G.k.1.0` and `G.k.9.i.2.r.0` repeat a drug's `G.k.0`, `G.k.9.i.1` repeats a reaction's `E.i.0`.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from pharmacovigilance.e2b.markup import FORBIDDEN

MESSAGE_GROUP = "N.2.r"


@dataclass(frozen=True, slots=True)
class IcsrValue:
    """The value of one element. Exactly one of `text` and `null` (a null flavour such as `MSK`) is given.

    `code_system` is stored where the table leaves it open; `form` is the index, among the places of the table, of the
    value's place in the message, -1 when the writer may choose.
    """

    element: str
    text: str | None = None
    null: str | None = None
    code_system: str | None = None
    form: int = -1

    def __post_init__(self) -> None:
        if (self.text is None) == (self.null is None):
            raise ValueError(f"{self.element}: a value has a text or a null flavour, and not both")
        if self.text is not None and not self.text.isprintable() and (found := FORBIDDEN.search(self.text)):
            raise ValueError(f"{self.element}: the character U+{ord(found[0]):04X} cannot be sent in XML")


@dataclass(frozen=True)
class IcsrGroup:
    """Values and groups that belong together, in the order of the message."""

    name: str
    items: tuple["IcsrValue | IcsrGroup", ...] = ()

    def value(self, element: str) -> IcsrValue | None:
        """The first value of the element in this group itself."""
        return next((v for v in self.values() if v.element == element), None)

    def text(self, element: str) -> str | None:
        found = self.value(element)
        return found.text if found else None

    def null(self, element: str) -> str | None:
        found = self.value(element)
        return found.null if found else None

    def values(self) -> Iterator[IcsrValue]:
        return (item for item in self.items if isinstance(item, IcsrValue))

    def groups(self, name: str | None = None) -> Iterator["IcsrGroup"]:
        return (item for item in self.items if isinstance(item, IcsrGroup) and name in (None, item.name))

    def descendants(self, name: str) -> Iterator["IcsrGroup"]:
        """Groups of this name at any depth, in the order of the message."""
        for item in self.groups():
            if item.name == name:
                yield item
            yield from item.descendants(name)

    def with_values(self, *values: IcsrValue) -> "IcsrGroup":
        """The same group, its values of the same elements replaced, new ones appended."""
        new = {value.element: value for value in values}
        kept = [new.pop(i.element, i) if isinstance(i, IcsrValue) else i for i in self.items]
        return IcsrGroup(self.name, (*kept, *new.values()))

    def without(self, *elements: str) -> "IcsrGroup":
        return IcsrGroup(
            self.name,
            tuple(i for i in self.items if not (isinstance(i, IcsrValue) and i.element in elements)),
        )


@dataclass(frozen=True)
class KeptPiece:
    """A piece of a message without an element in the table, stored with its place.

    `path` are the places of the elements from the root, counted among their siblings, each with its name. `kind` is
    `element` (the XML of a part), `attribute`, `text`, `absent` (an attribute that the writer would add) or `missing`
    (an element that the writer would add). A `decoration` has no information: a display name, the version of a code
    list.
    """

    path: tuple[tuple[int, str], ...]
    kind: str
    name: str
    content: str | None
    decoration: bool = False

    def __str__(self) -> str:
        place = "/".join(name for _, name in self.path if name)
        mark = "@" if self.kind in ("attribute", "absent") else ""
        return f"{place}/{mark}{self.name or 'text'}"


@dataclass(frozen=True)
class IcsrBatch:
    """One file: a batch header and its messages."""

    root: IcsrGroup
    kept: tuple[KeptPiece, ...] = ()
    namespaces: tuple[tuple[str | None, str], ...] = ()

    @property
    def messages(self) -> tuple[IcsrGroup, ...]:
        return tuple(self.root.groups(MESSAGE_GROUP))

    @property
    def not_used(self) -> tuple[KeptPiece, ...]:
        """The pieces without an element in the table that a person may want to see."""
        return tuple(piece for piece in self.kept if not piece.decoration and piece.kind != "absent")
