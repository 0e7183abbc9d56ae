"""The limits of a term beside each grade of the event's form."""

import re

from django.utils.formats import get_format
from django.utils.translation import gettext, gettext_lazy

from events.models import CtcaeTerm
from events.queries.grade_limits import VERSIONS, limits_of_term
from events.rules.grade_limits import TermLimits, grade_in_words

BY_NUMBER = gettext_lazy(
    "Graded by a number: the highest grade whose limits are met counts. ULN and LLN are the laboratory’s upper and "
    "lower limits."
)
BY_TREATMENT = gettext_lazy("Graded by symptoms or treatment, not by a number.")
_DECIMAL_POINT = re.compile(r"(?<=\d)\.(?=\d)")


def limit_lines(term: CtcaeTerm) -> dict[str, str]:
    """The limits of each grade, by grade, in the reader's language.

    Without the grades that no number reaches.
    """
    limits = limits_of_term(version=term.ctcae_version, code=term.code)
    lines = {
        str(grade): " · ".join(dict.fromkeys(_line(one, grade) for one in limits if grade in one.by_grade))
        for grade in term.grades
    }
    return {grade: line for grade, line in lines.items() if line}


def limits_note(term: CtcaeTerm) -> str:
    """The grading of the term, and the assumptions of its limits.

    Empty for a dictionary without limits of ours.
    """
    if term.ctcae_version not in VERSIONS.values():
        return ""
    limits = limits_of_term(version=term.ctcae_version, code=term.code)
    if not limits:
        return str(BY_TREATMENT)
    notes = dict.fromkeys(gettext(one.note) for one in limits if one.note)
    return " ".join([str(BY_NUMBER), *(f"({note})" for note in notes)])


def _line(limits: TermLimits, grade: int) -> str:
    words = _DECIMAL_POINT.sub(get_format("DECIMAL_SEPARATOR"), grade_in_words(limits, grade, gettext))
    return f"{gettext(limits.variant)} {words}" if limits.variant else words
