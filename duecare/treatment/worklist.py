"""In what order is today worked? Every account in one place, with the level that put it there and the reasons.

The order is section (now, later, blocked), then date, then queue level, then score, as the trade sorts its lists; all work that fell due today or
before counts as today's. The order of the input does not matter, and a collector cannot change it. Levels and weights are data
(`queue_levels.yaml`). An account that the law refuses at the instant asked for is never in `now`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np

from duecare.treatment.bilingual import Bilingual, Fact, fill, is_chinese, read_data


class Verdict(StrEnum):
    """What the law gate said about contacting this account at the instant of the ranking."""

    ALLOW = "allow"
    DENY = "deny"
    REVIEW = "review"


class Section(StrEnum):
    """The three parts of a worklist."""

    NOW = "now"
    LATER = "later"
    BLOCKED = "blocked"


class AccountStatus(StrEnum):
    """Whether the account is still worked."""

    OPEN = "open"
    CLOSED = "closed"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class WorkItem:
    """One account as the ranking sees it.

    `time_zone` is the debtor's (IANA), in which hours and days are told; without it those of the instant ranked at are used.
    `promise_due_on` is the open promise's date, `promise_broken_on` the day on which the newest broken promise was due, given only
    while it has not been talked about since. `best_hours` are the local hours (from, to) in which the right party is best
    reached. `expected_value` is in `currency`; without it the balance stands in. `rule` says in both languages why the law refuses.
    `days_past_due` and `language` are carried for the row and take no part in the order: age is already in the expected value.
    """

    account_id: str
    balance: Decimal
    currency: str
    days_past_due: int
    verdict: Verdict
    status: AccountStatus = AccountStatus.OPEN
    next_allowed_at: datetime | None = None
    allowed_until: datetime | None = None
    rule: Bilingual | None = None
    promise_due_on: date | None = None
    promise_broken_on: date | None = None
    promises_kept: int = 0
    promises_due: int = 0
    callback_at: datetime | None = None
    last_attempt_at: datetime | None = None
    last_conversation_at: datetime | None = None
    attempts_7d: int = 0
    best_hours: tuple[int, int] | None = None
    dispute_open: bool = False
    expected_value: Decimal | None = None
    language: str = "en"
    time_zone: str | None = None


@dataclass(frozen=True, slots=True)
class QueueLevel:
    """A coded state that decides the queue: its number, key, section before the law is asked, and name."""

    code: str
    key: str
    section: Section
    name: Bilingual


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason for a place: a key of `worklist_reasons.yaml` and the facts that fill its sentence."""

    key: str
    facts: Mapping[str, Fact] = field(default_factory=dict)
    rule: Bilingual | None = None

    def sentence(self, lang: str) -> str:
        """The reason as a phrase without a full stop."""
        templates = read_data("worklist_reasons.yaml")["reasons"]
        facts = dict(self.facts)
        if self.key in ("refused", "refused_until"):
            rule = self.rule or Bilingual.read(templates["law"], where="worklist_reasons.yaml, law")
            facts["rule"] = rule.text(lang).rstrip(".。")
        return fill(
            Bilingual.read(templates[self.key], where=f"worklist_reasons.yaml, {self.key}").text(lang), facts, lang
        )


@dataclass(frozen=True, slots=True)
class WorklistPolicy:
    """How scores are weighed. `WorklistPolicy.house()` reads the house's own from `queue_levels.yaml`.

    Weights are not negative and sum to 1; `closing_minutes` is how near its end a lawful window counts as closing;
    `callback_early_minutes` is how long before its time a callback already counts as due.
    """

    expected_value: float
    best_hour: float
    closing: float
    untried: float
    closing_minutes: int
    callback_early_minutes: int = 0

    def __post_init__(self) -> None:
        weights = (self.expected_value, self.best_hour, self.closing, self.untried)
        if min(weights) < 0 or abs(sum(weights) - 1.0) > 1e-9:
            raise ValueError(f"the weights of a worklist must not be negative and must sum to 1: {weights}")

    @classmethod
    def house(cls) -> WorklistPolicy:
        """The house's policy."""
        data = read_data("queue_levels.yaml")
        return cls(**data["score"], closing_minutes=int(data["closing_minutes"]))


