"""Readings of calls by unblinded reviewers: two readers, and an adjudicator where they differ. Each is signed."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.choices import Action, ClearanceGround, SignatureMeaning
from accounts.models import User
from accounts.services import cleared, require, sign_record
from audit.services import attributed, first_version
from immunology.choices import ReaderPart
from immunology.models import CallReading, DsaFinding
from immunology.queries.readings import CallToRead, calls_to_read, rules_are_signed
from immunology.rules.reading_states import why_not
from partial_dates import local_date
from trials.models import Trial

REFUSALS = {
    "has_read": _("Reading: you have read this version of the call already."),
    "nothing_to_adjudicate": _("Adjudication: only a call on which two readers differ is adjudicated."),
    "read_by_two": _("Reading: two readers have read this version of the call already."),
}
MEANINGS = {
    ReaderPart.READER: SignatureMeaning.ASSESSMENT,
    ReaderPart.ADJUDICATOR: SignatureMeaning.RESPONSIBILITY,
}


def read_call(
    *,
    trial: Trial,
    finding_id: int,
    part: str,
    verdict: str,
    comment: str,
    seen_sha256: str,
    by: User,
    at: datetime,
    reason: str,
) -> CallReading:
    """Keep and sign one person's reading of the version that was shown. The password is checked at the door.

    `seen_sha256` is that of what was shown. Raises ValidationError when the call is another one by now, when the rule set
    is not signed, when this person has read it, or when there is nothing to adjudicate.
    """
    require(by=by, action=Action.READ_ANTIBODY_CALLS, trial_code=trial.code)
    purpose = "read an antibody call"
    with (
        attributed(by=by, reason=reason, at=at),
        cleared(ground=ClearanceGround.ROLE, by=by, trial_id=trial.pk, purpose=purpose, at=at),
    ):
        # Two readers at once are looked at one after the other.
        DsaFinding.objects.select_for_update().filter(trial=trial, pk=finding_id).first()
        call = _call(trial, finding_id, at)
        _refuse(trial, call, part, seen_sha256, by)
        row = _kept(trial, call, part=part, verdict=verdict, comment=comment, by=by, at=at)
        sign_record(
            record=row,
            version=row.version,
            content={"shown": row.shown, "verdict": verdict, "comment": comment, "part": part},
            meaning=MEANINGS[ReaderPart(part)],
            trial_id=trial.pk,
            zone=trial.timezone,
            by=by,
            at=at,
        )
    return row


def _call(trial: Trial, finding_id: int, at: datetime) -> CallToRead:
    on = local_date(at, trial.timezone)
    found = calls_to_read(trial_id=trial.pk, on=on, finding_id=finding_id)
    if not found:
        raise ValidationError({"finding": _("Call: none of this trial.")})
    return found[0]


def _refuse(trial: Trial, call: CallToRead, part: str, seen_sha256: str, by: User) -> None:
    if not rules_are_signed(trial_id=trial.pk):
        raise ValidationError(
            {"finding": _("Rule set: nobody has signed it; calls cannot be signed before.")}
        )
    if call.shown_sha256 != seen_sha256:
        raise ValidationError({"finding": _("Call: it is another one than you were shown; read it again.")})
    has_read = any(one.reader_id == by.pk for one in call.readings if one.shown_sha256 == call.shown_sha256)
    reason = why_not(call.state, part=part, has_read=has_read)
    if reason:
        raise ValidationError({"part": REFUSALS[reason]})


def _kept(
    trial: Trial, call: CallToRead, *, part: str, verdict: str, comment: str, by: User, at: datetime
) -> CallReading:
    row = CallReading(
        trial=trial,
        finding=call.finding,
        part=part,
        reader_id=by.pk,
        verdict=verdict,
        comment=comment.strip(),
        shown=dict(call.shown),
        shown_sha256=call.shown_sha256,
        read_at=at,
    )
    first_version(row, at=at)
    row.full_clean()
    row.save(force_insert=True)
    return row
