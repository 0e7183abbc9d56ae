"""The second entry of each opening of the seal, on a connection that the running transaction cannot roll back."""

import psycopg
from django.db import connection

from accounts.models import Clearance

LOG = "SELECT accounts_log_opening(%s, %s, %s, %s, %s, %s, %s, %s)"


def log_opening(clearance: Clearance) -> None:
    """Write the entry and commit it.

    Raises `psycopg.Error` when it cannot be written: then nothing may be opened.

    Each opening makes a connection (about 3 ms): a kept connection would need care with forks and threads.
    """
    values = [
        clearance.ground,
        clearance.actor_id,
        clearance.trial_id,
        clearance.participant_id,
        clearance.purpose,
        clearance.request_id,
        clearance.opened_at,
        clearance.transaction_id,
    ]
    entry = connection.settings_dict
    options = {name: value for name, value in entry["OPTIONS"].items() if name != "pool"}
    with psycopg.connect(
        dbname=entry["NAME"],
        user=entry["USER"],
        password=entry["PASSWORD"],
        host=entry["HOST"],
        port=entry["PORT"] or None,
        autocommit=True,
        **options,
    ) as own:
        own.execute(LOG, values)
