"""What does the other side answer? A debtor with means, feelings and things left unsaid, decided by rules and a seed."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from duecare.speech.persona import Persona, persona_of
from duecare.speech.textual import plain
from duecare.speech.understanding import Understanding, effect_of, reveals_debt, understand
from duecare.speech.wording import Voice, spoken

# House settings of 2026-11-23 for the practised debtor; none is measured.
BEARABLE_SHARE = Decimal("0.9")
"""Of what is left each month: more than that is refused as unaffordable."""
SAFE_SHARE = Decimal("0.7")
"""Of what is left each month: what the debtor offers by himself."""
WILLING_FROM = 0.42
HANGS_UP_FROM = 0.93
COLLECTOR_CROWD = 6
"""More acts than these in one turn are a recital: none of them lands."""
PACE = 0.7
"""How far a good act moves the debtor, of its prior effect; harm is felt in full."""
_EMPATHY = (
    "reflect_feeling",
    "reflect_content",
    "normalise",
    "affirm_effort",
    "apologise",
    "emphasise_autonomy",
    "deescalate",
)


@dataclass(frozen=True, slots=True)
class State:
    """How the debtor feels after a turn; each on 0..1."""

    trust: float
    anger: float
    shame: float
    willingness: float


@dataclass(frozen=True, slots=True)
class Agreement:
    """What both sides settled on. `kind` is instalments, part_payment, full, referral, dispute_pause or correction.

    `amount` is a month's instalment or a single sum, `per` is month or once; `affordable` says whether the debtor's true means carry it.
    """

    kind: str
    amount: Decimal | None = None
    per: str | None = None
    date: str | None = None
    affordable: bool | None = None
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """The debtor's turn. `end_reason` is agreement, corrected, complaint, hung_up, tired or goodbye once `ended`."""

    text: str
    ended: bool = False
    end_reason: str = ""
    agreement: Agreement | None = None


