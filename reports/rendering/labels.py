"""Plain words for the measures and levels of the report's tables; a table's own labels win."""

from collections.abc import Mapping
from typing import Any

MEASURES: Mapping[str, str] = {
    "participants_with_ae": "Participants with an adverse event",
    "ae": "Adverse events",
    "participants_with_sae": "Participants with a serious adverse event",
    "sae": "Serious adverse events (of the events)",
    "ae_by_severity": "Events by severity (of those recorded)",
    "ae_by_grade": "Events by CTCAE grade (of those recorded)",
    "ae_by_causality": "Events by causality (of those recorded)",
    "participants_by_worst_grade": "Participants by worst grade",
    "participants": "Participants",
    "events": "Events",
    "screened": "Screened",
    "enrolled": "Enrolled",
    "treated": "Treated (at least one dose)",
    "withdrawn": "Withdrawn",
    "died": "Died",
    "participants_died": "Participants who died",
    "infusions_with_finding": "Infusions with a haemodynamic finding",
    "participants_with_finding": "Participants with a haemodynamic finding",
    "infusions_not_evaluable": "Infusions not evaluable",
    "participants_with_de_novo_dsa": "Participants with de novo DSA",
    "participants_with_preformed_dsa": "Participants with pre-formed DSA",
    "participants_with_dsa_above_threshold": "Participants with a DSA above the MFI threshold",
    "participants_with_anti_hla": "Participants with any anti-HLA antibody",
}

LEVELS: Mapping[str, str] = {
    "MILD": "Mild",
    "MODERATE": "Moderate",
    "SEVERE": "Severe",
    "MISSING": "Not recorded",
    "any": "Any",
}

GRADED = frozenset({"ae_by_grade", "participants_by_worst_grade"})


def measure_label(table: Mapping[str, Any], measure: str) -> str:
    """The table's own label of a measure, else ours, else its id with spaces."""
    own = _named(table.get("measures"), measure)
    return own or MEASURES.get(measure) or measure.replace("_", " ").capitalize()


def level_label(table: Mapping[str, Any], measure: str, level: object) -> str:
    """A level in words: ``Grade 3``, ``Not recorded``, the table's own label, or the code itself."""
    text = str(level)
    own = _named(table.get("levels"), text)
    if own:
        return own
    if measure in GRADED and text.isdigit():
        return f"Grade {text}"
    return LEVELS.get(text, text)


def window_label(table: Mapping[str, Any], window: str) -> str:
    """The table's own label of an event window, else its id."""
    return _named(table.get("windows"), window) or window


def _named(entries: object, wanted: str) -> str | None:
    """The label of an entry in a list of ``{"id", "label"}`` or in a mapping from id to label."""
    if isinstance(entries, Mapping):
        return entries.get(wanted)
    for entry in entries if isinstance(entries, (list, tuple)) else ():
        if isinstance(entry, Mapping) and str(entry.get("id")) == wanted:
            return str(entry["label"])
    return None