@dataclass(frozen=True, slots=True)
class Ranked:
    """One row of the worklist.

    `place` counts from 1 within the whole list; `next_at` is the first instant at which the row should be looked at again: now for `now`,
    the later of the law's and the agreed instant for `later`, None where waiting does not help. `score` is 0 to 1 within its level.
    """

    item: WorkItem
    place: int
    level: QueueLevel
    score: float
    section: Section
    next_at: datetime | None
    at: datetime
    value_share: float
    policy: WorklistPolicy

    @property
    def account_id(self) -> str:
        """The account's id."""
        return self.item.account_id

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Why the row is where it is, most decisive first. Made when asked for: a list shows fifty rows of a hundred thousand."""
        return _reasons(self)

    def why(self, lang: str) -> str:
        """All reasons as one phrase."""
        return (", " if not is_chinese(lang) else "\uff0c").join(reason.sentence(lang) for reason in self.reasons)


@cache
def queue_levels() -> Mapping[str, QueueLevel]:
    """All queue levels by key, in the order in which they are worked."""
    return {
        entry["key"]: QueueLevel(
            code=entry["code"],
            key=entry["key"],
            section=Section(entry["section"]),
            name=Bilingual.read(entry["name"], where=f"queue_levels.yaml, {entry['key']}"),
        )
        for entry in read_data("queue_levels.yaml")["levels"]
    }


def rank(accounts: Sequence[WorkItem], *, at: datetime, policy: WorklistPolicy | None = None) -> tuple[Ranked, ...]:
    """Put the accounts in the order in which they are to be worked at the instant `at`.

    Args:
        accounts: each account once, with the law's verdict for a contact at `at`.
        at: aware instant.
        policy: weights; the house's own by default.

    Returns:
        Every account once, placed from 1, the same whatever the order of `accounts`.

    Raises:
        ValueError: `at` has no offset, or an account appears twice.
        ZoneInfoNotFoundError: an account's `time_zone` is no IANA zone.
    """
    if at.tzinfo is None:
        raise ValueError("the instant of a worklist needs a UTC offset")
    policy = policy or WorklistPolicy.house()
    if len({item.account_id for item in accounts}) != len(accounts):
        raise ValueError("an account appears twice in one worklist")
    shares = _value_shares(accounts)
    levels = queue_levels()
    order = {key: place for place, key in enumerate(levels)}
    # In UTC, because comparing instants of different zones asks both zones for their offset.
    closes_by = at.astimezone(UTC) + timedelta(minutes=policy.closing_minutes)
    local_now: dict[str | None, datetime] = {None: at}
    rows = []
    for item, share in zip(accounts, shares, strict=True):
        zone = item.time_zone
        if zone not in local_now:
            local_now[zone] = at.astimezone(ZoneInfo(str(zone)))
        here = local_now[zone]
        key = _level(item, here, policy)
        section, next_at = _section(item, levels[key], here, at)
        score = round(_score(item, share, here, closes_by, policy), 6)
        # Later rows stand in the order in which they open, blocked ones by level only.
        opens = next_at.timestamp() if section is Section.LATER and next_at else 0.0
        rows.append(
            (_SECTION_ORDER[section], opens, order[key], -score, item.account_id, item, section, next_at, key, share)
        )
    rows.sort()  # no two account ids are equal, so nothing behind them is ever compared
    return tuple(
        Ranked(row[5], place, levels[row[8]], -row[3], row[6], row[7], at, row[9], policy)
        for place, row in enumerate(rows, start=1)
    )


def next_account(ranked: Sequence[Ranked]) -> Ranked | None:
    """The account that opens next: the first that may be worked now, None where there is none. Nobody chooses another."""
    return next((row for row in ranked if row.section is Section.NOW), None)


_SECTION_ORDER = {Section.NOW: 0, Section.LATER: 1, Section.BLOCKED: 2}


def _level(item: WorkItem, here: datetime, policy: WorklistPolicy) -> str:
    """The first level that fits, what stops work before what calls for it."""
    if item.status is AccountStatus.CLOSED:
        return "closed"
    if item.status is AccountStatus.RETURNED:
        return "returned"
    if item.dispute_open:
        return "dispute_open"
    if item.verdict is Verdict.REVIEW:
        return "needs_decision"
    if item.callback_at is not None:
        due = item.callback_at - timedelta(minutes=policy.callback_early_minutes) <= here
        return "callback_due" if due else "callback_later"
    if item.promise_broken_on is not None:
        return "broken_promise"
    if item.promise_due_on is not None:
        today = here.date()
        if item.promise_due_on == today:
            return "promise_due_today"
        return "promise_pending" if item.promise_due_on > today else "promise_in_grace"
    if item.last_conversation_at is not None:
        return "talked_no_promise"
    return "first_contact" if item.last_attempt_at is None else "not_reached"


def _section(item: WorkItem, level: QueueLevel, here: datetime, at: datetime) -> tuple[Section, datetime | None]:
    """The section after the law has spoken, and when the row opens."""
    if level.section is Section.BLOCKED:
        return Section.BLOCKED, None
    opens = at
    if level.key == "callback_later" and item.callback_at is not None:
        opens = item.callback_at
    elif level.key == "promise_pending" and item.promise_due_on is not None:
        opens = datetime.combine(item.promise_due_on, time.min, tzinfo=here.tzinfo)
    if item.verdict is not Verdict.ALLOW:
        # A refusal that no waiting lifts, or a verdict without an instant, is never offered for work.
        if item.next_allowed_at is None:
            return Section.BLOCKED, None
        opens = max(opens, item.next_allowed_at)
        return Section.LATER, opens
    return (Section.NOW, at) if level.section is Section.NOW else (Section.LATER, opens)


def _score(item: WorkItem, share: float, here: datetime, closes_by: datetime, policy: WorklistPolicy) -> float:
    score = policy.expected_value * share + policy.untried / (1 + item.attempts_7d)
    if item.best_hours is not None and item.best_hours[0] <= here.hour < item.best_hours[1]:
        score += policy.best_hour
    if item.allowed_until is not None and item.allowed_until <= closes_by:
        score += policy.closing
    return score


def _value_shares(accounts: Sequence[WorkItem]) -> list[float]:
    """For each account the share of accounts of its currency that are worth less (ties count half), 0 to 1.

    Ranks instead of sums, because amounts in different currencies are never compared without a stated rate.
    """
    shares = np.zeros(len(accounts))
    by_currency: dict[str, list[int]] = {}
    for place, item in enumerate(accounts):
        by_currency.setdefault(item.currency, []).append(place)
    for places in by_currency.values():
        values = np.array([float(_worth(accounts[place])) for place in places])
        ordered = np.sort(values)
        below = np.searchsorted(ordered, values, side="left")
        not_above = np.searchsorted(ordered, values, side="right")
        shares[places] = (below + not_above) / (2.0 * len(values))
    return [float(share) for share in shares]


def _worth(item: WorkItem) -> Decimal:
    return item.balance if item.expected_value is None else item.expected_value


def _told_when(instant: datetime, here: datetime) -> Fact:
    """The instant in the debtor's zone; on the debtor's own day only its time."""
    local = instant.astimezone(here.tzinfo)
    return local.time().replace(tzinfo=None) if local.date() == here.date() else local


def _reasons(row: Ranked) -> tuple[Reason, ...]:
    item, key = row.item, row.level.key
    here = row.at.astimezone(ZoneInfo(item.time_zone)) if item.time_zone else row.at
    reasons = [Reason(key, _level_facts(item, key, here))]
    if row.level.section is not Section.BLOCKED and item.verdict is Verdict.DENY:
        if item.next_allowed_at is None:
            reasons.insert(0, Reason("refused", rule=item.rule))
        else:
            reasons.insert(0, Reason("refused_until", {"time": _told_when(item.next_allowed_at, here)}, item.rule))
    if row.level.section is Section.BLOCKED:
        return tuple(reasons)
    if item.best_hours is not None:
        reasons.append(Reason("best_hours", {"from_hour": item.best_hours[0], "to_hour": item.best_hours[1]}))
    if item.promises_due:
        reasons.append(Reason("kept", {"kept": item.promises_kept, "due": item.promises_due}))
    if (
        row.section is Section.NOW
        and item.allowed_until is not None
        and item.allowed_until <= row.at + timedelta(minutes=row.policy.closing_minutes)
    ):
        reasons.append(Reason("closing", {"time": _told_when(item.allowed_until, here)}))
    if item.attempts_7d:
        reasons.append(Reason("attempts", {"n": item.attempts_7d}))
    if row.value_share >= 0.8:
        reasons.append(Reason("expected_value", {"percent": max(1, round(100 * (1 - row.value_share)))}))
    return tuple(reasons)


def _level_facts(item: WorkItem, key: str, here: datetime) -> dict[str, Fact]:
    if key in ("callback_due", "callback_later") and item.callback_at is not None:
        return {"time": _told_when(item.callback_at, here)}
    if key == "broken_promise" and item.promise_broken_on is not None:
        return {"date": item.promise_broken_on}
    if key in ("promise_in_grace", "promise_pending") and item.promise_due_on is not None:
        return {"date": item.promise_due_on}
    if key == "talked_no_promise" and item.last_conversation_at is not None:
        return {"date": item.last_conversation_at.astimezone(here.tzinfo).date()}
    return {}
