"""The parts of an event's page around its fields: grades, the preceding infusion, remarks."""

from itertools import groupby
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.services import signatures_of
from events.admin.event_form import EventForm
from events.admin.grade_lines import limit_lines, limits_note
from events.admin.notice_words import acknowledged_in_words, reader_of, sent_in_words
from events.choices import GENERAL_MEANING, EventStatus, Grade
from events.models import AdverseEvent, CtcaeTerm
from events.models.adverse_events import protocol_when_recorded
from events.queries.duplicates import likely_duplicates
from events.queries.notices import Recipients, notices_of, recipients_of
from events.rules.adverse_events.entered import COURSE_CODES, CRITERIA
from events.wording import name_of_event
from trials.models import Infusion, Participant, Trial
from webkit.admin.display import duration, moment, partial
from webkit.refusals import localised

ASK_SERIOUSNESS_FROM = Grade.SEVERE
"""From this grade on the six questions are open (pages of the paper form; safety.md R3)."""


def group_terms(form: EventForm) -> None:
    """The terms under their system organ classes, as a list that also works without scripts."""
    field: Any = form.fields.get("ctcae_term")
    if field is None:
        return
    rows = field.queryset.order_by("soc", "term").values_list("soc", "pk", "term")
    groups = [
        (soc, [(pk, term) for _soc, pk, term in terms])
        for soc, terms in groupby(rows, key=lambda row: row[0])
    ]
    field.choices = [("", _("Not coded yet")), *groups]


def _value(form: EventForm, name: str) -> Any:
    return form[name].value() if name in form.fields else None


def _term_of(form: EventForm, event: AdverseEvent | None) -> CtcaeTerm | None:
    chosen = str(_value(form, "ctcae_term") or (event.ctcae_term_id if event else "") or "")
    return CtcaeTerm.objects.filter(pk=chosen).first() if chosen.isdecimal() else None


def note_on_limits(form: EventForm, event: AdverseEvent | None) -> str:
    """The grading of the chosen term; empty before a term is chosen."""
    term = _term_of(form, event)
    return limits_note(term) if term else ""


def grade_rows(form: EventForm, event: AdverseEvent | None) -> list[dict[str, Any]]:
    """One row per grade: its general meaning, its wording once it was loaded, or why it cannot be chosen."""
    if "grade" not in form.fields and event is None:
        return []
    term = _term_of(form, event)
    lines = limit_lines(term) if term else {}
    current = str(_value(form, "grade") or "")
    return [
        {
            "value": grade.value,
            "label": grade.label,
            "meaning": GENERAL_MEANING[grade],
            "limits": lines.get(str(grade.value), ""),
            "is_chosen": current == str(grade.value),
            "is_available": term is None or grade.value in term.grades,
            "wording": (term.grade_wording.get(str(grade.value), "") if term else ""),
        }
        for grade in Grade
    ]


def is_seriousness_open(form: EventForm, event: AdverseEvent | None) -> bool:
    """Open from grade 3, when serious, and with any of the six answered: an answer is never hidden."""
    grade = str(_value(form, "grade") or (event.grade if event else "") or "")
    answered = any(_value(form, name) not in (None, "") for name in CRITERIA)
    said_serious = str(_value(form, "serious")) == "True"
    return (
        answered
        or said_serious
        or (grade.isdecimal() and int(grade) >= ASK_SERIOUSNESS_FROM)
        or any(name in form.errors for name in CRITERIA)
    )


def course_rows(form: EventForm) -> list[dict[str, Any]]:
    """The fields of treatment and course, and whether each is shown for a fatal event only."""
    return [
        {"field": form[field.name], "is_of_death": field.is_of_death}
        for field in COURSE_CODES
        if field.name in form.fields
    ]


def course_lines(event: AdverseEvent | None) -> list[tuple[str, str]]:
    """The same for a reader who may not write; fields of a fatal event only when answered."""
    if event is None:
        return []
    labels = {column.name: str(column.verbose_name) for column in AdverseEvent._meta.fields}
    return [
        (
            capfirst(labels[field.name]),
            getattr(event, f"get_{field.name}_display")() or _("not recorded"),
        )
        for field in COURSE_CODES
        if getattr(event, field.name) or not field.is_of_death
    ]


def recorded_worst(event: AdverseEvent | None) -> dict[str, str]:
    """The recorded worst values of the event, in the form's format: the page asks when one of them is lowered."""
    if event is None or event.status != EventStatus.RECORDED:
        return {}
    values = {name: getattr(event, name) for name in ("grade", "severity", "serious", "outcome", *CRITERIA)}
    return {name: "" if value is None else str(value) for name, value in values.items()}


