"""The rule set of the first judgement: taken from the protocol, and from then on the one in use."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from accounts.models import User
from accounts.services import content_digest, system_user
from audit.services import first_version, next_version
from immunology.choices import ChangeKind
from immunology.models import JudgingChange
from trials.models import ProtocolVersion, Trial


def adopt_first_rules(*, trial: Trial, on: date, at: datetime) -> JudgingChange:
    """Store the protocol's rule set as the one in use. The caller has opened the seal and named who writes."""
    version = ProtocolVersion.objects.version_of(trial_id=trial.pk, on=on)
    antibodies = version.content["antibodies"]
    name = f"{antibodies['rule_set']} · {version.label}"
    proposal = {"protocol_version": version.label, "antibodies": antibodies}
    change = store_change(trial, ChangeKind.RULES, name, proposal, system_user(), at)
    change.adopted_by_id, change.adopted_at = change.proposed_by_id, at
    next_version(change, at=at)
    change.save()
    return change


def store_change(
    trial: Trial, kind: ChangeKind, name: str, proposal: Mapping[str, Any], by: User, at: datetime
) -> JudgingChange:
    """Store a proposal. What it proposes is never edited afterwards."""
    row = JudgingChange(
        trial=trial,
        kind=kind,
        name=name[:80],
        proposal=dict(proposal),
        proposal_sha256=content_digest(proposal),
        proposed_by_id=by.pk,
        proposed_at=at,
    )
    first_version(row, at=at)
    row.full_clean()
    row.save()
    return row
