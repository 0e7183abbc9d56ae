"""The labels of the shipped reporting rules, for translators.

The same words as in `data/obligation_rules.toml`.
"""

from partial_dates.refusals import gettext_noop

RULE_LABELS = (
    gettext_noop("Serious event: site to sponsor"),
    gettext_noop(
        "Fatal or life-threatening SUSAR to EudraVigilance; one that becomes so, from the day it was known"
    ),
    gettext_noop("Complete report of a fatal or life-threatening SUSAR to EudraVigilance (7 + 8 days)"),
    gettext_noop("Other SUSAR to EudraVigilance"),
    gettext_noop("Significant follow-up of a SUSAR to EudraVigilance"),
    gettext_noop("Nullification of a report to EudraVigilance"),
    gettext_noop("Unexpected event that changes benefit and risk, to the Member States"),
    gettext_noop("Urgent safety measure, to the Member States"),
    gettext_noop("Annual safety report after its data lock, to the Member States"),
    gettext_noop("SUSAR, by blinded letter to the investigators"),
    gettext_noop("Fatal or life-threatening SUSAR, by blinded letter to the investigators"),
    gettext_noop("SUSAR, by blinded letter to the ethics committee"),
    gettext_noop("Fatal or life-threatening SUSAR, by blinded letter to the ethics committee"),
    gettext_noop("Fatal or life-threatening SUSAR to the MHRA"),
    gettext_noop("Other SUSAR to the MHRA"),
    gettext_noop(
        "Unexpected fatal or life-threatening suspected reaction to the FDA, from the initial receipt"
    ),
    gettext_noop("Serious and unexpected suspected reaction to the FDA, from the sponsor's determination"),
    gettext_noop("Relevant follow-up to the FDA"),
    gettext_noop("Follow-up of a SUSAR of a cell-therapy preparation to the ANSM"),
    gettext_noop("SUSAR of a cell-therapy preparation to the ANSM"),
)
