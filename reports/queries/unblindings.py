"""The rows of the frames of unblindings and openings of the key. No row has an arm."""

from reports.frames.writing import Row, moment_text
from reports.queries.people import FrameRow, People
from reports.queries.spans import day_until_cutoff


def unblinding_rows(people: People) -> list[FrameRow]:
    """The frame `unblindings`: emergencies with a displayed arm, then inadvertent ones that are not void."""
    shown = [row for row in people.records["unblindings"] if row["disclosed_at"] is not None]
    return [
        *(_emergency(people, row) for row in shown if row["participant_id"] in people.counted),
        *(
            _inadvertent(people, row)
            for row in people.records["inadvertent_unblindings"]
            if row["participant_id"] is None or row["participant_id"] in people.counted
        ),
    ]


def arm_key_opening_rows(people: People) -> list[FrameRow]:
    """The frame `arm_key_openings`: who (by the number of the account) and when."""
    return [
        {"number": row["id"], "account": row["opened_by_id"], "opened_at": moment_text(row["opened_at"])}
        for row in people.records["arm_key_openings"]
    ]


def _emergency(people: People, row: Row) -> FrameRow:
    person = people.by_id[row["participant_id"]]
    return {
        "kind": "EMERGENCY",
        "number": row["id"],
        "participant": person["code"],
        "site": _site(people, person["site_id"]),
        "study_day": people.study_day(row["participant_id"], row["disclosed_at"]),
        "happened_text": moment_text(row["disclosed_at"]),
        "reason": row["category"],
        "second_person": row["confirmation"] or None,
        "learner": row["asked_by_role"],
        "recorded_at": moment_text(row["recorded_at"]),
    }


def _inadvertent(people: People, row: Row) -> FrameRow:
    pk = row["participant_id"]
    limits = (row["occurred_earliest_at"], row["occurred_latest_at"])
    return {
        "kind": "INADVERTENT",
        "number": row["id"],
        "participant": None if pk is None else people.code(pk),
        "site": _site(people, row["site_id"]),
        "study_day": None if pk is None else day_until_cutoff(people, pk, *limits),
        "happened_text": row["occurred"] or None,
        "learner": row["learner"],
        "impact": row["impact"],
        "recorded_at": moment_text(row["recorded_at"]),
    }


def _site(people: People, site_id: int | None) -> str | None:
    return next((row["code"] for row in people.records["sites"] if row["id"] == site_id), None)
