"""Sentences about haemodynamic checks, shared by pages."""

from django.utils.translation import gettext as _

from haemodynamics.models import VasopressorRate
from haemodynamics.queries import MonitoredInfusion
from haemodynamics.rules import CriterionResult
from webkit.refusals import localised


def not_evaluable_sentences(monitored: MonitoredInfusion) -> list[str]:
    """The facts needed to judge criteria that a recorded reading may meet; one sentence per reason."""
    by_reason: dict[str, list[str]] = {}
    for result in monitored.undecided:
        by_reason.setdefault(reasons_in_words(result), []).append(_(result.label))
    text = _("%(criterion)s: not evaluable, because %(reason)s.")
    return [text % {"criterion": ", ".join(names), "reason": why} for why, names in by_reason.items()]


def reasons_in_words(result: CriterionResult) -> str:
    """The unknown facts, in the reader's language."""
    return "; ".join(localised(reason, VasopressorRate) for reason in result.reasons)
