"""The result of every reader: sera, their beads, and what is refused, asked or not understood."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

NO_LINE = 0


class BeadRole(StrEnum):
    """The purpose of a bead."""

    TARGET = "TARGET"
    NEGATIVE = "NC"
    POSITIVE = "PC"


class Vendor(StrEnum):
    """The manufacturer of the kit."""

    ONE_LAMBDA = "ONE_LAMBDA"
    IMMUCOR = "IMMUCOR"
    OTHER = "OTHER"


class Ask(StrEnum):
    """A question that the file leaves open and a person has to answer."""

    DATE_ORDER = "date_order"
    DECIMAL_SEPARATOR = "decimal_separator"
    LOT_FILE = "eds"


@dataclass(frozen=True)
class FileRefusal:
    """One error, with its place. Line 0 is the whole file."""

    file: str
    line: int
    field: str
    value: str
    rule: str

    def __str__(self) -> str:
        place = f"{self.file}, line {self.line}" if self.line else self.file
        named = f"{self.field} “{self.value}”" if self.value else self.field
        return f"{place}, {named}: {self.rule}."


class FileRefusedError(ValueError):
    """The file cannot be read, or may not be."""

    def __init__(self, *refusals: FileRefusal) -> None:
        self.refusals = refusals
        super().__init__(" ".join(map(str, refusals)))


class Bead(NamedTuple):
    """One bead in one serum. `mfi_raw` is `None` when the file has no value: missing is not zero.

    `specificity` is the canonical name, "" for controls and unreadable names; `target_raw` is the file's text. `public`
    is Bw4 or Bw6, an attribute of the bead.
    """

    bead_id: str
    role: BeadRole
    specificity: str
    target_raw: str
    mfi_raw: Decimal | None
    line: int = NO_LINE
    mfi_norm: Decimal | None = None
    count: int | None = None  # type: ignore[assignment]
    background: Decimal | None = None
    rank: str = ""
    vendor_call: str = ""
    public: str = ""


@dataclass(frozen=True)
class Kit:
    """The kit of the beads. `hla_class` is "I", "II" or "" when unknown."""

    vendor: Vendor
    catalog: str
    lot: str
    hla_class: str


@dataclass(frozen=True)
class Handling:
    """The handling of the serum; `dilution` is a fold, 1 is neat."""

    conjugate: str = "IgG"
    dilution: Decimal = Decimal(1)
    treatment: str = "UNKNOWN"
    specimen_type: str = "SERUM"


@dataclass(frozen=True)
class SerumRun:
    """One serum in one run of one kit."""

    specimen: str
    run: str
    run_date: date | None
    kit: Kit
    beads: tuple[Bead, ...]
    handling: Handling = Handling()
    well: str = ""
    instrument: str = ""
    software: str = ""
    software_version: str = ""
    norm_formula: str = ""
    imgt_release: str = ""
    is_rejected: bool = False
    reject_reason: str = ""

    @property
    def targets(self) -> tuple[Bead, ...]:
        """The beads with an antigen."""
        return tuple(bead for bead in self.beads if bead.role is BeadRole.TARGET)

    def control(self, role: BeadRole) -> Decimal | None:
        """The value of a control, `None` when the file has none."""
        return next((bead.mfi_raw for bead in self.beads if bead.role is role), None)


@dataclass(frozen=True)
class LotLimits:
    """The manufacturer's data of a lot: `antigens` by bead's id in the file, and limits of controls and counts.

    The negative control warns above `nc_warn` and fails above `nc_fail`; the positive warns below `pc_warn` and fails
    below `pc_fail`.
    """

    lot: str
    hla_class: str
    nc_warn: Decimal | None = None
    nc_fail: Decimal | None = None
    pc_warn: Decimal | None = None
    pc_fail: Decimal | None = None
    mfi_threshold: Decimal | None = None
    antigens: Mapping[str, "LotAntigen"] = field(default_factory=dict)
    per_bead_count: int | None = None


@dataclass(frozen=True)
class LotAntigen:
    """One bead of a lot."""

    bead_id: str
    names: tuple[str, ...]
    serology: str = ""
    cutoff: Decimal | None = None
    background: Decimal | None = None
    relative_density: Decimal | None = None
    group: str = ""


@dataclass(frozen=True)
class Answers:
    """A person's answers: `date_order` is dmy, mdy or ymd, `decimal` is `.` or `,`; "" is not answered."""

    date_order: str = ""
    decimal: str = ""
    handling: Handling = Handling()


@dataclass(frozen=True)
class ReadFile:
    """A file as read. It may be imported when nothing is refused and nothing asked."""

    file: str
    format: str
    vendor: Vendor
    sha256: str
    sera: tuple[SerumRun, ...] = ()
    refused: tuple[FileRefusal, ...] = ()
    asks: tuple[Ask, ...] = ()
    limits: LotLimits | None = None

    @property
    def unparsed(self) -> tuple[str, ...]:
        """Specificities that are no HLA names, as in the file."""
        return tuple(
            sorted({bead.target_raw for serum in self.sera for bead in serum.targets if not bead.specificity})
        )

    @property
    def beads(self) -> Iterable[Bead]:
        """Every bead of every serum."""
        return (bead for serum in self.sera for bead in serum.beads)
