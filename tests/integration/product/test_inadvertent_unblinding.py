"""Inadvertent unblinding: the fact is open, what happened is sealed, an arm is refused where blinded people read."""

import json
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone

from accounts.choices import Role
from accounts.models import User
from audit.models import Entry
from product.models import InadvertentUnblinding, UnblindingAccount, UnblindingNotice
from product.services.unblinding import (
    assess_inadvertent_unblinding,
    correct_inadvertent_unblinding,
    read_account,
    record_inadvertent_unblinding,
    void_inadvertent_unblinding,
)
from tests.factories import make_user, unsealed
from tests.plugins.shared_rows import shared_rows
from tests.unblinded_wards import Emergency, make_emergency, signed_in

pytestmark = pytest.mark.django_db
SECRET = "The label said UC-MSC"
ADD = "/product/inadvertentunblinding/add/"


@shared_rows
def scene() -> Emergency:
    return make_emergency()


@shared_rows
def statistician(scene: Emergency) -> User:
    return make_user(Role.UNBLINDED_STATISTICIAN, trial=scene.ward.trial)


def now(scene: Emergency, by: User | None = None, reason: str = "told on the round") -> dict[str, Any]:
    return {"by": by or scene.ward.nurse, "at": timezone.now(), "reason": reason}


def recorded(scene: Emergency, **changes: Any) -> InadvertentUnblinding:
    facts = {"occurred": f"{timezone.now():%Y-%m}", "learner": "nurse"} | changes.pop("facts", {})
    values = {
        "trial": scene.ward.trial,
        "participant": scene.patient,
        "facts": facts,
        "account": {"channel": "product", "what_happened": SECRET},
        **now(scene),
    }
    return record_inadvertent_unblinding(**(values | changes))


def account_of(record: InadvertentUnblinding) -> UnblindingAccount:
    with unsealed(record.trial):
        return UnblindingAccount.objects.get(inadvertent=record)


def form(scene: Emergency, **changes: str) -> dict[str, str]:
    today = timezone.localdate()
    values = {
        "participant": str(scene.patient.pk),
        "occurred_month": str(today.month),
        "occurred_year": str(today.year),
        "learner": "nurse",
        "channel": "product",
        "what_happened": SECRET,
        "is_corrected": "",
    }
    return values | changes


def test_fact_is_open_and_the_account_is_sealed(scene: Emergency) -> None:
    record = recorded(scene)

    assert (record.site, record.impact) == (scene.ward.site, "not_assessed")
    assert account_of(record).what_happened == SECRET
    visible = Entry.objects.filter(trial_id=record.trial_id)
    assert "UC-MSC" not in json.dumps(
        [[e.reason, e.new] for e in visible if e.table_name != "trials_protocolversion"]
    )
    assert not visible.filter(table_name="product_unblindingaccount").exists()


def test_those_who_oversee_are_told(scene: Emergency) -> None:
    record = recorded(scene)

    told = UnblindingNotice.objects.filter(inadvertent=record).values_list("recipient__username", flat=True)
    assert set(told) == {"investigator", "second", "officer"}


def test_account_is_read_by_the_unblinded_statistician_alone(scene: Emergency, statistician: User) -> None:
    record = recorded(scene)

    assert read_account(record=record, by=statistician, at=timezone.now()).what_happened == SECRET
    for other in (scene.ward.nurse, scene.asker, scene.officer):
        with pytest.raises(PermissionDenied):
            read_account(record=record, by=other, at=timezone.now())


