"""The HTTP response with the open letter."""

from datetime import datetime

from django.http import Http404, HttpResponse

from accounts.models import User
from dsmb.choices import LetterFormat
from dsmb.models import LetterDocument, MeetingNotice
from dsmb.services.letters import open_letter
from reports.choices import ReportFormat
from reports.downloads import bytes_response


def letter_response(
    notice: MeetingNotice, language: str, form: LetterFormat, *, user: User, at: datetime
) -> HttpResponse:
    """The archived open letter, byte for byte.

    Raises PermissionDenied, Http404 when there is none in that language.
    """
    try:
        content = open_letter(notice=notice, language=language, letter_format=form, by=user, at=at)
    except LetterDocument.DoesNotExist as error:
        raise Http404 from error
    name = f"{notice.trial.code}-board-letter-{notice.number}-{language}.{form.value}"
    return bytes_response(content, ReportFormat(form.value), name)