def starts_of(form: EventForm, event: AdverseEvent | None) -> list[dict[str, Any]]:
    """The starts of the possible participants' infusions, for the text "after infusion 2, by 3 h 40"."""
    if event:
        people = Participant.objects.filter(pk=event.participant_id)
    elif "participant" in form.fields:
        people = form.fields["participant"].queryset  # type: ignore[attr-defined]
    else:
        return []
    rows = (
        Infusion.objects.given()
        .filter(participant__in=people, start_precision="minute")
        .order_by("started_at")
    )
    return [
        {
            "participant": participant,
            "number": number,
            "wall": timezone.localtime(started).strftime("%Y-%m-%dT%H:%M"),
        }
        for participant, number, started in rows.values_list("participant_id", "number", "started_at")[:2000]
    ]


def follows_infusion(event: AdverseEvent | None) -> str:
    """The words “After infusion 2, by 3 h 40”, when the onset is known well enough to say so."""
    if (
        event is None
        or event.after_infusion is None
        or event.onset_earliest_at is None
        or event.after_infusion.started_at is None
    ):
        return ""
    text = _("After infusion %(number)d") % {"number": event.after_infusion.number}
    if "T" not in event.onset or event.onset_earliest_at < event.after_infusion.started_at:
        return text
    return _("%(infusion)s, by %(time)s") % {
        "infusion": text,
        "time": duration(event.onset_earliest_at - event.after_infusion.started_at),
    }


def cause_of(event: AdverseEvent) -> str:
    """The cause in the protocol's words; the code alone where the protocol has none for it."""
    causes = protocol_when_recorded(event.participant, event.recorded_at).labels()["causality"]
    return _(causes[event.causality]) if event.causality in causes else event.causality


def event_page_facts(event: AdverseEvent) -> list[tuple[str, str]]:
    """The facts beside the form of an existing event."""
    signed = f"{event.signed_by}, {moment(event.signed_at)}" if event.signed_at else _("not signed")
    return [
        (_("Participant"), event.participant.code),
        (
            _("State"),
            str(event.get_status_display())
            if not event.voided_at
            else _("void: %(why)s") % {"why": event.void_reason},
        ),
        (_("Recorded"), moment(event.recorded_at)),
        (_("Investigator"), signed),
        *(
            (_("Signed before"), f"{one.printed_name}, {moment(one.signed_at)}")
            for one in signatures_of(event)
            if one.subject_version != event.version
        ),
    ]


def recipients_in_words(trial: Trial | None) -> dict[str, str]:
    """The form's text about the recipients of a notice: `who`, and in red what is missing."""
    if trial is None:
        return {}
    recipients = recipients_of(trial)
    who = []
    if recipients.officers:
        count = len(recipients.officers)
        who.append(
            ngettext("%(count)d safety officer", "%(count)d safety officers", count) % {"count": count}
        )
    if recipients.inbox:
        who.append(_("the sponsor's inbox"))
    if recipients.sponsors:
        count = len(recipients.sponsors)
        who.append(
            ngettext("%(count)d person of the sponsor", "%(count)d people of the sponsor", count)
            % {"count": count}
        )
    return {
        "who": ", ".join(who),
        "missing": "" if recipients.has_sponsor else missing_recipients_text(recipients),
    }


def missing_recipients_text(recipients: Recipients) -> str:
    """The sentence in red when the sponsor, or any recipient, is missing."""
    if recipients.is_nobody:
        return _(
            "Nobody is told: the trial has no safety officer and no address of the sponsor. Tell them yourself now."
        )
    return _(
        "Nobody of the sponsor is told: no address and no person is named. Tell the sponsor yourself now."
    )


def notices_in_words(event: AdverseEvent | None) -> list[dict[str, str]]:
    """The notices of this event: news, recipient, sent, opened, acknowledged."""
    if event is None:
        return []
    return [
        {
            "news": str(notice.get_news_display()),
            "reader": reader_of(notice),
            "sent": sent_in_words(notice),
            "opened": moment(notice.opened_at) if notice.opened_at else _("not yet"),
            "acknowledged": acknowledged_in_words(notice),
        }
        for notice in notices_of(event)
    ]


def similar_events(form: EventForm) -> list[dict[str, str]]:
    """The similar events of one that was refused as a likely duplicate."""
    if "distinct_because" not in form.errors or not form.instance.participant_id:
        return []
    return [
        {
            "url": reverse("admin:events_adverseevent_change", args=[event.pk]),
            "name": f"{event.number} · {name_of_event(event)} · {partial(event.onset)}",
        }
        for event in likely_duplicates(form.instance)
    ]


def remarks_of(event: AdverseEvent | None) -> list[str]:
    """The questions of the rules about a recorded event; never a refusal."""
    if event is None or event.voided_at:
        return []
    verdict = event.verdict()
    return [localised(remark, AdverseEvent) for remark in (*verdict.warnings, *verdict.prompts)]