@pytest.mark.parametrize(
    "change",
    [
        {"facts": {"learner_description": "Saw the UC-MSC bag"}},
        {"reason": "it was placebo"},
        {"facts": {"occurred": "2999-01"}},
        {"facts": {"occurred": "yesterday"}},
        {"facts": {"learner": "other"}},
        {"facts": {"impact": "none"}},
        {"account": {"channel": "product", "what_happened": ""}},
        {"account": {"channel": "product", "what_happened": SECRET, "arm": "UC_MSC"}},
    ],
)
def test_bad_record_writes_nothing_and_tells_nobody(scene: Emergency, change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        recorded(scene, **change)

    assert not InadvertentUnblinding.objects.exists()
    assert not UnblindingNotice.objects.exists()


def test_nurse_records_at_their_site_only(scene: Emergency) -> None:
    elsewhere = scene.ward.trial.sites.get(code="01")

    with pytest.raises(PermissionDenied):
        recorded(scene, participant=None, site=elsewhere)
    with pytest.raises(PermissionDenied):
        recorded(scene, participant=None)
    assert recorded(scene, participant=None, **now(scene, scene.officer)).site is None


def test_correction_is_a_new_version_of_fact_and_account(scene: Emergency) -> None:
    record = recorded(scene)

    changed = correct_inadvertent_unblinding(
        record=record,
        changes={"learner": "treating_staff"},
        account_changes={"known_to": "the whole shift"},
        **now(scene, reason="asked again"),
    )

    assert (changed.learner, changed.version, account_of(record).version) == ("treating_staff", 2, 2)
    assert account_of(record).what_happened == SECRET
    with pytest.raises(ValidationError, match="version"):
        correct_inadvertent_unblinding(
            record=record, changes={}, account_changes={}, seen_version=1, **now(scene)
        )


def test_impact_is_assessed_by_somebody_else(scene: Emergency) -> None:
    record = recorded(scene, facts={"learnt_by": scene.ward.nurse})
    said = {
        "record": record,
        "impact": "limited",
        "is_corrected": True,
        "account_changes": {"impact_text": "UC-MSC"},
    }

    with pytest.raises(ValidationError, match="somebody else"):
        assess_inadvertent_unblinding(**said, **now(scene))
    assessed = assess_inadvertent_unblinding(**said, **now(scene, scene.officer))

    assert (assessed.impact, assessed.assessed_by) == ("limited", scene.officer)
    assert account_of(record).impact_text == "UC-MSC"


def test_void_record_is_changed_no_more(scene: Emergency) -> None:
    record = recorded(scene)

    void_inadvertent_unblinding(record=record, **now(scene, reason="wrong participant"))

    with pytest.raises(ValidationError, match="voided before"):
        correct_inadvertent_unblinding(record=record, changes={}, account_changes={}, **now(scene))


# Pages ------------------------------------------------------------------------


@pytest.fixture
def nurse(scene: Emergency) -> Client:
    return signed_in(scene.ward.nurse)


def test_page_keeps_the_account_and_never_shows_it_again(
    scene: Emergency, nurse: Client, statistician: User
) -> None:
    saved = nurse.post(ADD, form(scene), follow=True)

    record = InadvertentUnblinding.objects.get()
    page = nurse.get(f"/product/inadvertentunblinding/{record.pk}/change/").content.decode()
    assert "what happened is kept under seal" in saved.content.decode()
    assert SECRET not in page
    read = signed_in(statistician).get(f"/product/inadvertentunblinding/{record.pk}/change/").content.decode()
    assert SECRET in read


def test_arm_in_an_open_field_is_refused_beside_it(scene: Emergency, nurse: Client) -> None:
    page = nurse.post(ADD, form(scene, learner_description="the one with the placebo bag")).content.decode()

    assert "Learner description: blinded people read this, so it may not name an arm (“PLACEBO”)" in page
    assert not InadvertentUnblinding.objects.exists()


def test_unknown_account_is_refused(scene: Emergency, nurse: Client) -> None:
    page = nurse.post(ADD, form(scene, account_name="nobody-there")).content.decode()

    assert "no account is called nobody-there" in page
    assert not InadvertentUnblinding.objects.exists()


def test_nurse_who_names_neither_participant_nor_site_is_refused_on_the_form(
    scene: Emergency, nurse: Client
) -> None:
    page = nurse.post(ADD, form(scene, participant=""))

    assert page.status_code in (200, 403)
    assert not InadvertentUnblinding.objects.exists()


def test_record_is_corrected_assessed_and_voided_over_the_pages(scene: Emergency, nurse: Client) -> None:
    record = recorded(scene)
    url = f"/product/inadvertentunblinding/{record.pk}/"
    answers = form(
        scene, channel="", what_happened="", learner="other", learner_description="Physiotherapist"
    )
    officer = signed_in(scene.officer)

    nurse.post(f"{url}change/", {**answers, "reason": "asked again", "seen_version": "1"})
    officer.post(f"{url}assess/", {"impact": "serious", "is_corrected": "True", "impact_text": SECRET})
    record.refresh_from_db()
    assert (record.learner, record.impact, record.is_corrected) == ("other", "serious", True)
    assert account_of(record).what_happened == SECRET

    officer.post(f"{url}void/", {"reason": "it was another trial"})
    record.refresh_from_db()
    assert record.void_reason == "it was another trial"


def test_api_holds_the_fact_alone(scene: Emergency, nurse: Client) -> None:
    recorded(scene)

    (item,) = nurse.get("/api/v1/inadvertent-unblindings/?voided=false").json()["results"]

    assert (item["participant"], item["learner"], item["impact"]) == ("07-012", "nurse", "not_assessed")
    assert "channel" not in item
    assert SECRET not in json.dumps(item)
