"""Errors of the database in the application's own log: the kind, never the values."""

import io
import logging
import logging.config

import pytest
from django.conf import settings
from django.db import DatabaseError

from dsmb.models import MeetingNotice
from reports.models import BoardReport
from tests.factories import AT, make_trial, save_row
from trials.models import Trial

VALUE = "a value of the row"

pytestmark = pytest.mark.django_db


@pytest.fixture
def trial() -> Trial:
    return make_trial()


def logged(error: Exception, message: str, *arguments: object) -> str:
    """The site's own log line of an error."""
    formatter = logging.config.DictConfigurator(settings.LOGGING).configure_formatter(
        settings.LOGGING["formatters"]["line"]
    )
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    logger = logging.Logger("of a test")
    logger.addHandler(handler)
    logger.error(message, *arguments, exc_info=error)
    return stream.getvalue()


def refused(trial: Trial) -> Exception:
    """A row that a CHECK refuses: the server's DETAIL quotes all of it, line breaks too."""
    with pytest.raises(DatabaseError, match=VALUE) as caught:
        save_row(MeetingNotice(trial=trial, number=1, held_on=AT.date(), conditions=f"first line\n{VALUE}"))
    with pytest.raises(ValueError, match="the step failed") as later:
        raise ValueError("the step failed") from caught.value
    return later.value


def test_the_row_of_a_refused_statement_is_in_no_log_line(trial: Trial) -> None:
    error = refused(trial)

    text = logged(error, "Internal Server Error: %s", "/events/")

    assert "ValueError: the step failed" in text
    assert (
        "SQLSTATE 23514, constraint dsmb_meetingnotice_ad_hoc_only_when_sent; values are not logged" in text
    )
    assert "Internal Server Error: /events/" in text
    assert VALUE not in text
    assert "first line" not in text.replace('f"first line', "")  # as the source has it


def test_a_message_that_quotes_the_error_as_a_workers_does_is_cleaned_too(trial: Trial) -> None:
    save_row(BoardReport(trial=trial, number=1))
    with pytest.raises(DatabaseError) as caught:
        save_row(BoardReport(trial=trial, number=1))
    error = caught.value
    assert f"({trial.pk}, 1)" in str(error)

    text = logged(error, "Task %(name)s raised unexpected: %(exc)s", {"name": "t", "exc": repr(error)})

    assert "Task t raised unexpected: IntegrityError: SQLSTATE 23505" in text
    assert f"({trial.pk}, 1)" not in text
    assert "Key (" not in text


def test_other_errors_are_written_as_ever() -> None:
    try:
        raise KeyError("seldom")
    except KeyError as error:
        text = logged(error, "what failed")

    assert "what failed\nTraceback (most recent call last):" in text
    assert "KeyError: 'seldom'" in text
