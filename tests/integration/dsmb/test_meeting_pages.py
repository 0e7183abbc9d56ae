"""The pages of meetings: permissions, and what a blinded reader can see, and when."""

import re
from datetime import timedelta

from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.choices import Role
from audit.models import Entry
from dsmb.choices import Session
from dsmb.models import BoardComment, NoticeMessage, SponsorAnswer
from dsmb.services import comments, meetings
from dsmb.views.meeting_verbs import VERBS
from tests.factories import make_user, unsealed
from tests.integration.dsmb.meeting_steps import Board, make_board
from tests.integration.reports.board_trials import make_board_trial
from tests.plugins.shared_rows import shared_rows

MEMBERS = {Role.BOARD_MEMBER, Role.BOARD_CHAIR}
BLINDED_READERS = ["data_manager", "pharmacovigilance", "auditor", "investigator", "sponsor"]
PASSWORD = "a password for tests"


@shared_rows
def board(trial) -> Board:
    return make_board(trial)


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def page_of(board: Board, verb: str = "") -> str:
    base = reverse("board:meeting", args=[board.trial.code, board.meeting.pk])
    return f"{base}{verb}/" if verb else base


def test_room_is_for_members_and_the_chairs_acts_for_the_chair(board):
    for role in Role:
        client = signed_in(make_user(role, trial=None if role == Role.ADMINISTRATOR else board.trial))
        is_member = role in MEMBERS

        assert (client.get(page_of(board)).status_code == 200) == is_member, role
        assert (client.get(reverse("board:comments", args=[board.report.pk])).status_code == 200) == is_member
        for verb in VERBS:
            may = role == Role.BOARD_CHAIR or (role in MEMBERS and verb.action == "take_part_in_meeting")
            for status in (client.get(page_of(board, verb.name)), client.post(page_of(board, verb.name), {})):
                assert (status.status_code == 404) != may, (role, verb.name)
        planning = client.get(reverse("board:plan", args=[board.trial.code])).status_code
        assert (planning == 200) == (role == Role.BOARD_CHAIR), role


def test_room_of_another_trial_is_not_there(board):
    client = signed_in(make_user("board_chair", trial=make_board_trial(code="CELL-2")))

    assert client.get(page_of(board)).status_code == 404
    assert client.get(reverse("board:meeting", args=["CELL-2", board.meeting.pk])).status_code == 404
    assert client.get(reverse("board:comments", args=[board.report.pk])).status_code == 404


OWN_TO_EACH_ANSWER = re.compile(r'<input type="hidden" name="csrf[^>]*>|<p class="copy-line">[^<]*</p>')


def readable(user) -> dict[str, str]:
    """Every byte of the board's portal that an account can reach from its first page, by address.

    Without the parts that differ in each response: the token of its forms, the line of a copy (and copies as PDF, which
    have it on each page). Notices are counted as N: their ids differ from run to run.
    """
    client, seen, waiting = signed_in(user), {}, ["/board/"]
    while waiting:
        url = waiting.pop()
        if url not in seen and not re.search(r"/(open|closed)[.]pdf$", url):
            answer = client.get(url)
            seen[url] = f"{answer.status_code} {answer.content.decode('latin-1')}"
            waiting += re.findall(r'href="(/board/[^"#?]*)"', seen[url])
    return {url: re.sub(r"notices/\d+", "notices/N", OWN_TO_EACH_ANSWER.sub("", seen[url])) for url in seen}


def test_ad_hoc_meeting_is_unknown_outside_until_its_letter_is_sent(trial):
    board = make_board(trial, ad_hoc=True)
    reader = make_user("data_manager", trial=trial)
    before = readable(reader)

    board.decide()
    board.minute(Session.OPEN)
    board.minute(Session.CLOSED)
    board.sign()

    assert readable(reader) == before
    notice = board.send()
    assert reverse("board:notice", args=[notice.pk]) in readable(reader)


def test_second_meeting_on_a_look_is_as_silent_as_an_ad_hoc_one(board):
    board.open()
    reader = make_user("data_manager", trial=board.trial)
    before = readable(reader)

    again = meetings.plan_meeting(
        trial=board.trial, reports=[board.report], planned_at=board.at, closed_session_planned_at=None, guests="",
        agenda=[], by=board.chair, at=board.at, reason="a hit",
    )  # fmt: skip
    meetings.open_meeting(meeting=again, by=board.chair, at=board.now())

    assert readable(reader) == before


def test_meeting_on_a_planned_look_is_known_by_its_date_alone(board):
    reader = make_user("investigator", trial=board.trial, site=board.trial.sites.first())
    board.open()
    board.attend(*board.everybody)
    board.state_none(*board.everybody)
    after_opening = readable(reader)

    board.close_doors()
    board.put_motion("Arm A?")
    for one in board.everybody:
        board.vote(one, "stop", "Arm A is worse.")
    board.close_vote()
    board.recommend("stop")

    assert readable(reader) == after_opening
    assert any("The board has met" in text for text in after_opening.values())
    assert not any("Stop for harm" in text for text in after_opening.values())


