"""The records of a ward about a participant."""

from datetime import timedelta
from decimal import Decimal

from assessments.models import (
    DailyAssessment,
    LaboratoryResult,
    Medication,
    ProtocolDeviation,
    SensitisingEvent,
)
from haemodynamics.models import HaemodynamicFinding
from tests.factories import (
    AT,
    make_event,
    make_infusion,
    make_reading,
    make_specimen,
    save_row,
)
from tests.full_fixture.base import Everything
from trials.models import Infusion


def add_clinical_rows(everything: Everything) -> Infusion:
    participant = everything.participant
    infusion = make_infusion(participant, ended_at=AT + timedelta(days=1, hours=3))
    finding = HaemodynamicFinding(
        trial=everything.trial,
        participant=participant,
        infusion=infusion,
        criterion="NOREPINEPHRINE",
        first_hit_at=AT + timedelta(days=1, hours=2),
        rule_set="START-2014",
    )
    for row in (infusion, make_event(participant), make_reading(participant), make_specimen(participant)):
        everything.add(row)
    everything.add(save_row(finding))
    for record in _days_and_deviations(everything):
        everything.add(save_row(record))
    return infusion


def _days_and_deviations(
    everything: Everything,
) -> list[DailyAssessment | LaboratoryResult | Medication | ProtocolDeviation | SensitisingEvent]:
    trial, site, participant = everything.trial, everything.site, everything.participant
    told = {"importance": "minor", "occurred": "2020-04-07", "description": "A check was late."}
    return [
        DailyAssessment(
            trial=trial,
            participant=participant,
            assessed_date=AT.date(),
            pao2_mmhg=Decimal(90),
            fio2_fraction=Decimal("0.6"),
        ),
        ProtocolDeviation(trial=trial, site=site, participant=participant, category="assessment", **told),
        SensitisingEvent(trial=trial, participant=participant, kind="RBC", occurred="2020-04-07", units=1),
        LaboratoryResult(
            trial=trial,
            participant=participant,
            test="Potassium",
            value=Decimal("5.8"),
            unit="mmol/L",
            sampled="2020-04-07",
        ),
        Medication(trial=trial, participant=participant, drug="Heparin", started="2020-04-07"),
    ]
