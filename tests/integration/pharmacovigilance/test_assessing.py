"""Signed answers, disagreement, versions, linking, reference safety information."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction

from accounts.models import RecordSignature, User
from accounts.services import content_digest
from events.services.adverse_events import record_adverse_event
from pharmacovigilance.choices import Judgement, Side
from pharmacovigilance.models import CaseEvent, CaseVersion, CausalityAssessment, RsiVersion, SafetyCase
from pharmacovigilance.queries.judged_events import signed_rsi
from pharmacovigilance.queries.judging import CaseJudgement
from pharmacovigilance.services.assessing import CauseAnswer, assess_for_sponsor
from pharmacovigilance.services.linking import link_duplicate, merge_cases, split_event
from pharmacovigilance.services.opening import open_case_of, take_in_event
from pharmacovigilance.services.rsi import load_rsi, sign_rsi
from pharmacovigilance.services.signing import amend_case, nullify_case, sign_case
from pharmacovigilance.services.sweeping import take_in_what_is_new
from tests.factories import make_user
from tests.integration.events.event_rows import AT, LATER, REASON, Ward, make_serious_values
from tests.integration.events.event_steps import correct, record
from tests.integration.pharmacovigilance.case_steps import (
    RELATED,
    RSI,
    SOON,
    UNRELATED,
    answer,
    assess,
    assess_for_site,
    event_of,
    fresh,
    open_codes,
    opened,
    owed,
    release,
    rsi_in_force,
    sign,
)

pytestmark = pytest.mark.django_db


def another(ward: Ward, case: SafetyCase) -> SafetyCase:
    """A second case of the same participant."""
    values = make_serious_values(onset="2020-04-08T10:00", ended="2020-04-09")
    event = record_adverse_event(
        participant=case.participant, values=values, by=ward.nurse, at=AT, reason=REASON
    )
    found = take_in_event(event_id=event.pk, at=AT)
    assert found is not None
    return found


def test_the_record_is_the_investigators_first_answer(ward: Ward) -> None:
    (judged,) = CaseJudgement(opened(ward, causality=RELATED)).events

    assert judged.views[Side.INVESTIGATOR].related is True
    assert judged.views[Side.SPONSOR].related is None
    assert judged.disagree is None


def test_disagreement_is_derived_and_both_opinions_stay(ward: Ward, officer: User) -> None:
    case = opened(ward, causality=RELATED)

    assess(case, officer, UNRELATED)

    (judged,) = CaseJudgement(fresh(case)).events
    assert judged.disagree is True
    assert judged.susars[Judgement.EITHER].is_susar
    assert not judged.susars[Judgement.SPONSOR].is_susar


def test_another_investigator_cannot_downgrade(ward: Ward) -> None:
    case = opened(ward, causality="")
    second = make_user("investigator", trial=ward.trial, site=ward.site)
    assess_for_site(case, ward.investigator, RELATED)

    assess_for_site(case, second, UNRELATED, at=LATER)

    (judged,) = CaseJudgement(fresh(case)).events
    assert judged.views[Side.INVESTIGATOR].related is True


def test_an_answer_is_signed_and_cannot_be_changed(ward: Ward, officer: User) -> None:
    case = opened(ward)
    assess(case, officer)

    row = CausalityAssessment.objects.get()
    signature = RecordSignature.objects.get(
        subject="pharmacovigilance.causalityassessment", subject_id=row.pk
    )
    assert (signature.signed_by, signature.meaning, signature.zone) == (officer, "assessment", "Europe/Paris")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE pharmacovigilance_causalityassessment SET category = 'OTHER_DISEASE'")


@pytest.mark.parametrize(
    ("category", "grounds", "sentence"),
    [("NONSENSE", "x", "not a category"), (RELATED, "", "grounds|Grounds|blank")],
)
def test_a_refused_answer_leaves_nothing(
    ward: Ward, officer: User, category: str, grounds: str, sentence: str
) -> None:
    case = opened(ward)
    answers = [answer(), CauseAnswer("other", category, grounds)]

    with pytest.raises(ValidationError, match=sentence):
        assess_for_sponsor(
            case=case, event=event_of(case), answers=answers, serious=None, criteria=[], by=officer, at=SOON
        )
    assert CausalityAssessment.objects.count() == RecordSignature.objects.count() == 0


def test_each_side_answers_for_itself_alone(ward: Ward, officer: User) -> None:
    case = opened(ward)

    with pytest.raises(PermissionDenied):
        assess(case, ward.investigator)
    with pytest.raises(PermissionDenied):
        assess_for_site(case, officer, RELATED)


def test_seriousness_by_the_sponsor_suffices(ward: Ward, officer: User) -> None:
    case = open_case_of(event=record(ward, causality=RELATED), by=officer, at=AT, reason="looks serious")
    assert open_codes(case) == set()

    assess(case, officer, RELATED, serious=True, criteria=["medically_important"])

    assert "EU_SUSAR_15" in open_codes(case)


def test_states_from_draft_to_release_and_back(ward: Ward, officer: User) -> None:
    case = opened(ward, causality=RELATED)
    states = [case.state]
    with pytest.raises(ValidationError, match="not possible"):
        sign(case, officer)
    for step in (assess, sign, release):
        step(case, officer)
        states.append(fresh(case).state)
    correct(event_of(case), ward, outcome="NOT RECOVERED/NOT RESOLVED", ended="")
    take_in_what_is_new(at=LATER)
    states.append(fresh(case).state)

    assert states == ["drafted", "assessed", "signed", "released", "drafted"]
    assess(case, officer, at=LATER)
    sign(case, officer, at=LATER)
    assert list(CaseVersion.objects.order_by("number").values_list("number", "kind")) == [
        (1, "initial"),
        (2, "follow_up"),
    ]


def test_a_signature_is_of_the_version_that_was_read(ward: Ward, officer: User) -> None:
    case = opened(ward)
    assess(case, officer)
    seen = fresh(case).version
    assess(case, officer, at=LATER)

    with pytest.raises(ValidationError, match="changed since"):
        sign_case(case=case, seen_version=seen, by=officer, at=LATER)

    sign(case, officer, at=LATER)
    version = CaseVersion.objects.get()
    signature = RecordSignature.objects.get(subject="pharmacovigilance.caseversion")
    assert signature.content_sha256 == version.content_sha256 == content_digest(version.content)


def test_amendment_says_what_it_is(ward: Ward, officer: User) -> None:
    case = opened(ward)
    for step in (assess, sign, release):
        step(case, officer)

    amend_case(case=case, by=officer, at=LATER, reason="a translation was wrong")
    assess(case, officer, at=LATER)
    sign(case, officer, at=LATER)

    assert CaseVersion.objects.latest("number").kind == "amendment"


def test_nullification_before_a_release_sends_nothing(ward: Ward, officer: User) -> None:
    case = opened(ward)

    nullify_case(case=case, by=officer, at=LATER, reason="wrong participant")

    assert fresh(case).state == "nullified"
    assert open_codes(case, LATER) == set()
    assert CaseVersion.objects.count() == 0


def test_nullification_after_a_release_goes_where_the_report_went(ward: Ward, officer: User) -> None:
    case = opened(ward)
    for step in (assess, sign, release):
        step(case, officer)

    nullify_case(case=case, by=officer, at=LATER, reason="wrong participant")

    assert open_codes(case, LATER) == {"EU_NULLIFICATION_15"}
    assert CaseVersion.objects.latest("number").kind == "nullification"
    release(fresh(case), officer, at=LATER)
    assert owed(case)["EU_NULLIFICATION_15"].state_at(LATER) == "handed"
    with pytest.raises(ValidationError, match="not possible"):
        assess_for_site_after(case, ward)


def assess_for_site_after(case: SafetyCase, ward: Ward) -> None:
    assess_for_site(case, ward.investigator, RELATED, at=LATER + timedelta(days=1))


def test_merge_and_split_have_their_history(ward: Ward, officer: User) -> None:
    first = opened(ward)
    second = another(ward, first)

    merge_cases(case=second, into=first, by=officer, at=LATER, reason="one reaction")

    assert fresh(second).state == "merged"
    assert CaseEvent.objects.standing().filter(case=first).count() == 2
    event = CaseEvent.objects.standing().filter(case=first).latest("pk").event
    new = split_event(case=first, event=event, by=officer, at=LATER, reason="two reactions after all")
    assert CaseEvent.objects.standing().filter(case=new).get().event == event
    acts = list(first.steps.order_by("pk").values_list("act", flat=True))
    assert acts == ["open", "add_event", "split"]
    with pytest.raises(ValidationError, match="only one"):
        split_event(case=new, event=event, by=officer, at=LATER, reason="again")
    with pytest.raises(ValidationError, match="closed"):
        merge_cases(case=first, into=second, by=officer, at=LATER, reason="back")


def test_merging_owes_nothing_twice(ward: Ward, officer: User) -> None:
    first = opened(ward, causality=RELATED)
    second = another(ward, first)
    before = {case.pk: len(owed(case)) for case in (first, second)}

    merge_cases(case=second, into=first, by=officer, at=LATER, reason="one reaction")

    assert {case.pk: len(owed(case)) for case in (first, second)} == before


def test_duplicates_are_linked_and_both_stay(ward: Ward, officer: User) -> None:
    first = opened(ward)
    second = another(ward, first)

    link_duplicate(case=second, of=first, by=officer, at=LATER, reason="reported twice")

    assert fresh(second).duplicate_of == first
    assert fresh(second).state == "drafted"
    with pytest.raises(ValidationError, match="same case"):
        link_duplicate(case=first, of=first, by=officer, at=LATER, reason="itself")


def rsi(**changes: object) -> bytes:
    values = {"version": "1", "day": "2020-01-01", "grade": 3, **changes}
    return RSI.format(**values).encode()


def test_rsi_is_in_force_once_it_is_signed(ward: Ward, officer: User) -> None:
    version = load_rsi(content=rsi(), by=officer, at=AT)
    assert not CaseJudgement(opened(ward)).events[0].expectedness.expected

    sign_rsi(version=version, by=officer, at=AT)

    assert CaseJudgement(SafetyCase.objects.get()).events[0].expectedness.expected
    with pytest.raises(ValidationError, match="already"):
        sign_rsi(version=version, by=officer, at=AT)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (rsi(grade=6), "worst_grade.*6.*1 to 5"),
        (rsi(day='"2020-01-01"'), "effective.*without quotes"),
        (rsi().replace(b"STROMA-COV-2", b"OTHER"), "trial.*OTHER.*code of a trial"),
        (
            rsi() + b'[[terms]]\ndictionary = "CTCAE-5.0"\ncode = "10021097"\nterm = "x"\nworst_grade = 1\n',
            "stands once",
        ),
        (rsi() + b"colour = 1\n", "colour.*known keys"),
        (b"\xff", "UTF-8"),
        (b"trial = ", "TOML"),
        (b"x" * 4_000_001, "at most 4000000 bytes"),
    ],
)
def test_a_bad_rsi_file_is_refused_whole(ward: Ward, officer: User, content: bytes, sentence: str) -> None:
    with pytest.raises(ValidationError) as refused:
        load_rsi(content=content, by=officer, at=AT)

    assert re.search(sentence, " ".join(refused.value.messages))
    assert RsiVersion.objects.count() == 0


def test_no_version_is_put_behind_a_newer_one(ward: Ward, officer: User) -> None:
    load_rsi(content=rsi(), by=officer, at=AT)

    with pytest.raises(ValidationError, match="later than version 1"):
        load_rsi(content=rsi(version="0", day="2019-12-31"), by=officer, at=AT)


def test_a_report_knows_the_versions_that_were_signed_by_its_cutoff(ward: Ward, officer: User) -> None:
    rsi_in_force(officer)

    labels = [
        [one.label for one in signed_rsi(ward.trial.pk, until=moment)]
        for moment in (None, AT, AT - timedelta(seconds=1))
    ]

    assert labels == [["1"], ["1"], []]
