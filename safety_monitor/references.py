"""References that name a row without telling its number.

Rows of open and of sealed tables that draw from one sequence leave gaps in the numbers of the open ones, and a gap tells
how much was sealed meanwhile. A reference is the number under a keyed permutation (four Feistel rounds over 64 bits, HMAC-
SHA-256 as round function): it says neither what lies between two rows nor which came first, and cannot be guessed.
"""

import re

from django.utils.crypto import salted_hmac

HALF_BITS = 32
HALF = (1 << HALF_BITS) - 1
ROUNDS = range(4)
SALT = "safety_monitor.references"
SHAPE = re.compile(r"[0-9a-f]{16}")


def reference_of(number: int) -> str:
    """The reference of a number from 0 to 2**64 - 1: 16 characters, the same ones as long as the secret key lives."""
    left, right = number >> HALF_BITS, number & HALF
    for turn in ROUNDS:
        left, right = right, left ^ _mixed(turn, right)
    return f"{left << HALF_BITS | right:016x}"


def number_of(reference: str) -> int | None:
    """The number of a reference; None for what does not look like one."""
    if not SHAPE.fullmatch(reference):
        return None
    whole = int(reference, 16)
    left, right = whole >> HALF_BITS, whole & HALF
    for turn in reversed(ROUNDS):
        left, right = right ^ _mixed(turn, left), left
    return left << HALF_BITS | right


def _mixed(turn: int, half: int) -> int:
    digest = salted_hmac(SALT, f"{turn}:{half}", algorithm="sha256").digest()
    return int.from_bytes(digest[: HALF_BITS // 8], "big")
