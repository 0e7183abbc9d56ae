"""The open letter: sent once, archived in every language and format, and announced to the sponsor without content."""

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.models import User
from accounts.queries import trial_codes_for, user_ids_with
from audit.choices import standing_reason
from audit.services import first_version
from dsmb.choices import LetterFormat, MeetingStep, NoticeMessageKind
from dsmb.models import (
    BoardMeeting,
    LetterDocument,
    MeetingNotice,
    MeetingReport,
    MeetingSignature,
    NoticeMessage,
)
from dsmb.rendering.letter import LetterFacts, LetterReport, letter_documents
from dsmb.rules.meetings import answer_due
from dsmb.services.closed_session import keep_meeting, locked_meeting, take_step
from dsmb.services.publishing import publish_recommendation
from dsmb.services.recommending import standing_signature
from dsmb.services.voting import charter_in_force
from partial_dates import local_date
from reports.rendering.document import sha256_hex

SENT = standing_reason("The board's open letter was sent.")


def send_letter(*, meeting: BoardMeeting, by: User, at: datetime) -> MeetingNotice:
    """Publish the signed recommendation, archive the letter, and put messages to the sponsor into the outbox.

    Raises ValidationError without a valid signature of the stored text.
    """
    with locked_meeting(meeting=meeting, by=by, action=Action.CHAIR_MEETING, at=at, reason=SENT) as row:
        take_step(row, MeetingStep.SEND)
        signature = standing_signature(row)
        if signature is None:
            raise ValidationError(_("Letter: the chair signs first."))
        due = answer_due(local_date(at, row.trial.timezone), charter_in_force(row).answer_days)
        notice = publish_recommendation(row, signature, due=due, at=at)
        row.notice = notice
        keep_meeting(row, at=at)
        _archive(notice, _facts(row, notice, signature), at)
        _notify_sponsor(notice, at)
        return notice


def open_letter(
    *, notice: MeetingNotice, language: str, letter_format: LetterFormat, by: User, at: datetime
) -> bytes:
    """The archived letter, byte for byte; the reader's message is marked as read. Raises PermissionDenied."""
    if notice.trial.code not in trial_codes_for(by, Action.VIEW_OPEN_REPORT):
        raise PermissionDenied
    document = LetterDocument.objects.get(notice=notice, language=language, format=letter_format)
    mark_notice_read(notice=notice, by=by, at=at)
    return bytes(document.content)


def mark_notice_read(*, notice: MeetingNotice, by: User, at: datetime) -> None:
    """Mark the reader's messages about the recommendation as read."""
    NoticeMessage.objects.filter(notice=notice, recipient=by, read_at=None).update(read_at=at)


def _facts(meeting: BoardMeeting, notice: MeetingNotice, signature: MeetingSignature) -> LetterFacts:
    return LetterFacts(
        trial_code=meeting.trial.code,
        trial_title=meeting.trial.title,
        held_on=notice.held_on,
        look=notice.look,
        reports=_reports(meeting),
        recommendation=notice.recommendation,
        conditions=notice.conditions,
        chair_name=notice.chair_name,
        signed_at=signature.signed_at,
        meaning=signature.meaning,
        open_minutes_sha256=notice.open_minutes_sha256,
        sent_at=notice.sent_at or signature.signed_at,
        answer_due_date=notice.answer_due_date,
    )


def _reports(meeting: BoardMeeting) -> tuple[LetterReport, ...]:
    """Reports that are ready, by their open facts: no hash and no count of a closed one."""
    rows = MeetingReport.objects.filter(meeting=meeting).select_related("report").order_by("report__number")
    return tuple(
        LetterReport(
            number=row.report.number,
            version=row.report.report_version,
            look=row.report.look,
            data_cutoff_at=row.report.data_cutoff_at,
            snapshot_sha256=row.report.snapshot_sha256,
        )
        for row in rows
        if row.report.data_cutoff_at is not None
    )


def _archive(notice: MeetingNotice, facts: LetterFacts, at: datetime) -> None:
    for (language, letter_format), content in letter_documents(facts).items():
        row = LetterDocument(
            trial_id=notice.trial_id,
            notice=notice,
            language=language,
            format=letter_format,
            content=content,
            sha256=sha256_hex(content),
        )
        first_version(row, at=at)
        row.save()


def _notify_sponsor(notice: MeetingNotice, at: datetime) -> None:
    """One message per account that may answer; investigators read the letter in the portal."""
    readers = user_ids_with(Action.ANSWER_RECOMMENDATION, trial_code=notice.trial.code)
    NoticeMessage.objects.bulk_create(
        [
            NoticeMessage(notice=notice, recipient_id=reader, kind=NoticeMessageKind.LETTER, created_at=at)
            for reader in readers
        ],
        ignore_conflicts=True,
    )
