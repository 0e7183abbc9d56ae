"""A query from its raising to its end: everything said stays, and so does the value that was asked about."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.models import User
from audit.models import Entry
from audit.services import attributed, next_version
from data_management.models import DataQuery, QueryMessage
from data_management.queries.data_queries import queried_values, query_ages
from data_management.services import answer_query, ask_again, cancel_query, close_query, raise_query
from data_management.services.rule_queries import sweep_trial
from tests.factories import AT, allocate, make_event, make_reading, unsealed
from trials.models import Participant, Trial
from trials.services import freeze_data, lift_lock, lock_data
from trials.services.participants import record_death

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(days=5)
AFTERWARDS = LATER + timedelta(days=3)


def ask(record: Any, by: User, field: str = "age_years", text: str = "Please check.", at: Any = LATER) -> Any:
    return raise_query(record=record, field_name=field, text=text, by=by, at=at)


def changed(row: Any, by: User, **values: Any) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    next_version(row, at=LATER)
    with attributed(by=by, reason="typing error", at=LATER):
        row.save()


def test_a_round_keeps_every_word_with_who_and_when(person: Participant, manager: User, nurse: User) -> None:
    query = ask(person, manager)
    query = answer_query(query=query, text="Corrected.", by=nurse, at=LATER)
    query = ask_again(query=query, text="It says 60 still.", by=manager, at=AFTERWARDS)
    query = answer_query(query=query, text="Now.", by=nurse, at=AFTERWARDS)
    query = close_query(query=query, by=manager, at=AFTERWARDS)

    said = QueryMessage.objects.filter(query=query).order_by("pk").values_list("act", "text", "said_by")
    assert list(said) == [
        ("raise", "Please check.", manager.pk),
        ("answer", "Corrected.", nurse.pk),
        ("ask_again", "It says 60 still.", manager.pk),
        ("answer", "Now.", nurse.pk),
        ("close", "", manager.pk),
    ]
    assert (query.state, query.closed_at, query.version) == ("closed", AFTERWARDS, 5)
    assert Entry.objects.filter(table_name="data_management_querymessage").count() == 5


def test_the_value_that_was_asked_about_stays_when_it_changes(person: Participant, manager: User) -> None:
    changed(person, manager, age_years=160 - 100)
    query = ask(person, manager)
    changed(person, manager, age_years=61)

    value = queried_values([query])[query.pk]

    assert (value.then, value.then_version, value.now, value.now_version) == (60, 2, 61, 3)
    assert value.is_changed


def test_a_whole_record_can_be_asked_about(person: Participant, manager: User) -> None:
    query = ask(make_reading(person), manager, field="")

    assert (query.field_name, query.value_at_raising, query.participant) == ("", None, person)


@pytest.mark.parametrize(
    ("field", "text", "named"),
    [("version", "x", "field_name"), ("arm_code", "x", "field_name"), ("age_years", "  ", "text")],
)
def test_what_cannot_be_asked_is_refused(
    person: Participant, manager: User, field: str, text: str, named: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        ask(person, manager, field=field, text=text)

    assert named in refused.value.message_dict
    assert not DataQuery.objects.exists()


def test_a_sealed_record_takes_no_query(person: Participant, manager: User, trial: Trial) -> None:
    allocation = allocate(person, "UC_MSC")
    with unsealed(trial), pytest.raises(ValidationError, match="takes no query"):
        ask(allocation, manager, field="")


def test_each_step_belongs_to_its_role(
    person: Participant, manager: User, nurse: User, stranger: User
) -> None:
    with pytest.raises(PermissionDenied):
        ask(person, nurse)
    query = ask(person, manager)
    for refused_one in (manager, stranger):
        with pytest.raises(PermissionDenied):
            answer_query(query=query, text="x", by=refused_one, at=LATER)
    with pytest.raises(PermissionDenied):
        close_query(query=query, by=nurse, at=LATER)


def test_a_step_out_of_turn_is_refused_and_leaves_no_message(person: Participant, manager: User) -> None:
    query = cancel_query(query=ask(person, manager), text="wrong participant", by=manager, at=LATER)

    with pytest.raises(ValidationError, match="it is Cancelled"):
        ask_again(query=query, text="x", by=manager, at=LATER)
    assert QueryMessage.objects.filter(query=query).count() == 2


def test_data_are_locked_only_without_a_standing_query(person: Participant, manager: User) -> None:
    query = ask(person, manager)
    said = {"participant": person, "by": manager, "at": LATER, "reason": "done"}
    with pytest.raises(ValidationError, match="1 query is not closed"):
        lock_data(**said)

    frozen = freeze_data(**said)
    close_query(query=query, by=manager, at=LATER)
    lock_data(**said)
    with pytest.raises(ValidationError, match="the data are locked"):
        ask(person, manager)
    lift_lock(lock=frozen, by=manager, at=LATER, reason="a letter")
    ask(person, manager)


def test_ages_count_the_standing_queries_of_each_site(person: Participant, manager: User) -> None:
    ask(person, manager)
    close_query(query=ask(person, manager), by=manager, at=LATER)

    rows = {row.site: row for row in query_ages(trial=person.trial, sites=None, at=LATER + timedelta(days=9))}

    assert (rows["07"].open, rows["07"].oldest_days, rows["01"].open) == (1, 9, 0)


# Rules -------------------------------------------------------------------------


@pytest.fixture
def dead(person: Participant, nurse: User) -> Participant:
    return record_death(
        participant=person, died="2020-04-09", death_cause="", by=nurse, at=LATER, reason="told"
    )


def sweep(trial: Trial, at: Any = LATER) -> int:
    return sweep_trial(trial_id=trial.pk, at=at)


def test_a_rule_asks_once_and_lets_go_when_the_data_have_resolved_it(
    dead: Participant, trial: Trial, manager: User
) -> None:
    assert (sweep(trial), sweep(trial), DataQuery.objects.count()) == (1, 0, 1)
    query = DataQuery.objects.get()
    assert (query.rule_code, query.rule_version, query.state) == (
        "R12.death_without_fatal_event.death",
        "1.0",
        "open",
    )

    make_event(dead, outcome="FATAL")
    assert sweep(trial, AFTERWARDS) >= 1

    query.refresh_from_db()
    assert (query.state, query.closed_at, query.finding_stands) == ("closed", AFTERWARDS, False)
    assert query.messages.latest("pk").act == "resolve"


def test_what_a_person_has_closed_is_not_asked_again_while_the_finding_stands(
    dead: Participant, trial: Trial, manager: User
) -> None:
    sweep(trial)
    close_query(query=DataQuery.objects.get(), by=manager, at=LATER, text="no event: found dead")

    assert (sweep(trial, AFTERWARDS), DataQuery.objects.count()) == (0, 1)


def test_a_finding_that_comes_back_is_asked_about_anew(
    dead: Participant, trial: Trial, manager: User
) -> None:
    sweep(trial)
    event = make_event(dead, outcome="FATAL")
    sweep(trial)
    changed(event, manager, voided_at=LATER, void_reason="wrong")
    sweep(trial, AFTERWARDS)

    codes = DataQuery.objects.filter(rule_code__startswith="R12.").order_by("pk")
    assert [row.state for row in codes] == ["closed", "open"]
