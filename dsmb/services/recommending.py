"""The board's recommendation, its minutes, and the chair's signature, which is valid for exactly this text."""

import hashlib
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.choices import Action
from accounts.models import User
from audit.choices import standing_reason
from audit.services import first_version, mark_void
from dsmb.choices import Decision, MeetingState, MeetingStep, Session
from dsmb.models import BoardMeeting, BoardMotion, MeetingMinutes, MeetingSignature
from dsmb.rules.meetings import AFTER_THE_LETTER
from dsmb.rules.open_text import arm_named_in
from dsmb.services.closed_session import keep_meeting, locked_meeting, take_step
from dsmb.services.publishing import publish_minutes
from reports.rendering.document import canonical_bytes, sha256_hex
from trials.models import ProtocolVersion

RECOMMENDED = standing_reason("The recommendation was recorded.")
FRESH = timedelta(minutes=5)
"""The longest time between password and signature (21 CFR 11.200; the length is our own choice)."""
MEANING = gettext_noop("I chaired this meeting; the recommendation and the minutes are right and complete.")
AMENDED = standing_reason("The signed text was changed.")


def record_recommendation(
    *, meeting: BoardMeeting, recommendation: str, conditions: str, by: User, at: datetime
) -> BoardMeeting:
    """Record the result of the vote, with conditions in words for readers outside the board.

    Raises ValidationError when the vote decided something else, or nothing. Without a voting rule in the protocol the
    chair states the recommendation.
    """
    _require_open_words(meeting, "conditions", conditions)
    opening = locked_meeting(meeting=meeting, by=by, action=Action.CHAIR_MEETING, at=at, reason=RECOMMENDED)
    with opening as row:
        _require_decided(row, recommendation)
        take_step(row, MeetingStep.RECOMMEND)
        row.recommendation, row.conditions, row.recommended_at = recommendation, conditions.strip(), at
        return keep_meeting(row, at=at)


def amend_conditions(
    *, meeting: BoardMeeting, conditions: str, by: User, at: datetime, reason: str
) -> BoardMeeting:
    """Change the conditions until the letter is sent; a signature on the old text becomes void."""
    _require_open_words(meeting, "conditions", conditions)
    with locked_meeting(meeting=meeting, by=by, action=Action.CHAIR_MEETING, at=at, reason=reason) as row:
        if row.state not in (MeetingState.RECOMMENDED, MeetingState.SIGNED):
            raise ValidationError(_("Conditions: they can be changed until the letter is sent."))
        row.conditions = conditions.strip()
        return _amended(row, at)


def write_minutes(
    *, meeting: BoardMeeting, session: Session, text: str, by: User, at: datetime, reason: str
) -> MeetingMinutes:
    """Store a new version of the open or the closed minutes; the same text again changes nothing.

    A signature on an older version becomes void. Open minutes that name an arm are refused.
    """
    if session == Session.OPEN:
        _require_open_words(meeting, "text", text)
    with locked_meeting(meeting=meeting, by=by, action=Action.CHAIR_MEETING, at=at, reason=reason) as row:
        newest = newest_minutes(row, session)
        if newest is not None and newest.text == text:
            return newest
        _amended(row, at)
        return _keep_minutes(row, session, text, by, at)


def sign_meeting(
    *,
    meeting: BoardMeeting,
    seen_sha256: str,
    printed_name: str,
    authenticated_at: datetime,
    by: User,
    at: datetime,
) -> MeetingSignature:
    """Sign recommendation and minutes as read: `seen_sha256` is their `record_sha256` at that time.

    `authenticated_at` is when the password was given for it. Raises ValidationError when that is too long ago, when the
    text has changed since it was read, when minutes are missing, or when a valid signature exists already.
    """
    _require_fresh(authenticated_at, at)
    with locked_meeting(
        meeting=meeting, by=by, action=Action.CHAIR_MEETING, at=at, reason=f"signed: {MEANING}"
    ) as row:
        if MeetingSignature.objects.filter(meeting=row, voided_at=None).exists():
            raise ValidationError(_("Signature: one stands already; it falls when the text is changed."))
        take_step(row, MeetingStep.SIGN)
        keep_meeting(row, at=at)
        signature = _keep_signature(row, seen_sha256, printed_name.strip(), by, at)
        if row.state in AFTER_THE_LETTER and row.notice is not None:
            publish_minutes(row.notice, signature, at=at)
        return signature


def newest_minutes(meeting: BoardMeeting, session: Session) -> MeetingMinutes | None:
    """The newest version. Needs an open clearance."""
    rows = MeetingMinutes.objects.filter(meeting=meeting, session=session)
    return rows.order_by("-minutes_version").first()


