"""An application's role that could pass the protections is refused, whichever power it has."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from safety_monitor.database_roles import refuse_powerful

HARMLESS = {"is_superuser": False, "bypasses_row_security": False, "is_owner": False}


def test_role_without_powers_is_accepted() -> None:
    refuse_powerful("trial_app", **HARMLESS)


@pytest.mark.parametrize("power", HARMLESS)
def test_role_with_any_power_is_refused_by_name(power: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="database role trial_app"):
        refuse_powerful("trial_app", **{**HARMLESS, power: True})
