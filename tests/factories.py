"""Plain factories: each makes one row with default values, in the name of the system, and takes any field by keyword.

They write rows directly, without the further effects of services.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from itertools import count
from typing import Any, TypeVar

from accounts.choices import ClearanceGround
from accounts.models import Membership, User
from accounts.services import cleared, grant_membership, issue_token, system_user
from audit.models import AuditedModel, FollowedModel
from audit.services import attributed, first_version
from events.models import AdverseEvent
from haemodynamics.models import HaemodynamicReading
from immunology.models import Specimen
from product.models import Allocation, ArmLetter
from trials.models import Infusion, Participant, Site, Trial

AT = datetime(2020, 4, 6, 9, 0, tzinfo=UTC)


class _Numbers:
    """Numbers for the names of rows, from 101: a protocol's own sites and participants come before."""

    def __init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        self._counted = count(101)

    def __next__(self) -> int:
        return next(self._counted)


_numbers = _Numbers()
Row = TypeVar("Row", bound=AuditedModel)
PlainRow = TypeVar("PlainRow", bound=FollowedModel)


def restart_numbers() -> None:
    """Count from the start again, for rows that are to be made a second time in another database, byte for byte."""
    _numbers.restart()


def save_row(row: Row, *, at: datetime = AT) -> Row:
    """Write a row as the system would."""
    first_version(row, at=at)
    with attributed(by=system_user(), reason="made for a test", at=at):
        row.save()
    return row


def save_plain(row: PlainRow) -> PlainRow:
    """Write a followed row that has no version."""
    with attributed(by=system_user(), reason="made for a test", at=AT):
        row.save()
    return row


@contextmanager
def unsealed(trial: Trial, *, at: datetime = AT) -> Iterator[None]:
    """A block that may read and write the trial's sealed rows."""
    with cleared(
        ground=ClearanceGround.IMPORT, by=system_user(), trial_id=trial.pk, purpose="made for a test", at=at
    ):
        yield


def make_user(*roles: str, trial: Trial | None = None, site: Site | None = None, **fields: Any) -> User:
    """An account with the given roles in the trial; nurses and investigators at the site when one is given."""
    user = User(username=fields.pop("username", f"user-{next(_numbers)}"), **fields)
    user.set_password("a password for tests")
    user.save()
    for role in roles:
        make_membership(user, role, trial=trial, site=site)
    return user


def make_membership(user: User, role: str, *, trial: Trial | None, site: Site | None = None) -> Membership:
    bound = site.code if site and role in ("nurse", "investigator") else ""
    return grant_membership(
        user=user,
        role=role,
        trial_code=trial.code if trial else "",
        site_code=bound,
        by=system_user(),
        at=AT,
        reason="made for a test",
    )


def make_token(membership: Membership, *, at: datetime, label: str = "test") -> str:
    """A bearer token for the membership."""
    _token, secret = issue_token(
        membership=membership, label=label, by=system_user(), at=at, reason="made for a test"
    )
    return secret


def make_trial(**fields: Any) -> Trial:
    """A trial without a protocol version; load one with `trials.services` where the test needs it."""
    code = fields.pop("code", f"TRIAL-{next(_numbers)}")
    return save_row(Trial(**{"code": code, "title": "A trial", "timezone": "Europe/Paris", **fields}))


def make_site(trial: Trial, **fields: Any) -> Site:
    code = fields.pop("code", f"{next(_numbers):02d}")
    return save_row(
        Site(**{"trial": trial, "code": code, "name": "A site", "timezone": trial.timezone, **fields})
    )


def make_participant(trial: Trial, site: Site | None = None, **fields: Any) -> Participant:
    """A screened participant."""
    values = {"trial": trial, "site": site or make_site(trial), "code": f"P-{next(_numbers):03d}", **fields}
    return save_row(Participant(**values))


def make_enrolled(trial: Trial, site: Site | None = None, **fields: Any) -> Participant:
    """An enrolled participant with the next enrolment number, day 0 on the day of `AT`."""
    number = Participant.objects.enrolled().filter(trial=trial).count() + 1
    values = {
        "status": "enrolled",
        "enrolment_number": number,
        "enrolled_at": AT,
        "enrolment_recorded_at": AT,
        "enrolment_basis": "randomisation",
        "day0_date": date(2020, 4, 6),
        "screened_date": date(2020, 4, 5),
        **fields,
    }
    return make_participant(trial, site, **values)


def make_infusion(participant: Participant, **fields: Any) -> Infusion:
    """The next infusion of a participant, given on day 1 at 10:00 UTC unless said otherwise."""
    number = fields.pop("number", participant.infusions.count() + 1)
    start = datetime(2020, 4, 7, 10, 0, tzinfo=UTC)
    values = {
        "trial_id": participant.trial_id,
        "participant": participant,
        "number": number,
        "started_at": start,
    }
    return save_row(Infusion(**{**values, **fields}))


def make_event(participant: Participant, **fields: Any) -> AdverseEvent:
    number = fields.pop("number", participant.adverse_events.count() + 1)
    values = {
        "trial_id": participant.trial_id,
        "participant": participant,
        "number": number,
        "reported_term": "Headache",
        "onset": "2020-04-08",
        "onset_earliest_at": datetime(2020, 4, 7, 22, 0, tzinfo=UTC),
        "onset_latest_at": datetime(2020, 4, 8, 21, 59, 59, tzinfo=UTC),
    }
    return save_row(AdverseEvent(**{**values, **fields}))


def make_reading(participant: Participant, **fields: Any) -> HaemodynamicReading:
    values = {"trial_id": participant.trial_id, "participant": participant, "taken_at": AT}
    return save_row(HaemodynamicReading(**{**values, **fields}))


def make_specimen(participant: Participant, **fields: Any) -> Specimen:
    values = {
        "trial_id": participant.trial_id,
        "participant": participant,
        "code": f"S-{next(_numbers):03d}",
        "planned_day": 0,
        "collected_at": AT,
    }
    return save_row(Specimen(**{**values, **fields}))


def allocate(participant: Participant, arm_code: str) -> Allocation:
    """Put a participant into an arm (sealed)."""
    with unsealed(participant.trial):
        return save_row(Allocation(trial=participant.trial, participant=participant, arm_code=arm_code))


def letter_arms(trial: Trial, letters: dict[str, str]) -> None:
    """Set the key of the coded arms (sealed): arm code to letter."""
    with unsealed(trial):
        for arm_code, letter in letters.items():
            save_row(ArmLetter(trial=trial, arm_code=arm_code, letter=letter))
