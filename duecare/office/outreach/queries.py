"""What reads the permit log and the outbox."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal

from django.db.models import Count, QuerySet

from duecare.law import Decision
from duecare.office.site import clock
from duecare.office.site.chain import ChainedRow

from .gate import library, library_for
from .models import OutboxMessage, Permit, Verdict


@dataclass(frozen=True)
class RuleCount:
    """How often a rule decided against a contact, and over how many accounts."""

    rule: str
    count: int
    accounts: int


@dataclass(frozen=True)
class RuleTold:
    """A rule as a person reads it; the fields are empty where the present library no longer has the rule."""

    id: str
    sentence: str
    source: str
    layer: str
    status: str
    kind: str


@dataclass(frozen=True)
class Replayed:
    """A stored question put to the present library: the two answers, and whether they are the same."""

    stored: Mapping[str, Any]
    again: Mapping[str, Any]
    same_rulebook: bool
    same: bool


def refusals_by_rule(since: datetime, until: datetime) -> list[RuleCount]:
    """Contacts that were not allowed, by the rule that decided; asked from `since` to before `until`.

    A second question at the moment of sending counts as its own: the same message may be refused twice on two days.
    """
    return rule_counts(Permit.objects.filter(asked_at__gte=since, asked_at__lt=until))


def rule_counts(rows: QuerySet[Permit]) -> list[RuleCount]:
    """Of some permits, those that were not granted, by the rule that decided; the most frequent first."""
    counted = (
        rows.order_by()
        .exclude(verdict=Verdict.ALLOW)
        .values("rule")
        .annotate(count=Count("pk"), accounts=Count("account", distinct=True))
        .order_by("-count", "rule")
    )
    return [RuleCount(row["rule"], row["count"], row["accounts"]) for row in counted]


def verdict_counts(rows: QuerySet[Permit]) -> list[tuple[str, str, int]]:
    """Of some permits, how many of each answer: value, name, count."""
    found = dict(rows.order_by().values_list("verdict").annotate(Count("pk")))
    return [(value, label, found.get(value, 0)) for value, label in Verdict.choices]


def head(model: type[ChainedRow]) -> dict[str, Any] | None:
    """The newest row of a chain: its number and hash."""
    return model._default_manager.order_by("-sequence").values("sequence", "hash").first()


def facts(request: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The facts that the gate was given, one a line as path and value; empty ones left out."""
    lines: list[tuple[str, str]] = []

    def walk(path: str, value: Any) -> None:
        if isinstance(value, Mapping):
            for name, inner in value.items():
                walk(f"{path}.{name}" if path else name, inner)
        elif isinstance(value, list) and value and isinstance(value[0], Mapping):
            for number, inner in enumerate(value, 1):
                told = ", ".join(f"{name} {one}" for name, one in inner.items() if one not in (None, [], False, ""))
                lines.append((f"{path} {number}", told))
        elif value not in (None, [], ""):
            lines.append(
                (
                    path,
                    ", ".join(map(str, value))
                    if isinstance(value, list)
                    else str(value).lower()
                    if isinstance(value, bool)
                    else str(value),
                )
            )

    walk("", request)
    return lines


def permits(
    *,
    verdict: str = "",
    rule: str = "",
    collector: str = "",
    channel: str = "",
    since: date | None = None,
    until: date | None = None,
    account: str = "",
) -> QuerySet[Permit]:
    """The log, newest first. `since` and `until` are days of the office, both included."""
    rows = Permit.objects.select_related("account", "party", "by", "outcome").order_by("-sequence")
    if verdict in Verdict.values:
        rows = rows.filter(verdict=verdict)
    if rule:
        rows = rows.filter(rule=rule)
    if collector.isdigit():
        rows = rows.filter(by=int(collector))
    if channel:
        rows = rows.filter(channel=channel)
    if account.isdigit():
        rows = rows.filter(account=int(account))
    if since:
        rows = rows.filter(asked_at__gte=start_of(since))
    if until:
        rows = rows.filter(asked_at__lt=start_of(until + timedelta(days=1)))
    return rows


def start_of(on: date) -> datetime:
    """The instant at which a day of the office begins."""
    return datetime.combine(on, time(), clock.office_zone())


def rule_told(rule_id: str, lang: str) -> RuleTold:
    try:
        rule = library().rule(rule_id)
    except KeyError:
        return RuleTold(rule_id, "", "", "", "", "")
    spoken: Literal["en", "zh"] = "zh" if lang.startswith("zh") else "en"
    return RuleTold(rule_id, rule.sentence[spoken], rule.source, rule.layer, rule.status, rule.kind)


