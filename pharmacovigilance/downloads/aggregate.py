"""Aggregate reports as listings: tabulations of the DSUR, and the line listing of SUSARs for investigators and ethics."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from events.choices import Outcome
from events.models import AdverseEvent
from pharmacovigilance.queries.aggregate import serious_events
from pharmacovigilance.rendering.listings import Listing, ListingTable
from pharmacovigilance.rules import aggregate
from pharmacovigilance.rules.aggregate import AggregateEvent
from trials.models import Trial
from webkit.admin.display import moment, partial


def dsur_listing(
    *,
    trial: Trial,
    sites: frozenset[str] | None,
    start: datetime,
    end: datetime,
    at: datetime,
    arms: Mapping[int, str] | None = None,
) -> Listing:
    """Cumulative serious events by class and term, the interval's serious reactions, deaths.

    `arms`: unblinded.
    """
    events = aggregate.up_to(serious_events(trial, sites=sites, arms=arms), end)
    interval = aggregate.of_interval(events, start, end)
    names = sorted({event.arm for event in events}) if arms is not None else []
    return Listing(
        language=_language(),
        title=_("Annual safety report: tabulations"),
        eyebrow=_banner(arms),
        facts=[*_facts(trial, start, end, at), (_("Serious events so far"), str(len(events)))],
        tables=[
            _cumulative(events, names),
            _lines(_("Serious reactions of the interval"), aggregate.reactions(interval), arms),
            _lines(_("Deaths so far"), aggregate.fatal_lines(events), arms),
        ],
        foot=_banner(arms),
        at=at,
        notes=[
            _(
                "A serious reaction is a serious event after the first infusion of which not both sides have excluded a "
                "suspect cause: no answer counts as related. The interval is of the moment when the event was recorded."
            )
        ],
    )


def susar_listing(
    *, trial: Trial, sites: frozenset[str] | None, start: datetime, end: datetime, at: datetime
) -> Listing:
    """SUSARs of the interval for investigators and ethics committees: never with an arm."""
    events = serious_events(trial, sites=sites, arms=None)
    found = aggregate.susar_lines(aggregate.of_interval(events, start, end))
    return Listing(
        language=_language(),
        title=_("Line listing of suspected unexpected serious adverse reactions"),
        eyebrow=_banner(None),
        facts=[*_facts(trial, start, end, at), (_("Reactions"), str(len(found)))],
        tables=[_lines(_("SUSARs of the interval"), found, None)],
        foot=_banner(None),
        at=at,
        notes=[
            _(
                "Either the investigator’s or the sponsor’s judgement of the cause suffices (Regulation (EU) 536/2014)."
            )
        ],
    )


def _language() -> str:
    return (get_language() or "en")[:2]


def _banner(arms: Mapping[int, str] | None) -> str:
    if arms is None:
        return _("Blinded: no arm is named or counted")
    return _("Unblinded: for the sponsor’s unblinded people and the authority alone")


def _facts(trial: Trial, start: datetime, end: datetime, at: datetime) -> list[tuple[str, str]]:
    return [
        (_("Trial"), f"{trial.code} · {trial.title}"),
        (_("Interval"), _("after %(start)s, up to %(end)s") % {"start": moment(start), "end": moment(end)}),
        (_("Made"), moment(at)),
    ]


def _cumulative(events: Sequence[AggregateEvent], arms: Sequence[str]) -> ListingTable:
    heads = [*arms, _("Total")] if arms else [_("Total")]
    rows = aggregate.tabulated(events, arms)
    return ListingTable(
        title=_("Serious adverse events so far, by class and term"),
        head=[
            _("Class"),
            _("Term"),
            *(_("%(column)s: events") % {"column": one} for one in heads),
            *(_("%(column)s: participants") % {"column": one} for one in heads),
        ],
        rows=[
            [
                row.soc or _("not coded"),
                row.term or _("any"),
                *map(str, row.events),
                *map(str, row.participants),
            ]
            for row in rows
        ],
        notes=[] if rows else [_("None so far.")],
    )


def _lines(title: str, events: Sequence[AggregateEvent], arms: Mapping[int, str] | None) -> ListingTable:
    arm = [_("Arm")] if arms is not None else []
    return ListingTable(
        title=title,
        head=[
            _("Case"), _("Participant"), *arm, _("Class"), _("Term"), _("As reported"), _("Onset"), _("Grade"),
            _("Serious because"), _("Outcome"), _("Expected"),
        ],
        rows=[_line(event, arms) for event in events],
        notes=[] if events else [_("None.")],
    )  # fmt: skip


def _line(event: AggregateEvent, arms: Mapping[int, str] | None) -> list[str]:
    arm = [event.arm] if arms is not None else []
    names = {field: str(AdverseEvent._meta.get_field(field).verbose_name) for field in event.criteria}  # type: ignore[union-attr]
    outcome = str(dict(Outcome.choices).get(event.outcome, _("not recorded")))
    return [
        event.case_number or "–", f"{event.participant} · {event.number}", *arm, event.soc or _("not coded"),
        event.term or "–", event.words, partial(event.onset), str(event.grade or "–"), ", ".join(names.values()), outcome,
        _("yes") if event.expected else _("no"),
    ]  # fmt: skip
