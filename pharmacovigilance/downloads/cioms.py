"""A signed version of a case as CIOMS I. Blinded unless the unblinded desk names the product."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from assessments.choices import MedicationRoute
from events.choices import ActionTaken, Outcome
from pharmacovigilance.choices import Side, SuspectCause, VersionKind
from pharmacovigilance.e2b.case_patient import medications
from pharmacovigilance.models import CaseVersion, SafetyCase
from pharmacovigilance.queries.case_reports import case_report
from pharmacovigilance.rendering.cioms import CiomsBox, CiomsForm
from webkit.admin.display import moment, partial

Given = Mapping[str, Any]
CRITERIA = (
    ("results_in_death", "8"),
    ("hospitalisation", "9"),
    ("disability", "10"),
    ("life_threatening", "11"),
    ("congenital_anomaly", "12"),
    ("medically_important", "12"),
)


def cioms_form(*, case: SafetyCase, version: CaseVersion, at: datetime, product_name: str = "") -> CiomsForm:
    """The form of a signed version, from its frozen content.

    `product_name` comes from the desk, under seal; empty: blinded.
    """
    content: Given = version.content
    report = case_report(case=case, version=version, profile="ich", at=at, product_name=product_name)
    patient, events = content.get("patient", {}), content["events"]
    product = product_name or str(report.route.get("blinded_product"))
    is_unblinded = bool(product_name)
    return CiomsForm(
        language=(get_language() or "en")[:2],
        title=_("CIOMS form: suspect adverse reaction report"),
        banner=_("Unblinded: for the authority, not for blinded people")
        if is_unblinded
        else _("Blinded: the arm is not named"),
        parts=[
            (_("I. Reaction information"), _reaction(content, patient, events)),
            (_("II. Suspect drug information"), _suspect(product, patient, events, case)),
            (_("III. Concomitant drugs and history"), _history(medications(report), patient)),
            (_("IV. Manufacturer information"), _sender(content, case, version, at)),
        ],
        criteria_label=_("8–12. Check all that apply to the reaction"),
        criteria=_criteria(events),
        continued=_("(continued)"),
        continuation_title=_("Continuation of the CIOMS form, %(number)s")
        % {"number": case.worldwide_number},
        foot=_("%(number)s, version %(version)s, content SHA-256 %(sha256)s")
        % {"number": case.worldwide_number, "version": version.number, "sha256": version.content_sha256},
        at=at,
    )


def _reaction(content: Given, patient: Given, events: Sequence[Given]) -> list[list[CiomsBox]]:
    first = events[0]["facts"] if events else {}
    age = (
        _("%(years)s years at enrolment") % {"years": patient["age_years"]}
        if patient.get("age_years")
        else ""
    )
    sexes = {"M": _("male"), "F": _("female")}
    return [
        [
            CiomsBox("1", _("Patient (code, no initials)"), str(content["participant"]), 3, 40),
            CiomsBox("1a", _("Country"), content.get("reporter", {}).get("country", ""), 1, 10),
            CiomsBox("2", _("Date of birth"), _("not recorded"), 2, 30),
            CiomsBox("2a", _("Age"), age or _("not recorded"), 2, 40),
            CiomsBox("3", _("Sex"), sexes.get(patient.get("sex", ""), _("not recorded")), 2, 20),
            CiomsBox("4–6", _("Onset of the reaction"), partial(first.get("onset") or ""), 2, 40),
        ],
        [CiomsBox("7+13", _("Reactions, course and relevant tests"), _course(events, patient), 12, 1500, 16)],
    ]


def _course(events: Sequence[Given], patient: Given) -> str:
    tests = [
        f"{partial(one['sampled'])}: {one['test']} {one['value']} {one['unit']}{_limits(one)}".rstrip()
        for one in patient.get("tests", ())
    ]
    told = [_told(event) for event in events]
    return "\n".join([*told, *([_("Tests:"), *tests] if tests else [])])


def _limits(one: Given) -> str:
    return f" ({one['lower'] or '–'} … {one['upper'] or '–'})" if one["lower"] or one["upper"] else ""


def _told(event: Given) -> str:
    facts = event["facts"]
    outcome = dict(Outcome.choices).get(facts.get("outcome"), _("not recorded"))
    head = _(
        "%(number)s. %(words)s (%(term)s), grade %(grade)s; onset %(onset)s, end %(end)s; outcome: %(outcome)s."
    ) % {
        "number": event["number"],
        "words": facts.get("reported_term") or "–",
        "term": facts.get("term") or "–",
        "grade": facts.get("grade") or "–",
        "onset": partial(facts.get("onset") or ""),
        "end": partial(facts.get("ended") or ""),
        "outcome": outcome,
    }
    return "\n".join(filter(None, [head, *_opinions(event), (facts.get("narrative") or "").strip()]))


def _opinions(event: Given) -> Iterable[str]:
    """Each side's answers on each cause, in words."""
    for one in event.get("opinions", ()):
        related = one["related"] or one["undetermined"]
        yield _("%(side)s, %(cause)s: %(answer)s") % {
            "side": Side(one["side"]).label,
            "cause": SuspectCause(one["cause"]).label,
            "answer": _("related") if related else _("not related"),
        }


