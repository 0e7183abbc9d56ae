"""Writes about accounts, the permission check, the repeated password, and the opening of sealed rows."""

from accounts.services.clearances import cleared
from accounts.services.devices import remember_device
from accounts.services.granting import check_grant
from accounts.services.links import link_for, request_link, send_link, set_own_password
from accounts.services.mails import MailText, queue_mails, register_mail, send_mail, unsent_mails
from accounts.services.outbox import send_once, unsent_ids
from accounts.services.passwords import own_password_refusal, person_with, wait_words
from accounts.services.people import (
    end_membership,
    grant_membership,
    require,
    save_account,
    system_user,
    unlock_account,
)
from accounts.services.places import TrialPlace, known_places, register_places
from accounts.services.signing import content_digest, sign_record, signatures_of, signatures_of_all
from accounts.services.tokens import TOKEN_LIFETIME, issue_token, revoke_token, token_digest
from accounts.services.tries import check_password, forget_wrong_passwords, is_slowed, slowed_among

__all__ = [
    "TOKEN_LIFETIME",
    "MailText",
    "TrialPlace",
    "check_grant",
    "check_password",
    "cleared",
    "content_digest",
    "end_membership",
    "forget_wrong_passwords",
    "grant_membership",
    "is_slowed",
    "issue_token",
    "known_places",
    "link_for",
    "own_password_refusal",
    "person_with",
    "queue_mails",
    "register_mail",
    "register_places",
    "remember_device",
    "request_link",
    "require",
    "revoke_token",
    "save_account",
    "send_link",
    "send_mail",
    "send_once",
    "set_own_password",
    "sign_record",
    "signatures_of",
    "signatures_of_all",
    "slowed_among",
    "system_user",
    "token_digest",
    "unlock_account",
    "unsent_ids",
    "unsent_mails",
    "wait_words",
]
