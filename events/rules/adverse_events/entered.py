"""The fields of an adverse event that people enter. Each is declared once, in `ENTERED_FIELDS`.

The model has type, label, help and choices. From both follow the form and its page, the serializers and filters of the
API, the history, the records and the frame of a report, the listing of serious events, and the import.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from events.choices import Autopsy, Severity

Kind = Literal["text", "code", "category", "flag", "criterion", "integer", "moment", "partial", "relation"]
"""`code`: one of the choices of the model; `category`: a code of the protocol.

`partial`: a date as exactly as known.
"""
Group = Literal["what", "when", "badness", "cause", "course", "clock"]
"""The subject of the field. Codes of the course follow each other on the page, as declared here."""


@dataclass(frozen=True)
class EnteredField:
    """One field. `name` is the column, and the name in form, API, history, record and frame.

    - `is_reported`: the records of a report have it. Its column may name an infusion or a time, but never an arm.
    - `meaning`: of its column in the frame `adverse_events`; empty when the frame does not have it.
    - `codes`: the only values in the frame and in an imported qualifier.
    - `listed`: its heading in the closed report's listing of serious events.
    - `qualifier`: QNAM of its SUPPAE record in an import. The rules read such a field (`EventFacts`).
    - `is_of_death`: shown for a fatal event only.
    - `is_of_end`: belongs to the end; a report corrected later includes both or neither.
    """

    name: str
    kind: Kind
    group: Group
    is_reported: bool = True
    meaning: str = ""
    codes: tuple[str, ...] = ()
    listed: str = ""
    qualifier: str = ""
    is_of_death: bool = False
    is_of_end: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether rules use the stored value."""
        return self.kind not in ("partial", "relation", "criterion")

    @property
    def columns(self) -> tuple[str, ...]:
        """Its columns: a partial date also has the columns of its possible times."""
        if self.kind == "relation":
            return (f"{self.name}_id",)
        if self.kind == "partial":
            return (self.name, f"{self.name}_earliest_at", f"{self.name}_latest_at")
        return (self.name,)


ENTERED_FIELDS = (
    EnteredField("reported_term", "text", "what"),
    EnteredField("ctcae_term", "relation", "what"),
    EnteredField("specify", "text", "what"),
    EnteredField("dictionary_term", "text", "what"),
    EnteredField("dictionary_soc", "text", "what"),
    EnteredField("onset", "partial", "when"),
    EnteredField("worsened", "partial", "when"),
    EnteredField("ended", "partial", "when", is_of_end=True),
    EnteredField("ongoing", "flag", "when", is_of_end=True),
    EnteredField("after_infusion", "relation", "when"),
    EnteredField("reopens", "relation", "when", is_reported=False),
    EnteredField("distinct_because", "text", "when"),
    EnteredField("grade", "integer", "badness", meaning="CTCAE grade 1 to 5"),
    EnteredField("present_grade", "integer", "badness"),
    EnteredField("severity", "code", "badness", meaning="intensity", codes=tuple(Severity.values)),
    EnteredField("serious", "flag", "badness", meaning="serious as ICH E2A"),
    EnteredField("results_in_death", "criterion", "badness", meaning="criterion: results in death"),
    EnteredField("life_threatening", "criterion", "badness", meaning="criterion: life-threatening"),
    EnteredField(
        "hospitalisation", "criterion", "badness", meaning="criterion: hospitalisation or its prolongation"
    ),
    EnteredField("disability", "criterion", "badness", meaning="criterion: disability or incapacity"),
    EnteredField("congenital_anomaly", "criterion", "badness", meaning="criterion: congenital anomaly"),
    EnteredField(
        "medically_important", "criterion", "badness", meaning="criterion: other medically important"
    ),
    EnteredField("causality", "category", "cause", meaning="code of the protocol's causality category"),
    EnteredField("action_taken", "code", "course", meaning="as recorded"),
    EnteredField(
        "outcome",
        "code",
        "course",
        meaning="as recorded; FATAL when the event ended in death",
        is_of_end=True,
    ),
    EnteredField(
        "autopsy",
        "code",
        "course",
        meaning="whether one was done; null when not recorded, and of an event that is not fatal",
        codes=tuple(Autopsy.values),
        listed="Autopsy",
        qualifier="AEAUTOPS",
        is_of_death=True,
        is_of_end=True,
    ),
    EnteredField("narrative", "text", "course", is_reported=False),
    EnteredField("relevant_history", "text", "course", is_reported=False),
    EnteredField("aware_at", "moment", "clock"),
    EnteredField("sponsor_informed_at", "moment", "clock"),
    EnteredField("reporter_name", "text", "clock", is_reported=False),
    EnteredField("reporter_function", "text", "clock", is_reported=False),
)
"""The entered fields. Everything else of an event is derived, or describes the origin of the record."""

ENTERED = tuple(field.name for field in ENTERED_FIELDS)
ASSESSED = tuple(field.name for field in ENTERED_FIELDS if field.group not in ("what", "when"))
"""Severity, cause, action and outcome of an event."""
FOLLOWED_UP = (
    "present_grade",
    "outcome",
    "autopsy",
    "ended",
    "ongoing",
    "action_taken",
    "narrative",
    "sponsor_informed_at",
)
"""The fields of a follow-up of a recorded event."""
PARTIAL_DATES = tuple(field.name for field in ENTERED_FIELDS if field.kind == "partial")
CRITERIA = tuple(field.name for field in ENTERED_FIELDS if field.kind == "criterion")
"""The six questions of ICH E2A, in its order."""
CODED = tuple(field.name for field in ENTERED_FIELDS if field.kind == "code")
COURSE_CODES = tuple(field for field in ENTERED_FIELDS if field.kind == "code" and field.group == "course")
REPORTED = tuple(column for field in ENTERED_FIELDS if field.is_reported for column in field.columns)
"""The columns in a report's records."""
FRAMED = tuple(field for field in ENTERED_FIELDS if field.meaning)
COLUMNS_OF_END = tuple(column for field in ENTERED_FIELDS if field.is_of_end for column in field.columns)
QUALIFIERS: Mapping[str, EnteredField] = {
    field.qualifier: field for field in ENTERED_FIELDS if field.qualifier
}
"""The fields that an import reads from SUPPAE, by QNAM."""
