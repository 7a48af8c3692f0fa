"""What a channel answers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Receipt:
    """The channel's own reference of what it took."""

    reference: str


class NotSent(Exception):
    """It is certain that nothing went out. `lasting`: it will not go out later either (the address refuses it)."""

    def __init__(self, why: str, *, lasting: bool = False, address_refused: bool = False) -> None:
        super().__init__(why)
        self.lasting = lasting
        self.address_refused = address_refused
