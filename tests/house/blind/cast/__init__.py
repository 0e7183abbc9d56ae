"""The fixture trial of the proof of the blind.

Everything is in it, over two sites, in both arms, in one draw of the allocation.

`make_everything` gives one row of every kind and one account per role; the builders here add a trial's worth
around it, a module per subject. Something new adds a function to `BUILDERS`; a new sealed table must hold
other rows in every state, or `test_every_sealed_table_differs_between_the_states` says so.
"""

from collections.abc import Callable

from tests.full_fixture import make_everything
from tests.house.blind.cast.base import ARMS, NOW, SEALED_WORDS, Cast
from tests.house.blind.cast.board import alerts, reports, sealed_reports
from tests.house.blind.cast.clinical import deviations, events, trials
from tests.house.blind.cast.corrections import corrections
from tests.house.blind.cast.data_management import data_management
from tests.house.blind.cast.laboratory import immunology
from tests.house.blind.cast.meetings import meetings
from tests.house.blind.cast.people import people_of_two_roles
from tests.house.blind.cast.product import product, product_deviations
from tests.house.blind.cast.safety import safety_cases
from tests.house.blind.cast.study import interchange, study_rows
from tests.house.blind.cast.unblinding import unblindings
from tests.house.blind.draws import Draw

__all__ = ["ARMS", "NOW", "SEALED_WORDS", "Cast", "make_cast", "study_rows"]

BUILDERS: tuple[Callable[[Cast], None], ...] = (
    trials,
    product,
    events,
    deviations,
    immunology,
    interchange,
    product_deviations,
    unblindings,
    safety_cases,
    alerts,
    reports,
    sealed_reports,
    meetings,
    corrections,
    data_management,
    people_of_two_roles,
)
"""In this order: each finds what those before it have written."""


def make_cast(draw: Draw) -> Cast:
    """The whole trial.

    Everything but the arms, their letters, and what follows from them is the same in every state.
    """
    cast = Cast(make_everything(arm_code=draw.arms[0]), draw)
    for build in BUILDERS:
        build(cast)
    return cast