def _criteria(events: Sequence[Given]) -> list[tuple[str, bool]]:
    """The criteria that any of the events meets."""
    labels = {
        "results_in_death": _("patient died"),
        "hospitalisation": _("involved or prolonged hospitalisation"),
        "disability": _("persistent or significant disability"),
        "life_threatening": _("life-threatening"),
        "congenital_anomaly": _("congenital anomaly"),
        "medically_important": _("other medically important"),
    }
    return [
        (labels[name], any(event["facts"].get(name) is True for event in events)) for name, _box in CRITERIA
    ]


def _suspect(product: str, patient: Given, events: Sequence[Given], case: SafetyCase) -> list[list[CiomsBox]]:
    given = [
        _("infusion %(number)s: %(from)s to %(to)s")
        % {"number": one["number"], "from": partial(one["started"]), "to": partial(one["ended"])}
        for one in patient.get("infusions", ())
    ]
    actions = {event["facts"].get("action_taken") for event in events} - {None, ""}
    action = "; ".join(sorted(str(dict(ActionTaken.choices).get(one, one)) for one in actions))
    again = {event.get("rechallenge", "") for event in events}
    return [
        [
            CiomsBox("14", _("Suspect drug"), product, 6, 200, 3),
            CiomsBox("20", _("Reaction abated after stopping?"), action or _("not recorded"), 3, 80, 2),
            CiomsBox(
                "21",
                _("Reaction reappeared on giving it again?"),
                _("not given again") if again == {"4"} else _("not recorded"),
                3,
                80,
                2,
            ),
        ],
        [
            CiomsBox("15", _("Daily dose"), _("sealed"), 3, 60),
            CiomsBox("16", _("Route"), _("infusion"), 3, 60),
            CiomsBox("17", _("Indication"), case.trial.title, 6, 200, 3),
        ],
        [CiomsBox("18–19", _("Therapy dates and duration"), "\n".join(given) or _("none given"), 12, 400, 5)],
    ]


def _history(drugs: Sequence[Given], patient: Given) -> list[list[CiomsBox]]:
    told = [_drug(one) for one in drugs]
    history = [
        " ".join(filter(None, (one["words"], partial(one["occurred"]) if one["occurred"] else "")))
        for one in patient.get("history", ())
    ]
    return [
        [CiomsBox("22", _("Concomitant drugs and dates"), "\n".join(told) or _("none recorded"), 12, 500, 6)],
        [CiomsBox("23", _("Other relevant history"), "; ".join(history) or _("none recorded"), 12, 400, 4)],
    ]


def _drug(one: Given) -> str:
    route = str(dict(MedicationRoute.choices).get(one["route"], one["route"]))
    dose = " ".join(filter(None, (one["dose"], one["dose_unit"])))
    dates = f"{partial(one['started'])} – {partial(one['ended']) if one['ended'] else '…'}"
    reason = one["indication"] or one["long_indication"]
    return ", ".join(filter(None, (one["drug"], dose, route, dates, reason)))


def _sender(content: Given, case: SafetyCase, version: CaseVersion, at: datetime) -> list[list[CiomsBox]]:
    source = (
        _("study; physician")
        if content.get("reporter", {}).get("qualification") == "1"
        else _("study; other health professional")
    )
    received = content["last_received_at"] or content["day_0_at"]
    return [
        [
            CiomsBox("24a", _("Sponsor"), str(settings.E2B_ROUTES["ich"]["organisation"]), 4, 120, 2),
            CiomsBox("24b", _("Control number"), case.worldwide_number, 4, 120, 2),
            CiomsBox(
                "24c",
                _("Received by the sponsor"),
                moment(datetime.fromisoformat(received)) if received else _("not recorded"),
                4,
                60,
            ),
        ],
        [
            CiomsBox("24d", _("Report source"), source, 4, 80, 2),
            CiomsBox("25", _("Date of this report"), moment(at), 4, 60),
            CiomsBox("25a", _("Report type"), str(VersionKind(version.kind).label), 4, 60),
        ],
        [CiomsBox("26", _("Remarks"), _remarks(content, case), 12, 300, 3)],
    ]


def _remarks(content: Given, case: SafetyCase) -> str:
    if case.nullified_because:
        return _("Nullified because: %(reason)s") % {"reason": case.nullified_because}
    return ", ".join(content["situations"]) or "–"
