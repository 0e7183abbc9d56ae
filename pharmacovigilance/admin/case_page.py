"""The page of a case: events with derived facts, reconciliation, obligations, receipts and history."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.services import signatures_of
from events.models import AdverseEvent
from pharmacovigilance.choices import Judgement, ObligationState, Side
from pharmacovigilance.models import CaseVersion, Obligation, SafetyCase
from pharmacovigilance.queries.judged_events import JudgedEvent
from pharmacovigilance.queries.judging import CaseJudgement
from pharmacovigilance.rules.reasons import ReasonSentence, from_json
from pharmacovigilance.rules.reconciliation import FieldLine, Line, reconcile_fields
from webkit.admin.display import NOT_RECORDED, dates_in_words, partial

STATE_SHAPES = {
    ObligationState.NOT_STARTED: "unknown",
    ObligationState.RUNNING: "due",
    ObligationState.SOON: "soon",
    ObligationState.OVERDUE: "overdue",
    ObligationState.HANDED: "done",
    ObligationState.HANDED_LATE: "overdue",
    ObligationState.MET: "done",
    ObligationState.MET_LATE: "overdue",
    ObligationState.CLOSED: "unknown",
}
LINE_SHAPES = {
    Line.SAME: "done",
    Line.NEW: "soon",
    Line.MISSING: "unknown",
    Line.DIFFERS: "soon",
    Line.NOT_SUBMITTED: "due",
}


def line_words() -> dict[Line, str]:
    """The state of a line in a word."""
    return {
        Line.SAME: _("as submitted"),
        Line.NEW: _("new since the last version"),
        Line.MISSING: _("missing in the record"),
        Line.DIFFERS: _("sponsor and site differ"),
        Line.NOT_SUBMITTED: _("not submitted yet"),
    }


def reason_words(reason: ReasonSentence) -> str:
    """A reason in the reader's language."""
    words = _(reason.message)
    return dates_in_words(words % dict(reason.params) if reason.params else words)


def case_context(case: SafetyCase, at: datetime) -> dict[str, Any]:
    """The whole context of the page. The same in every arm: nothing sealed is read."""
    judgement = CaseJudgement(case)
    versions = list(case.versions.order_by("-number"))
    submitted = _submitted(versions[0] if versions else None)
    return {
        "case": case,
        "day_0": judgement.day_0_at,
        "events": [_event(one, submitted) for one in judgement.events],
        "obligations": [obligation_shown(row, at) for row in _owed(case)],
        "receipts": list(reversed(judgement.receipts)),
        "steps": case.steps.select_related("done_by", "event", "other_case").order_by("-done_at", "-pk"),
        "versions": [{"row": row, "signatures": signatures_of(row)} for row in versions],
        "opening": getattr(case, "opening", None),
        "merged_cases": list(case.merged.all()),
    }


def _owed(case: SafetyCase) -> list[Obligation]:
    rows = Obligation.objects.filter(case__in=[case, *case.merged.all()])
    return list(rows.with_relations().order_by("due_at", "pk"))


def obligation_shown(row: Obligation, at: datetime) -> dict[str, Any]:
    """An obligation with its state in a word and a shape."""
    state = row.state_at(at)
    return {
        "row": row,
        "shape": STATE_SHAPES[state],
        "word": state.label,
        "rule": _(row.rule.label),
        "reasons": [reason_words(reason) for reason in from_json(row.reasons)],
        "steps": list(row.steps.all()),
        "url": reverse("admin:pharmacovigilance_obligation_change", args=[row.pk]),
    }


def _submitted(version: CaseVersion | None) -> dict[int, dict[str, Any]] | None:
    if version is None:
        return None
    return {event["number"]: event["facts"] for event in version.content["events"]}


def _event(one: JudgedEvent, submitted: dict[int, dict[str, Any]] | None) -> dict[str, Any]:
    before = None if submitted is None else submitted.get(one.event.number, {})
    sponsor = {"serious": one.sponsor_serious, "causality": _category(one)}
    lines = reconcile_fields(submitted=before, recorded=one.facts, sponsor=sponsor)
    return {
        "event": one.event,
        "name": one.facts["term"] or one.facts["reported_term"],
        "url": reverse("admin:events_adverseevent_change", args=[one.event.pk]),
        "disagree": one.disagree,
        "views": [(side.label, _answer(one, side)) for side in Side],
        "expectedness": reason_words(one.expectedness.reason),
        "susars": [
            {
                "who": judgement.label,
                "is_susar": susar.is_susar,
                "reasons": [reason_words(reason) for reason in susar.reasons],
                "missing": susar.missing,
            }
            for judgement in Judgement
            for susar in [one.susars[judgement]]
        ],
        "lines": [_line(line) for line in lines],
    }


def _answer(one: JudgedEvent, side: Side) -> str:
    view = one.views[side]
    if view.related is None:
        return _("missing: counts as related")
    if view.is_undetermined:
        return _("undetermined: counts as related")
    return _("related") if view.related else _("not related")


def _category(one: JudgedEvent) -> Any:
    """The sponsor's answer on the study product in the words of the record, where both have the same effect."""
    sponsor = one.views[Side.SPONSOR].related
    site = one.views[Side.INVESTIGATOR].related
    if sponsor is None or sponsor == site:
        return None
    return _("related") if sponsor else _("not related")


def _line(line: FieldLine) -> dict[str, Any]:
    label = {"term": _("Term"), "serious": _("Serious")}.get(line.field) or str(
        AdverseEvent._meta.get_field(line.field).verbose_name  # type: ignore[union-attr]
    )
    return {
        "label": label,
        "submitted": _value(line.field, line.submitted),
        "recorded": _value(line.field, line.recorded),
        "sponsor": "" if line.sponsor is None else _value(line.field, line.sponsor),
        "shape": LINE_SHAPES[line.line],
        "word": line_words()[line.line],
        "is_new": line.line == Line.NEW,
        "who": _(line.who) if line.who else "",
    }


def _value(field: str, value: Any) -> str:
    if value in (None, ""):
        return str(NOT_RECORDED)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if field == "onset":
        return partial(str(value))
    choices = dict(AdverseEvent._meta.get_field(field).flatchoices) if field in ("grade", "outcome") else {}  # type: ignore[union-attr]
    return str(choices.get(value, value))
