"""The sending of e-mail."""

from django.core.mail import get_connection

LONGEST_SILENCE_SECONDS = 30
"""A notice locks its row and a worker's process while it is sent.

Two servers without a response would stop all reports.
"""


def test_a_mail_server_that_says_nothing_is_given_up_soon() -> None:
    smtp = get_connection("django.core.mail.backends.smtp.EmailBackend")

    assert smtp.timeout is not None
    assert smtp.timeout <= LONGEST_SILENCE_SECONDS
