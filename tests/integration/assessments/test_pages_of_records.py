"""The pages of a participant's records: entered, corrected and voided, each by one call of a service with a reason."""

from datetime import date
from typing import Any

import pytest

from assessments.models import LaboratoryResult, Medication, ProtocolDeviation, SensitisingEvent
from audit.models import Entry
from tests.integration.events.event_rows import Ward, make_ward
from tests.plugins.shared_rows import shared_rows
from tests.unblinded_wards import signed_in

pytestmark = pytest.mark.django_db
Record = type[LaboratoryResult | Medication | ProtocolDeviation | SensitisingEvent]


def day(name: str) -> dict[str, str]:
    """The four parts of a partial date, as a browser sends them."""
    on = date(2020, 4, 7)
    return {
        f"{name}_day": f"{on.day}",
        f"{name}_month": f"{on.month}",
        f"{name}_year": f"{on.year}",
        f"{name}_time": "",
    }


ENTERED: dict[Record, dict[str, str]] = {
    LaboratoryResult: {"test": "Potassium", "value": "5.8", "unit": "mmol/L", **day("sampled")},
    Medication: {"drug": "Heparin", "dose": "5000", "dose_unit": "IU", **day("started")},
    SensitisingEvent: {"kind": "RBC", "units": "2", **day("occurred")},
    ProtocolDeviation: {
        "category": "assessment",
        "importance": "minor",
        "description": "A check was late.",
        **day("occurred"),
    },
}
CHANGED: dict[Record, tuple[str, str]] = {
    LaboratoryResult: ("remark", "haemolytic"),
    Medication: ("indication", "prophylaxis"),
    SensitisingEvent: ("remark", "from another hospital"),
    ProtocolDeviation: ("action_taken", "The team was trained."),
}


@shared_rows
def ward() -> Ward:
    return make_ward()


@pytest.mark.parametrize("model", ENTERED, ids=lambda model: model.__name__)
def test_a_record_is_entered_corrected_and_voided_on_its_pages(model: Record, ward: Ward) -> None:
    client, pages = signed_in(ward.investigator), f"/assessments/{model._meta.model_name}/"
    sent: dict[str, Any] = {**ENTERED[model], "participant": ward.participant.pk, "site": ward.site.pk}
    name, changed = CHANGED[model]

    added = client.post(f"{pages}add/", sent)
    assert added.status_code == 302, added.content.decode()
    row = model.objects.get()
    page = f"{pages}{row.pk}/"
    assert client.get(f"{page}change/").status_code == client.get(pages).status_code == 200
    client.post(
        f"{page}change/", {**sent, name: changed, "reason": "read again", "seen_version": row.version}
    )
    row.refresh_from_db()
    assert getattr(row, name) == changed
    client.post(f"{page}void/", {"reason": "another participant's"})

    row.refresh_from_db()
    kept = Entry.objects.of_row(table=model._meta.db_table, row_id=row.pk).order_by("pk")
    assert row.void_reason == "another participant's"
    assert [entry.reason for entry in kept][1:] == ["read again", "another participant's"]
    assert {entry.actor_id for entry in kept} == {ward.investigator.pk}
