"""Comments of members on the board's reports."""

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.models import User
from audit.choices import standing_reason
from audit.services import attributed, first_version, mark_void
from dsmb.models import BoardComment
from dsmb.services.closed_session import closed_room
from reports.models import BoardReport

COMMENTED = standing_reason("A member commented on a report.")


def write_comment(
    *,
    report: BoardReport,
    section: str,
    reply_to: BoardComment | None,
    text: str,
    by: User,
    at: datetime,
) -> BoardComment:
    """Comment on a report, or on one of its tables, or answer a comment.

    An answer to an answer joins the same thread.
    """
    with (
        closed_room(trial=report.trial, by=by, action=Action.TAKE_PART_IN_MEETING, at=at),
        attributed(by=by, reason=COMMENTED, at=at),
    ):
        top = (reply_to.reply_to or reply_to) if reply_to else None
        if top is not None and top.report_id != report.pk:
            raise ValidationError({"reply_to": _("Answer: the comment is on another report.")})
        comment = BoardComment(
            trial_id=report.trial_id,
            report=report,
            section=top.section if top else section,
            reply_to=top,
            author=by,
            text=text.strip(),
            written_at=at,
        )
        first_version(comment, at=at)
        comment.full_clean()
        comment.save()
        return comment


def void_comment(*, comment: BoardComment, by: User, at: datetime, reason: str) -> BoardComment:
    """Void one's own comment. It stays, struck through, with the reason. Raises PermissionDenied for others'."""
    with (
        closed_room(trial=comment.trial, by=by, action=Action.TAKE_PART_IN_MEETING, at=at),
        attributed(by=by, reason=reason, at=at),
    ):
        row = BoardComment.objects.select_for_update(no_key=True).get(pk=comment.pk)
        if row.author_id != by.pk:
            raise PermissionDenied(_("A comment is taken back by whoever wrote it."))
        mark_void(row, reason=reason, at=at)
        row.full_clean()
        row.save()
        return row
