"""An authority's acknowledgement (MCCI_IN200101UV01): the answer to a batch and to each message in it.

Source: ICH E2B(R3) implementation guide, section 4 (ACK.M, ACK.A, ACK.B); FDA's example acknowledgement.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import IO, Any

from pharmacovigilance.e2b.document import parse_document
from pharmacovigilance.e2b.names import ACKNOWLEDGEMENT_ROOT
from pharmacovigilance.e2b.paths import find_node, find_nodes, parse_steps
from pharmacovigilance.e2b.refusals import MessageError

_ID = "2.16.840.1.113883.3.989.2.1.3."
_WARNS = re.compile(r"\bwarn|\berror|\bW\d{4}\b", re.IGNORECASE)
_BATCH_CODES = {
    "AA": "every message was loaded",
    "AE": "some messages were not loaded",
    "AR": "the batch was rejected",
}
_MESSAGE_CODES = frozenset({"CA", "CE", "CR"})


class AcknowledgementOutcome(StrEnum):
    """An authority's answer to a message."""

    ACCEPTED = "accepted"
    WITH_WARNINGS = "accepted_with_warnings"
    REJECTED = "rejected"
    NOT_ANSWERED = "not_answered"


@dataclass(frozen=True)
class MessageAnswer:
    """ACK.B.r: the answer to one message. `message` is ACK.B.r.1, `code` ACK.B.r.6, `texts` ACK.B.r.7."""

    message: str
    local_number: str | None
    code: str
    texts: tuple[str, ...]

    @property
    def outcome(self) -> AcknowledgementOutcome:
        if self.code == "CR":
            return AcknowledgementOutcome.REJECTED
        warned = self.code == "CE" or any(_WARNS.search(text) for text in self.texts)
        return AcknowledgementOutcome.WITH_WARNINGS if warned else AcknowledgementOutcome.ACCEPTED


@dataclass(frozen=True)
class Acknowledgement:
    """ACK.M.1, ACK.M.2, ACK.M.3, ACK.M.4, ACK.A.1, ACK.A.4, ACK.A.5 and the answers to messages.

    Dates as written.
    """

    number: str
    sender: str
    receiver: str
    sent: str
    batch: str
    code: str
    texts: tuple[str, ...]
    answers: tuple[MessageAnswer, ...]


@dataclass(frozen=True)
class SentMessage:
    """A sent message: the batch's number, sender and receiver (N.1.2, N.1.3, N.1.4), N.2.r.1 and C.1.1."""

    batch: str
    batch_sender: str
    batch_receiver: str
    message: str
    report: str


@dataclass(frozen=True)
class MessageOutcome:
    """The outcome of one sent message. `reasons` are the authority's own words."""

    sent: SentMessage
    outcome: AcknowledgementOutcome
    reasons: tuple[str, ...]
    local_number: str | None


def read_acknowledgement(source: bytes | IO[bytes]) -> Acknowledgement:
    """Raise MessageError when the file is no acknowledgement, or a required element is missing or unknown."""
    root = parse_document(source, roots=(ACKNOWLEDGEMENT_ROOT,))
    code = _attribute(root, "acknowledgement", "typeCode", "ACK.A.4")
    if code not in _BATCH_CODES:
        raise MessageError(
            f"ACK.A.4: “{code}” is no transmission code; allowed are {', '.join(_BATCH_CODES)}."
        )
    return Acknowledgement(
        number=_identifier(root, "id", "20", "ACK.M.1"),
        sender=_identifier(root, "sender/device/id", "17", "ACK.M.2"),
        receiver=_identifier(root, "receiver/device/id", "18", "ACK.M.3"),
        sent=_attribute(root, "creationTime", "value", "ACK.M.4"),
        batch=_identifier(root, "acknowledgement/targetBatch/id", "22", "ACK.A.1"),
        code=code,
        texts=tuple(_texts(root)),
        answers=tuple(_answer(node) for node in _nodes(root, "MCCI_IN000002UV01")),
    )


