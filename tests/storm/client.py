"""One ward in a storm, as a process of its own: enrols and records over HTTP, and repeats requests until a response.

    python -m tests.storm.client WORK.json ACKNOWLEDGED.jsonl

Only acknowledged writes are added to the second file, one line each, at once. Uses the standard library only.
"""

import http.client
import json
import random
import sys
import time
from pathlib import Path
from typing import Any

SECONDS_TO_WAIT = 20.0
NOT_SERIOUS = {
    "serious": False,
    "results_in_death": False,
    "life_threatening": False,
    "hospitalisation": False,
    "disability": False,
    "congenital_anomaly": False,
    "medically_important": False,
}
EVENT = {
    "ctcae_term": "10021097",
    "grade": 2,
    "severity": "MODERATE",
    "causality": "OTHER_DISEASE",
    "ongoing": True,
    "outcome": "NOT RECOVERED/NOT RESOLVED",
    **NOT_SERIOUS,
}


class Ward:
    """Sends one request after the other over a connection that may break at any time."""

    def __init__(self, work: dict[str, Any], acknowledged: Path) -> None:
        self.work = work
        self.acknowledged = acknowledged.open("a")
        self.headers = {"Authorization": f"Bearer {work['token']}", "Content-Type": "application/json"}
        self.deadline = time.monotonic() + work["seconds"]
        self.random = random.Random(work["seed"])

    def run(self) -> None:
        tasks = [("enrol", person) for person in self.work["participants"]]
        for task in tasks:
            self.enrol(task[1])
            for number in range(self.work["events_each"]):
                self.record(task[1], number)

    def enrol(self, person: dict[str, Any]) -> None:
        path = f"/api/v1/participants/{person['id']}/"
        body = {"enrolled_at": person["enrolled_at"], "reason": "randomised in the storm"}
        self.until_answered(
            "POST", f"{path}enrol/", body, accepts=lambda status, answer: status == 200, instead=path
        )
        self.note(kind="enrolment", participant=person["id"])

    def record(self, person: dict[str, Any], number: int) -> None:
        marker = f"storm {person['code']} {number}"
        body = {
            **EVENT,
            "participant": person["code"],
            "reported_term": marker,
            "onset": person["onset"],
            "distinct_because": "another report of the storm",
        }
        headers = {"Idempotency-Key": marker.replace(" ", "-")}
        answer = self.until_answered(
            "POST",
            "/api/v1/adverse-events/",
            body,
            headers=headers,
            accepts=lambda status, answer: status == 201,
        )
        self.note(kind="event", id=answer["id"], marker=marker)

    def until_answered(
        self, method: str, path: str, body: Any, *, accepts: Any, headers: Any = None, instead: str = ""
    ) -> Any:
        last = "nothing"
        while time.monotonic() < self.deadline:
            try:
                status, answer = self.ask(method, path, body, headers or {})
                if accepts(status, answer):
                    return answer
                if instead and status == 400 and self.has_number(instead):
                    return answer
                last = f"{status} {answer}"
            except (OSError, http.client.HTTPException, ValueError) as error:
                last = repr(error)
            time.sleep(self.random.uniform(0.05, 0.4))
        raise SystemExit(f"{method} {path}: no answer in time, the last was {last}")

    def has_number(self, path: str) -> bool:
        """Whether an earlier request, whose response was lost, has enrolled the participant."""
        status, answer = self.ask("GET", path, None, {})
        return status == 200 and answer["enrolment_number"] is not None

    def ask(self, method: str, path: str, body: Any, headers: dict[str, str]) -> tuple[int, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.work["port"], timeout=SECONDS_TO_WAIT)
        try:
            sent = None if body is None else json.dumps(body)
            connection.request(method, path, sent, {**self.headers, **headers})
            response = connection.getresponse()
            return response.status, json.loads(response.read())
        finally:
            connection.close()

    def note(self, **what: Any) -> None:
        self.acknowledged.write(json.dumps(what) + "\n")
        self.acknowledged.flush()


if __name__ == "__main__":
    Ward(json.loads(Path(sys.argv[1]).read_text()), Path(sys.argv[2])).run()
