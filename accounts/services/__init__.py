"""Writes about accounts, the question every service asks, a password asked for again, and the opening of sealed rows."""

from accounts.services.clearances import cleared
from accounts.services.mails import MailText, queue_mails, register_mail, send_mail, unsent_mails
from accounts.services.passwords import own_password_refusal, person_with
from accounts.services.people import end_membership, grant_membership, require, save_account, system_user
from accounts.services.tokens import TOKEN_LIFETIME, issue_token, revoke_token, token_digest

__all__ = [
    "TOKEN_LIFETIME",
    "MailText",
    "cleared",
    "end_membership",
    "grant_membership",
    "issue_token",
    "own_password_refusal",
    "person_with",
    "queue_mails",
    "register_mail",
    "require",
    "revoke_token",
    "save_account",
    "send_mail",
    "system_user",
    "token_digest",
    "unsent_mails",
]
