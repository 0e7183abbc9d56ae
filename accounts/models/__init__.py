"""People, roles, tokens, mails, the seal and signatures."""

from accounts.models.access import (
    ApiToken,
    IdempotentRequest,
)
from accounts.models.mails import (
    Mail,
    MailQuerySet,
)
from accounts.models.passwords import (
    ClockTimestamp,
    WrongPassword,
)
from accounts.models.people import (
    SYSTEM_USERNAME,
    Membership,
    MembershipQuerySet,
    User,
)
from accounts.models.seal import (
    Clearance,
    OpeningLogEntry,
    SealedError,
    SealedManager,
    SealedModel,
    open_clearance,
)
from accounts.models.signatures import (
    RecordSignature,
    SealedRecordSignature,
    SignatureBase,
)

__all__ = [
    "SYSTEM_USERNAME",
    "ApiToken",
    "Clearance",
    "ClockTimestamp",
    "IdempotentRequest",
    "Mail",
    "MailQuerySet",
    "Membership",
    "MembershipQuerySet",
    "OpeningLogEntry",
    "RecordSignature",
    "SealedError",
    "SealedManager",
    "SealedModel",
    "SealedRecordSignature",
    "SignatureBase",
    "User",
    "WrongPassword",
    "open_clearance",
]
