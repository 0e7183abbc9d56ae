"""Results and findings: all or nothing, sealed, the same rows and the same work in all arms."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.choices import ClearanceGround
from accounts.models import Clearance, SealedError
from accounts.queries import grants_of
from accounts.services import system_user
from audit.models import Entry
from immunology.models import AntibodyResult, DonorTyping, DsaFinding
from immunology.queries import own_results
from immunology.queries.dsa_inputs import load_dsa_inputs
from immunology.services import (
    judge_participants,
    record_antibody_panels,
    record_antibody_results,
    record_donor_typing,
    record_donor_typings,
    void_antibody_result,
    void_specimen,
)
from product.models import DispensedDose, ProductBatch
from tests.factories import make_infusion, make_user, save_row, unsealed
from tests.integration.immunology.antibody_rows import (
    D0,
    D14,
    NOW,
    REASON,
    Study,
    days_after,
    make_result,
    make_study,
)
from tests.plugins.shared_rows import shared_rows

pytestmark = pytest.mark.django_db


@shared_rows
def study() -> Study:
    return make_study()


def stored(study: Study) -> int:
    with unsealed(study.trial):
        return AntibodyResult.objects.count()


def test_panel_is_kept_whole_with_its_class_and_its_recorder(study: Study) -> None:
    tube = study.take(study.treated, D0, 0)

    new = study.measure(tube, A0201="120", DRB10301="600")

    with unsealed(study.trial):
        rows = AntibodyResult.objects.order_by("specificity")
        kept = [(row.specificity, row.hla_class, row.mfi, row.recorded_by_id) for row in rows]
    assert new == 2
    assert kept == [
        ("A*02:01", "I", Decimal(120), study.laboratory.pk),
        ("DRB1*03:01", "II", Decimal(600), study.laboratory.pk),
    ]


def test_no_clearance_no_rows(study: Study) -> None:
    study.measure(study.take(study.treated, D0, 0), A0201="120")

    with pytest.raises(SealedError):
        AntibodyResult.objects.count()
    with pytest.raises(SealedError):
        own_results(user_id=study.laboratory.pk)
    with connection.cursor() as cursor:
        for table in ("antibodyresult", "dsafinding", "donortyping"):
            cursor.execute(f"SELECT count(*) FROM immunology_{table}")
            assert cursor.fetchone() == (0,)
    assert not Entry.objects.filter(table_name="immunology_antibodyresult").exists()


def test_writing_leaves_a_trail_inside_the_seal_and_a_logged_clearance(study: Study) -> None:
    study.measure(study.take(study.treated, D0, 0), A0201="120")

    with unsealed(study.trial):
        entries = Entry.objects.filter(table_name="immunology_antibodyresult")
        assert [(entry.actor_label, entry.reason) for entry in entries] == [
            (study.laboratory.username, REASON)
        ]
    opened = Clearance.objects.filter(ground=ClearanceGround.LABORATORY).get()
    assert (opened.actor_id, opened.trial_id) == (study.laboratory.pk, study.trial.pk)


@pytest.mark.parametrize(
    ("bad", "needle"),
    [
        ({"specificity": "A*0201"}, "pre-2010"),
        ({"specificity": ""}, "not an HLA name"),
        ({"mfi": Decimal(-1)}, "below 0"),
        ({"hla_class": "II"}, "HLA class"),
        ({"treatment": "BOILED"}, "BOILED"),
        ({"dilution": Decimal("0.5")}, "Dilution"),
        ({"specimen": "nowhere"}, "Specimen"),
        ({"patient_name": "somebody"}, "patient_name"),
    ],
)
def test_one_bad_row_and_nothing_is_written(study: Study, bad: dict[str, object], needle: str) -> None:
    tube = study.take(study.treated, D0, 0)
    rows = [
        {**make_result("A0201", "100"), "specimen": tube.code},
        {**make_result("A0301", "100"), "specimen": tube.code, **bad},
    ]

    with pytest.raises(ValidationError) as refused:
        record_antibody_panels(trial=study.trial, results=rows, by=study.laboratory, at=NOW, reason=REASON)

    assert refused.value.messages[0].startswith("Row 2 ")
    assert needle in refused.value.messages[0]
    assert stored(study) == 0


def test_same_upload_again_changes_nothing_and_another_value_is_refused(study: Study) -> None:
    tube = study.take(study.treated, D0, 0)
    study.measure(tube, A0201="120", A0301="90")

    again = study.measure(tube, A0201="120", A0301="90")
    with pytest.raises(ValidationError) as refused:
        study.measure(tube, A0201="121", A1101="80")

    assert again == 0
    assert "121, but 120" in refused.value.messages[0]
    assert stored(study) == 2


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("is_rejected", True, "Rejected by the laboratory: True, but False is recorded"),
        ("dilution", Decimal(10), "Dilution: 10, but 1.0 is recorded"),
        ("treatment", "DTT", "Serum treatment: DTT, but EDTA is recorded"),
        ("positive_control_mfi", Decimal(900), "Positive control (MFI): 900, but 9000.00 is recorded"),
    ],
)
def test_another_answer_beside_the_same_value_is_refused_and_not_passed_over(
    study: Study, field: str, value: object, sentence: str
) -> None:
    tube = study.take(study.treated, D14, 14)
    study.measure(tube, A0201="120")

    with pytest.raises(ValidationError) as refused:
        record_antibody_results(
            specimen=tube, results=[{**make_result("A0201", "120"), field: value}], by=study.laboratory, at=NOW,
            reason=REASON,
        )  # fmt: skip

    assert sentence in refused.value.messages[0]


@pytest.mark.parametrize("guess", ["120", "121"])
def test_another_laboratory_learns_nothing_of_recorded_values_by_sending_guesses(
    study: Study, guess: str
) -> None:
    """A right and a wrong guess get the same response: it is recorded, as a result of the laboratory that sent it."""
    tube = study.take(study.treated, D0, 0)
    study.measure(tube, A0201="120")
    other = make_user("hla_laboratory", trial=study.trial)

    new = record_antibody_results(
        specimen=tube, results=[make_result("A0201", guess)], by=other, at=NOW, reason=REASON
    )

    assert new == 1
    assert stored(study) == 2


def test_results_of_two_laboratories_with_one_run_code_are_two_sera(study: Study) -> None:
    tube = study.take(study.treated, D14, 1)
    study.measure(tube, A0201="120")
    other = make_user("hla_laboratory", trial=study.trial)
    record_antibody_results(
        specimen=tube, results=[make_result("A0201", "130")], by=other, at=NOW, reason=REASON
    )

    with unsealed(study.trial):
        inputs = load_dsa_inputs(trial_id=study.trial.pk, participant_ids=None, on=NOW.date())
        assert inputs is not None
        sera = inputs.people[study.treated.pk].sera

    assert [[serum.mfi for _, serum in readings] for readings in sera.values()] == [[120], [130]]


@pytest.mark.parametrize("role", ["nurse", "investigator", "cell_therapy_unit", "unblinded_statistician"])
def test_only_the_laboratory_records(study: Study, role: str) -> None:
    tube = study.take(study.treated, D0, 0)
    somebody = make_user(role, trial=study.trial)

    with pytest.raises(PermissionDenied):
        record_antibody_results(
            specimen=tube, results=[make_result("A0201", "1")], by=somebody, at=NOW, reason=REASON
        )


def test_both_arms_are_judged_alike(study: Study) -> None:
    for person in (study.treated, study.placebo):
        study.measure(study.take(person, D0, 0), A0201="120", B0702="100", A2402="3000")
        study.measure(study.take(person, D14, 14), A0201="1800", B0702="110", A2402="3100")

    treated, placebo = study.findings(study.treated), study.findings(study.placebo)

    assert (
        treated
        == placebo
        == {
            ("D-1", "A*02:01"): ("DE_NOVO", True),
            ("D-1", "B*07:02"): ("NEGATIVE", True),
            ("D-2", "A*24:02"): ("PREFORMED_PERSISTENT", False),
            ("D-2", "B"): ("NOT_EVALUABLE_UNTYPED", False),
        }
    )
    with unsealed(study.trial):
        flags = dict(
            DsaFinding.objects.filter(specificity="A*02:01").values_list("participant__code", "flags")
        )
    said = "TRANSFUSIONS_NOT_RECORDED"
    assert flags == {"P-treated": [said], "P-placebo": ["VIRTUAL", said]}


def test_both_arms_cost_the_same_number_of_queries(study: Study) -> None:
    grants_of(study.laboratory)  # read once per account object
    # The first judgement of the trial stores the rule set, whoever is judged first.
    for person in (study.placebo, study.treated):
        study.measure(study.take(person, D0 - timedelta(days=1), None), A0201="90")
    costs = []
    for person in (study.treated, study.placebo):
        tube = study.take(person, D0, 0)
        with CaptureQueriesContext(connection) as queries:
            study.measure(tube, A0201="1800", B0702="100")
        costs.append(len(queries))

    assert costs[0] == costs[1]


def test_threshold_is_strict_and_for_class_one(study: Study) -> None:
    study.measure(study.take(study.treated, D0, 0), A0201="100", B0702="100")
    study.measure(study.take(study.treated, D14, 14), A0201="5000", B0702="5000.01")

    with unsealed(study.trial):
        above = dict(
            DsaFinding.objects.filter(donor_code="D-1").values_list("specificity", "above_threshold")
        )
    assert above == {"A*02:01": False, "B*07:02": True}


def test_later_result_brings_the_finding_up_and_keeps_what_was_said(study: Study) -> None:
    study.measure(study.take(study.treated, D0, 0), A0201="120")
    assert study.findings(study.treated)[("D-1", "A*02:01")] == ("NEGATIVE_NO_FOLLOWUP", True)

    study.measure(study.take(study.treated, D14, 14), A0201="1800")

    assert study.findings(study.treated)[("D-1", "A*02:01")] == ("DE_NOVO", True)
    with unsealed(study.trial):
        row = DsaFinding.objects.get(participant=study.treated, specificity="A*02:01")
        entry = Entry.objects.get(table_name="immunology_dsafinding", row_id=row.pk, change="UPDATE")
    assert (row.version, row.baseline_mfi, row.peak_mfi) == (2, Decimal(120), Decimal(1800))
    assert row.rule_set == "anti-hla-1/compact-2"
    assert entry.old["classification"] == "NEGATIVE_NO_FOLLOWUP"
    assert entry.actor_label == system_user().username


def test_judging_again_changes_nothing(study: Study) -> None:
    study.measure(study.take(study.treated, D0, 0), A0201="120")

    changed = judge_participants(trial=study.trial, by=system_user(), at=NOW, reason="sweep")

    assert changed == 0


def test_judging_needs_the_right_to_see(study: Study) -> None:
    for user in (study.laboratory, study.nurse, study.unit):
        with pytest.raises(PermissionDenied):
            judge_participants(trial=study.trial, by=user, at=NOW, reason="curious")

    assert judge_participants(trial=study.trial, by=study.statistician, at=NOW, reason="review") == 0


def test_judging_costs_the_same_for_one_participant_and_for_two(study: Study) -> None:
    study.measure(study.take(study.treated, D0, 0), A0201="120")
    with CaptureQueriesContext(connection) as few:
        judge_participants(trial=study.trial, by=system_user(), at=NOW, reason="sweep")
    study.measure(study.take(study.placebo, D0, 0), A0201="120")

    with CaptureQueriesContext(connection) as many:
        judge_participants(trial=study.trial, by=system_user(), at=NOW, reason="sweep")

    assert len(many) == len(few)


def test_voided_result_counts_no_longer_and_only_ones_own_is_voided(study: Study) -> None:
    study.measure(study.take(study.treated, D0, 0), A0201="120")
    study.measure(study.take(study.treated, D14, 14), A0201="1800")
    with unsealed(study.trial):
        wrong = AntibodyResult.objects.get(mfi=1800).pk
    colleague = make_user("hla_laboratory", trial=study.trial)

    with pytest.raises(ValidationError):
        void_antibody_result(trial=study.trial, result_id=wrong, by=colleague, at=NOW, reason="wrong tube")
    void_antibody_result(trial=study.trial, result_id=wrong, by=study.laboratory, at=NOW, reason="wrong tube")

    assert study.findings(study.treated)[("D-1", "A*02:01")] == ("NEGATIVE_NO_FOLLOWUP", True)


def test_void_specimen_counts_no_longer(study: Study) -> None:
    study.measure(study.take(study.treated, D0, 0), A0201="120")
    late = study.take(study.treated, D14, 14)
    study.measure(late, A0201="1800")

    void_specimen(specimen=late, by=study.nurse, at=NOW, reason="wrong label")
    judge_participants(trial=study.trial, by=system_user(), at=NOW, reason="sweep")

    assert study.findings(study.treated)[("D-1", "A*02:01")] == ("NEGATIVE_NO_FOLLOWUP", True)


def test_new_typing_judges_everybody_again(study: Study) -> None:
    study.measure(study.take(study.treated, D0, 0), A0201="120", A2402="3000", C0702="1500")

    row = record_donor_typing(
        trial=study.trial, donor_code="D-2", specificity="C*07:02", by=study.unit, at=NOW, reason="typed"
    )

    assert row.locus == "C"
    assert study.findings(study.treated)[("D-2", "C*07:02")] == ("PREFORMED_NO_FOLLOWUP", False)


@pytest.mark.parametrize(
    ("locus", "specificity", "field"),
    [("", "A*0201", "specificity"), ("B", "A*02:01", "locus"), ("", "DQA1*05:01~DQB1*02:01", "specificity")],
)
def test_typing_that_cannot_be_is_refused_and_nothing_is_kept(
    study: Study, locus: str, specificity: str, field: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        record_donor_typings(
            trial=study.trial,
            donor_code="D-3",
            specificities=[("", "A*01:01"), (locus, specificity)],
            by=study.unit,
            at=NOW,
            reason="typed",
        )

    assert field in refused.value.message_dict
    with unsealed(study.trial):
        assert not DonorTyping.objects.filter(donor_code="D-3").exists()


def test_typing_recorded_already_is_refused_at_its_field(study: Study) -> None:
    with pytest.raises(ValidationError, match="recorded already"):
        record_donor_typing(
            trial=study.trial, donor_code="D-1", specificity="A*02:01", by=study.unit, at=NOW, reason="again"
        )


def test_typing_is_the_units_own(study: Study) -> None:
    with pytest.raises(PermissionDenied):
        record_donor_typing(
            trial=study.trial,
            donor_code="D-2",
            specificity="C*07:02",
            by=study.laboratory,
            at=NOW,
            reason="x",
        )


def test_second_donor_has_a_baseline_of_his_own(study: Study) -> None:
    second = make_infusion(study.treated, started_at=days_after(2))
    with unsealed(study.trial):
        batch = ProductBatch.objects.get(code="B-D-2")
        save_row(DispensedDose(trial=study.trial, participant=study.treated, infusion=second, batch=batch))
    study.measure(study.take(study.treated, days_after(1), None), A0201="1500", A2402="100")
    study.measure(study.take(study.treated, D14, 14), A0201="1600", A2402="1800")

    findings = study.findings(study.treated)

    assert findings[("D-1", "A*02:01")] == ("POSITIVE_ORIGIN_UNKNOWN", True)
    assert findings[("D-2", "A*24:02")] == ("DE_NOVO", True)
