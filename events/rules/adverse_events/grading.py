"""Rules R1, R3, R4 and R6: the grades of a term; grade, severity and seriousness as independent answers.

Source: CTCAE v5.0/v6.0 (grades that a term does not have), SDTMIG 3.4 AE assumption 7 (severity is not seriousness).
"""

from collections.abc import Iterator

from events.choices import Severity
from events.rules.adverse_events.facts import EventContext, EventFacts
from events.rules.ctcae import GRADES, is_other_specify
from events.rules.remarks import Remark
from partial_dates.refusals import gettext_noop

LIFE_THREATENING_GRADE = 4  # CTCAE: "life-threatening consequences; urgent intervention indicated"
HOSPITALISATION_GRADE = 3  # CTCAE: "hospitalization or prolongation of existing hospitalization indicated"
MILD_UP_TO_GRADE = 2  # proposal: mild with grade 3 or higher should be checked
SEVERE_FROM_GRADE = 2  # proposal: severe with grade 1 should be checked


def grade_exists(facts: EventFacts, context: EventContext) -> Iterator[Remark]:
    """R1: the chosen grade is one of 1 to 5, and one that the term has in the protocol's CTCAE version."""
    if facts.grade is None:
        return
    if facts.grade not in GRADES:
        message = gettext_noop("Grade: %(grade)s is not a grade; CTCAE grades are 1 to 5 (R1).")
        yield Remark("R1", "grade_impossible", "grade", message, {"grade": facts.grade})
        return
    if facts.term is None or facts.grade in facts.term.grades:
        return
    yield Remark(
        "R1",
        "grade_not_available",
        "grade",
        gettext_noop(
            "Grade: %(grade)s does not exist for “%(term)s” in CTCAE v%(version)s; it has %(grades)s (R1)."
        ),
        {
            "grade": facts.grade,
            "term": facts.term.term,
            "version": facts.term_version or context.dictionary_version,
            "grades": ", ".join(str(grade) for grade in facts.term.grades),
        },
    )


def present_grade_is_lower(facts: EventFacts, _: EventContext) -> Iterator[Remark]:
    """R1: today's grade is lower than the worst grade, and one that the term has."""
    present = facts.present_grade
    if present is None:
        return
    if facts.grade is None or present >= facts.grade:
        message = gettext_noop(
            "Grade now: %(present)s is not lower than the grade at its worst (%(grade)s); leave it empty, or raise "
            "the worst (R1)."
        )
        params = {"present": present, "grade": facts.grade or "—"}
        yield Remark("R1", "present_grade_not_lower", "present_grade", message, params)
    elif present not in GRADES or (facts.term is not None and present not in facts.term.grades):
        message = gettext_noop("Grade now: %(present)s does not exist for this term; leave it empty (R1).")
        yield Remark("R1", "present_grade_not_available", "present_grade", message, {"present": present})


def term_is_of_the_dictionary(facts: EventFacts, context: EventContext) -> Iterator[Remark]:
    """R1: an event has a term; in a graded study one of the dictionary's, or its grade cannot be checked."""
    if facts.term is None and not facts.reported_term.strip():
        message = gettext_noop("Term: empty; an event needs a term that says what happened (R1).")
        yield Remark("R1", "term_missing", "reported_term", message)
    if context.is_coded and facts.term is None and facts.reported_term.strip():
        yield not_in_dictionary(facts.reported_term, context.dictionary_version or "")


def not_in_dictionary(text: str, version: str) -> Remark:
    """The refusal of a text that is no term of the CTCAE version."""
    message = gettext_noop(
        "Term: “%(term)s” is not a term of CTCAE v%(version)s; choose one of its terms (R1)."
    )
    params = {"term": text, "version": version}
    return Remark("R1", "term_not_in_dictionary", "ctcae_term", message, params)


def term_is_of_the_version(facts: EventFacts, context: EventContext) -> Iterator[Remark]:
    """R1: a term is of the version that the protocol pins; another version's grades mean something else."""
    if facts.term is not None and facts.term_version != (context.dictionary_version or ""):
        message = gettext_noop(
            "Term: “%(term)s” is of CTCAE v%(given)s, but the protocol uses %(version)s; choose its term (R1)."
        )
        version = f"v{context.dictionary_version}" if context.is_coded else "no CTCAE"
        params = {"term": facts.term.term, "given": facts.term_version, "version": version}
        yield Remark("R1", "term_of_another_version", "ctcae_term", message, params)


def other_is_specified(facts: EventFacts, _: EventContext) -> Iterator[Remark]:
    """R6: "Other, specify" needs a text that specifies it."""
    if facts.term is not None and is_other_specify(facts.term.term) and not facts.specify.strip():
        yield Remark(
            "R6",
            "other_not_specified",
            "specify",
            gettext_noop("Specify: empty, but “%(term)s” needs a text that says what it was (R6)."),
            {"term": facts.term.term},
        )


def severity_agrees_with_grade(facts: EventFacts, _: EventContext) -> Iterator[Remark]:
    """R4: mild with grade 3 or higher, or severe with grade 1, causes a question and is never changed."""
    if facts.grade is None:
        return
    mild_but_high = facts.severity == Severity.MILD and facts.grade > MILD_UP_TO_GRADE
    severe_but_low = facts.severity == Severity.SEVERE and facts.grade < SEVERE_FROM_GRADE
    if mild_but_high or severe_but_low:
        yield Remark(
            "R4",
            "severity_against_grade",
            "severity",
            gettext_noop(
                "Severity: %(severity)s with grade %(grade)s is unusual; both are kept, please check (R4)."
            ),
            {"severity": facts.severity, "grade": facts.grade},
        )


def grade_asks_for_criteria(facts: EventFacts, _: EventContext) -> Iterator[Remark]:
    """R3: grade 4 needs an answer on danger to life, grade 3 on hospitalisation; neither is assumed."""
    if facts.grade == LIFE_THREATENING_GRADE and facts.criteria.life_threatening is None:
        message = gettext_noop(
            "Life-threatening: not answered for a grade %(grade)s event; was life in danger at the time (R3)?"
        )
        yield Remark("R3", "ask_life_threatening", "life_threatening", message, {"grade": facts.grade})
    if facts.grade == HOSPITALISATION_GRADE and facts.criteria.hospitalisation is None:
        message = gettext_noop(
            "Hospitalisation: not answered for a grade %(grade)s event; was a stay needed or prolonged (R3)?"
        )
        yield Remark("R3", "ask_hospitalisation", "hospitalisation", message, {"grade": facts.grade})


def grade_is_recorded(facts: EventFacts, context: EventContext) -> Iterator[Remark]:
    """Open question: an event of a graded study without a grade is counted as missing, not as mild."""
    if context.is_graded and facts.grade is None:
        message = gettext_noop("Grade: not recorded; until it is, the event counts as grade missing (R1).")
        yield Remark("R1", "grade_missing", "grade", message)
