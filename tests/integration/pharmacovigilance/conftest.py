"""The ward, the safety officer, the unblinded reporter."""

from accounts.models import User
from tests.integration.events.event_rows import Ward, make_ward
from tests.integration.pharmacovigilance.case_steps import officer_of, reporter_of
from tests.plugins.groundwork import groundwork


@groundwork
def ward() -> Ward:
    return make_ward()


@groundwork
def officer(ward: Ward) -> User:
    return officer_of(ward)


@groundwork
def reporter(ward: Ward) -> User:
    return reporter_of(ward)
