"""Reading the board's charter."""

from typing import get_args

from trials.rules.protocol.charter import BoardCharter, RecommendationWord, TieRule, VotingRule
from trials.rules.protocol.reading import ProtocolTable

LARGEST_BOARD = 50  # members; boards of three to ten are usual
LONGEST_WAIT = 365  # days


def read_board(table: ProtocolTable) -> BoardCharter:
    """Each fact may be left out, and is then "not stated"; the `source` may not."""
    charter = BoardCharter(
        quorum=table.optional_whole("quorum", 1, LARGEST_BOARD),
        voting_rule=table.optional_choice("voting_rule", get_args(VotingRule)),
        tie_rule=table.optional_choice("tie_rule", get_args(TieRule)),
        material_days=table.optional_whole("material_days", 0, LONGEST_WAIT),
        answer_days=table.optional_whole("answer_days", 1, LONGEST_WAIT),
        reminder_days=table.optional_whole("reminder_days", 1, LONGEST_WAIT),
        arm_codes_seen_by=table.text("arm_codes_seen_by", optional=True),
        recommendations=table.texts("recommendations", get_args(RecommendationWord)),  # type: ignore[arg-type]
        distribution=table.texts("distribution"),
        source=table.text("source"),
    )
    if charter.tie_rule and not charter.voting_rule:
        table.refuse(
            "tie_rule", "must not stand without voting_rule: it says what happens when that rule ties"
        )
    return charter