def test_nobody_outside_learns_votes_minutes_or_comments(board):
    comments.write_comment(
        report=board.report, section="", reply_to=None, text="SECRET comment", by=board.ada, at=board.now()
    )
    board.gather()
    board.declare(board.ada, "SECRET conflict")
    board.put_motion("SECRET motion")
    for one in board.everybody:
        board.vote(one, "continue", "SECRET dissent")
    board.close_vote()
    board.recommend("continue", "Weekly listing of deaths.")
    board.minute(Session.OPEN)
    board.minute(Session.CLOSED, "SECRET minutes")
    board.sign()
    board.send()

    for role in (*BLINDED_READERS, "unblinded_statistician"):
        pages = readable(make_user(role, trial=board.trial)).values()
        assert any("Weekly listing of deaths." in text for text in pages), role
        assert not any("SECRET" in text for text in pages), role


def settle_naming_arms(board: Board, first: str, second: str) -> None:
    """A whole meeting in which everything sealed speaks of the two arms, in this order; more of it for arm B."""
    for text in [f"{first} dies more"] * (2 if first == "B" else 1):
        comments.write_comment(
            report=board.report, section="", reply_to=None, text=text, by=board.ada, at=board.now()
        )
    board.at = board.meeting.planned_at
    board.gather()
    board.declare(board.ada, f"I treat arm {second}")
    board.put_motion(f"Is arm {first} worse than arm {second}?")
    for one in board.everybody:
        board.vote(one, "stop" if one == board.alan and first == "B" else "continue", f"arm {first}!")
    board.close_vote()
    board.at = board.meeting.planned_at + timedelta(hours=2)
    board.recommend("continue", "Weekly listing of deaths.")
    board.minute(Session.OPEN, "The board met.")
    board.minute(Session.CLOSED, f"Arm {first} against arm {second}.")
    board.sign()
    board.send()


def test_arms_swapped_in_everything_sealed_change_no_byte_outside(board):
    reader = make_user("sponsor", trial=board.trial)

    def seen_after(first: str, second: str) -> tuple[list[str], list[tuple[str, str]], int]:
        board.at = board.meeting.planned_at
        undo = transaction.savepoint()
        settle_naming_arms(board, first, second)
        with CaptureQueriesContext(connection) as captured:
            pages = sorted(readable(reader).values())
        trail = Entry.objects.filter(trial_id=board.trial.pk).exclude(table_name="reports_reportview")
        entries = list(trail.order_by("id").values_list("table_name", "reason", "at"))
        transaction.savepoint_rollback(undo)
        return pages, entries, len(captured)

    readable(reader)  # values that a process caches

    assert seen_after("A", "B") == seen_after("B", "A")


def test_member_votes_and_chair_signs_in_the_portal(board):
    chair, ada = signed_in(board.chair), signed_in(board.ada)
    chair.post(page_of(board, "open"))
    seats = {f"member_{one.pk}": "present" for one in board.everybody}
    chair.post(page_of(board, "attendance"), seats)
    for one in board.everybody:
        signed_in(one).post(page_of(board, "statement"), {"answer": "none", "text": ""})
    chair.post(page_of(board, "closed-session"))
    chair.post(page_of(board, "motion"), {"text": "What next?"})
    for one in (board.chair, board.grace, board.alan):
        signed_in(one).post(page_of(board, "vote"), {"choice": "continue"})
    early = chair.post(page_of(board, "close-vote"), follow=True).content.decode()
    ada.post(page_of(board, "vote"), {"choice": "pause", "dissent": "Wait for day 14."})
    chair.post(page_of(board, "close-vote"))
    chair.post(page_of(board, "recommend"), {"recommendation": "continue", "conditions": ""})
    for session in ("open", "closed"):
        draft = chair.get(page_of(board, f"{session}-minutes")).context["form"].initial["text"]
        chair.post(page_of(board, f"{session}-minutes"), {"text": draft, "reason": "minutes"})
    signing = chair.get(page_of(board, "sign"))
    seen = signing.context["form"].initial["seen_sha256"]
    assert (
        "Continue unmodified; open minutes version 1, closed minutes version 1." in signing.content.decode()
    )
    wrong = chair.post(
        page_of(board, "sign"), {"printed_name": "Emmy", "password": "wrong", "seen_sha256": seen}
    ).content.decode()
    chair.post(page_of(board, "sign"), {"printed_name": "Emmy", "password": PASSWORD, "seen_sha256": seen})
    chair.post(page_of(board, "send"))

    page = ada.get(page_of(board)).content.decode()
    assert "have neither voted nor abstained" in early
    assert "this is not your password" in wrong
    assert 'value="wrong"' not in wrong
    assert board.state == "sent"
    assert "Wait for day 14." in page
    assert "Signed by" in page


