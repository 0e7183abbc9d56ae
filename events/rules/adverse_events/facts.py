"""The facts of one adverse event, and their context. No fact here is derived from another one here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from events.rules.adverse_events.entered import ENTERED_FIELDS
from events.rules.ctcae import Term
from partial_dates import PartialMoment
from trials.rules.protocol import CausalityCategory


@dataclass(frozen=True, kw_only=True)
class Criteria:
    """The six criteria of seriousness (ICH E2A II.B).

    True, False, or None = not answered, which is not "no".
    """

    results_in_death: bool | None = None
    life_threatening: bool | None = None
    hospitalisation: bool | None = None
    disability: bool | None = None
    congenital_anomaly: bool | None = None
    medically_important: bool | None = None

    def met(self) -> tuple[str, ...]:
        """The names of the criteria answered "yes"."""
        return tuple(name for name, answer in self._answers().items() if answer is True)

    def is_any_met(self) -> bool:
        """Whether at least one criterion is answered "yes"."""
        return any(answer is True for answer in self._answers().values())

    def _answers(self) -> Mapping[str, bool | None]:
        return vars(self)


@dataclass(frozen=True, kw_only=True)
class EventFacts:
    """One adverse event as recorded; empty text and None mean "not recorded".

    `grade` is the one at its worst, `present_grade` a lower one of today. `term` is the dictionary's term in its
    `term_version`, None when the study has its own terms or none was found; `after_infusion` is the start of the
    recorded preceding infusion; `onset`, `worsened` and `ended` keep their given precision; `serious`, `ongoing` and
    the criteria are True, False or None.
    """

    term: Term | None = None
    term_version: str = ""
    reported_term: str = ""
    specify: str = ""
    grade: int | None = None
    present_grade: int | None = None
    severity: str = ""
    serious: bool | None = None
    criteria: Criteria = Criteria()
    causality: str = ""
    outcome: str = ""
    autopsy: str = ""
    onset: PartialMoment | None = None
    worsened: PartialMoment | None = None
    ended: PartialMoment | None = None
    ongoing: bool | None = None
    distinct_because: str = ""
    aware_at: datetime | None = None
    sponsor_informed_at: datetime | None = None
    after_infusion: PartialMoment | None = None


PLAIN_FACTS = tuple(
    field.name for field in ENTERED_FIELDS if field.is_plain and field.name in EventFacts.__dataclass_fields__
)
"""The entered fields that rules read as they are stored."""


@dataclass(frozen=True, kw_only=True)
class EventContext:
    """The context of an event: the participant's dates, the protocol's words, and the time of judging.

    `dictionary_version` is the CTCAE version of the protocol's terms, None when the study has its own; these may be
    graded by the CTCAE version `grades_version`. `is_dead` is a recorded death, also without a known date.
    `other_fatal_events` counts this participant's other events with outcome fatal.
    """

    at: datetime
    dictionary_version: str | None
    causality: tuple[CausalityCategory, ...]
    consent: PartialMoment | None = None
    enrolled: PartialMoment | None = None
    first_infusion: PartialMoment | None = None
    is_dead: bool = False
    death: PartialMoment | None = None
    other_fatal_events: int = 0
    grades_version: str | None = None

    @property
    def is_death_undated(self) -> bool:
        """Whether the death is recorded without any date."""
        return self.is_dead and self.death is None

    @property
    def is_coded(self) -> bool:
        """Whether the protocol's terms are CTCAE's."""
        return self.dictionary_version is not None

    @property
    def in_trial_since(self) -> PartialMoment | None:
        """The first of consent, enrolment and first infusion: an event begins then or later (R7).

        With consent of a relative, or deferred, the infusion comes before the consent. None without a recorded consent:
        it may be older than everything else, and nothing is certainly before it.
        """
        if self.consent is None:
            return None
        recorded = [one for one in (self.consent, self.enrolled, self.first_infusion) if one is not None]
        return min(recorded, key=lambda one: one.earliest)

    @property
    def is_graded(self) -> bool:
        """Whether the protocol grades events by CTCAE."""
        return self.is_coded or self.grades_version is not None
