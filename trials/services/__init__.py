"""Writes of the trials app: each atomic, authorised, with a reason."""

from trials.services.data_locks import freeze_data, lift_lock, lock_data
from trials.services.enrolment import (
    enrol_participant,
)
from trials.services.infusions import (
    correct_infusion,
    end_infusion,
    interrupt_infusion,
    record_infusion,
    record_infusion_not_given,
    start_infusion,
    void_infusion,
)
from trials.services.lock_objections import lock_objection
from trials.services.participants import (
    complete_participant,
    correct_participant,
    fail_screening,
    record_death,
    screen_participant,
    take_back_end,
    withdraw_participant,
)
from trials.services.protocols import LoadedProtocol, load_protocol, open_site, set_pharmacy_salt
from trials.services.sites import choose_stations

__all__ = [
    "LoadedProtocol",
    "choose_stations",
    "complete_participant",
    "correct_infusion",
    "correct_participant",
    "end_infusion",
    "enrol_participant",
    "fail_screening",
    "freeze_data",
    "interrupt_infusion",
    "lift_lock",
    "load_protocol",
    "lock_data",
    "lock_objection",
    "open_site",
    "record_death",
    "record_infusion",
    "record_infusion_not_given",
    "screen_participant",
    "set_pharmacy_salt",
    "start_infusion",
    "take_back_end",
    "void_infusion",
    "withdraw_participant",
]
