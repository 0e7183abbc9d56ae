"""The proof of the blind reaches everything: what it cannot reach fails here, with a sentence that says what to do."""

from collections.abc import Iterator

import pytest
from django.core.management import get_commands
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver

from tests.addresses import Address, addresses, url_of
from tests.house.blind.answers import taken_back
from tests.house.blind.asking import NOT_ASKED, asked_at, places_of
from tests.house.blind.cast import Cast
from tests.house.blind.comparing import Answers, answers, sign_in, user_of
from tests.house.blind.draws import LONG, SHORT
from tests.house.blind.further import writes
from tests.house.blind.reaching import BLINDED, Question, Reach, sampled
from tests.house.blind.speaking import COMMANDS, NOT_SPOKEN, command_names, task_names, unknown_arguments
from tests.house.blind.states import States
from tests.house.test_permission_matrix import COLUMNS, written

PAGES = frozenset({"200", "400"})
NAMELESS = {
    "<path:object_id>/": "Django's admin leads on from here to the page of the row; asked for of one kind",
    "(?P<url>.*)$": "Django's admin answers here to what no page answers to: asked for as a page that does not exist",
}
"""Patterns without a name cannot be asked for by name."""
MADE_ELSEWHERE = "made by a service or an import, never on a page of its own"
NEVER_A_PAGE = {
    "GET admin:accounts_user_unlock": "a page for some minutes while somebody types wrong passwords; reads no trial",
    "GET admin:accounts_wrongpassword_add": MADE_ELSEWHERE,
    "GET admin:app_list": "leads on to the first page",
    "GET admin:audit_entry_add": MADE_ELSEWHERE,
    "GET admin:audit_entry_history": "an entry is never changed",
    "GET admin:autocomplete": "Django's own lists of choices are not used; refused to everybody",
    "GET admin:events_ctcaeterm_add": MADE_ELSEWHERE,
    "GET admin:haemodynamics_haemodynamicfinding_add": MADE_ELSEWHERE,
    "GET admin:events_ctcaeterm_unfound": "takes a word by POST alone and shows nothing",
    "GET admin:events_seriousnotice_add": MADE_ELSEWHERE,
    "GET admin:events_siteword_add": MADE_ELSEWHERE,
    "GET admin:events_unfoundword_add": MADE_ELSEWHERE,
    "GET admin:haemodynamics_haemodynamicreading_add": "readings are entered on the page of the hours after an infusion",
    "GET admin:immunology_antibodyresult_add": "results are entered as a panel",
    "GET admin:immunology_dsafinding_add": MADE_ELSEWHERE,
    "GET admin:interchange_importrun_add": MADE_ELSEWHERE,
    "GET admin:product_armkeyopening_add": "the key is opened on a page of its own, which asks for the reason",
    "GET admin:assessments_dailyassessment_add": "a day is assessed on the page of the participant",
    "GET admin:pharmacovigilance_deskrecord_add": MADE_ELSEWHERE,
    "GET admin:pharmacovigilance_obligation_add": MADE_ELSEWHERE,
    "GET admin:pharmacovigilance_obligationrule_add": MADE_ELSEWHERE,
    "GET admin:pharmacovigilance_rsiversion_add": MADE_ELSEWHERE,
    "GET admin:trials_protocolversion_add": MADE_ELSEWHERE,
    "GET admin:trials_trial_add": MADE_ELSEWHERE,
    "GET admin:product_unblinding_add": "an emergency unblinding is asked for on the page of the participant",
    "GET admin:data_management_listexport_add": MADE_ELSEWHERE,
    "GET admin:events_adverseevent_sponsor_told": "a page while the sponsor does not know that an event became worse",
    "GET admin:events_eventobservation_add": "a row of a course is added on the page of its event",
    "GET admin:events_suggestedevent_add": MADE_ELSEWHERE,
    "GET admin:immunology_seruminrun_confirm": "a page while an excuse has one signature",
    "GET admin:pharmacovigilance_icsrmessage_add": MADE_ELSEWHERE,
    "GET admin:pharmacovigilance_safetycase_icsr": "a file, of a case with a signed version",
    "GET admin:pharmacovigilance_termcoding_add": MADE_ELSEWHERE,
    "GET admin:pharmacovigilance_webhook_off": "a page of a web hook that is on",
    "GET admin:remove_view": "takes a form by POST alone",
    "GET admin:save_view": "takes a form by POST alone",
    "GET admin:trials_datalock_add": MADE_ELSEWHERE,
    "GET alive": "asked by POST alone; says who is signed in",
    "GET appearance": "takes a form only, which is sent empty",
    "GET healthz": "says 503 while no worker runs, as in this test",
    "GET no_such_api_address": "answers that there is no such address, whoever asks",
    "GET set_language": "leads back to where one came from",
}
"""Addresses that show nobody a page, and why."""


