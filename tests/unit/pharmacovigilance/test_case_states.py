"""The whole table of transitions: every state with every act."""

from itertools import product

import pytest

from pharmacovigilance.choices import CaseAct, CaseState
from pharmacovigilance.rules.case_states import TRANSITIONS, next_case_state, transition_refusal

WHOLE = """
            drafted   assessed  signed    released  nullified merged
open        -         -         -         -         -         -
receive     drafted   drafted   drafted   drafted   -         -
assess      assessed  assessed  assessed  assessed  -         -
sign        -         signed    -         -         -         -
release     -         -         released  released  -         -
amend       -         -         -         drafted   -         -
add_event   drafted   drafted   drafted   drafted   -         -
split       drafted   drafted   drafted   drafted   -         -
merge       merged    merged    merged    merged    -         -
link_duplicate drafted assessed signed    released  -         -
upgrade     drafted   drafted   drafted   drafted   -         -
downgrade   drafted   drafted   drafted   drafted   -         -
situation   drafted   drafted   drafted   drafted   -         -
nullify     nullified nullified nullified nullified -         -
"""


def written() -> dict[tuple[str, str], str]:
    head, *lines = [line.split() for line in WHOLE.strip().splitlines()]
    return {(state, act): cell for act, *cells in lines for state, cell in zip(head, cells, strict=True)}


def test_the_table_has_every_state_and_every_act() -> None:
    assert set(written()) == set(product([str(s) for s in CaseState], [str(a) for a in CaseAct]))


@pytest.mark.parametrize(("state", "act"), list(product(CaseState, CaseAct)))
def test_every_state_with_every_act(state: CaseState, act: CaseAct) -> None:
    wanted = written()[state, act]

    assert (next_case_state(state, act) or "-") == wanted
    assert bool(transition_refusal(state, act)) == (wanted == "-")


def test_nothing_leads_out_of_a_closed_case() -> None:
    closed = {CaseState.NULLIFIED, CaseState.MERGED}

    assert not [state for state, _act in TRANSITIONS if state in closed]


def test_a_refusal_names_state_act_and_rule() -> None:
    (refusal,) = transition_refusal("drafted", "release")

    assert "drafted" in str(refusal)
    assert "release" in str(refusal)
    assert "Only a signed case is released." in str(refusal)
