"""The board's charter, as the protocol in force states it."""

from datetime import date

from trials.models import ProtocolVersion, Trial
from trials.rules.protocol import BoardCharter


def charter_of(trial: Trial, *, on: date | None) -> BoardCharter:
    """The charter in force on a day of the trial (None: the newest).

    Without one in the protocol, an empty one.
    """
    if not ProtocolVersion.objects.filter(trial=trial).exists():
        return BoardCharter()
    protocol = ProtocolVersion.objects.protocol_of(trial_id=trial.pk, on=on)
    return protocol.board or BoardCharter()
