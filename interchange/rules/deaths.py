"""Who died, from DM and DS. Where they disagree, the import reports it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from interchange.rules.dispositions import Course
from interchange.rules.records import ParticipantRecord
from interchange.rules.remarks import ImportRemark
from partial_dates import possibly_same

DISAGREE = "death_dm_ds"


def with_deaths(
    participants: Iterable[ParticipantRecord], courses: Mapping[str, Course]
) -> tuple[ParticipantRecord, ...]:
    """The participants, with the deaths of DM or DS; the date is DM's, else DS's.

    Where one says alive and the other dead, one of them is a mistake. A missed death is the worse mistake.
    """
    return tuple(_with_death(one, courses.get(one.code, Course())) for one in participants)


def _with_death(one: ParticipantRecord, course: Course) -> ParticipantRecord:
    if course.death is None:
        return one
    return replace(one, died=True, death=one.death or course.death.started)


def death_disagreements(
    participants: Iterable[ParticipantRecord], courses: Mapping[str, Course]
) -> Iterator[ImportRemark]:
    """Where DM, as read, and DS disagree on a death."""
    for one in participants:
        death = courses.get(one.code, Course()).death
        if death is None:
            continue
        dated = f" on {death.started.text}" if death.started else ""
        if not one.died:
            sentence = f"DS has a death{dated}, but DM has no death flag or date; counted as dead."
        elif one.death and death.started and not possibly_same(one.death, death.started):
            sentence = f"DM dates the death {one.death.text} and DS {death.started.text}; DM's date is used."
        else:
            continue
        yield ImportRemark(DISAGREE, f"{death.origin.file} line {death.origin.line}", sentence, one.code)
