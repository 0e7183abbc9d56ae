"""When a request waits, lapses, may be confirmed; which texts name an arm."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.choices import Action, Role
from accounts.rules import Grant
from product.choices import Learner, UnblindingState
from product.rules.unblinding import (
    TOLD_BY_EMAIL,
    UnblindingMoments,
    arm_names_in,
    arm_refusals,
    confirmation_refusals,
    expiry_of,
    role_of,
    unblinding_state,
)
from trials.rules.protocol import Arm

ASKED = datetime(2020, 4, 6, 3, 12, tzinfo=UTC)
EXPIRES = expiry_of(ASKED, 60)
TICK = timedelta(microseconds=1)
ARMS = (Arm("UC_MSC", "Umbilical-cord stromal cells", False, True), Arm("PLACEBO", "Placebo", True, False))


@pytest.mark.parametrize(
    ("at", "confirmed_at", "disclosed_at", "state"),
    [
        (ASKED, None, None, UnblindingState.WAITING),
        (EXPIRES - TICK, None, None, UnblindingState.WAITING),
        (EXPIRES, None, None, UnblindingState.WAITING),
        (EXPIRES + TICK, None, None, UnblindingState.LAPSED),
        (EXPIRES + TICK, EXPIRES, None, UnblindingState.CONFIRMED),
        (EXPIRES + TICK, EXPIRES, EXPIRES, UnblindingState.DISCLOSED),
    ],
)
def test_state_of_a_request(
    at: datetime, confirmed_at: datetime | None, disclosed_at: datetime | None, state: UnblindingState
) -> None:
    moments = UnblindingMoments(EXPIRES, confirmed_at, disclosed_at)

    assert unblinding_state(moments, at) == state
    assert (confirmation_refusals(moments, at) == ()) == (state == UnblindingState.WAITING)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("got the placebo yesterday", ("PLACEBO", "Placebo")),
        ("saw UC-MSC on the bag", ("UC_MSC",)),
        ("uc msc", ("UC_MSC",)),
        ("umbilical cord stromal cells", ("Umbilical-cord stromal cells",)),
        ("placebos in general", ()),
        ("saw the label", ()),
        ("", ()),
    ],
)
def test_arm_names_are_found_as_whole_words(text: str, found: tuple[str, ...]) -> None:
    assert arm_names_in(text, ARMS) == tuple(sorted(found))


def test_refusal_names_the_field_and_the_word() -> None:
    (refusal,) = arm_refusals([("reason", "it was PLACEBO"), ("other", "a label")], ARMS)

    assert (refusal.field, refusal.params["name"]) == ("reason", "PLACEBO")


def test_role_of_the_asker_is_the_one_that_allows_it_there() -> None:
    grants = [Grant("nurse", "T", "07"), Grant("investigator", "T", "08"), Grant("pharmacovigilance", "T")]
    action = Action.REQUEST_UNBLINDING

    assert role_of(grants, action, trial_code="T", site_code="07") == "pharmacovigilance"
    assert role_of(grants[:2], action, trial_code="T", site_code="08") == "investigator"
    assert role_of(grants[:2], action, trial_code="T", site_code="07") == ""


def test_everybody_who_oversees_is_told_by_email_and_no_nurse() -> None:
    wanted = {
        Role.INVESTIGATOR, Role.PHARMACOVIGILANCE, Role.DATA_MANAGER, Role.SPONSOR, Role.AUDITOR,
        Role.UNBLINDED_STATISTICIAN,
    }  # fmt: skip

    assert set(TOLD_BY_EMAIL) == wanted


def test_nobody_learns_by_mistake_what_their_role_tells_them_anyway() -> None:
    """The cell-therapy unit, the unblinded reporter, reviewer and statistician, and the board learn nothing by mistake."""
    unblinded = {
        Role.CELL_THERAPY_UNIT,
        Role.UNBLINDED_REPORTER,
        Role.UNBLINDED_REVIEWER,
        Role.UNBLINDED_STATISTICIAN,
        Role.BOARD_MEMBER,
        Role.BOARD_CHAIR,
    }

    assert set(Learner.values) & set(Role.values) == set(Role.values) - {str(role) for role in unblinded}
