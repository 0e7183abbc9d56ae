"""Events that measured values propose: found from the rows, recorded as an event or dismissed by a person."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.models import User
from accounts.services import system_user
from audit.choices import standing_reason
from audit.services import attributed, first_version, next_version
from events.choices import SuggestionState
from events.models import AdverseEvent, CtcaeTerm, SuggestedEvent
from events.queries.measured_values import MeasuredValue, codes_of_test, measured_values, proposal_of
from events.rules.suggestions import AbnormalEpisode, MeasuredGrades, episodes_of, is_asked
from events.services.event_writing import require_here
from trials.models import Participant, ProtocolVersion

PROPOSED = standing_reason("A measured value meets the limits of a term.")
RECORDED_AS = standing_reason("The proposal was recorded as an event.")


@transaction.atomic
def refresh_suggestions(*, participant_id: int, at: datetime) -> int:
    """Bring the proposals of a participant up to the values on record; how many were made or changed.

    Run twice, the second changes nothing. A value counts from the participant's enrolment or consent on, and never the
    baseline itself. A proposal whose values are gone stays when somebody answered it, and is closed when nobody did.
    """
    participant = (
        Participant.objects.unlocked()
        .select_for_update(of=("self",))
        .select_related("trial", "site")
        .filter(pk=participant_id)
        .first()
    )
    if participant is None:  # the data are closed: a proposal could not be answered
        return 0
    version = ProtocolVersion.objects.protocol_of(trial_id=participant.trial_id, on=None).dictionary.version
    if version is None:
        return 0
    values = [one for one in measured_values(participant) if _counts(one, participant)]
    standing = list(SuggestedEvent.objects.select_for_update().filter(participant=participant))
    terms = {
        row.code: row for row in CtcaeTerm.objects.filter(ctcae_version=version, code__in=_codes(values))
    }
    changed = 0
    with attributed(by=system_user(), reason=PROPOSED, at=at):
        for code, term in sorted(terms.items()):
            own = [row for row in standing if row.term_id == term.pk]
            changed += _of_term(participant, term, _graded(values, version, code), own, at)
        changed += _close_gone([row for row in standing if row.term.code not in terms], at)
    return changed


def _counts(value: MeasuredValue, participant: Participant) -> bool:
    moments = [one for one in (participant.consented_at, participant.enrolled_at) if one is not None]
    return (
        not value.is_baseline
        and (not moments or value.at >= min(moments))
        and bool(codes_of_test(value.test))
    )


def _codes(values: Iterable[MeasuredValue]) -> set[str]:
    return {code for value in values for code in codes_of_test(value.test)}


Graded = Mapping[str, tuple[MeasuredValue, Any]]


def _graded(values: Iterable[MeasuredValue], version: str, code: str) -> Graded:
    """The values of a term with what they allow, by key."""
    own = (value for value in values if code in codes_of_test(value.test))
    graded = ((value, proposal_of(value, version=version, code=code)) for value in own)
    return {value.key: (value, proposal) for value, proposal in graded if proposal is not None}


def _of_term(
    participant: Participant, term: CtcaeTerm, graded: Graded, standing: list[SuggestedEvent], at: datetime
) -> int:
    episodes = episodes_of(
        MeasuredGrades(key, value.at, proposal.grades) for key, (value, proposal) in graded.items()
    )
    changed, left = 0, list(standing)
    for episode in episodes:
        row = next((one for one in left if set(one.value_keys) & set(episode.keys)), None)
        if row is not None:
            left.remove(row)
        changed += _keep(
            row or SuggestedEvent(trial=participant.trial, participant=participant, term=term),
            episode,
            graded,
            at,
        )
    return changed + _close_gone(left, at)


def _keep(row: SuggestedEvent, episode: AbnormalEpisode, graded: Graded, at: datetime) -> int:
    worst, proposal = graded[episode.worst_key]
    said = {
        "value_keys": list(episode.keys),
        "test": worst.test,
        "value": f"{worst.value.normalize():f} {worst.unit}".strip(),
        "began": graded[episode.keys[0]][0].written,
        "last_at": episode.last_at,
        "grades": list(episode.grades),
        "rule": proposal.rule,
        "is_over": episode.is_over,
    }
    if row.pk and is_asked(episode.grade, row.answered_grade) and row.answered_grade is not None:
        said["state"] = SuggestionState.OPEN
    if row.pk and all(getattr(row, name) == value for name, value in said.items()):
        return 0
    for name, value in said.items():
        setattr(row, name, value)
    if row.pk:
        next_version(row, at=at)
    else:
        first_version(row, at=at)
    row.full_clean(exclude=("trial", "participant", "term"))
    row.save()
    return 1


def _close_gone(rows: Iterable[SuggestedEvent], at: datetime) -> int:
    """Close the open proposals whose values were voided or corrected: they propose nothing any more."""
    gone = [row for row in rows if row.state == SuggestionState.OPEN]
    for row in gone:
        row.state, row.answered_grade = SuggestionState.DISMISSED, row.grade
        row.dismissed_because = _("The values are void or were corrected.")
        if row.event_id is not None:
            row.state, row.dismissed_because = SuggestionState.RECORDED, ""
        next_version(row, at=at)
        row.save()
    return len(gone)


@transaction.atomic
def accept_suggestion(*, suggestion_id: int, event: AdverseEvent, by: User, at: datetime) -> SuggestedEvent:
    """Link a proposal to the event as which it was recorded, or brought up to date.

    Raises ValidationError when the event is another participant's; PermissionDenied.
    """
    row = _answerable(suggestion_id, by)
    if event.participant_id != row.participant_id:
        raise ValidationError(_("Proposal: it is of another participant."))
    row.state, row.event, row.answered_grade, row.dismissed_because = (
        SuggestionState.RECORDED,
        event,
        row.grade,
        "",
    )
    return _answered(row, by=by, at=at, reason=RECORDED_AS)


@transaction.atomic
def dismiss_suggestion(*, suggestion: SuggestedEvent, by: User, at: datetime, reason: str) -> SuggestedEvent:
    """Say that a proposal is no event, and why.

    Raises ValidationError without a reason, or when it is answered already.
    """
    row = _answerable(suggestion.pk, by)
    if not reason.strip():
        raise ValidationError({"reason": _("Dismissed because: say why it is no event.")})
    row.state, row.answered_grade, row.dismissed_because = SuggestionState.DISMISSED, row.grade, reason
    return _answered(row, by=by, at=at, reason=reason)


def _answerable(suggestion_id: int, by: User) -> SuggestedEvent:
    rows = SuggestedEvent.objects.select_for_update(of=("self",))
    row = rows.select_related("participant__site", "participant__trial").get(pk=suggestion_id)
    require_here(Action.RECORD_EVENT, row.participant, by)
    if row.state != SuggestionState.OPEN:
        raise ValidationError(_("Proposal: it is answered already."))
    return row


def _answered(row: SuggestedEvent, *, by: User, at: datetime, reason: str) -> SuggestedEvent:
    next_version(row, at=at)
    with attributed(by=by, reason=reason, at=at):
        row.save()
    return row
