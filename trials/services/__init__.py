"""Writes of the trials app: each atomic, authorised, with a reason."""

from trials.services.assessments import (
    correct_assessment,
    record_assessment,
    record_assessments,
    void_assessment,
)
from trials.services.deviations import (
    correct_deviation,
    correct_product_deviation,
    record_deviation,
    record_product_deviation,
    void_deviation,
    void_product_deviation,
)
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
from trials.services.participants import (
    complete_participant,
    correct_participant,
    fail_screening,
    record_death,
    screen_participant,
    take_back_end,
    withdraw_participant,
)
from trials.services.product import (
    allocate_participant,
    correct_allocation,
    correct_batch,
    dispense_dose,
    receive_batch,
    void_dispensed_dose,
)
from trials.services.protocols import (
    LoadedProtocol,
    draw_arm_letters,
    load_protocol,
    open_site,
    set_pharmacy_salt,
)
from trials.services.sensitising import (
    correct_sensitising_event,
    record_sensitising_event,
    void_sensitising_event,
)
from trials.services.sites import choose_stations

__all__ = [
    "LoadedProtocol",
    "allocate_participant",
    "choose_stations",
    "complete_participant",
    "correct_allocation",
    "correct_assessment",
    "correct_batch",
    "correct_deviation",
    "correct_infusion",
    "correct_participant",
    "correct_product_deviation",
    "correct_sensitising_event",
    "dispense_dose",
    "draw_arm_letters",
    "end_infusion",
    "enrol_participant",
    "fail_screening",
    "interrupt_infusion",
    "load_protocol",
    "open_site",
    "receive_batch",
    "record_assessment",
    "record_assessments",
    "record_death",
    "record_deviation",
    "record_infusion",
    "record_infusion_not_given",
    "record_product_deviation",
    "record_sensitising_event",
    "screen_participant",
    "set_pharmacy_salt",
    "start_infusion",
    "take_back_end",
    "void_assessment",
    "void_deviation",
    "void_dispensed_dose",
    "void_infusion",
    "void_product_deviation",
    "void_sensitising_event",
    "withdraw_participant",
]
