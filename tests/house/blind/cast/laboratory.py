"""Sera, typed donors and antibody panels."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

from accounts.services import system_user
from immunology.models import AntibodyResult, LaboratoryFile, SerumInRun, Specimen
from immunology.rules.files.reading import read_file
from immunology.services import (
    Upload,
    bind_account,
    collect_specimen,
    import_laboratory_file,
    record_antibody_panels,
    record_donor_typings,
    record_participant_typings,
)
from tests.factories import make_specimen, make_user, unsealed
from tests.full_fixture import ACTIVE
from tests.house.blind.cast.base import NOW, STRONG, SYSTEM, TYPED, TYPINGS, WEAK, Cast, enrolled_at
from tests.integration.immunology.antibody_rows import make_result
from tests.unit.immunology.laboratory_files import long_form, long_rows
from trials.models import Participant

ELSEWHERE = "another laboratory"
"""Measures the sera after the first dose; what it enters is not shown to the first."""


def immunology(cast: Cast) -> None:
    """Sera of day 0 and 14, typed donors, panels: strong on day 14 in those who got cells, with more rows."""
    by = {"by": system_user(), **SYSTEM}
    laboratory = cast.users["hla_laboratory"]
    elsewhere = make_user("hla_laboratory", trial=cast.everything.trial, username="another-laboratory")
    typed = cast.chance("typings").sample(TYPINGS, len(TYPED))
    cast.users[ELSEWHERE] = elsewhere
    for donor, alleles in zip(TYPED, typed, strict=True):
        pairs = [("", allele) for allele in alleles]
        record_donor_typings(trial=cast.everything.trial, donor_code=donor, specificities=pairs, **by)
    before, after = [], []
    for place, person in enumerate(cast.people):
        before += _panel(_serum(person, "A", enrolled_at(place), 0), {"A0201": "95.5", "A2402": "88.5"})
        late = _serum(person, "B", enrolled_at(place) + timedelta(days=14), 14)
        after += _panel(late, measured(cast.arm_of(place), cast.chance(f"sera of {place}")))
    trial = cast.everything.trial
    record_antibody_panels(trial=trial, results=before, by=laboratory, **SYSTEM)
    record_antibody_panels(trial=trial, results=after, by=elsewhere, **SYSTEM)
    own = {"participant": cast.people[0], "by": laboratory, **SYSTEM}
    (typing,) = record_participant_typings(specificities=[("", "A*02:01")], **own)
    with unsealed(trial):
        cast.add_extra(typing)
    on_its_way = collect_specimen(
        participant=cast.people[0],
        code="S-WAY",
        collected_at=NOW - timedelta(hours=2),
        planned_day=None,
        **by,
    )
    cast.add_extra(on_its_way)
    with unsealed(trial):
        cast.add_extra(AntibodyResult.objects.filter(recorded_by_id=laboratory.pk).earliest("pk"))
    for user, name in ((laboratory, "the first laboratory"), (elsewhere, "the other laboratory")):
        bind_account(trial=trial, laboratory=name, user=user, **by)
    _file(cast)
    _file_elsewhere(cast)


def _file(cast: Cast) -> None:
    """A file of the first laboratory: one serum that failed and is in quarantine, the same whatever the arm."""
    rows = long_rows("S-NOWHERE", ["120", "90"])
    rows[1][rows[1].index("9000")] = "300"
    data = long_form(rows)
    upload = Upload(read_file(file="run.csv", data=data), data, "the first laboratory")
    trial = cast.everything.trial
    import_laboratory_file(trial=trial, upload=upload, by=cast.users["hla_laboratory"], **SYSTEM)
    with unsealed(trial):
        cast.add_extra(LaboratoryFile.objects.latest("pk"))
        cast.add_extra(SerumInRun.objects.latest("pk"))


def _file_elsewhere(cast: Cast) -> None:
    """A file of the other laboratory, with other values in every state: nobody blinded is told of it."""
    treated = ("1" if cast.arm_of(place) == ACTIVE else "0" for place, _person in enumerate(cast.people))
    number = int("".join(treated), 2)
    data = long_form(long_rows("S-FAR-AWAY", [str(1000 + number), "90"], run=f"R{number}"))
    upload = Upload(read_file(file="far.csv", data=data), data, "the other laboratory")
    import_laboratory_file(trial=cast.everything.trial, upload=upload, by=cast.users[ELSEWHERE], **SYSTEM)


def measured(arm: str, chance: Random) -> dict[str, str]:
    """What is found after the first dose: in who got cells on one bead or several, else on one, and little."""
    possible = STRONG if arm == ACTIVE else WEAK
    beads = chance.sample(sorted(possible), chance.randint(1, len(possible)))
    return {bead: chance.choice(possible[bead]) for bead in beads}


def _serum(person: Participant, letter: str, when: datetime, day: int) -> Specimen:
    came = {"collected_at": when, "received_at": when + timedelta(hours=4)}
    return make_specimen(person, code=f"S-{person.code}-{letter}", planned_day=day, **came)


def _panel(specimen: Specimen, beads: dict[str, str]) -> list[dict[str, Any]]:
    return [{**make_result(bead, mfi), "specimen": specimen.code} for bead, mfi in beads.items()]
