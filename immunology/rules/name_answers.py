"""The answer about a written name: its kind, or why it is none and a suggestion."""

from dataclasses import dataclass, replace

from immunology.rules.names import HlaName, HlaNameError, NameKind, chains
from immunology.rules.serology import COMPACT, SEROLOGY_RELEASE, Serology, antigens_of, public_of
from immunology.rules.targets import locus_of

EXPRESSION = {
    "N": "null",
    "L": "low",
    "S": "secreted",
    "C": "cytoplasm",
    "A": "aberrant",
    "Q": "questionable",
}
GROUPS = {"G": "G", "P": "P"}


@dataclass(frozen=True)
class NameAnswer:
    """The answer about a name.

    `kind` is `allele`, `antigen`, `heterodimer` or `refused`; `antigens` is narrowest first, of a heterodimer those of
    its β chain; `splits` are the next narrower antigens. `release` is the table of the antigens.
    """

    input: str
    kind: str
    normalised: str | None = None
    locus: str | None = None
    antigens: tuple[str, ...] = ()
    suggestion: str | None = None
    public: str | None = None
    splits: tuple[str, ...] = ()
    expression: str | None = None
    group: str | None = None
    reason: str | None = None
    release: str = SEROLOGY_RELEASE


def answer_name(text: str, serology: Serology = COMPACT) -> NameAnswer:
    """The answer about a name; never raises."""
    try:
        names = chains(text)
    except HlaNameError as error:
        refused = NameAnswer(text, "refused", suggestion=error.suggestion or None, reason=str(error))
        return replace(refused, release=serology.release)
    answer = _answer_one if len(names) == 1 else _answer_pair
    return replace(answer(text, names, serology), release=serology.release)


def _answer_one(text: str, names: tuple[HlaName, ...], serology: Serology) -> NameAnswer:
    name = names[0]
    antigens = (name.text,) if name.kind is NameKind.PUBLIC else antigens_of(name, serology)
    narrowest = antigens[0] if antigens and not name.fields else ""
    return NameAnswer(
        input=text,
        kind="allele" if name.fields else "antigen",
        normalised=name.text,
        locus=locus_of(name),
        antigens=antigens,
        public=public_of(name, serology) or None,
        splits=tuple(child for child, parent in serology.parent_of.items() if parent == narrowest),
        expression=EXPRESSION.get(name.suffix),
        group=GROUPS.get(name.suffix),
    )


def _answer_pair(text: str, names: tuple[HlaName, ...], serology: Serology) -> NameAnswer:
    expression = next((EXPRESSION[name.suffix] for name in names if name.suffix in EXPRESSION), None)
    silent = any(name.kind is NameKind.NULL for name in names)
    return NameAnswer(
        input=text,
        kind="heterodimer",
        normalised="~".join(name.text for name in names),
        locus=names[0].locus[:2],
        antigens=() if silent else antigens_of(names[1], serology),
        expression=expression,
    )
