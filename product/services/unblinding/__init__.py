"""Writes about unblindings: emergencies, inadvertent ones, the key of the coded arms, and their notices."""

from product.services.unblinding.emergencies import (
    ShownArm,
    ask_unblinding,
    confirm_unblinding,
    disclose_arm,
    unblind_alone,
    unblind_together,
)
from product.services.unblinding.inadvertent import (
    assess_inadvertent_unblinding,
    correct_inadvertent_unblinding,
    read_account,
    record_inadvertent_unblinding,
    void_inadvertent_unblinding,
)
from product.services.unblinding.keys import LetteredArm, open_arm_key
from product.services.unblinding.notices import read_notices, send_notice, unsent_notices
from product.services.unblinding.repeats import is_repeat

__all__ = [
    "LetteredArm",
    "ShownArm",
    "ask_unblinding",
    "assess_inadvertent_unblinding",
    "confirm_unblinding",
    "correct_inadvertent_unblinding",
    "disclose_arm",
    "is_repeat",
    "open_arm_key",
    "read_account",
    "read_notices",
    "record_inadvertent_unblinding",
    "send_notice",
    "unblind_alone",
    "unblind_together",
    "unsent_notices",
    "void_inadvertent_unblinding",
]
