"""By what antibodies are judged: the rule set and the release that were adopted, else those of the protocol (sealed).

A new protocol version or an imported release changes nothing by itself: `JudgingChange` rows are adopted with a
signature, after somebody has seen what would change.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from immunology.choices import ChangeKind
from immunology.models.judging import JudgingChange
from immunology.queries.releases import serology_named
from immunology.rules.serology import COMPACT, Serology
from trials.models import ProtocolVersion
from trials.rules.protocol import AntibodyPlan, antibody_plan_of

Row = Mapping[str, Any]
ADOPTED = ("id", "kind", "name", "proposal", "proposal_sha256", "adopted_at")
"""The columns of a change that a basis is made of."""


@dataclass(frozen=True)
class AdoptedBasis:
    """The plan and the table of antigens; `rules_id` is the adopted change that the plan stands in, if there is one."""

    plan: AntibodyPlan
    serology: Serology
    rules_id: int | None = None
    rules_sha256: str = ""


def basis_in_force(*, trial_id: int, on: date) -> AdoptedBasis | None:
    """What the trial's antibodies are judged by on a day; `None` without an antibody plan. Needs an open clearance."""
    adopted = JudgingChange.objects.filter(trial=trial_id, adopted_at__isnull=False)
    rows = list(adopted.exclude(kind=ChangeKind.TYPING).order_by("adopted_at", "pk").values(*ADOPTED))
    if any(row["kind"] == ChangeKind.RULES for row in rows):
        return basis_of(rows, None)
    return basis_of(rows, ProtocolVersion.objects.protocol_of(trial_id=trial_id, on=on).antibodies)


def basis_of(rows: Iterable[Row], plan: AntibodyPlan | None) -> AdoptedBasis | None:
    """The basis of adopted changes in order of adoption; `plan` where no rule set was adopted."""
    rules: Row | None = None
    release: Row | None = None
    for row in rows:
        if row["kind"] == ChangeKind.RULES:
            rules = row
        elif row["kind"] == ChangeKind.RELEASE:
            release = row
    serology = COMPACT if release is None else serology_of(release["proposal"]["release"])
    if rules is None:
        return None if plan is None else AdoptedBasis(plan, serology)
    chosen = antibody_plan_of(rules["proposal"]["antibodies"])
    return AdoptedBasis(chosen, serology, rules["id"], rules["proposal_sha256"])


def serology_of(name: str) -> Serology:
    """The table of a release that was adopted. Raises LookupError when it is not stored."""
    found = serology_named(name=name)
    if found is None:
        raise LookupError(f"The release {name} of the nomenclature is not stored.")
    return found
