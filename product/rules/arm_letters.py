"""The letter of an arm in the board's closed reports: drawn once, never changed, without information about the arm.

DAMOCLES charter (Lancet 2005;365:711): the board reads arms by code unless it requests the key. The letter may depend
on chance only: not on the order of arms in the protocol, not on which is the control.
"""

from collections.abc import Mapping, Sequence
from random import Random
from string import ascii_uppercase


def drawn_letters(arm_codes: Sequence[str], taken: Mapping[str, str], chance: Random) -> dict[str, str]:
    """Draw a letter for each arm that has none yet, from the first free letters in an order that `chance` decides.

    Letters in use stay. An arm that a later version of the protocol adds gets the next letter: a single arm cannot be
    hidden among others. Raises ValueError for more than 26 arms.
    """
    waiting = [code for code in arm_codes if code not in taken]
    free = [letter for letter in ascii_uppercase if letter not in taken.values()][: len(waiting)]
    chance.shuffle(free)
    return dict(zip(waiting, free, strict=True))
