"""The arms of a trial, for unblinded tabulations. Needs a clearance of the trial."""

from product.models import Allocation
from trials.models import ProtocolVersion, Trial


def arms_by_participant(trial: Trial) -> dict[int, str]:
    """The label of the arm that each participant received, else of the one allocated."""
    protocol = ProtocolVersion.objects.protocol_of(trial_id=trial.pk, on=None)
    labels = {arm.code: arm.label for arm in protocol.arms}
    rows = Allocation.objects.filter(trial=trial)
    return {
        row.participant_id: labels.get(code, code)
        for row in rows
        for code in [row.received_arm_code or row.arm_code]
    }
