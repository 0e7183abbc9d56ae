"""A ward with two investigators, a pharmacovigilance officer and an allocated participant, for unblinding tests."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from accounts.choices import Role
from accounts.models import User
from tests.factories import allocate, make_user
from tests.ward import PASSWORD, Ward, make_patient, make_ward
from trials.models import Participant

ACTIVE, CONTROL = "UC_MSC", "PLACEBO"
ACTIVE_LABEL = "Umbilical-cord mesenchymal stromal cells"
CONTROL_LABEL = "Placebo"
WHY = "Platelet refractoriness"


@dataclass(frozen=True)
class Emergency:
    """The people and the participant."""

    ward: Ward
    asker: User
    second: User
    officer: User
    patient: Participant

    def said(self, **changes: Any) -> dict[str, Any]:
        """The arguments of a service, by the requester, now."""
        values = {
            "participant": self.patient,
            "category": "treatment",
            "by": self.asker,
            "at": timezone.now(),
            "reason": WHY,
        }
        return values | changes

    def answers(self, how: str = "beside", **changes: str) -> dict[str, str]:
        """The requester's form, filled in."""
        beside = {"second_username": "second", "second_password": PASSWORD} if how == "beside" else {}
        nobody = {"absence_reason": "Called two colleagues and the hotline"} if how == "nobody" else {}
        filled = {"category": "treatment", "reason_text": WHY, "how": how, "password": PASSWORD}
        return {**filled, **beside, **nobody, **changes}

    def ask_url(self) -> str:
        return f"/trials/participant/{self.patient.pk}/unblind/"


def make_emergency(*, arm_code: str = ACTIVE) -> Emergency:
    """The second investigator is called `second`; all have an e-mail address except the nurse."""
    ward = make_ward()
    ward.investigator.email = "asker@site.example"
    ward.investigator.save()
    second = make_user(
        Role.INVESTIGATOR, trial=ward.trial, site=ward.site, username="second", email="second@site.example"
    )
    officer = make_user(
        Role.PHARMACOVIGILANCE, trial=ward.trial, username="officer", email="officer@sponsor.example"
    )
    patient = make_patient(ward, "07-012", enrolled_at=timezone.now() - timedelta(days=2))
    allocate(patient, arm_code)
    return Emergency(ward, ward.investigator, second, officer, patient)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client