def standing_signature(meeting: BoardMeeting) -> MeetingSignature | None:
    """The valid signature, checked against the present text. Needs an open clearance.

    Raises ValidationError when the stored text is not the signed one, which no service allows.
    """
    signature = MeetingSignature.objects.filter(meeting=meeting, voided_at=None).first()
    if signature and signature.record_sha256 != record_sha256(
        meeting, signature.open_minutes, signature.closed_minutes
    ):
        raise ValidationError(_("Signature: what is kept is not what was signed; nothing was done."))
    return signature


def record_sha256(meeting: BoardMeeting, open_minutes: MeetingMinutes, closed_minutes: MeetingMinutes) -> str:
    """SHA-256 of the signed content: recommendation, conditions, and both minutes in the versions named."""
    return sha256_hex(
        canonical_bytes(
            {
                "meeting": [meeting.trial.code, meeting.number],
                "recommendation": meeting.recommendation,
                "conditions": meeting.conditions,
                "minutes": {
                    minutes.session: [minutes.minutes_version, text_sha256(minutes.text)]
                    for minutes in (open_minutes, closed_minutes)
                },
            }
        )
    )


def text_sha256(text: str) -> str:
    """SHA-256 of a text in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


def _require_open_words(meeting: BoardMeeting, field: str, text: str) -> None:
    arms = ProtocolVersion.objects.protocol_of(trial_id=meeting.trial_id, on=None).arms
    if found := arm_named_in(text, arms=arms):
        message = _("“%(found)s” names an arm; this text leaves the closed room.")
        raise ValidationError({field: message % {"found": found}})


def _require_fresh(authenticated_at: datetime, at: datetime) -> None:
    if not timedelta(0) <= at - authenticated_at <= FRESH:
        raise ValidationError(_("Signature: give your password again; nothing was signed."))


def _require_decided(meeting: BoardMeeting, recommendation: str) -> None:
    motion = BoardMotion.objects.filter(meeting=meeting).order_by("-number").first()
    if motion is None or motion.closed_at is None:
        raise ValidationError(_("Recommendation: close the vote first."))
    if motion.how == Decision.NO_MAJORITY:
        raise ValidationError(_("Recommendation: the vote decided nothing; go back to the discussion."))
    if motion.how != Decision.NO_RULE and motion.decided != recommendation:
        message = _("Recommendation: the vote decided “%(decided)s”.")
        raise ValidationError({"recommendation": message % {"decided": motion.get_decided_display()}})


def _amended(meeting: BoardMeeting, at: datetime) -> BoardMeeting:
    take_step(meeting, MeetingStep.AMEND)
    for signature in MeetingSignature.objects.filter(meeting=meeting, voided_at=None):
        mark_void(signature, reason=AMENDED, at=at)
        signature.save()
    return keep_meeting(meeting, at=at)


def _keep_minutes(
    meeting: BoardMeeting, session: Session, text: str, by: User, at: datetime
) -> MeetingMinutes:
    kept = MeetingMinutes.objects.filter(meeting=meeting, session=session)
    minutes = MeetingMinutes(
        trial_id=meeting.trial_id,
        meeting=meeting,
        session=session,
        minutes_version=1 + (kept.aggregate(last=Max("minutes_version"))["last"] or 0),
        text=text,
        sha256=text_sha256(text),
        written_by=by,
        written_at=at,
    )
    first_version(minutes, at=at)
    minutes.full_clean()
    minutes.save()
    return minutes


def _keep_signature(
    meeting: BoardMeeting, seen_sha256: str, printed_name: str, by: User, at: datetime
) -> MeetingSignature:
    open_minutes, closed_minutes = (newest_minutes(meeting, session) for session in Session)
    if open_minutes is None or closed_minutes is None:
        raise ValidationError(_("Signature: write the open and the closed minutes first."))
    if record_sha256(meeting, open_minutes, closed_minutes) != seen_sha256:
        raise ValidationError(_("Signature: the text has changed since you read it; read it again."))
    signature = MeetingSignature(
        trial_id=meeting.trial_id,
        meeting=meeting,
        open_minutes=open_minutes,
        closed_minutes=closed_minutes,
        record_sha256=record_sha256(meeting, open_minutes, closed_minutes),
        signed_by=by,
        printed_name=printed_name,
        meaning=MEANING,
        signed_at=at,
    )
    first_version(signature, at=at)
    signature.full_clean()
    signature.save()
    return signature
