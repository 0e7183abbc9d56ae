"""Messages for the tests: invented here, so that nothing official is copied into the repository."""

from datetime import UTC, datetime
from pathlib import Path

from pharmacovigilance.e2b.icsr import IcsrBatch, IcsrGroup, IcsrValue
from pharmacovigilance.e2b.writing import with_defaults

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data" / "e2b"
"""Official examples, rule tables and schemas, beside the checkout and never inside it."""
EXAMPLES = sorted((SHARED / "instances").glob("*.xml"))
ACKNOWLEDGEMENT = SHARED / "instances" / "R3ack-positive.ack"
SCHEMAS = SHARED / "schemas_min"
AT = datetime(2026, 11, 30, 12, tzinfo=UTC)

CREATED = "20261120101500+0000"
REACTION = "11111111-1111-4111-8111-111111111111"
DRUG = "22222222-2222-4222-8222-222222222222"


def make_values(**texts: str) -> tuple[IcsrValue, ...]:
    """`C_1_1="…"` is the element C.1.1; a text that begins with `null:` is a null flavour."""
    return tuple(make_value(name.replace("_", "."), text) for name, text in texts.items())


def make_value(element: str, text: str) -> IcsrValue:
    if text.startswith("null:"):
        return IcsrValue(element, null=text.removeprefix("null:"))
    return IcsrValue(element, text)


def make_group(name: str, *inside: IcsrGroup, **texts: str) -> IcsrGroup:
    return IcsrGroup(name, (*make_values(**texts), *inside))


def make_reaction(**changes: str) -> IcsrGroup:
    texts = {
        "E_i_0": REACTION,
        "E_i_1_1a": "Fièvre",
        "E_i_1_1b": "fra",
        "E_i_1_2": "Fever",
        "E_i_2_1a": "27.1",
        "E_i_2_1b": "90040001",
        "E_i_3_2a": "null:NI",
        "E_i_3_2b": "true",
        "E_i_3_2c": "null:NI",
        "E_i_3_2d": "null:NI",
        "E_i_3_2e": "null:NI",
        "E_i_3_2f": "null:NI",
        "E_i_4": "20261110",
        "E_i_5": "20261112",
        "E_i_7": "1",
        "E_i_9": "FR",
    }
    return make_group("E.i", **(texts | changes))


def make_message(
    *more: IcsrGroup,
    reactions: tuple[IcsrGroup, ...] | None = None,
    role: str = "1",
    sources: tuple[IcsrGroup, ...] | None = None,
    **changes: str,
) -> IcsrGroup:
    """A message that breaks no rule of ICH or EMA.

    `changes` replace texts of the message itself, "" leaves one out.
    """
    texts = {
        "N_2_r_1": "FR-SPONSOR-2026-0001",
        "N_2_r_2": "SPONSOR",
        "N_2_r_3": "EVCTM",
        "N_2_r_4": CREATED,
        "C_1_1": "FR-SPONSOR-2026-0001",
        "C_1_2": CREATED,
        "C_1_3": "2",
        "C_1_4": "20261112",
        "C_1_5": "20261118",
        "C_1_6_1": "false",
        "C_1_7": "true",
        "C_1_8_1": "FR-SPONSOR-2026-0001",
        "C_1_8_2": "2",
        "C_1_9_1": "null:NI",
        "C_3_1": "1",
        "C_3_2": "Sponsor",
        "C_5_3": "TRIAL-1",
        "C_5_4": "1",
        "D_1": "null:MSK",
        "D_1_1_4": "01-001",
        "D_5": "2",
        "D_7_2": "null:UNK",
        "H_1": "A narrative.",
    }
    texts = {name: text for name, text in (texts | changes).items() if text}
    parts = (
        make_group("C.5.1.r", C_5_1_r_1="2026-500001-11-00", C_5_1_r_2="EU"),
        *(sources if sources is not None else (make_source(),)),
        *(reactions if reactions is not None else (make_reaction(),)),
        make_group("G.k", G_k_0=DRUG, G_k_2_2="Cells or placebo", G_k_2_5="true", G_k_8="9"),
        make_group("G.k.1.x", G_k_1=role, G_k_1_0=DRUG),
        IcsrGroup(
            "G.k.9.i.2.r",
            (
                make_value("G.k.9.i.2.r.3.EU.1", "1"),
                make_value("G.k.9.i.2.r.2.EU.1", "1"),
                make_value("G.k.9.i.2.r.1.EU.1", "1"),
                make_value("G.k.9.i.1", REACTION),
                make_value("G.k.9.i.2.r.0", DRUG),
            ),
        ),
    )
    return IcsrGroup("N.2.r", (*make_values(**texts), *parts, *more))


def make_source(**changes: str) -> IcsrGroup:
    texts = {"C_2_r_3": "FR", "C_2_r_4": "1", "C_2_r_5": "1"} | changes
    return make_group("C.2.r", **{name: text for name, text in texts.items() if text})


def make_batch(*messages: IcsrGroup) -> IcsrBatch:
    header = make_values(
        N_1_1="1", N_1_2="BATCH-1", N_1_3="SPONSOR", N_1_4="EVCTM", N_1_5="20261120101600+0000"
    )
    return IcsrBatch(with_defaults(IcsrGroup("batch", (*header, *(messages or (make_message(),))))))
