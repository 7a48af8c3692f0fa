"""How does the practised debtor put it? The words for a move, never the same twice in a conversation."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from duecare.speech.persona import Persona, common_lines

# A lead is never put before these: they open or end a talk, or are whole as they stand.
_BARE = ("opening", "confirm_self", "who_are_you", "offended", "corrected", "hang_up", "goodbye")


@dataclass(slots=True)
class Voice:
    """One debtor's stock of words. `said` are all replies so far; a reply that was said is never said again."""

    persona: Persona
    lang: str
    chance: random.Random
    values: Mapping[str, Any]
    said: set[str] = field(default_factory=set)
    lines_used: set[str] = field(default_factory=set)
    told: dict[str, str] = field(default_factory=dict)
    recalled: str = ""

    def recall(self, fact_id: str) -> None:
        """Have `told_already` mean this fact."""
        self.recalled = self.told[fact_id].format(**self.values)

    def say(
        self, moves: tuple[str, ...], *, mood: str, amount: Decimal | None = None, facts: tuple[str, ...] = ()
    ) -> str | None:
        """A new reply for the first of `moves` that still has words; None where the debtor has nothing new to say.

        `facts` are told first, in their own words; `mood` is calm, tense or angry and colours how the reply begins.
        """
        words = dict(self.values) | {"amount": spoken(amount, self.lang), "fact": self.recalled}
        if facts:
            told = ("" if self.lang == "zh" else " ").join(facts).format(**words)
            reply = self._led(told, mood) if self.chance.random() < 0.5 else told
            if self._is_new(reply):
                return reply
        for move in moves:
            for pool in (self.persona.speaks(move, self.lang), common_lines().get(move, {}).get(self.lang, ())):
                fresh = [line for line in pool if line not in self.lines_used]
                self.chance.shuffle(fresh)
                for line in fresh:
                    reply = line.format(**words)
                    if not move.startswith(_BARE) and self.chance.random() < 0.5:
                        reply = self._led(reply, mood)
                    if self._is_new(reply):
                        self.lines_used.add(line)
                        return reply
        return None

    def _led(self, reply: str, mood: str) -> str:
        leads = [lead for lead in self.persona.speaks(f"lead_{mood}", self.lang) if lead not in self.lines_used]
        if not leads:
            return reply
        lead = self.chance.choice(leads)
        self.lines_used.add(lead)
        if self.lang == "zh":
            return lead + reply
        goes_on = lead.endswith(",") and not reply.startswith(("I ", "I'", self.persona.names["en"]))
        return f"{lead} {reply[0].lower() + reply[1:] if goes_on else reply}"

    def _is_new(self, reply: str) -> bool:
        if reply in self.said:
            return False
        self.said.add(reply)
        return True


def spoken(amount: Decimal | None, lang: str) -> str:
    """A sum as one says it: 1,200 or 1200元."""
    if amount is None:
        return ""
    whole = amount.quantize(Decimal(1)) if amount == amount.to_integral_value() else amount.normalize()
    return f"{whole}元" if lang == "zh" else f"{whole:,}"
