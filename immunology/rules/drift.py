"""What a change of rules, release or typing would change: the calls of now beside those under the change."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from immunology.rules.trajectories import Trajectory

NONE = "–"
"""Where one of the two sides has no call: the target is new, or no longer one."""

CallKey = tuple[int, str, str]
"""Participant id, donor, target."""


@dataclass(frozen=True)
class DriftLine:
    """One call that would be another one."""

    participant: str
    donor: str
    specificity: str
    old: str
    new: str
    old_above: bool | None = None
    new_above: bool | None = None
    old_flags: tuple[str, ...] = ()
    new_flags: tuple[str, ...] = ()


@dataclass(frozen=True)
class CallSide:
    """A call as far as a change can change it."""

    code: str
    above: bool | None
    flags: tuple[str, ...]


def side_of(trajectory: Trajectory) -> CallSide:
    """The side of a call that the rules give."""
    flags = tuple(str(flag) for flag in trajectory.flags)
    return CallSide(str(trajectory.code), trajectory.above_threshold, flags)


def drift_between(
    old: Mapping[CallKey, CallSide], new: Mapping[CallKey, CallSide], codes: Mapping[int, str]
) -> tuple[DriftLine, ...]:
    """The calls that differ, by participant's code, donor and target; `codes` are the participants' by id."""
    absent = CallSide(NONE, None, ())
    lines = []
    for key in old.keys() | new.keys():
        before, after = old.get(key, absent), new.get(key, absent)
        if before != after:
            participant_id, donor, specificity = key
            lines.append(
                DriftLine(
                    participant=codes[participant_id],
                    donor=donor,
                    specificity=specificity,
                    old=before.code,
                    new=after.code,
                    old_above=before.above,
                    new_above=after.above,
                    old_flags=before.flags,
                    new_flags=after.flags,
                )
            )
    return tuple(sorted(lines, key=lambda line: (line.participant, line.donor, line.specificity)))


def drift_rows(lines: Iterable[DriftLine]) -> list[dict[str, Any]]:
    """The lines as they are stored and signed."""
    return [
        {**asdict(line), "old_flags": list(line.old_flags), "new_flags": list(line.new_flags)}
        for line in lines
    ]
