"""The doors of data management: the note at the field, the round on pages and over HTTP, lists as files, what is missing."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from accounts.models import Clearance, User
from data_management.models import DataQuery, ListExport, SavedView, SourceVerification
from data_management.queries.missing import missing_data
from data_management.services import raise_query, verify_source
from tests.factories import AT, allocate, make_enrolled, make_event, make_reading, make_user
from tests.integration.data_management.test_data_queries import changed
from tests.integration.trials.api_client import Api, fields_of
from trials.models import Participant, Site, Trial

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


def page_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def text_of(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, (url, answer.status_code)
    return answer.content.decode()


@pytest.fixture
def reading(person: Participant) -> Any:
    return make_reading(person, heart_rate_bpm=92)


@pytest.fixture
def query(reading: Any, manager: User) -> DataQuery:
    return raise_query(
        record=reading, field_name="heart_rate_bpm", text="92 or 29?", by=manager, at=timezone.now()
    )


# Queries on pages ------------------------------------------------------------------


def test_the_nurse_sees_a_query_on_the_worklist_at_the_field_and_answers(
    query: DataQuery, reading: Any, nurse: User, stranger: User
) -> None:
    client = page_of(nurse)
    form = text_of(client, f"/haemodynamics/haemodynamicreading/{reading.pk}/change/")

    assert "92 or 29?" in text_of(client, "/")
    assert "92 or 29?" not in text_of(page_of(stranger), "/")
    at_field = form.split('class="field field-heart_rate_bpm')[1].split('name="heart_rate_bpm"')[0]
    assert "92 or 29?" in at_field

    client.post(f"/data_management/dataquery/{query.pk}/answer/", {"text": "92, as on the monitor."})
    query.refresh_from_db()
    assert query.state == "answered"


def test_the_data_manager_raises_from_the_record_and_closes(reading: Any, manager: User, nurse: User) -> None:
    client = page_of(manager)
    url = "/data_management/dataquery/add/"
    about = {"subject": "haemodynamics.haemodynamicreading", "subject_id": reading.pk}
    assert f"{url}?subject=haemodynamics.haemodynamicreading" in text_of(
        client, f"/haemodynamics/haemodynamicreading/{reading.pk}/change/"
    )
    assert "Heart rate" in client.get(url, about).content.decode()

    client.post(url, {**about, "field_name": "heart_rate_bpm", "text": "Please check."})
    query = DataQuery.objects.get()
    changed(reading, nurse, heart_rate_bpm=29)
    shown = text_of(client, f"/data_management/dataquery/{query.pk}/change/")
    client.post(f"/data_management/dataquery/{query.pk}/close/", {"text": ""})

    query.refresh_from_db()
    assert "Value when it was asked (version 1)" in shown
    assert "Value now (version 2)" in shown
    assert query.state == "closed"


def test_without_a_record_no_query_is_raised(manager: User) -> None:
    answer = page_of(manager).post("/data_management/dataquery/add/", {"field_name": "", "text": "x"})

    assert "open the record first" in answer.content.decode()
    assert not DataQuery.objects.exists()


def test_a_mark_stays_on_its_version_visibly(reading: Any, manager: User, nurse: User) -> None:
    url = f"/haemodynamics/haemodynamicreading/{reading.pk}/change/"
    verify_source(record=reading, seen_version=1, by=manager, at=timezone.now())
    before = text_of(page_of(nurse), url)
    changed(reading, nurse, heart_rate_bpm=29)

    assert "Verified" in before
    assert "Changed since" in text_of(page_of(nurse), url)


def test_the_mark_is_set_on_the_page_at_the_version_that_was_shown(
    reading: Any, manager: User, nurse: User
) -> None:
    client, url = page_of(manager), "/data_management/sourceverification/add/"
    about = {"subject": "haemodynamics.haemodynamicreading", "subject_id": reading.pk}
    client.get(url, about)
    changed(reading, nurse, heart_rate_bpm=29)
    late = client.post(url, {**about, "subject_version": 1, "remark": ""})
    client.post(url, {**about, "subject_version": 2, "remark": "chart"})

    assert "at version 2" in late.content.decode()
    assert list(SourceVerification.objects.values_list("subject_version", "remark")) == [(2, "chart")]


# Queries over HTTP ----------------------------------------------------------------------


def test_the_api_raises_once_answers_and_closes(reading: Any, manager: User, nurse: User) -> None:
    api, at_site = Api(manager), Api(nurse)
    sent = {
        "record": "haemodynamics.haemodynamicreading",
        "record_id": reading.pk,
        "field": "heart_rate_bpm",
        "text": "92 or 29?",
    }
    made, again = api.post("queries/", sent, key="k"), api.post("queries/", sent, key="k")
    address = f"queries/{made.json()['id']}"
    answered = at_site.post(f"{address}/answer/", {"text": "92."})
    out_of_turn = at_site.post(f"{address}/answer/", {"text": "92."})
    closed = api.post(f"{address}/close/", {})

    assert (made.status_code, again.json()["id"]) == (201, made.json()["id"])
    assert (made.json()["value_at_raising"], made.json()["value_now"]) == (92, 92)
    assert [one["act"] for one in answered.json()["messages"]] == ["raise", "answer"]
    assert out_of_turn.status_code == 400
    assert (closed.json()["state"], DataQuery.objects.count()) == ("closed", 1)
    assert at_site.post("queries/", sent).status_code == 403


def test_the_api_lists_by_site_and_filter_in_a_fixed_number_of_questions(
    query: DataQuery, nurse: User, stranger: User, django_assert_max_num_queries: Any
) -> None:
    for filters in ({"state": "open"}, {"standing": "true"}, {"participant": "07-001"}, {"origin": "person"}):
        assert len(Api(nurse).get("queries/", **filters).json()["results"]) == 1
    assert Api(nurse).get("queries/", state="closed").json()["results"] == []
    assert Api(stranger).get("queries/").json()["results"] == []
    assert fields_of(Api(nurse).get("queries/", colour="red")) == ["colour"]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"record": "product.allocation"}, "record"),
        ({"record_id": 999}, "record_id"),
        ({"field": "x"}, "field"),
    ],
)
def test_the_api_names_what_cannot_be_asked(
    reading: Any, manager: User, change: dict[str, Any], named: str
) -> None:
    sent = {"record": "haemodynamics.haemodynamicreading", "record_id": reading.pk, "text": "x", **change}

    assert fields_of(Api(manager).post("queries/", sent)) == [named]


# Lists as files ---------------------------------------------------------------------------


def rows_of(answer: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.content.decode().removeprefix("\ufeff"))))


def test_a_list_is_saved_as_it_is_filtered_and_written_down(
    person: Participant, trial: Trial, nurse: User
) -> None:
    make_event(person, reported_term='=HYPERLINK("x")')
    make_event(person, reported_term="Fever")
    client = page_of(nurse)
    answer = client.get("/lists/events_adverseevent/export.csv", {"q": "HYPERLINK"})

    heading, row = rows_of(answer)
    assert any(cell.startswith("'=HYPERLINK") for cell in row)
    assert len(heading) == len(row)
    logged = ListExport.objects.get()
    assert (logged.list_table, logged.rows, logged.filters) == ("events_adverseevent", 1, {"q": "HYPERLINK"})
    assert (logged.exported_by, logged.trial) == (nurse, trial)


def test_both_formats_hold_the_same_cells_and_the_same_bytes_twice(person: Participant, nurse: User) -> None:
    client = page_of(nurse)
    plain = rows_of(client.get("/lists/trials_participant/export.csv"))
    book = load_workbook(io.BytesIO(client.get("/lists/trials_participant/export.xlsx").content))

    assert [[cell or "" for cell in row] for row in book.active.iter_rows(values_only=True)] == plain
    assert plain[1][0] == "07-001"


def test_only_rows_of_the_own_site_are_saved(person: Participant, stranger: User) -> None:
    assert len(rows_of(page_of(stranger).get("/lists/trials_participant/export.csv"))) == 1


def test_a_sealed_list_is_not_there_for_the_blinded_and_leaves_no_open_entry(
    person: Participant, trial: Trial, manager: User, unit: User
) -> None:
    allocate(person, "UC_MSC")
    for list_format in ("csv", "xlsx"):
        url = f"/lists/product_allocation/export.{list_format}"
        assert page_of(manager).get(url).status_code == 404
    answer = page_of(unit).get("/lists/product_allocation/export.csv")

    assert len(rows_of(answer)) == 2
    assert not ListExport.objects.exists()
    purposes = list(Clearance.objects.order_by("-pk").values_list("purpose", flat=True)[:2])
    assert any("Exported product.allocation as csv: 1 rows" in purpose for purpose in purposes)


def test_what_an_unblinded_person_filters_by_is_not_in_the_open_log(
    person: Participant, trial: Trial
) -> None:
    statistician = make_user("unblinded_statistician", trial=trial)
    page_of(statistician).get("/lists/trials_participant/export.csv", {"q": "07-001"})

    assert ListExport.objects.get().filters == {"q": "…"}


def test_a_view_stands_above_its_list_for_its_owner_alone(person: Participant, nurse: User) -> None:
    client = page_of(nurse)
    sent = {"name": "Ours", "query_string": "q=07-001"}
    client.post("/lists/trials_participant/views/", sent)
    client.post("/lists/trials_participant/views/", {**sent, "query_string": "q=07"})
    other = make_user("nurse", trial=person.trial, site=person.site)

    view = SavedView.objects.get()
    assert view.query_string == "q=07"
    assert "/trials/participant/?q=07" in text_of(client, "/trials/participant/")
    assert ">Ours<" not in text_of(page_of(other), "/trials/participant/")
    assert page_of(other).post(f"/lists/views/{view.pk}/remove/").status_code == 404
    client.post(f"/lists/views/{view.pk}/remove/")
    assert ">Ours<" not in text_of(client, "/trials/participant/")


# What is missing ----------------------------------------------------------------------------


def test_missing_counts_what_the_worklist_asks_for_and_stops_when_somebody_leaves(
    person: Participant, trial: Trial, site: Site, manager: User
) -> None:
    at = AT + timedelta(days=40)
    overdue = {
        (one.form, one.what) for one in missing_data(trial=trial, sites=frozenset({"07"}), at=at).overdue
    }
    counts = missing_data(trial=trial, sites=None, at=at).counts
    changed(person, manager, withdrawn_date=AT.date(), withdrawal_reason="r", status="withdrawn")
    after = missing_data(trial=trial, sites=None, at=at).overdue

    assert {("infusion", "1"), ("serum", "D0"), ("vital_status", "D28")} <= overdue
    assert {(one.expected, one.entered) for one in counts if one.site == "01"} == {(0, 0)}
    assert {one.since <= AT.date() for one in after if one.since} <= {True}


def test_the_page_and_its_file_say_the_same_and_the_comparison_is_the_data_managers(
    person: Participant, nurse: User, manager: User
) -> None:
    page = text_of(page_of(nurse), "/missing/")
    rows = rows_of(page_of(nurse).get("/missing/overdue.csv"))

    assert len(rows) > 5
    assert page.count('<th scope="row">07-001</th>') == len(rows) - 1
    assert page_of(nurse).get("/missing/sites/").status_code == 403
    assert "Too small to say" in text_of(page_of(manager), "/missing/sites/")


def test_the_pages_ask_a_fixed_number_of_questions(
    person: Participant, trial: Trial, site: Site, manager: User, django_assert_max_num_queries: Any
) -> None:
    client = page_of(manager)
    text_of(client, "/missing/")
    with django_assert_max_num_queries(60) as few:
        text_of(client, "/missing/")
    for number in range(8):
        make_enrolled(trial, site, code=f"07-1{number:02d}")
    with django_assert_max_num_queries(len(few.captured_queries)):
        text_of(client, "/missing/")
