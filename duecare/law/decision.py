"""What is the answer? Verdict, reasons, duties, and the first lawful moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule that denies or asks for review. `layer` says whether law or the house decided; it is not part of the schema."""

    rule: str
    effect: str
    why: str
    source: str
    kind: str = ""
    layer: str = "law"
    status: str = "verified"

    def to_dict(self) -> dict[str, str]:
        return {"rule": self.rule, "effect": self.effect, "why": self.why, "source": self.source}


@dataclass(frozen=True, slots=True)
class Duty:
    rule: str
    text: str
    source: str

    def to_dict(self) -> dict[str, str]:
        return {"rule": self.rule, "text": self.text, "source": self.source}


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer to one request (schema `contact-decision`).

    Beyond the schema: `allowed_until`, the first instant at which an allowed contact stops being allowed; `laws`, the jurisdictions whose rules were asked;
    `legal_verdict`, the verdict of the law alone, without the house's own protection.
    """

    id: str
    verdict: str
    reasons: tuple[Reason, ...] = ()
    duties: tuple[Duty, ...] = ()
    next_allowed_at: datetime | None = None
    error: str | None = None
    allowed_until: datetime | None = None
    laws: tuple[str, ...] = ()
    legal_verdict: str = "allow"

    def to_dict(self) -> dict[str, Any]:
        """Exactly the fields of the schema."""
        answer: dict[str, Any] = {
            "id": self.id,
            "verdict": self.verdict,
            "reasons": [reason.to_dict() for reason in self.reasons],
            "duties": [duty.to_dict() for duty in self.duties],
            "next_allowed_at": self.next_allowed_at.isoformat() if self.next_allowed_at else None,
        }
        if self.error is not None:
            answer["error"] = self.error
        return answer