def patterns(listed: list[URLPattern | URLResolver]) -> list[URLPattern]:
    found: list[URLPattern] = []
    for one in listed:
        found += patterns(one.url_patterns) if isinstance(one, URLResolver) else [one]
    return found


def test_every_pattern_has_a_name() -> None:
    nameless = {str(pattern.pattern) for pattern in patterns(get_resolver().url_patterns) if not pattern.name}

    assert nameless == set(NAMELESS), "give the address a name, so that tests over all addresses find it"


def test_every_address_can_be_made(states: States) -> None:
    sentences = [sentence for address in addresses() if (sentence := _why_not(address, states[0].cast))]

    assert sentences == []


def _why_not(address: Address, cast: Cast) -> str:
    try:
        url_of(address, cast.everything)
    except (KeyError, NoReverseMatch) as error:
        return (
            f"{address}: say in tests/addresses.py what its argument {error} means, and give it a row in "
            "tests/full_fixture or tests/house/blind/cast.py."
        )
    return ""


def shown(name: str) -> bool:
    """Whether the permission matrix has somebody who gets a page there."""
    return bool(PAGES & set(written().get(name, [])))


def test_every_address_shows_somebody_a_page(states: States) -> None:
    """By the matrix; else by asking for every row that the fixture has of its kind, as everybody."""
    unseen = [
        one
        for one in addresses()
        if not shown(str(one)) and one.name not in NOT_ASKED and not _is_history(one)
    ]
    unseen = [one for one in unseen if str(one) not in NEVER_A_PAGE]

    unreached = [str(one) for one in unseen if not _is_reached(one, states)]

    assert unreached == [], (
        "no role gets a page there: give tests/house/blind/cast.py a row on which it works (`add_extra`), or say in "
        "NEVER_A_PAGE why it never shows one"
    )


def _is_history(address: Address) -> bool:
    """Answered by a redirection to the history, which is asked for by table."""
    return address.name.endswith("_history") and address.name != "admin:row_history"


def _is_reached(address: Address, states: States) -> bool:
    told: Answers = {}
    for role in COLUMNS[:-1]:
        told |= answers(states[0], role, lambda cast: _everywhere(address, cast))
        if any(str(answer.status) in PAGES for _question, answer in told.values()):
            return True
    return False


def _everywhere(address: Address, cast: Cast) -> Iterator[Question]:
    for name, url in places_of(address, cast):
        yield asked_at(address, name, url)


def test_nothing_is_excused_that_shows_a_page() -> None:
    assert [name for name in NEVER_A_PAGE if shown(name)] == []


def test_every_address_is_asked_by_somebody_blinded() -> None:
    unasked = [
        str(address)
        for address in addresses()
        if address.name not in NOT_ASKED and not any(Reach(role).asks(address) for role in BLINDED)
    ]

    assert unasked == []


NOT_WRITTEN_TO: dict[str, str] = {}


@pytest.mark.long
def test_every_form_and_resource_is_written_to_by_somebody_blinded(states: States) -> None:
    """Of whatever takes a write of theirs, some write succeeds: else the answer to success is not compared."""
    tried: dict[str, bool] = {}
    with states[0].entered():
        for role in BLINDED:
            asker = sign_in(user_of(states[0], role))
            for story in writes(states[0].cast, Reach(role, long=True)):
                with taken_back():
                    steps = list(story.told(asker))
                if steps and steps[0][1].status not in (401, 403, 404):
                    address = steps[0][0].address
                    done = steps[0][1].status in story.succeeded
                    tried[address] = tried.get(address, False) or done

    assert sorted(address for address, done in tried.items() if not done) == sorted(NOT_WRITTEN_TO), (
        "say in tests/house/blind/asked_for.py what its fields take, or in NOT_WRITTEN_TO why no write can succeed here"
    )


def test_every_question_is_compared_in_two_draws_and_what_a_speaker_asks_in_all() -> None:
    """In the long run all in all."""
    reaches = [Reach(role) for role in BLINDED]
    asked = [Question(str(address), str(address), "/") for address in addresses()]
    (few,) = sampled(asked[:1], long=True)

    def draws_of(reach: Reach, question: Question) -> int:
        return sum(reach.compares(question, place) for place in range(SHORT))

    for question in asked:
        numbers = [draws_of(reach, question) for reach in reaches]
        assert set(numbers) <= {2, SHORT}
        assert SHORT in numbers
    assert {draws_of(reach, few) for reach in reaches} == {2}
    assert all(Reach(BLINDED[0], long=True).compares(few, place) for place in range(LONG))


def test_every_argument_of_a_task_has_a_meaning() -> None:
    assert unknown_arguments() == []
    assert "reports.tasks.sweep" in task_names()


@pytest.mark.parametrize("name", command_names())
def test_every_command_is_run_or_excused(name: str) -> None:
    assert name in get_commands()
    assert (name in COMMANDS) != (name in NOT_SPOKEN), (
        f"{name}: say in tests/house/blind/speaking.py how it is run, or why no blinded person reads what it prints"
    )
