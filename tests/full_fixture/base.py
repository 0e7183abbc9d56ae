"""The rows by their model, and the accounts by their role."""

from dataclasses import dataclass, field
from pathlib import Path

from django.db.models import Model

from accounts.models import User
from trials.models import Participant, Site, Trial

PROTOCOL = Path(__file__).resolve().parents[2] / "protocols" / "stroma-cov-2.toml"
ACTIVE, CONTROL = "UC_MSC", "PLACEBO"


@dataclass
class Everything:
    """The rows by model label in lower case (`trials.participant`), and the accounts by role."""

    trial: Trial
    site: Site
    participant: Participant
    arm_code: str = ACTIVE
    rows: dict[str, int] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)

    def add(self, row: Model) -> None:
        self.rows[row._meta.label_lower] = row.pk
