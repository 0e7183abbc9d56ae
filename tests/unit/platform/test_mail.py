"""How e-mail leaves."""

from django.core.mail import get_connection

LONGEST_SILENCE_SECONDS = 30
"""A notice holds its row and a worker's process while it leaves.

Two servers that say nothing would stop all reports.
"""


def test_a_mail_server_that_says_nothing_is_given_up_soon() -> None:
    smtp = get_connection("django.core.mail.backends.smtp.EmailBackend")

    assert smtp.timeout is not None
    assert smtp.timeout <= LONGEST_SILENCE_SECONDS