def test_step_that_is_past_leads_back_to_the_meeting(board):
    answer = signed_in(board.chair).get(page_of(board, "send"))

    assert (answer.status_code, answer["Location"]) == (302, page_of(board))
    assert signed_in(board.chair).get(page_of(board, "dance")).status_code == 404


def test_meeting_is_planned_on_the_page(board):
    client = signed_in(board.chair)
    url = reverse("board:plan", args=[board.trial.code])

    refused = client.post(
        url, {"planned_at": "2021-03-01T14:00", "open_items": "a", "closed_items": "b", "reason": "r"}
    )
    made = client.post(
        url,
        {"reports": [board.report.pk], "planned_at": "2021-03-01T14:00", "open_items": "one\n\ntwo",
         "closed_items": "three", "reason": "again"},
    )  # fmt: skip

    assert "at least one report" in refused.content.decode()
    assert "one</li><li>two" in client.get(made["Location"]).content.decode()


def test_comments_stand_on_their_page_and_are_taken_back_by_their_author(board):
    ada, grace = signed_in(board.ada), signed_in(board.grace)
    url = reverse("board:comments", args=[board.report.pk])
    ada.post(url, {"section": "deaths", "text": "More than expected?"})
    with unsealed(board.trial):
        comment = BoardComment.objects.get()
    grace.post(f"{url}?reply_to={comment.pk}", {"text": "Within the limits."})
    take_back = reverse("board:take_back", args=[board.report.pk, comment.pk])

    page = grace.get(url).content.decode()
    assert "More than expected?" in page
    assert "Within the limits." in page
    assert "Deaths" in page
    assert grace.post(take_back, {"reason": "no"}).status_code == 404
    ada.post(take_back, {"reason": "misread"})
    assert "<s>More than expected?</s>" in grace.get(url).content.decode()
    assert ada.get(f"{url}?reply_to=999999").status_code == 404
    assert ada.post(url, {"section": "no_such_table", "text": "x"}).status_code == 200


def test_sponsor_reads_and_answers(board):
    sponsor = make_user("sponsor", trial=board.trial, first_name="Sam")
    notice = board.settle()
    client = signed_in(sponsor)
    url = reverse("board:notice", args=[notice.pk])

    before = client.get(url).content.decode()
    client.post(
        reverse("board:answer", args=[notice.pk]), {"answer": "in_part", "text": "From next month on."}
    )

    assert "No answer yet." in before
    assert NoticeMessage.objects.get(recipient=sponsor).read_at is not None
    assert SponsorAnswer.objects.get().answer == "in_part"
    assert "From next month on." in signed_in(board.ada).get(url).content.decode()
    for role in BLINDED_READERS[:-1]:
        other = signed_in(make_user(role, trial=board.trial))
        assert other.post(reverse("board:answer", args=[notice.pk]), {}).status_code == 404, role


def test_letter_is_handed_out_as_archived(board):
    notice = board.settle()
    client = signed_in(make_user("investigator", trial=board.trial))

    english = client.get(reverse("board:letter", args=[notice.pk, "en", "pdf"]))
    french = client.get(reverse("board:letter", args=[notice.pk, "fr", "html"]))

    assert english.content.startswith(b"%PDF-1.7")
    assert "Le comité recommande" in french.content.decode()
    assert "style-src 'sha256-" in french["Content-Security-Policy"]
    assert client.get(reverse("board:letter", args=[notice.pk, "de", "pdf"])).status_code == 404
    nurse = signed_in(make_user("nurse", trial=board.trial))
    assert nurse.get(reverse("board:letter", args=[notice.pk, "en", "pdf"])).status_code == 404


class TestResource:
    """`/api/v1/board-recommendations/`."""

    def test_readers_of_open_reports_get_what_the_notice_says(self, board):
        notice = board.settle()

        (row,) = (
            signed_in(make_user("sponsor", trial=board.trial))
            .get("/api/v1/board-recommendations/")
            .json()["results"]
        )

        assert (row["id"], row["recommendation"], row["look"]) == (notice.pk, "continue", 10)
        assert set(row) == {
            "id", "trial", "number", "look", "held_on", "recommendation", "conditions", "open_minutes", "chair_name",
            "signed_at", "sent_at", "answer_due_date", "answers", "changed_at",
        }  # fmt: skip

    def test_others_are_refused(self, board):
        nurse = signed_in(make_user("nurse", trial=board.trial))

        assert nurse.get("/api/v1/board-recommendations/").status_code == 403
