"""The only thing a channel accepts."""

from __future__ import annotations

from dataclasses import dataclass

_SEAL = object()


class CannotSend(Exception):
    """The channel refused or failed; nothing was sent. The message carries no personal data."""


@dataclass(frozen=True)
class Sendable:
    """A message that the law let pass a moment ago. Made by `from_granted` alone."""

    permit_id: int
    channel: str
    to: str
    name: str
    subject: str
    body: str
    language: str
    idempotency_key: str
    office: str
    seal: object

    def __post_init__(self) -> None:
        if self.seal is not _SEAL:
            raise TypeError("a Sendable is made from a granted permit, by the dispatcher")


def from_granted(*, permit: object, **fields: str) -> Sendable:
    """A message made ready to leave.

    Raises:
        PermissionError: the permit was not granted, or it is not the second question that is asked at the moment of sending.
    """
    from duecare.office.outreach.models import Permit

    if not isinstance(permit, Permit) or not permit.is_granted or permit.renews_id is None:
        raise PermissionError("a message leaves only under a permit granted at the moment of sending")
    return Sendable(permit_id=permit.pk, channel=permit.channel, seal=_SEAL, **fields)
