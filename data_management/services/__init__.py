"""Writes of data management: queries, verification marks, saved views and the log of exports."""

from data_management.services.data_queries import (
    answer_query,
    ask_again,
    cancel_query,
    close_query,
    raise_query,
)
from data_management.services.lists import log_export, remove_view, save_view
from data_management.services.rule_queries import sweep_rules
from data_management.services.verification import take_back_verification, verify_source

__all__ = [
    "answer_query",
    "ask_again",
    "cancel_query",
    "close_query",
    "log_export",
    "raise_query",
    "remove_view",
    "save_view",
    "sweep_rules",
    "take_back_verification",
    "verify_source",
]
