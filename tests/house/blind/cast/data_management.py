"""Somebody whose data are frozen, and a query in each state that still asks for something."""

from accounts.services import system_user
from data_management.services import answer_query, close_query, raise_query
from tests.factories import make_participant
from tests.house.blind.cast.base import SYSTEM, Cast
from trials.services import freeze_data


def data_management(cast: Cast) -> None:
    """The same in every draw: queries and locks are about open records."""
    trial, site = cast.everything.trial, cast.everything.site
    by = {"by": system_user(), "at": SYSTEM["at"]}
    person = make_participant(trial, site, code="01-990")
    cast.add_extra(person)
    for field in ("age_years", "sex"):
        query = raise_query(record=person, field_name=field, text="Please check.", **by)
        answer_query(query=query, text="It is right.", **by)
        cast.add_extra(query)
    close_query(query=query, **by)
    freeze_data(participant=person, **by, reason="an interim look")
