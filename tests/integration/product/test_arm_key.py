"""The key of the coded arms: drawn once, opened by the unblinded statistician only, each opening recorded."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction

from accounts.choices import Role
from accounts.models import Clearance
from accounts.services import system_user
from audit.models import Entry
from product.models import ArmKeyOpening, ArmLetter
from product.services import draw_arm_letters
from product.services.unblinding import open_arm_key
from tests.factories import AT, make_trial, make_user, save_row, unsealed
from tests.unblinded_wards import ACTIVE_LABEL, CONTROL_LABEL, signed_in
from tests.ward import PASSWORD
from trials.models import ProtocolVersion, Trial
from trials.rules.protocol import canonical_content, content_sha256
from trials.services import load_protocol

pytestmark = pytest.mark.django_db
WHY = "Final analysis, as the charter provides"
URL = "/product/armkeyopening/open/"


def kept_letters(trial: Trial) -> dict[str, str]:
    with unsealed(trial):
        return dict(ArmLetter.objects.filter(trial=trial).values_list("letter", "arm_code"))


def test_statistician_opens_the_key_and_it_is_the_one_that_was_drawn(trial: Trial) -> None:
    statistician = make_user(Role.UNBLINDED_STATISTICIAN, trial=trial)

    key = open_arm_key(trial=trial, by=statistician, at=AT, reason=WHY)

    assert {line.letter: line.arm_code for line in key} == kept_letters(trial)
    assert [line.letter for line in key] == ["A", "B"]


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.UNBLINDED_STATISTICIAN}))
def test_nobody_else_opens_it_neither_chair_nor_member(trial: Trial, role: str) -> None:
    other = make_user(role, trial=None if role == Role.ADMINISTRATOR else trial)
    before = Clearance.objects.count()

    with pytest.raises(PermissionDenied):
        open_arm_key(trial=trial, by=other, at=AT, reason=WHY)

    assert signed_in(other).get(URL).status_code == 403
    assert (
        signed_in(other).post(URL, {"trial": trial.pk, "reason": WHY, "password": PASSWORD}).status_code
        == 403
    )
    assert (ArmKeyOpening.objects.count(), Clearance.objects.count()) == (0, before)


def test_system_does_not_open_it(trial: Trial) -> None:
    with pytest.raises(PermissionDenied):
        open_arm_key(trial=trial, by=system_user(), at=AT, reason=WHY)


def test_statistician_of_another_trial_does_not_open_it(trial: Trial) -> None:
    other = make_user(Role.UNBLINDED_STATISTICIAN, trial=make_trial())

    with pytest.raises(PermissionDenied):
        open_arm_key(trial=trial, by=other, at=AT, reason=WHY)


def test_opening_is_in_the_log_and_in_the_trail_without_the_arm(trial: Trial) -> None:
    statistician = make_user(Role.UNBLINDED_STATISTICIAN, trial=trial, username="statistician")

    open_arm_key(trial=trial, by=statistician, at=AT, reason=WHY)

    logged = Clearance.objects.latest("pk")
    entry = Entry.objects.get(table_name="product_armkeyopening")
    assert (logged.actor_id, logged.purpose) == (statistician.pk, f"open the key of the coded arms: {WHY}")
    assert (entry.actor_label, entry.reason) == ("statistician", WHY)
    said = json.dumps(entry.new) + repr(logged.__dict__)
    assert not [word for word in ("UC_MSC", ACTIVE_LABEL, "PLACEBO", CONTROL_LABEL) if word in said]


@pytest.mark.parametrize("reason", ["", "   ", "A is the placebo"])
def test_key_stays_closed_without_a_reason_that_tells_nothing(trial: Trial, reason: str) -> None:
    statistician = make_user(Role.UNBLINDED_STATISTICIAN, trial=trial)

    with pytest.raises(ValidationError):
        open_arm_key(trial=trial, by=statistician, at=AT, reason=reason)

    assert not ArmKeyOpening.objects.exists()


def test_page_asks_for_the_password_again_and_keeps_nothing_in_the_browser(trial: Trial) -> None:
    client = signed_in(make_user(Role.UNBLINDED_STATISTICIAN, trial=trial))

    refused = client.post(URL, {"trial": trial.pk, "reason": WHY, "password": "guessed"})
    opened = client.post(URL, {"trial": trial.pk, "reason": WHY, "password": PASSWORD})

    assert ACTIVE_LABEL not in refused.content.decode()
    assert ACTIVE_LABEL in opened.content.decode()
    assert "no-store" in opened["Cache-Control"]
    assert ACTIVE_LABEL not in client.get(URL).content.decode()
    assert WHY in client.get("/product/armkeyopening/").content.decode()
    assert ArmKeyOpening.objects.count() == 1


def test_opening_without_a_reason_is_refused_by_the_database(trial: Trial) -> None:
    statistician = make_user(Role.UNBLINDED_STATISTICIAN, trial=trial)
    save_row(ArmKeyOpening(trial=trial, opened_by=statistician, opened_at=AT, reason=WHY))

    with pytest.raises(IntegrityError), transaction.atomic():
        save_row(ArmKeyOpening(trial=trial, opened_by=statistician, opened_at=AT, reason=""))


@pytest.mark.django_db(transaction=True)
def test_letters_drawn_by_four_at_once_are_drawn_once(content: dict[str, Any]) -> None:
    trial = load_protocol(content=content, by=system_user(), at=AT, reason="set-up").trial
    third = {"code": "LOW", "label": "Low dose", "is_control": False, "is_investigational": True}
    fourth = {**third, "code": "HIGH", "label": "High dose"}
    amended = {**content, "version": "9", "arms": [*content["arms"], third, fourth]}
    version = ProtocolVersion(
        trial=trial,
        label="9",
        effective_date=date(2099, 1, 1),
        content=canonical_content(amended),
        content_sha256=content_sha256(amended),
    )
    save_row(version)

    def draw(_number: int) -> None:
        try:
            draw_arm_letters(trial=trial, by=system_user(), at=AT, reason="two arms more")
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(draw, range(4)))

    assert sorted(kept_letters(trial)) == ["A", "B", "C", "D"]
