"""Changes of what antibodies are judged by: proposed, shown with what they would change, adopted with a signature.

Nothing is re-judged silently. Until a change is adopted every finding keeps its call; the adoption keeps the list of
old and new calls that was shown, and is refused when that list is not the one of now.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.choices import Action, ClearanceGround, SignatureMeaning
from accounts.models import User
from accounts.services import cleared, content_digest, require, sign_record
from audit.services import attributed, first_version, mark_void, next_version
from immunology.choices import ChangeKind
from immunology.models import DonorTyping, DsaFinding, JudgingChange, ReferenceRelease
from immunology.models.sealed import read_specificity
from immunology.queries.dsa_inputs import load_dsa_inputs
from immunology.queries.judging_basis import AdoptedBasis, basis_in_force, serology_of
from immunology.rules.classification import classify
from immunology.rules.drift import CallKey, CallSide, DriftLine, drift_between, drift_rows, side_of
from immunology.rules.serology import SEROLOGY_RELEASE
from immunology.rules.targets import MOST_ALLELES, locus_of
from immunology.services.first_rules import store_change
from immunology.services.judging import judge_as_system
from partial_dates import local_date
from trials.models import Participant, ProtocolVersion, Trial
from trials.rules.protocol import antibody_plan_of


def propose_rules(*, trial: Trial, protocol_label: str, by: User, at: datetime, reason: str) -> JudgingChange:
    """Propose the rule set of a protocol version that is loaded."""
    require(by=by, action=Action.MANAGE_ANTIBODY_RULES, trial_code=trial.code)
    version = ProtocolVersion.objects.filter(trial=trial, label=protocol_label).first()
    antibodies = version.content.get("antibodies") if version else None
    if antibodies is None:
        message = _("Protocol version: “%(value)s” is none of this trial with an antibody plan.")
        raise ValidationError({"protocol_label": message % {"value": protocol_label}})
    proposal = {"protocol_version": protocol_label, "antibodies": antibodies}
    name = f"{antibodies['rule_set']} · {protocol_label}"
    return _propose(trial, ChangeKind.RULES, name, proposal, by=by, at=at, reason=reason)


def propose_release(*, trial: Trial, release: str, by: User, at: datetime, reason: str) -> JudgingChange:
    """Propose that a release of the nomenclature which was imported judges findings."""
    require(by=by, action=Action.MANAGE_ANTIBODY_RULES, trial_code=trial.code)
    known = release == SEROLOGY_RELEASE or ReferenceRelease.objects.filter(name=release).exists()
    if not known:
        message = _("Release: “%(value)s” was not imported; import it with import_imgthla first.")
        raise ValidationError({"release": message % {"value": release}})
    return _propose(trial, ChangeKind.RELEASE, release, {"release": release}, by=by, at=at, reason=reason)


def propose_typing(
    *, trial: Trial, donor_code: str, specificities: list[str], by: User, at: datetime, reason: str
) -> JudgingChange:
    """Propose another typing of a donor who is typed: all of his alleles and antigens as they should be."""
    require(by=by, action=Action.MANAGE_PRODUCT, trial_code=trial.code)
    names = [name for text in specificities for name in read_specificity(text)]
    loci = [locus_of(name) for name in names]
    crowded = sorted({locus for locus in loci if loci.count(locus) > MOST_ALLELES})
    if crowded or not names:
        message = _("Typing: a donor has one or two alleles at a locus; “%(value)s” has another number.")
        raise ValidationError({"specificities": message % {"value": ", ".join(crowded) or "–"}})
    proposal = {"donor": donor_code, "specificities": sorted({name.text for name in names})}
    return _propose(trial, ChangeKind.TYPING, donor_code, proposal, by=by, at=at, reason=reason)


def _propose(
    trial: Trial,
    kind: ChangeKind,
    name: str,
    proposal: Mapping[str, Any],
    *,
    by: User,
    at: datetime,
    reason: str,
) -> JudgingChange:
    with attributed(by=by, reason=reason, at=at), _opened(trial, by, at, "propose a change of the judgement"):
        if kind is ChangeKind.TYPING and not _typing_of(trial, name).exists():
            message = _("Donor: “%(value)s” is not typed yet; record the typing instead.")
            raise ValidationError({"donor_code": message % {"value": name}})
        return store_change(trial, kind, name, proposal, by, at)


def drift_of(*, change: JudgingChange, at: datetime) -> tuple[DriftLine, ...]:
    """The calls that the change would make other ones. Needs an open clearance; writes nothing."""
    trial = change.trial
    on = local_date(at, trial.timezone)
    standing = basis_in_force(trial_id=trial.pk, on=on)
    if standing is None:
        return ()
    rows = DsaFinding.objects.filter(trial=trial)
    old = {
        (row.participant_id, row.donor_code, row.specificity): CallSide(
            row.classification, row.above_threshold, tuple(row.flags)
        )
        for row in rows
    }
    new = _calls_under(change, standing, on)
    # A finding whose sera were all voided stands in no judgement: no change of rules makes it another one.
    people = {key[0] for key in new}
    compared = {key: side for key, side in old.items() if key[0] in people}
    codes = dict(Participant.objects.filter(pk__in=people).values_list("pk", "code"))
    return drift_between(compared, new, codes)


def _calls_under(change: JudgingChange, standing: AdoptedBasis, on: Any) -> dict[CallKey, CallSide]:
    said = change.proposal
    plan, serology, typing = standing.plan, standing.serology, None
    if change.kind == ChangeKind.RULES:
        plan = antibody_plan_of(said["antibodies"])
    elif change.kind == ChangeKind.RELEASE:
        serology = serology_of(said["release"])
    else:
        typing = {said["donor"]: frozenset(said["specificities"])}
    basis = AdoptedBasis(plan, serology)
    inputs = load_dsa_inputs(
        trial_id=change.trial_id, participant_ids=None, on=on, basis=basis, instead_of=typing
    )
    if inputs is None:
        return {}
    return {
        (target.participant_id, target.donor_code, target.specificity): side_of(classify(target.series, plan))
        for target in inputs.every_target()
    }


def content_of_change(change: JudgingChange, drift: list[dict[str, Any]]) -> dict[str, Any]:
    """What is shown of a change, and signed."""
    return {"kind": change.kind, "name": change.name, "proposal": change.proposal, "drift": drift}


def adopt_change(
    *, trial: Trial, change_id: int, seen_sha256: str, by: User, at: datetime, reason: str
) -> JudgingChange:
    """Adopt a change with the signature of who saw what it changes. Everybody is judged again, in the same transaction.

    `seen_sha256` is the digest of the list that was shown (`drift_digest`); another list of now is refused.
    """
    require(by=by, action=Action.MANAGE_ANTIBODY_RULES, trial_code=trial.code)
    with attributed(by=by, reason=reason, at=at), _opened(trial, by, at, "adopt a change of the judgement"):
        change = _open_change(trial, change_id)
        drift = drift_rows(drift_of(change=change, at=at))
        digest = drift_digest(change, drift)
        if digest != seen_sha256:
            message = _("Change: what it changes is no longer what you were shown; look at it again.")
            raise ValidationError({"seen_sha256": message})
        change.adopted_by_id, change.adopted_at = by.pk, at
        change.drift, change.drift_sha256 = drift, digest
        next_version(change, at=at)
        change.full_clean()
        change.save()
        _apply_typing(trial, change, at, reason)
        _sign(change, by, at)
    judge_as_system(trial=trial, participant_ids=None, at=at)
    return change


def sign_rules_in_use(*, trial: Trial, change_id: int, by: User, at: datetime, reason: str) -> JudgingChange:
    """Sign the rule set that the first judgement took from the protocol; until then no reader can sign a call."""
    require(by=by, action=Action.MANAGE_ANTIBODY_RULES, trial_code=trial.code)
    with attributed(by=by, reason=reason, at=at), _opened(trial, by, at, "sign the rule set"):
        change = JudgingChange.objects.filter(trial=trial, pk=change_id, adopted_at__isnull=False).first()
        if change is None:
            raise ValidationError({"change": _("Rule set: none of this trial that is in use.")})
        _sign(change, by, at)
    return change


def drift_digest(change: JudgingChange, drift: list[dict[str, Any]]) -> str:
    """SHA-256 of what is shown of a change."""
    return content_digest(content_of_change(change, drift))


def _open_change(trial: Trial, change_id: int) -> JudgingChange:
    change: JudgingChange | None = (
        JudgingChange.objects.select_for_update().filter(trial=trial, pk=change_id, adopted_at=None).first()
    )
    if change is None:
        raise ValidationError({"change": _("Change: none of this trial that is still to be adopted.")})
    return change


def _sign(change: JudgingChange, by: User, at: datetime) -> None:
    sign_record(
        record=change,
        version=change.version,
        content=content_of_change(change, change.drift),
        meaning=SignatureMeaning.APPROVAL,
        trial_id=change.trial_id,
        zone=change.trial.timezone,
        by=by,
        at=at,
    )


def _typing_of(trial: Trial, donor_code: str) -> Any:
    return DonorTyping.objects.filter(trial=trial, donor_code=donor_code, voided_at=None)


def _apply_typing(trial: Trial, change: JudgingChange, at: datetime, reason: str) -> None:
    """Void the rows that the correction has no more, and add those that are new: the earlier version stays readable."""
    if change.kind != ChangeKind.TYPING:
        return
    wanted = set(change.proposal["specificities"])
    for row in _typing_of(trial, change.proposal["donor"]).select_for_update():
        if row.specificity in wanted:
            wanted.discard(row.specificity)
            continue
        mark_void(row, reason=reason, at=at)
        row.save()
    for specificity in sorted(wanted):
        row = DonorTyping(trial=trial, donor_code=change.proposal["donor"], specificity=specificity)
        row.clean()
        first_version(row, at=at)
        row.full_clean()
        row.save()


def _opened(trial: Trial, by: User, at: datetime, purpose: str) -> Any:
    return cleared(ground=ClearanceGround.ROLE, by=by, trial_id=trial.pk, purpose=purpose, at=at)
