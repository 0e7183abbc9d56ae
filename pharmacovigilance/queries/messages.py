"""Where messages to authorities stand, by the steps at the desk. Needs a clearance of the trial."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pharmacovigilance.choices import MessageState, StepKind
from pharmacovigilance.models import DeskStep, IcsrMessage


@dataclass(frozen=True)
class MessageStanding:
    """The state of a message, when it was sent, and what the authority answered."""

    state: MessageState
    sent_at: datetime | None
    acknowledgement: str
    answer: str


def standings(messages: Sequence[IcsrMessage]) -> dict[int, MessageStanding]:
    """The standing of each message by its id; one query."""
    steps: dict[int, list[DeskStep]] = defaultdict(list)
    rows = DeskStep.objects.filter(record__in={message.record_id for message in messages})
    for step in rows.order_by("pk"):
        steps[step.obligation_id].append(step)
    return {message.pk: _standing(message, steps[message.obligation_id]) for message in messages}


def _standing(message: IcsrMessage, steps: Sequence[DeskStep]) -> MessageStanding:
    """Answers after the sending belong to the message until another one is sent for the same obligation."""
    sent, answer = None, None
    for step in steps:
        if step.kind == StepKind.SENT:
            is_this = step.reference == message.batch_number
            if sent is not None and not is_this:
                break
            sent = step if is_this else None
        elif sent is not None and step.kind in (StepKind.ACKNOWLEDGED, StepKind.REJECTED):
            answer = step
    if sent is None:
        return MessageStanding(MessageState.MADE, None, "", "")
    if answer is None:
        return MessageStanding(MessageState.SENT, sent.done_at, "", "")
    state = MessageState.ACKNOWLEDGED if answer.kind == StepKind.ACKNOWLEDGED else MessageState.REJECTED
    return MessageStanding(state, sent.done_at, answer.reference, answer.text)
