"""The pages and the API: what is shown, what is refused, how many queries it takes, in both languages."""

from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from pharmacovigilance.models import CausalityAssessment, Declaration, Obligation, RsiVersion, SafetyCase
from pharmacovigilance.services.sweeping import take_in_what_is_new
from tests.factories import make_site, make_user
from tests.integration.events.event_rows import AT, LATER, Ward
from tests.integration.events.event_steps import correct, record
from tests.integration.pharmacovigilance.case_steps import (
    RELATED,
    RSI,
    assess,
    event_of,
    fresh,
    opened,
    owed,
    release,
    rsi_in_force,
    sign,
)
from tests.unblinded_wards import signed_in
from tests.ward import PASSWORD

pytestmark = pytest.mark.django_db
CASES = "/pharmacovigilance/safetycase/"
OWED = "/pharmacovigilance/obligation/"


def page_of(case: SafetyCase, person: User) -> str:
    return signed_in(person).get(f"{CASES}{case.pk}/change/").content.decode()


def test_the_page_says_what_is_missing_and_what_follows(ward: Ward, officer: User) -> None:
    page = page_of(opened(ward, causality=""), officer)

    assert "nobody has assessed it; counts as related" in page
    assert "no signed reference safety information" in page
    assert "XX-SPONSOR-STROMACOV2.00001" in page


def test_the_page_is_french_for_a_french_reader(ward: Ward, officer: User) -> None:
    officer.language = "fr"
    officer.save()
    client = signed_in(officer)
    client.cookies["django_language"] = "fr"
    case = opened(ward, causality="")

    page = client.get(f"{CASES}{case.pk}/change/", HTTP_ACCEPT_LANGUAGE="fr").content.decode()

    assert "Cause manquante" in page
    assert "Ce qui est dû" in page
    assert "counts as related" not in page


def test_what_a_follow_up_changes_is_highlighted(ward: Ward, officer: User) -> None:
    case = opened(ward, causality=RELATED)
    for step in (assess, sign, release):
        step(case, officer)
    assert "new since the last version" not in page_of(case, officer)
    correct(event_of(case), ward, outcome="NOT RECOVERED/NOT RESOLVED", ended="")
    take_in_what_is_new(at=LATER)

    page = page_of(case, officer)

    assert "<strong>Not recovered</strong>" in page
    assert "Safety officer: sign and release a follow-up." in page


def test_the_list_of_expected_reactions_takes_as_many_queries_for_one_version_as_for_ten(
    ward: Ward, officer: User
) -> None:
    rsi_in_force(officer)
    client = signed_in(officer)
    with CaptureQueriesContext(connection) as few:
        client.get("/pharmacovigilance/rsiversion/")
    for number in range(2, 11):
        rsi_in_force(officer, day=f"2020-01-{number:02d}", version=f"{number}")

    with CaptureQueriesContext(connection) as many:
        page = client.get("/pharmacovigilance/rsiversion/").content.decode()

    assert page.count("2020") >= 10
    assert len(many) == len(few)


def test_an_assessment_asks_for_the_password(ward: Ward, officer: User) -> None:
    case = opened(ward)
    client, url = signed_in(officer), f"{CASES}{case.pk}/assess/"
    filled = {"event": event_of(case).pk, "cause_study_product": RELATED, "grounds": "time course",
              "seen_version": case.version, "password": "not mine"}  # fmt: skip

    refused = client.post(url, filled)
    assert "not your password" in refused.content.decode()
    assert CausalityAssessment.objects.count() == 0
    kept = client.post(url, {**filled, "password": PASSWORD})

    assert kept.status_code == 302
    assert fresh(case).state == "assessed"


def test_the_whole_way_by_pages(ward: Ward, officer: User) -> None:
    case = opened(ward, causality=RELATED)
    client, url = signed_in(officer), f"{CASES}{case.pk}/"
    client.post(f"{url}assess/", {"event": event_of(case).pk, "cause_study_product": RELATED, "grounds": "x",
                                  "seen_version": 1, "password": PASSWORD})  # fmt: skip
    client.post(f"{url}sign/", {"seen_version": fresh(case).version, "password": PASSWORD})
    chosen = [row.pk for code, row in owed(case).items() if code != "SITE_24H"]

    done = client.post(
        f"{url}release/", {"obligations": chosen, "reference": "M-1", "late_reason": "found late"}
    )

    assert done.status_code == 302
    assert fresh(case).state == "released"
    assert owed(case)["EU_SUSAR_15"].state_at(timezone.now()) == "handed_late"


