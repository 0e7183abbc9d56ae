"""The event's form shows what each grade of the chosen term asks of a value."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from accounts.services import system_user
from events.admin.grade_lines import limit_lines, limits_note
from events.models import CtcaeTerm
from events.services.vocabulary import load_shipped_terms
from tests.integration.events.event_rows import AT, Ward, make_ward

pytestmark = pytest.mark.django_db


@pytest.fixture
def ward() -> Ward:
    load_shipped_terms(by=system_user(), at=AT)
    return make_ward()


def term(name: str, version: str = "5.0") -> CtcaeTerm:
    return CtcaeTerm.objects.get(ctcae_version=version, term=name)


def test_limits_stand_in_each_unit(ward: Ward) -> None:
    assert limit_lines(term("Anemia")) == {
        "1": "< LLN",
        "2": "< 100 g/L · < 6.2 mmol/L",
        "3": "< 80 g/L · < 4.9 mmol/L",
    }


def test_limits_are_said_in_french(ward: Ward) -> None:
    with override("fr"):
        lines = limit_lines(term("Alanine aminotransferase increased", "6.0"))
        anaemia = limit_lines(term("Anemia"))["2"]

    assert lines["2"] == (
        "> 3 × LSN si la valeur de base ne dépassait pas la LSN ou > 1,5 × valeur de base si la valeur de base "
        "dépassait la LSN"
    )
    assert anaemia == "< 100 g/L · < 6,2 mmol/L"


def test_a_variant_is_named(ward: Ward) -> None:
    assert limit_lines(term("Hypertension"))["3"] == "diastolic ≥ 100 mmHg · systolic ≥ 160 mmHg"


def test_hypotension_says_that_no_number_grades_it(ward: Ward) -> None:
    assert limit_lines(term("Hypotension")) == {}
    assert limits_note(term("Hypotension")) == "Graded by symptoms or treatment, not by a number."


def test_another_dictionary_says_nothing() -> None:
    assert limits_note(CtcaeTerm(ctcae_version="own", code="1", term="T", grades=[1])) == ""


def test_the_page_and_its_script_get_the_limits(ward: Ward, client: Client) -> None:
    client.force_login(ward.nurse)
    fever = term("Fever")

    facts = client.get(reverse("admin:events_ctcaeterm_grades", args=[fever.pk])).json()
    page = client.get(reverse("admin:events_adverseevent_add"), {"ctcae_term": fever.pk}).content.decode()

    assert facts["limits"]["4"] == "> 40 °C for more than 24 h · > 104 °F for more than 24 h"
    assert facts["limits_note"].startswith("Graded by a number")
    assert "&gt; 39 °C" in page
