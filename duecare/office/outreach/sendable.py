"""A message that may leave the house now. It exists only where a final permit was granted, and channels take nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any

from .models import OutboxMessage

_SEAL = object()


class NotPermitted(Exception):
    """Something tried to send without a granted final permit."""


@dataclass(frozen=True)
class Sendable:
    """What a channel is given: where to, the words, and the permit under which they go.

    Made by `sendable` alone; calling the class anywhere else raises NotPermitted.
    """

    seal: object
    final_permit_id: int
    idempotency_key: str
    to: str
    name: str
    sender: str
    return_address: str
    language: str
    subject: str
    body: str
    at: datetime

    def __post_init__(self) -> None:
        if self.seal is not _SEAL:
            raise NotPermitted("a sendable message is made from a granted final permit and nowhere else")

    def __repr__(self) -> str:
        return f"<Sendable permit={self.final_permit_id}>"


def sendable(message: OutboxMessage, *, sender: str, return_address: str, at: datetime) -> Sendable:
    """The message as a channel may have it.

    Raises:
        NotPermitted: it has no final permit, or one that was refused, is for another message, or for another moment.
    """
    final = message.final_permit
    if final is None or not final.is_granted:
        raise NotPermitted(f"message {message.pk} has no granted final permit")
    if final.renews_id != message.permit_id or final.pk == message.permit_id:
        raise NotPermitted(f"the final permit of message {message.pk} was not asked for this message")
    for covered in message.covered.select_related("final_permit"):
        if covered.final_permit is None or not covered.final_permit.is_granted:
            raise NotPermitted(f"message {message.pk} speaks of account {covered.account_id} without a permit")
    point = final.contact_point
    if point is None:
        raise NotPermitted(f"message {message.pk} goes nowhere")
    return Sendable(
        seal=_SEAL,
        final_permit_id=final.pk,
        idempotency_key=message.idempotency_key,
        to=point.value,
        name=final.party.name,
        sender=sender,
        return_address=return_address,
        language=message.language,
        subject=message.subject,
        body=message.body,
        at=at,
    )


def permitted(act: Callable[[Sendable], Any]) -> Callable[[Sendable], Any]:
    """Hold a channel's function to its promise: it acts on a Sendable and on nothing else."""

    @wraps(act)
    def guarded(message: Sendable) -> Any:
        if type(message) is not Sendable or message.seal is not _SEAL:
            raise NotPermitted("a channel sends only what a final permit was granted for")
        return act(message)

    guarded.takes_only_sendables = True  # type: ignore[attr-defined]
    return guarded