class Conversation:
    """One role-play. The same persona, seed, language and turns give the same conversation, word for word."""

    def __init__(self, persona_id: str, *, seed: int, lang: str) -> None:
        if lang not in ("en", "zh"):
            raise ValueError(f"lang must be en or zh, not {lang!r}")
        self.persona: Persona = persona_of(persona_id)
        self.seed, self.lang = seed, lang
        chance = random.Random(f"{persona_id}:{seed}")
        means, start = self.persona.means, self.persona.start
        self.income = Decimal(chance.randrange(means.income[0], means.income[1] + 1, 50))
        self.essentials = Decimal(chance.randrange(means.essentials[0], means.essentials[1] + 1, 50))
        self.states: list[State] = [
            State(**{key: round(chance.uniform(*start[key]), 3) for key in ("trust", "anger", "shame", "willingness")})
        ]
        self._voice = Voice(
            self.persona,
            lang,
            random.Random(f"{persona_id}:{seed}:{lang}:words"),
            {
                "name": self.persona.names[lang],
                "income": spoken(self.income, lang),
                "essentials": spoken(self.essentials, lang),
                "day": means.payday,
            },
        )
        self.facts_found: tuple[str, ...] = ()
        self.facts_total = len(self.persona.facts)
        self.agreement: Agreement | None = None
        self.offered: Decimal | None = None
        self.ended, self.end_reason = False, ""
        self._turns: list[tuple[str, str]] = []
        self._done: Counter[str] = Counter()
        self._texts: Counter[str] = Counter()
        self._debtor_acts: set[str] = set()
        self._greeted = self._verified = self._asked_who = False
        self._unlawful_turns = self._idle = 0
        self._denied = False

    @classmethod
    def replay(cls, persona_id: str, *, seed: int, lang: str, collector_turns: Iterable[str]) -> Conversation:
        """The conversation as it stands after these turns; turns after its end are left out."""
        talk = cls(persona_id, seed=seed, lang=lang)
        talk.opening()
        for text in collector_turns:
            if talk.ended:
                break
            talk.say(text)
        return talk

    @property
    def surplus(self) -> Decimal:
        """What the debtor has left each month, in the currency of the case; at or below nothing for some."""
        return self.income - self.essentials

    @property
    def turns(self) -> int:
        """How many turns the collector has had."""
        return sum(speaker == "collector" for speaker, _ in self._turns)

    def transcript(self) -> dict[str, Any]:
        """The conversation so far in the shape of the schema `transcript`."""
        return {
            "id": f"{self.persona.id}-{self.seed}-{self.lang}",
            "lang": self.lang,
            "scenario": self.persona.id,
            "turns": [{"speaker": speaker, "text": text} for speaker, text in self._turns],
        }

    def opening(self) -> Reply:
        """The first words after the call is picked up; asked again, the same."""
        if not self._turns:
            self._turns.append((self._speaker, self._voice.say(("opening",), mood="calm") or "…"))
        return Reply(self._turns[0][1])

    def say(self, text: str) -> Reply:
        """The answer to the collector's turn.

        Raises:
            ValueError: the conversation has ended.
        """
        if self.ended:
            raise ValueError("the conversation has ended")
        self.opening()
        found = understand(text, self.lang, previous=self._debtor_acts)
        self._turns.append(("collector", text))
        repeated = self._texts[plain(text).text] > 0
        self._texts[plain(text).text] += 1
        reveals = reveals_debt(text, self.lang)
        too_early = reveals and not self._verified
        self._feel(found, repeated=repeated, too_early=too_early)
        moves, facts, reason = self._decide(found, reveals=reveals, too_early=too_early, repeated=repeated)
        self._done.update(found.names)
        return self._answer(moves, facts, reason)

    # How a turn is felt

    def _feel(self, found: Understanding, *, repeated: bool, too_early: bool) -> None:
        now = self.states[-1]
        trust, anger, shame, will = now.trust, now.anger - 0.01, now.shame, now.willingness
        recital = len(found.acts) > COLLECTOR_CROWD
        harsh = bool(found.unlawful) or found.does("dismiss", "repeat_pressure")
        for act in sorted(found.names):
            effect = effect_of(act)
            good = effect.trust > 0 or effect.anger < 0 or effect.willingness > 0
            # What is said again moves less each time, and nothing from the fourth on; fair words beside harsh ones do not land.
            share = (
                1.0
                if not good
                else 0.0
                if repeated or harsh or recital or self._done[act] >= 3
                else 0.5 ** self._done[act]
            )
            share *= PACE if good else 1.0
            if good and act in _EMPATHY and not self._has_reason_for(act):
                share *= 0.4
            trust += effect.trust * share
            anger += effect.anger * share
            shame += effect.shame * share
            will += effect.willingness * share
        if repeated:
            anger, trust = anger + 0.05, trust - 0.04
        if too_early:
            anger, trust = anger + 0.06, trust - 0.08
        if self._verified and found.does("disclose_purpose", "disclose_debt") and not harsh:
            trust += 0.02
        # Trust makes willing, anger makes unwilling: slowly, turn by turn.
        will += 0.08 * (trust - 0.4) - 0.06 * max(0.0, anger - 0.5)
        self.states.append(State(*(round(min(1.0, max(0.0, value)), 3) for value in (trust, anger, shame, will))))

    def _has_reason_for(self, act: str) -> bool:
        """Sympathy before anything was told is cheap; meeting anger or what was told is not."""
        return bool(self.facts_found) or self.states[-1].anger > 0.35 or act == "affirm_effort"

    # What is answered

    def _decide(
        self, found: Understanding, *, reveals: bool, too_early: bool, repeated: bool
    ) -> tuple[tuple[str, ...], tuple[str, ...], str]:
        """The moves to try in order, the facts to tell, and why the talk ends ("" where it goes on)."""
        now = self.states[-1]
        if found.does("greet_identify"):
            self._greeted = True
        if found.unlawful:
            self._unlawful_turns += 1
            if self._unlawful_turns >= 2 or now.anger > 0.85:
                return ("hang_up_unlawful",), (), "complaint"
            return ("offended",), (), ""
        if now.anger >= HANGS_UP_FROM and self.turns > 2:
            return ("hang_up_angry",), (), "hung_up"
        if self.turns > self.persona.patience:
            return (
                ("goodbye_agreed",) if self.agreement else ("hang_up_tired",),
                (),
                "agreement" if self.agreement else "tired",
            )
        if not self.persona.is_debtor:
            return self._as_stranger(found, reveals=reveals)
        if not self._verified and found.does("verify_party"):
            if not self._greeted and not self._asked_who:
                self._asked_who = True
                return ("who_are_you",), (), ""
            self._verified = True
            return ("confirm_self",), (), ""
        if not self._verified and self._greeted and self._asked_who and not reveals:
            self._verified = True
            return ("confirm_self",), (), ""
        if too_early and not self._done["told_before_asked"]:
            self._done["told_before_asked"] += 1
            return ("told_before_asked", "guarded"), (), ""
        if repeated:
            return ("repeated_by_you", "pressed", "lost_thread"), (), ""
        ending = self._close(found)
        if ending is not None:
            return ending
        settled = self._negotiate(found)
        facts = () if settled and self.agreement else self._told_by(found)
        if settled and (settled[0] in _FIRM or not facts):
            return settled, facts if settled[0] == "which_day" else (), ""
        if facts:
            return settled, facts, ""
        return self._listen(found), (), ""

    def _as_stranger(self, found: Understanding, *, reveals: bool) -> tuple[tuple[str, ...], tuple[str, ...], str]:
        now = self.states[-1]
        if reveals:
            self._unlawful_turns += 1
            self.states[-1] = State(max(0.0, now.trust - 0.15), min(1.0, now.anger + 0.2), now.shame, now.willingness)
            return (
                (("hang_up_unlawful",), (), "complaint") if self._unlawful_turns >= 3 else (("told_of_debt",), (), "")
            )
        makes_good = found.does("respect_cease") or (
            found.does("apologise", "neutral_third_party") and found.does("close_summary")
        )
        if self._denied and makes_good:
            self.agreement = Agreement("correction", confirmed=True)
            return ("corrected",), self._told_by(found), "corrected"
        facts = self._told_by(found)
        self._denied = self._denied or bool(facts) or found.does("verify_party", "greet_identify")
        if not facts and not self._greeted and not self._asked_who:
            self._asked_who = True
            return ("who_are_you",), (), ""
        if self._done["close_summary"] or found.does("close_summary"):
            return ("goodbye_open",), facts, "goodbye"
        return ("not_me",), facts, ""

    def _close(self, found: Understanding) -> tuple[tuple[str, ...], tuple[str, ...], str] | None:
        agreed = self.agreement
        if agreed and found.does("confirm_commitment", "check_understanding", "close_summary"):
            named = not found.amounts or agreed.amount is None or agreed.amount in found.amounts
            if not named:
                return ("nothing_agreed",), (), ""
            date = agreed.date or (found.dates[0] if found.dates else None)
            self.agreement = Agreement(agreed.kind, agreed.amount, agreed.per, date, agreed.affordable, confirmed=True)
            if found.does("close_summary"):
                return ("goodbye_agreed",), (), "agreement"
            return ("confirm" if agreed.amount is not None else "with_plan", "with_plan"), (), ""
        if found.does("close_summary") and not found.does("propose_plan", "ask_reason_open", "ask_budget"):
            return ("goodbye_open",), (), "goodbye"
        return None

    def _negotiate(self, found: Understanding) -> tuple[str, ...]:
        """Moves that answer an offer or a demand; empty where the turn makes none."""
        now, means = self.states[-1], self.persona.means
        amounts = [one for one in found.amounts if one < means.owed]
        if found.does("refer_specialist") and (self.surplus <= 0 or self.persona.vulnerable):
            self.agreement = Agreement("referral", affordable=True)
            return ("referred", "relief_heard")
        if self.persona.right_end == "dispute_pause":
            return self._negotiate_dispute(found, amounts)
        offers = found.does("propose_plan", "ask_partial", "confirm_commitment", "conditional_concession")
        if amounts and (offers or self.offered is not None):
            return self._weigh(
                min(amounts), once=found.does("ask_partial") and not found.does("propose_plan"), date=found.dates
            )
        if found.does("ask_full", "repeat_pressure"):
            return ("demanded", "pressed") if found.does("ask_full") else ("pressed", "demanded")
        if found.does("ask_ability_amount") or (offers and not amounts):
            if self.surplus <= 0:
                return ("no_means", "guarded")
            if now.willingness >= WILLING_FROM and now.trust >= 0.35:
                self.offered = max(Decimal(50), (self.surplus * SAFE_SHARE // 50) * 50)
                return ("counter_offer", "which_day")
            return (
                ("how_much_monthly", "would_not")
                if offers and not found.does("confirm_commitment")
                else ("would_not", "guarded")
            )
        if self.agreement and found.does("ask_when"):
            return ("which_day", "told_already")
        return ()

    def _weigh(self, amount: Decimal, *, once: bool, date: tuple[str, ...]) -> tuple[str, ...]:
        now = self.states[-1]
        limit = max(self.persona.means.at_hand, self.surplus) if once else self.surplus * BEARABLE_SHARE
        if self.surplus <= 0:
            return ("no_means", "too_much")
        if amount > limit:
            return ("too_much", "no_means" if self.surplus <= 0 else "demanded")
        if now.willingness < WILLING_FROM or now.anger > 0.6:
            return ("would_not", "guarded")
        self.offered = amount
        self.agreement = Agreement(
            "part_payment" if once else "instalments",
            amount,
            "once" if once else "month",
            date[0] if date else None,
            True,
        )
        return ("accept_plan", "confirm", "with_plan")

    def _negotiate_dispute(self, found: Understanding, amounts: list[Decimal]) -> tuple[str, ...]:
        now, at_hand = self.states[-1], self.persona.means.at_hand
        self._debtor_acts.add("dispute_amount")
        if found.does("handle_dispute"):
            before = self.agreement
            self.agreement = before or Agreement("dispute_pause", affordable=True)
            fair = [one for one in amounts if one <= at_hand]
            if fair and now.willingness >= WILLING_FROM:
                self.agreement = Agreement(
                    "dispute_pause", max(fair), "once", found.dates[0] if found.dates else None, True
                )
                return ("accept_plan", "dispute_taken")
            return ("dispute_taken", "with_plan")
        if found.does("ask_full", "repeat_pressure", "hold_position"):
            return ("demanded", "pressed")
        if amounts and found.does(
            "propose_plan", "ask_partial", "confirm_commitment", "ask_when", "ask_ability_amount"
        ):
            if max(amounts) > at_hand:
                return ("too_much", "demanded")
            if self.agreement is None and not self._done["handle_dispute"]:
                return ("would_not", "no_dispute")
            self.agreement = Agreement(
                "dispute_pause", max(amounts), "once", found.dates[0] if found.dates else None, True
            )
            return ("accept_plan", "confirm")
        return ()

    def _told_by(self, found: Understanding) -> tuple[str, ...]:
        """At most one new fact a turn: asked for, and trusted with it. Shame holds back, anger shuts."""
        now = self.states[-1]
        if self.persona.is_debtor and not self._verified:
            return ()
        for fact in self.persona.facts:
            if fact.id in self.facts_found or not found.names & fact.asked_by:
                continue
            if now.trust - 0.1 * max(0.0, now.shame - 0.5) >= fact.trust and now.anger < 0.85:
                self.facts_found = (*self.facts_found, fact.id)
                told = self._voice.chance.choice(fact.says[self.lang])
                self._voice.told[fact.id] = told
                return (told,)
        return ()

    def _listen(self, found: Understanding) -> tuple[str, ...]:
        """Moves for a turn that neither settles nor surfaces anything, by what it does."""
        now = self.states[-1]
        asked = found.does("ask_reason_open", "ask_budget", "ask_ability_amount", "probe_vulnerability", "ask_when")
        answers: list[str] = []
        if found.does("dismiss"):
            answers += ["pressed", "unmoved"]
        if found.does("ask_convenient"):
            answers.append("good_time")
        if found.does("disclose_debt", "disclose_purpose") and not self._done["disclose_debt"] and not asked:
            answers.append("purpose_heard")
        if asked:
            known = [
                fact.id for fact in self.persona.facts if fact.id in self.facts_found and found.names & fact.asked_by
            ]
            if known:
                self._voice.recall(known[-1])
            answers += ["told_already"] if known and now.trust > 0.3 else ["guarded"]
        for act, move in _HEARD:
            if found.does(act):
                answers.append(move)
        if found.does(*_EMPATHY):
            answers.append("softened" if now.trust >= 0.35 and now.anger < 0.55 else "unmoved")
        if found.does("refer_specialist", "offer_relief"):
            answers.append("relief_heard")
        return (*answers, "with_plan", "lost_thread") if self.agreement else (*answers, "lost_thread")

    def _answer(self, moves: tuple[str, ...], facts: tuple[str, ...], reason: str) -> Reply:
        now = self.states[-1]
        mood = "angry" if now.anger > 0.55 else "tense" if now.anger > 0.3 or now.trust < 0.3 else "calm"
        sum_named = self.agreement.amount if self.agreement else self.offered
        self._idle = self._idle + 1 if moves[:1] in (("lost_thread",), ("repeated_by_you",)) and not facts else 0
        if self._idle > 4 and not reason:
            moves, reason = ("hang_up_tired",), "tired"
        if sum_named is None:
            moves = tuple(move for move in moves if move not in ("confirm", "accept_plan"))
        text = self._voice.say(moves, mood=mood, amount=sum_named, facts=facts)
        if text is None:
            reason = reason or ("agreement" if self.agreement else "tired")
            text = (
                self._voice.say(
                    ("goodbye_agreed" if self.agreement else "hang_up_tired", "goodbye_open", "hang_up_angry"),
                    mood=mood,
                )
                or "……"
            )
        self.ended, self.end_reason = bool(reason), reason
        self._turns.append((self._speaker, text))
        self._debtor_acts |= understand(text, self.lang, speaker="debtor").names
        return Reply(text, self.ended, reason, self.agreement)

    @property
    def _speaker(self) -> str:
        return "debtor" if self.persona.is_debtor else "third_party"


_FIRM = ("referred", "accept_plan", "dispute_taken", "too_much", "demanded", "pressed", "which_day")
"""Answers that come before anything the debtor might still tell."""
_HEARD = (
    ("handle_dispute", "no_dispute"),
    ("inform_rights", "rights_heard"),
    ("respect_cease", "ceased"),
    ("schedule_callback", "callback"),
    ("offer_relief", "relief_heard"),
    ("true_consequence", "consequence_heard"),
    ("payment_channel", "channel_heard"),
    ("implementation_intention", "with_plan"),
)
