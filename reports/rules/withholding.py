"""Which groups of counts an open report withholds, so that no small count can be read or computed.

A count from 1 up to, not including, the limit is small. If only it were left blank, the printed total would reveal it
by subtraction. Leaving out one more cell is not enough for a reader who knows the rule of its choice (0, 3, 2, 2
reveals its small cells when the smallest others are left out first). So the whole group is withheld: all divisions of
the total with a small count then look the same. Own choice; complementary suppression is common practice of statistical
offices.
"""

from collections.abc import Iterable


def is_withheld(counts: Iterable[int], *, below: int) -> bool:
    """Whether a group of counts with a known total includes a small one."""
    return any(0 < count < below for count in counts)


def is_too_close(enrolled: int, others: Iterable[int], *, minimum_step: int) -> bool:
    """Whether two open reports would differ by so few participants that one can be subtracted from the other.

    `enrolled` is the number of participants of the report, `others` those of open reports that show more than enrolment.
    The same number is not close: such reports differ by time and corrections.
    """
    return any(0 < abs(enrolled - other) < minimum_step for other in others)
