"""Changes of what antibodies are judged by, and the readings of calls: proposed, shown, adopted, read, signed."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse

from accounts.models import SealedError, SealedRecordSignature, User
from audit.services import attributed, next_version
from immunology.models import CallReading, DonorTyping, DsaFinding, JudgingChange
from immunology.queries.readings import CallToRead, calls_to_read
from immunology.rules.drift import drift_rows
from immunology.rules.reading_states import ReadingState
from immunology.services import (
    adopt_change,
    drift_of,
    judge_every_trial,
    propose_typing,
    read_call,
    record_donor_typing,
    sign_rules_in_use,
)
from product.models import ProductBatch
from tests.factories import make_user, unsealed
from tests.integration.immunology.antibody_rows import D0, D14, NOW, REASON, Study, adopt, make_study
from tests.plugins.shared_rows import shared_rows

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=1)


@shared_rows
def study() -> Study:
    study = make_study()
    study.measure(study.take(study.treated, D0, 0), A0201="120", B0702="100", A2402="90")
    study.measure(study.take(study.treated, D14, 14), A0201="1800", B0702="110", A2402="90")
    return study


def the_call(study: Study, specificity: str = "A*02:01") -> CallToRead:
    with unsealed(study.trial):
        calls = calls_to_read(trial_id=study.trial.pk, on=NOW.date())
        return next(
            call
            for call in calls
            if (call.finding.participant_id, call.finding.specificity) == (study.treated.pk, specificity)
        )


def signed_rules(study: Study) -> None:
    with unsealed(study.trial):
        change = JudgingChange.objects.get(kind="rules")
    sign_rules_in_use(trial=study.trial, change_id=change.pk, by=study.statistician, at=NOW, reason=REASON)


def read(study: Study, by: User, verdict: str, *, part: str = "reader", comment: str = "seen") -> CallReading:
    call = the_call(study)
    return read_call(
        trial=study.trial, finding_id=call.finding.pk, part=part, verdict=verdict, comment=comment,
        seen_sha256=call.shown_sha256, by=by, at=LATER, reason=REASON,
    )  # fmt: skip


def test_the_first_judgement_keeps_its_rule_set_and_release(study: Study) -> None:
    with unsealed(study.trial):
        change = JudgingChange.objects.get()
        finding = DsaFinding.objects.get(participant=study.treated, specificity="A*02:01")

    assert change.adopted_at is not None
    assert finding.rules_sha256 == change.proposal_sha256
    assert finding.nomenclature_release == "compact-2"


def test_a_corrected_typing_counts_only_when_its_drift_was_signed(study: Study) -> None:
    change = propose_typing(
        trial=study.trial,
        donor_code="D-1",
        specificities=["A*02:05", "B*07:02"],
        by=study.unit,
        at=LATER,
        reason=REASON,
    )
    with unsealed(study.trial):
        drift = drift_rows(drift_of(change=change, at=LATER))
    assert [(row["specificity"], row["old"], row["new"]) for row in drift] == [
        ("A*02:01", "DE_NOVO", "–"),
        ("A*02:05", "–", "DE_NOVO"),
    ]
    assert study.findings(study.treated)[("D-1", "A*02:01")] == ("DE_NOVO", True)

    adopt(study, change, at=LATER)

    assert study.findings(study.treated)[("D-1", "A*02:05")] == ("DE_NOVO", True)
    with unsealed(study.trial):
        standing = DonorTyping.objects.filter(donor_code="D-1", voided_at=None)
        assert set(standing.values_list("specificity", flat=True)) == {"A*02:05", "B*07:02"}
        assert DonorTyping.objects.filter(donor_code="D-1").count() == 3
        assert SealedRecordSignature.objects.filter(subject_id=change.pk).count() == 1


def test_a_third_allele_at_a_locus_is_a_correction(study: Study) -> None:
    named = {"trial": study.trial, "donor_code": "D-1", "by": study.unit, "at": LATER, "reason": REASON}
    record_donor_typing(specificity="A*24:02", **named)

    with pytest.raises(ValidationError, match="two alleles at A already; correct the typing instead"):
        record_donor_typing(specificity="A*68:01", **named)


def test_the_donors_of_a_pool_each_have_their_targets(study: Study) -> None:
    with unsealed(study.trial):
        batch = ProductBatch.objects.get(code="B-D-1")
        batch.donor_code = "D-1+D-2"
        next_version(batch, at=LATER)
        with attributed(by=study.unit, reason=REASON, at=LATER):
            batch.save()

    judge_every_trial(at=LATER)

    found = study.findings(study.treated)
    assert found[("D-1", "A*02:01")] == ("DE_NOVO", True)
    assert found[("D-2", "A*24:02")] == ("NEGATIVE", True)


def test_a_list_that_moved_on_is_not_adopted(study: Study) -> None:
    change = propose_typing(
        trial=study.trial, donor_code="D-1", specificities=["A*02:05"], by=study.unit, at=LATER, reason=REASON
    )

    with pytest.raises(ValidationError, match="no longer what you were shown"):
        adopt_change(
            trial=study.trial,
            change_id=change.pk,
            seen_sha256="0" * 64,
            by=study.statistician,
            at=LATER,
            reason=REASON,
        )
    assert study.findings(study.treated)[("D-1", "A*02:01")] == ("DE_NOVO", True)


def test_no_call_is_signed_under_rules_that_nobody_signed(study: Study) -> None:
    reader = make_user("unblinded_reviewer", trial=study.trial)

    with pytest.raises(ValidationError, match="nobody has signed it"):
        read(study, reader, "DE_NOVO")


def test_two_readers_who_differ_need_an_adjudicator(study: Study) -> None:
    signed_rules(study)
    first, second, third = (make_user("unblinded_reviewer", trial=study.trial) for _ in range(3))

    read(study, first, "DE_NOVO")
    assert the_call(study).state is ReadingState.READ_ONCE
    with pytest.raises(ValidationError, match="read this version of the call already"):
        read(study, first, "DE_NOVO")
    with pytest.raises(ValidationError, match="only a call on which two readers differ"):
        read(study, third, "DE_NOVO", part="adjudicator")
    read(study, second, "INDETERMINATE_GREY")
    assert the_call(study).state is ReadingState.DISAGREED
    read(study, third, "DE_NOVO", part="adjudicator")

    call = the_call(study)
    assert (call.state, call.verdict) == (ReadingState.ADJUDICATED, "DE_NOVO")
    with unsealed(study.trial):
        meanings = SealedRecordSignature.objects.filter(subject="immunology.callreading")
        assert sorted(meanings.values_list("meaning", flat=True)) == [
            "assessment", "assessment", "responsibility",
        ]  # fmt: skip


def test_a_later_serum_asks_for_a_new_reading_and_keeps_the_old_one(study: Study) -> None:
    signed_rules(study)
    first, second = (make_user("unblinded_reviewer", trial=study.trial) for _ in range(2))
    read(study, first, "DE_NOVO")
    read(study, second, "DE_NOVO")
    assert the_call(study).state is ReadingState.AGREED

    study.measure(study.take(study.treated, D14 + timedelta(days=7), None), A0201="100")

    call = the_call(study)
    assert (call.state, call.verdict, len(call.older)) == (ReadingState.READ_ANEW, None, 2)
    assert call.finding.classification == "DE_NOVO_TRANSIENT"


def test_another_class_needs_a_comment_and_a_negative_call_no_reader(study: Study) -> None:
    signed_rules(study)
    reader = make_user("unblinded_reviewer", trial=study.trial)

    with pytest.raises(ValidationError, match="another class than that of the rules needs one"):
        read(study, reader, "NEGATIVE", comment="")
    assert the_call(study, "B*07:02").state is ReadingState.NOT_NEEDED


def test_only_reviewers_read_and_nobody_blinded_opens_a_page(study: Study, client: Client) -> None:
    with pytest.raises(PermissionDenied):
        read(study, study.laboratory, "DE_NOVO")
    with pytest.raises(SealedError):
        CallReading.objects.count()
    pages = [reverse(f"admin:immunology_dsafinding_{name}") for name in ("calls", "map")]
    pages.append(reverse("admin:immunology_dsafinding_pictures", args=[the_call(study).finding.pk]))
    for user, status in ((study.statistician, 200), (study.laboratory, 403), (study.nurse, 403)):
        client.force_login(user)
        assert [client.get(page).status_code for page in pages] == [status] * 3


def test_a_reader_signs_on_the_page_and_the_second_is_not_told_the_first_class(
    study: Study, client: Client
) -> None:
    signed_rules(study)
    first, second = (make_user("unblinded_reviewer", trial=study.trial) for _ in range(2))
    read(study, first, "INDETERMINATE_GREY", comment="a lone bead")
    client.force_login(second)
    page = client.get(reverse("admin:immunology_dsafinding_read", args=[the_call(study).finding.pk]))

    said = page.content.decode()
    assert page.status_code == 200
    assert "a lone bead" not in said
    assert "is_reference" not in said
    assert "VIRTUAL" not in said


def test_the_drift_page_shows_old_and_new_calls(study: Study, client: Client) -> None:
    change = propose_typing(
        trial=study.trial, donor_code="D-1", specificities=["A*02:05"], by=study.unit, at=LATER, reason=REASON
    )
    client.force_login(study.statistician)

    said = client.get(reverse("admin:immunology_judgingchange_drift", args=[change.pk])).content.decode()

    assert "A*02:05" in said
    assert "DE_NOVO" in said
    assert client.get(reverse("admin:immunology_judgingchange_changelist")).status_code == 200
    assert client.get(reverse("admin:immunology_judgingchange_add")).status_code == 200