def acknowledged_outcomes(
    acknowledgement: Acknowledgement, *, sent: Sequence[SentMessage]
) -> tuple[MessageOutcome, ...]:
    """The answers to the sent messages. `sent` may have messages of other batches.

    Raises MessageError for a batch that was not sent, for an acknowledgement of another sender or to another receiver,
    and for an answer about a message that was not in the batch.
    """
    ours = [message for message in sent if message.batch == acknowledgement.batch]
    if not ours:
        raise MessageError(f"ACK.A.1: “{acknowledgement.batch}” is no batch that was sent.")
    _refuse_strangers(acknowledgement, ours[0])
    answers = {_recipient(answer, ours).message: answer for answer in acknowledgement.answers}
    return tuple(_outcome(acknowledgement, message, answers.get(message.message)) for message in ours)


def _refuse_strangers(acknowledgement: Acknowledgement, message: SentMessage) -> None:
    if acknowledgement.sender != message.batch_receiver:
        raise MessageError(
            f"ACK.M.2: “{acknowledgement.sender}” answers a batch that was sent to “{message.batch_receiver}”; "
            "only the receiver of a batch can acknowledge it."
        )
    if acknowledgement.receiver != message.batch_sender:
        raise MessageError(
            f"ACK.M.3: the acknowledgement is for “{acknowledgement.receiver}”, and the batch was sent by "
            f"“{message.batch_sender}”."
        )


def _recipient(answer: MessageAnswer, ours: Sequence[SentMessage]) -> SentMessage:
    for message in ours:
        if answer.message in (message.message, f"{message.message} {message.report}"):
            return message
    raise MessageError(f"ACK.B.r.1: “{answer.message}” is no message of the batch “{ours[0].batch}”.")


def _outcome(
    acknowledgement: Acknowledgement, message: SentMessage, answer: MessageAnswer | None
) -> MessageOutcome:
    if answer is not None:
        return MessageOutcome(message, answer.outcome, answer.texts, answer.local_number)
    by_code = {"AA": AcknowledgementOutcome.ACCEPTED, "AR": AcknowledgementOutcome.REJECTED}
    outcome = by_code.get(acknowledgement.code, AcknowledgementOutcome.NOT_ANSWERED)
    return MessageOutcome(message, outcome, acknowledgement.texts, None)


def _answer(node: Any) -> MessageAnswer:
    code = _attribute(node, "acknowledgement", "typeCode", "ACK.B.r.6")
    if code not in _MESSAGE_CODES:
        allowed = ", ".join(sorted(_MESSAGE_CODES))
        raise MessageError(f"ACK.B.r.6: “{code}” is no acknowledgement code; allowed are {allowed}.")
    local = _find(node, f"id[@root='{_ID}19']")
    return MessageAnswer(
        message=_identifier(node, "acknowledgement/targetMessage/id", "1", "ACK.B.r.1"),
        local_number=local.get("extension") if local is not None else None,
        code=code,
        texts=tuple(_texts(node)),
    )


def _nodes(node: Any, path: str) -> Iterator[Any]:
    return find_nodes(node, parse_steps(path, {}), set())


def _find(node: Any, path: str) -> Any | None:
    return find_node(node, parse_steps(path, {}), set())


def _identifier(node: Any, path: str, root: str, element: str) -> str:
    return _attribute(node, f"{path}[@root='{_ID}{root}']", "extension", element)


def _attribute(node: Any, path: str, name: str, element: str) -> str:
    found = _find(node, path)
    value: str | None = found.get(name) if found is not None else None
    if not value:
        raise MessageError(f"{element}: a value is mandatory in an acknowledgement.")
    return value


def _texts(node: Any) -> Iterator[str]:
    for detail in _nodes(node, "acknowledgement/acknowledgementDetail/text"):
        text = "".join(detail.itertext()).strip()
        if text:
            yield text