def decide_again(permit: Permit) -> Replayed:
    """Put the stored question to the library as it is now. Under the same rulebook the answer must be the same."""
    lang: Literal["en", "zh"] = "zh" if _said_in_chinese(permit.decision) else "en"
    law = library_for(permit.account.creditor_id)
    decision: Decision = law.judge(permit.request, lang=lang)
    again = decision.to_dict()
    return Replayed(
        stored=permit.decision,
        again=again,
        same_rulebook=permit.rulebook_version == law.version,
        same=_essence(again) == _essence(permit.decision),
    )


def whys(permit: Permit, lang: str) -> list[str]:
    """Why each reason spoke, in the reader's language.

    The log keeps the words that were shown to who asked. Where the present library still gives the same answer, its words in the
    reader's language are shown instead; where it does not, those of the log.
    """
    stored = [str(one["why"]) for one in permit.decision["reasons"]]
    spoken: Literal["en", "zh"] = "zh" if lang.startswith("zh") else "en"
    if not stored or _said_in_chinese(permit.decision) == (spoken == "zh"):
        return stored
    again = library_for(permit.account.creditor_id).judge(permit.request, lang=spoken).to_dict()
    return [one["why"] for one in again["reasons"]] if _essence(again) == _essence(permit.decision) else stored


def _said_in_chinese(decision: Mapping[str, Any]) -> bool:
    told = "".join(one.get("why", "") for one in decision["reasons"]) + "".join(
        one.get("text", "") for one in decision["duties"]
    )
    return any("\u4e00" <= letter <= "\u9fff" for letter in told)


def _essence(decision: Mapping[str, Any]) -> tuple[Any, ...]:
    """What decides: verdict, rules with their effect, duties, next moment. Sentences may be reworded without changing it."""
    return (
        decision["verdict"],
        [(one["rule"], one["effect"]) for one in decision["reasons"]],
        [one["rule"] for one in decision["duties"]],
        decision["next_allowed_at"],
        decision.get("error"),
    )


def outbox(*, status: str = "", channel: str = "") -> QuerySet[OutboxMessage]:
    rows = OutboxMessage.objects.select_related(
        "permit__account", "permit__party", "permit__contact_point", "permit__by", "template"
    ).order_by("-queued_at", "-pk")
    if status in OutboxMessage.Status.values:
        rows = rows.filter(status=status)
    if channel:
        rows = rows.filter(channel=channel)
    return rows


def outbox_counts() -> dict[str, int]:
    return dict(OutboxMessage.objects.values_list("status").annotate(Count("pk")))


EXPORTED = (
    "sequence", "asked_at", "at", "clock", "channel", "purpose", "verdict", "rule", "why", "source", "next_allowed_at",
    "collector", "account", "rulebook_version", "renews", "outcome", "previous_hash", "hash",
)  # fmt: skip


def exported(rows: QuerySet[Permit]) -> Iterator[dict[str, Any]]:
    """The log as rows of a file. Ids and facts only: no name, number or words of a message is in the log."""
    sequences = dict(rows.filter(renews__isnull=False).values_list("renews", "renews__sequence"))
    for row in rows.iterator(chunk_size=1000):
        reason = row.decision["reasons"][0] if row.decision["reasons"] else {}
        outcome = getattr(row, "outcome", None)
        yield {
            "sequence": row.sequence,
            "asked_at": row.asked_at.isoformat(),
            "at": row.at.isoformat(),
            "clock": row.clock,
            "channel": row.channel,
            "purpose": row.purpose,
            "verdict": row.verdict,
            "rule": row.rule,
            "why": reason.get("why", ""),
            "source": reason.get("source", ""),
            "next_allowed_at": row.decision["next_allowed_at"],
            "collector": row.by.username if row.by else "",
            "account": row.account_id,
            "rulebook_version": row.rulebook_version,
            "renews": sequences.get(row.renews_id),
            "outcome": outcome.outcome if outcome else "",
            "previous_hash": row.previous_hash,
            "hash": row.hash,
        }


class _Echo:
    def write(self, value: str) -> str:
        return value


def as_csv(rows: QuerySet[Permit]) -> Iterator[str]:
    """CSV with a head line. A cell that a spreadsheet would take for a formula is written with a leading apostrophe."""
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow(EXPORTED)
    for row in exported(rows):
        yield writer.writerow([_harmless(row[name]) for name in EXPORTED])


def as_json_lines(rows: QuerySet[Permit]) -> Iterator[str]:
    """One JSON object a line: every field that the hash covers, as it covers it, so that the chain can be proved elsewhere.

    The hash is SHA-256 over the fields but `hash` as JSON with sorted keys and no spaces, UTF-8, instants in UTC.
    """
    for row in rows.iterator(chunk_size=1000):
        fields = {f.attname: getattr(row, f.attname) for f in Permit._meta.concrete_fields if f.attname != "id"}
        yield json.dumps(fields, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_instant) + "\n"


def _instant(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds")


def _harmless(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value
