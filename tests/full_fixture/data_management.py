"""What a data manager has: a query, a mark, a lock, a view, an exported list."""

from accounts.choices import Role
from data_management.models import DataQuery, ListExport, QueryMessage, SavedView, SourceVerification
from tests.factories import AT, save_plain, save_row
from tests.full_fixture.base import Everything
from trials.models import DataLock


def add_data_management(everything: Everything) -> None:
    """A query with its answer, a mark, a lock that was lifted, a view, and a list that was exported."""
    trial, site, person, users = everything.trial, everything.site, everything.participant, everything.users
    manager, place = users[Role.DATA_MANAGER], {"trial": trial, "site": site, "participant": person}
    about = {"subject": "events.adverseevent", "subject_id": everything.rows["events.adverseevent"]}
    asked = {"field_name": "onset", "value_at_raising": "2020-04-07", "text": "Before the infusion?"}
    query = DataQuery(**place, **about, **asked, subject_version=1, origin="person", raised_by=manager)
    query.raised_at = query.state_since = AT
    mark = SourceVerification(**place, **about, subject_version=1, verified_by=manager, verified_at=AT)
    lock = DataLock(trial=trial, participant=person, kind="frozen", why="a look", closed_by=manager)
    lock.closed_at = lock.lifted_at = AT
    lock.lifted_by, lock.lifted_because = manager, "the look is over"
    view = SavedView(owner=users[Role.NURSE], list_table="trials_participant", name="v", query_string="q=1")
    for row in (query, mark, lock, view):
        everything.add(save_row(row))
    said = {"act": "raise", "text": "Before the infusion?", "said_by": manager, "said_at": AT}
    message = QueryMessage(trial=trial, query=query, subject_version=1, **said)
    exported = ListExport(trial=trial, list_table="trials_participant", format="csv", rows=1)
    exported.exported_by, exported.exported_at = manager, AT
    for plain in (message, exported):
        everything.add(save_plain(plain))
