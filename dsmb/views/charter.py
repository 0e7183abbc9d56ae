"""The charter's facts as lines of a page; a fact missing in the protocol is named as missing."""

from django.utils.translation import gettext as _

from reports.choices import Recommendation
from trials.rules.protocol import BoardCharter


def charter_lines(charter: BoardCharter) -> list[tuple[str, str]]:
    """Label and value of each required fact of a charter."""
    return [
        (_("Quorum"), _number(charter.quorum, _("%(n)s members, present and not excused"))),
        (_("Voting rule"), _voting(charter)),
        (_("Tie"), _tie(charter)),
        (_("Recommendations"), _recommendations(charter)),
        (_("Who sees the arms’ codes"), charter.arm_codes_seen_by or _not_stated()),
        (_("Distribution"), ", ".join(charter.distribution) or _not_stated()),
        (_("Material before the meeting"), _number(charter.material_days, _("%(n)s days before"))),
        (_("Sponsor’s answer"), _number(charter.answer_days, _("within %(n)s days"))),
        (_("Reminders"), _number(charter.reminder_days, _("every %(n)s days, until the report is opened"))),
        (_("Source"), charter.source or _not_stated()),
    ]


def _not_stated() -> str:
    return _("not stated in the protocol")


def _number(value: int | None, words: str) -> str:
    return _not_stated() if value is None else words % {"n": value}


def _voting(charter: BoardCharter) -> str:
    if charter.voting_rule is None:
        return _("not stated in the protocol: the chair states what the board recommends")
    return {
        "majority": _("more than half of the votes for or against"),
        "two_thirds": _("at least two thirds of the votes for or against"),
        "unanimity": _("all votes for or against"),
    }[charter.voting_rule]


def _tie(charter: BoardCharter) -> str:
    if charter.tie_rule is None:
        return _("not stated in the protocol: no majority")
    return {"chair": _("the chair’s vote counts once more"), "none": _("no majority")}[charter.tie_rule]


def _recommendations(charter: BoardCharter) -> str:
    if not charter.recommendations:
        return _("not stated in the protocol: all are offered")
    return ", ".join(str(Recommendation(word).label) for word in charter.recommendations)
