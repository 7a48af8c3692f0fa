"""What does the record say that a message may tell? The values of a template's fields, in the debtor's language."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

import yaml
from babel.dates import format_date
from babel.numbers import format_currency

from duecare.office.crm.models import Account, Dispute, Party, PromiseStatus
from duecare.office.crm.queries import statement
from duecare.office.site import clock

from .wording import DATA

COLON = {"en": ": ", "zh-hans": "："}

# Lines of the working that a letter names together. Allocations move money between parts and change no sum.
PART_OF = {
    "credit": "payment",
    "credit_used": "payment",
    "payment_reversed": "reversal",
    "waiver_unused": "waiver",
    "allocation": "payment",
}


@cache
def lines() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((DATA / "lines.yaml").read_text())
    return loaded


def language_for(party: Party) -> str:
    """The language of the library that the person reads: their own, or English where the library has none of theirs."""
    wanted = party.language.lower()
    if wanted.startswith("zh"):
        return "zh-hans"
    return "en"


def office_name(language: str) -> str:
    return os.environ.get("DUECARE_OFFICE_NAME") or ("善催" if language == "zh-hans" else "Duecare")


def office_contact() -> str:
    """Where the person can answer: the office's own address, from `DUECARE_OFFICE_CONTACT`."""
    return os.environ.get("DUECARE_OFFICE_CONTACT") or "office@duecare.example"


def money(amount: Decimal, currency: str, language: str) -> str:
    """CNY 8,126.40, or 人民币 8,126.40 元: never a bare sign that two currencies share."""
    if language == "zh-hans" and currency == "CNY":
        return f"人民币 {format_currency(amount, currency, format='#,##0.00', locale='zh_Hans_CN')} 元"
    return str(format_currency(amount, currency, format="¤¤\u00a0#,##0.00", locale=_locale(language)))


def day(on: date, language: str) -> str:
    return str(format_date(on, "long", locale=_locale(language)))


def _locale(language: str) -> str:
    return "zh_Hans_CN" if language == "zh-hans" else "en_GB"


def sender(account: Account, language: str) -> str:
    pattern: str = lines()["sender"][account.creditor.acts_as][language]
    return pattern.replace("{office}", office_name(language)).replace("{creditor}", account.creditor.name)


def opt_out(channel: str, language: str) -> str:
    return str(lines()["opt_out"][channel][language])


def outside_of(account: Account, language: str) -> str:
    """What can be read through and on the window envelope: the office's name and its address, never what it is about."""
    return f"{office_name(language)} · {account.creditor.letterhead or office_contact()}"


def values_for(
    *, accounts: Sequence[Account], party: Party, channel: str, language: str, at: datetime, name: str | None = None
) -> dict[str, str]:
    """The value of every field that the record can fill, for one debtor, creditor and currency.

    `accounts` begins with the one that the message is written from. A field without a value is left out, and a template
    that needs it cannot be used. `name` stands in for the debtor's, such as the masked one in a preview.
    """
    account, today = accounts[0], clock.today(at)
    tell = lambda amount: money(amount, account.currency, language)  # noqa: E731
    values = {
        "name": one_line(name if name is not None else party.name or party.reference),
        "sender": sender(account, language),
        "creditor": account.creditor.name,
        "reference": ", ".join(one.reference for one in accounts),
        "accounts": "\n".join(_told(one, language) for one in accounts),
        "balance": tell(sum((one.balance for one in accounts), Decimal(0))),
        "payment_instructions": account.creditor.how_to_pay(language),
        "contact": office_contact(),
        "opt_out": opt_out(channel, language),
        "legal_notice": legal_notice(account, party, language),
        "today": day(today, language),
        "dispute_until": day(today + timedelta(days=lines()["validation"]["days"]), language),
        "itemisation": "\n\n".join(itemised(one, language, today) for one in accounts),
    }
    due = [one.oldest_due_on for one in accounts if one.oldest_due_on]
    if due:
        values["oldest_due"] = day(min(due), language)
    owed = sum((one.balance for one in accounts), Decimal(0))
    # Fields that are there only while they are true, so that no text can claim what is not so.
    if owed > 0:
        values["owed"] = tell(owed)
    if all(one.balance <= 0 for one in accounts):
        values["closed_reference"] = values["reference"]
    promise = account.promises.exclude(status=PromiseStatus.CANCELLED).order_by("-made_at").first()
    if promise is not None:
        missed = promise.status in (PromiseStatus.BROKEN, PromiseStatus.PARTLY_KEPT)
        if missed or promise.status == PromiseStatus.PENDING:
            kind = "missed" if missed else "promise"
            values[f"{kind}_amount"], values[f"{kind}_due"] = tell(promise.amount), day(promise.due_on, language)
    paid = account.events.filter(kind="payment", on__lte=today).order_by("-on", "-pk").first()
    if paid is not None:
        values["paid_amount"], values["paid_on"] = tell(paid.amount), day(paid.on, language)
    hardship = account.hardships.filter(closed_at=None).order_by("-opened_at").first()
    if hardship is not None and hardship.hold_until:
        values["hold_until"] = day(hardship.hold_until, language)
    dispute = account.disputes.order_by("-opened_at").first()
    if dispute is not None:
        values["dispute_opened"] = day(clock.today(dispute.opened_at), language)
        if dispute.status == Dispute.Status.OPEN:
            values["dispute_open_since"] = values["dispute_opened"]
        elif dispute.answer and dispute.answered_at:
            values["dispute_answer"] = dispute.answer.strip()
            values["dispute_answered"] = day(clock.today(dispute.answered_at), language)
    return values


def legal_notice(account: Account, party: Party, language: str) -> str:
    if not account.consumer or account.creditor.acts_as == "creditor":
        return ""
    for place, words in lines()["legal_notice"].items():
        if place in party.jurisdictions or account.governing_law.split("-")[0] == place:
            return str(words[language])
    return ""


def itemised(account: Account, language: str, today: date) -> str:
    """What the balance is made of, kind by kind: the lines of the ledger's own working, which add up to it."""
    owed = statement(account, today)
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for line in owed.lines:
        sums[PART_OF.get(line.what, line.what)] += line.amount
    names, colon = lines()["part"], COLON[language]
    rows = [f"{account.creditor.name}, {account.reference}"]
    rows += [
        f"{names[part][language]}{colon}{money(sums[part], account.currency, language)}"
        for part in names
        if part != "balance" and sums.get(part)
    ]
    rows.append(f"{names['balance'][language]}{colon}{money(owed.balance, account.currency, language)}")
    return "\n".join(rows)


def one_line(text: str) -> str:
    return " ".join(text.split())


def _told(account: Account, language: str) -> str:
    told = f"{account.reference}{COLON[language]}{money(account.balance, account.currency, language)}"
    if account.oldest_due_on is None:
        return told
    since = str(lines()["due_since"][language]).replace("{date}", day(account.oldest_due_on, language))
    return f"{told} ({since})" if language == "en" else f"{told}（{since}）"
