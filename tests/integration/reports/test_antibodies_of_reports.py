"""Antibodies of a report: one road for both estimands, from the raw values and what was adopted at the cut-off."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from accounts.services import system_user
from audit.services import attributed, mark_void
from immunology.models import AntibodyResult
from immunology.services import judge_every_trial, record_antibody_results
from partial_dates import local_date
from reports.queries.people import People
from reports.queries.records import SEALED_TABLES, Corrections, records_of
from reports.queries.samples import antibody_rows, dsa_finding_rows
from tests.factories import unsealed
from tests.integration.immunology.antibody_rows import (
    D0,
    D14,
    NOW,
    PROTOCOLS,
    REASON,
    Study,
    adopt_rules,
    make_result,
    make_study,
)
from tests.plugins.shared_rows import shared_rows
from trials.models import ProtocolVersion
from trials.rules.protocol import protocol_content
from trials.services import load_protocol

pytestmark = pytest.mark.django_db

CUTOFF = NOW + timedelta(days=10)
FOLLOW_UP = ("anti_hla_after", "de_novo_dsa")


@shared_rows
def study() -> Study:
    return make_study()


def frozen(study: Study, *, cutoff: datetime = CUTOFF, until: datetime | None = None) -> dict[str, Any]:
    """The sealed frames of antibodies as a report of that cut-off has them, by participant."""
    with unsealed(study.trial):
        records = records_of(
            trial_id=study.trial.pk,
            zone=study.trial.timezone,
            cutoff=cutoff,
            enrolled_up_to=None,
            corrections=None if until is None else Corrections(since=cutoff, until=until, keys_at=until),
        )
        on = local_date(cutoff, study.trial.timezone)
        plan = ProtocolVersion.objects.protocol_of(trial_id=study.trial.pk, on=on).antibodies
        lines = {row["participant"]: row for row in antibody_rows(People(records), plan)}
        targets = dsa_finding_rows(People(records), plan)
        assert antibody_rows(People(records.without(SEALED_TABLES)), plan) == []
        assert dsa_finding_rows(People(records.without(SEALED_TABLES)), plan) == []
    return {"lines": lines, "targets": {(row["participant"], row["specificity"]): row for row in targets}}


def amend(study: Study, *, on: date, adopted: bool = True, **antibodies: Any) -> None:
    """Another version of the protocol, with other numbers for antibodies, in force from a day on and adopted on it."""
    content = protocol_content((PROTOCOLS / "stroma-cov-2.toml").read_bytes())
    content |= {"version": "9.0", "effective_date": on, "antibodies": content["antibodies"] | antibodies}
    load_protocol(content=content, by=system_user(), at=NOW, reason="amended for a test")
    if adopted:
        adopt_rules(study, "9.0", at=datetime.combine(on, time(12), tzinfo=UTC))


def follow_up(line: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(line[name] for name in FOLLOW_UP)


def test_both_estimands_are_there_for_both_arms(study: Study) -> None:
    for person in (study.treated, study.placebo):
        study.measure(study.take(person, D0, 0), A0201="120", B0702="100", A2402="3000")
    study.measure(study.take(study.treated, D14, 14), A0201="1800", B0702="110", A2402="3100")
    record_antibody_results(
        specimen=study.take(study.placebo, D14, 14),
        results=[make_result("A2402", "9000", is_rejected=True)],
        by=study.laboratory,
        at=NOW,
        reason="lab",
    )

    report = frozen(study)

    treated, placebo = report["lines"]["P-treated"], report["lines"]["P-placebo"]
    assert (treated["anti_hla_before"], treated["preformed_dsa"], treated["de_novo_dsa"]) == (
        True,
        False,
        True,
    )
    assert (placebo["anti_hla_before"], placebo["preformed_dsa"], placebo["de_novo_dsa"]) == (
        True,
        False,
        None,
    )
    assert (placebo["anti_hla_after"], placebo["followup_evaluable"]) == (None, False)
    assert treated["peak_mfi"] == 1800.0
    assert {
        key: row["classification"]
        for key, row in report["targets"].items()
        if row["specificity"] == "A*02:01"
    } == {
        ("P-treated", "A*02:01"): "DE_NOVO",
        ("P-placebo", "A*02:01"): "NEGATIVE_NO_FOLLOWUP",
    }


def test_changed_cut_offs_move_both_estimands(study: Study) -> None:
    """The cut-off lies after an amendment that somebody adopted with a signature."""
    study.measure(study.take(study.treated, D0, 0), A0201="120", B0702="100")
    study.measure(study.take(study.treated, D14, 14), A0201="1800", B0702="110")
    amend(study, on=NOW.date() + timedelta(days=5), positive_mfi={"lo": 2000, "hi": 3000})

    before = frozen(study, cutoff=NOW + timedelta(days=1))["lines"]["P-treated"]
    after = frozen(study)["lines"]["P-treated"]

    assert follow_up(before) == (True, True)
    assert follow_up(after) == (False, False)


def test_an_amendment_that_nobody_adopted_judges_nothing_anew(study: Study) -> None:
    study.measure(study.take(study.treated, D0, 0), A0201="120", B0702="100")
    study.measure(study.take(study.treated, D14, 14), A0201="1800", B0702="110")
    amend(study, on=NOW.date() + timedelta(days=5), adopted=False, positive_mfi={"lo": 2000, "hi": 3000})

    judge_every_trial(at=NOW + timedelta(days=6))

    assert follow_up(frozen(study)["lines"]["P-treated"]) == (True, True)
    assert study.findings(study.treated)[("D-1", "A*02:01")] == ("DE_NOVO", True)


def test_changed_threshold_counts_from_the_cut_off_on(study: Study) -> None:
    study.measure(study.take(study.treated, D0, 0), A0201="120", B0702="100")
    study.measure(study.take(study.treated, D14, 14), A0201="5500", B0702="110")
    amend(study, on=NOW.date() + timedelta(days=5), mfi_threshold=6000)

    assert frozen(study, cutoff=NOW)["lines"]["P-treated"]["above_threshold"] is True
    assert frozen(study)["lines"]["P-treated"]["above_threshold"] is False
    assert frozen(study)["targets"][("P-treated", "A*02:01")]["above_threshold"] is False


def test_serum_entered_after_the_cut_off_moves_neither_estimand_of_a_corrected_version(study: Study) -> None:
    study.measure(study.take(study.treated, D0, 0), A0201="120", B0702="100")
    late = study.take(study.treated, D14, 14)
    record_antibody_results(
        specimen=late,
        results=[make_result("A0201", "1800"), make_result("B0702", "110")],
        by=study.laboratory,
        at=CUTOFF + timedelta(hours=1),
        reason=REASON,
    )

    corrected = frozen(study, until=CUTOFF + timedelta(days=1))

    assert follow_up(corrected["lines"]["P-treated"]) == (None, None)
    assert corrected["targets"][("P-treated", "A*02:01")]["classification"] == "NEGATIVE_NO_FOLLOWUP"
    assert follow_up(frozen(study, cutoff=CUTOFF + timedelta(days=1))["lines"]["P-treated"]) == (True, True)


def test_value_voided_after_the_cut_off_is_a_correction_of_both_estimands(study: Study) -> None:
    study.measure(study.take(study.treated, D0, 0), A0201="120", B0702="100")
    study.measure(study.take(study.treated, D14, 14), A0201="1800", B0702="110")
    later = CUTOFF + timedelta(hours=1)
    with unsealed(study.trial):
        row = AntibodyResult.objects.get(specificity="A*02:01", mfi=1800)
        mark_void(row, reason="another person's tube", at=later)
        with attributed(by=system_user(), reason="another person's tube", at=later):
            row.save()

    assert follow_up(frozen(study)["lines"]["P-treated"]) == (True, True)
    assert follow_up(frozen(study, until=CUTOFF + timedelta(days=1))["lines"]["P-treated"]) == (False, False)