def test_a_case_is_opened_by_hand(ward: Ward, officer: User) -> None:
    event = record(ward)
    client = signed_in(officer)
    assert client.get(f"{CASES}add/").status_code == 200

    client.post(f"{CASES}add/", {"event": event.pk, "reason": "serious in our view"})

    assert SafetyCase.objects.get().links.get().event == event


def test_a_declaration_starts_its_clock(ward: Ward, officer: User) -> None:
    filled = {"trial": ward.trial.pk, "kind": "urgent_measure", "text": "Infusions are paused.",
              "declared_at_0": "2026-04-10", "declared_at_1": "09:00", "declared_at": "2026-04-10T09:00"}  # fmt: skip

    signed_in(officer).post("/pharmacovigilance/declaration/add/", filled)

    assert Declaration.objects.get().kind == "urgent_measure"
    assert Obligation.objects.get().rule.code == "EU_URGENT_7"


def test_the_board_of_what_is_due_says_it_in_words(ward: Ward, officer: User) -> None:
    opened(ward, causality=RELATED)

    page = signed_in(officer).get(OWED).content.decode()

    assert 'state state-overdue">Overdue' in page
    assert "Other SUSAR to EudraVigilance" in page


def test_the_worklist_has_what_is_due(ward: Ward, officer: User) -> None:
    opened(ward, causality=RELATED)

    page = signed_in(officer).get("/").content.decode()

    assert "Report to EudraVigilance" in page
    assert "Case to be assessed" in page


def queries(client: Client, url: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert client.get(url).status_code == 200
    return len(caught)


@pytest.mark.parametrize("url", [CASES, OWED, "/api/v1/safety-cases/", "/api/v1/obligations/"])
def test_a_list_takes_as_many_queries_for_one_case_as_for_four(ward: Ward, officer: User, url: str) -> None:
    client = signed_in(officer)
    opened(ward)
    one = queries(client, url)
    for _number in range(3):
        opened(ward)

    assert queries(client, url) == one


def test_the_api_says_what_is_derived(ward: Ward, officer: User) -> None:
    case = opened(ward, causality="")
    client = signed_in(officer)

    derived = client.get(f"/api/v1/safety-cases/{case.pk}/assessment/").json()
    rows = client.get(f"/api/v1/obligations/?case={case.pk}&ordering=due_at").json()["results"]

    (event,) = derived["events"]
    assert event["susar"]["either"]["is_susar"] is True
    assert event["susar"]["either"]["missing"] == ["causality", "expectedness"]
    assert {row["rule"] for row in rows} >= {"SITE_24H", "EU_SUSAR_15"}
    assert rows[0]["steps"][0]["kind"] == "sent"


def test_an_investigator_of_another_site_sees_no_case(ward: Ward) -> None:
    case = opened(ward)
    stranger = make_user("investigator", trial=ward.trial, site=make_site(ward.trial))

    assert signed_in(stranger).get(f"/api/v1/safety-cases/{case.pk}/").status_code == 404
    assert signed_in(stranger).get("/api/v1/obligations/").json()["results"] == []


def test_load_rsi_by_the_command(ward: Ward, officer: User, tmp_path: Any, capsys: Any) -> None:
    path = tmp_path / "rsi.toml"
    path.write_text(RSI.format(version="1", day="2020-01-01", grade=3))

    call_command("load_rsi", path, by=officer.username)

    assert "1 terms, loaded; it is in force once it is signed" in capsys.readouterr().out
    assert RsiVersion.objects.get().label == "1"
    with pytest.raises(CommandError, match="later than version 1"):
        call_command("load_rsi", path, by=officer.username)
    with pytest.raises(CommandError, match="no active account"):
        call_command("load_rsi", path, by="nobody")
    assert AT
