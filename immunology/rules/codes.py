"""The classes of a series of sera, and their answers to the three questions of the report.

The questions: was there an antibody against the donor before the cells (pre-formed)? did one appear after (de novo)? or
can neither be decided (indeterminate)? Definitions vary between centres (STAR 2017, 2019); these are ours, for the
trial to sign before its first unblinded run. Indeterminate is printed as such and never counted as "no".
"""

from enum import StrEnum


class Code(StrEnum):
    """One class per participant, donor and target."""

    NEGATIVE = "NEGATIVE"
    NEGATIVE_NO_BASELINE = "NEGATIVE_NO_BASELINE"
    NEGATIVE_NO_FOLLOWUP = "NEGATIVE_NO_FOLLOWUP"
    GREY_NO_FOLLOWUP = "GREY_NO_FOLLOWUP"
    GREY_PERSISTENT = "GREY_PERSISTENT"
    GREY_CLEARED = "GREY_CLEARED"
    PREFORMED_NO_FOLLOWUP = "PREFORMED_NO_FOLLOWUP"
    PREFORMED_PERSISTENT = "PREFORMED_PERSISTENT"
    PREFORMED_BOOSTED = "PREFORMED_BOOSTED"
    PREFORMED_DECLINED = "PREFORMED_DECLINED"
    PREFORMED_CLEARED = "PREFORMED_CLEARED"
    PREFORMED_CHANGE_NOT_ASSESSABLE = "PREFORMED_CHANGE_NOT_ASSESSABLE"
    MEMORY_RECALL = "MEMORY_RECALL"
    HISTORIC_NOT_RECALLED = "HISTORIC_NOT_RECALLED"
    DE_NOVO = "DE_NOVO"
    DE_NOVO_TRANSIENT = "DE_NOVO_TRANSIENT"
    DE_NOVO_UNCONFIRMED = "DE_NOVO_UNCONFIRMED"
    INDETERMINATE_PROZONE = "INDETERMINATE_PROZONE"
    INDETERMINATE_GREY = "INDETERMINATE_GREY"
    INDETERMINATE_GREY_BASELINE_RISE = "INDETERMINATE_GREY_BASELINE_RISE"
    INDETERMINATE_WITHIN_VARIATION = "INDETERMINATE_WITHIN_VARIATION"
    POSITIVE_ORIGIN_UNKNOWN = "POSITIVE_ORIGIN_UNKNOWN"
    NOT_EVALUABLE_UNTYPED = "NOT_EVALUABLE_UNTYPED"
    NOT_EVALUABLE_NO_BEAD = "NOT_EVALUABLE_NO_BEAD"
    NOT_EVALUABLE_NO_ANCHOR = "NOT_EVALUABLE_NO_ANCHOR"
    NOT_EVALUABLE_NO_SERUM = "NOT_EVALUABLE_NO_SERUM"


class Flag(StrEnum):
    """A remark on a class; an invalid serum adds `INVALID:` and its reason."""

    ABOVE_CDC = "ABOVE_CDC"
    POSSIBLE_PASSIVE = "POSSIBLE_PASSIVE"
    OTHER_SENSITISER = "OTHER_SENSITISER"
    TRANSFUSIONS_NOT_RECORDED = "TRANSFUSIONS_NOT_RECORDED"
    BASELINE_PROZONE_NOT_EXCLUDED = "BASELINE_PROZONE_NOT_EXCLUDED"
    EARLY = "EARLY"
    HISTORIC_ONLY = "HISTORIC_ONLY"
    NOT_COMPARABLE = "NOT_COMPARABLE"
    SELF_ANTIGEN = "SELF_ANTIGEN"
    SURROGATE = "SURROGATE"
    SINGLE_NEGATIVE = "SINGLE_NEGATIVE"
    VIRTUAL = "VIRTUAL"
    CONTROLS_NOT_REPORTED = "CONTROLS_NOT_REPORTED"


DE_NOVO_CODES = frozenset({Code.DE_NOVO, Code.DE_NOVO_TRANSIENT})
"""The only classes that the primary table counts as de novo."""

PREFORMED_CODES = frozenset(code for code in Code if code.startswith("PREFORMED_")) | {
    Code.MEMORY_RECALL,
    Code.HISTORIC_NOT_RECALLED,
    Code.INDETERMINATE_PROZONE,
}
"""There was an antibody before the donor's cells, at baseline or in an earlier serum."""

INDETERMINATE_CODES = frozenset(code for code in Code if code.startswith(("INDETERMINATE_", "GREY_"))) | {
    Code.DE_NOVO_UNCONFIRMED,
    Code.POSITIVE_ORIGIN_UNKNOWN,
}
"""Reactivity was seen, and it is neither yes nor no."""

NOT_EVALUABLE_CODES = frozenset(code for code in Code if code.startswith("NOT_EVALUABLE_"))
"""Nothing is known about the target."""

BASELINE_NEGATIVE_CODES = DE_NOVO_CODES | {
    Code.NEGATIVE,
    Code.NEGATIVE_NO_FOLLOWUP,
    Code.INDETERMINATE_GREY,
    Code.DE_NOVO_UNCONFIRMED,
}
"""The baseline was negative: certainly not pre-formed."""

NOT_DE_NOVO_CODES = (PREFORMED_CODES - {Code.PREFORMED_NO_FOLLOWUP}) | {Code.NEGATIVE}
"""There was a serum afterwards, and certainly no new antibody in it: never positive, or positive before."""
