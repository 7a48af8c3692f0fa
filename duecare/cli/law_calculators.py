"""`duecare law limitation`, `interest`, `cap` and `retention`: a working line by line, or as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from duecare.law.calculators.working import Line, Source

Command = TypeVar("Command", bound=Callable[..., Any])
NO_CURRENCY = "XXX"
"""ISO 4217: no currency."""
INCOMPLETE = 3
"""The exit status of an answer that lacks a rate."""


class Day(click.ParamType[Any]):
    name = "YYYY-MM-DD"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is no day; allowed: YYYY-MM-DD", param, ctx)


class Number(click.ParamType[Any]):
    name = "DECIMAL"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Decimal:
        if isinstance(value, Decimal):
            return value
        try:
            found = Decimal(str(value).rstrip("%"))
        except InvalidOperation:
            found = Decimal("NaN")
        if not found.is_finite():
            self.fail(f"{value!r} is no number; allowed: such as 1250 or 12.5", param, ctx)
        return found


class Pair(click.ParamType[Any]):
    """Two values with a colon between them."""

    def __init__(self, name: str, left: click.ParamType[Any], right: click.ParamType[Any]) -> None:
        self.name = name
        self.left, self.right = left, right

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[Any, Any]:
        if isinstance(value, tuple):
            return value
        left, colon, right = str(value).partition(":")
        if not colon:
            self.fail(f"{value!r} has no colon; allowed: {self.name}", param, ctx)
        return self.left.convert(left, param, ctx), self.right.convert(right, param, ctx)


class Stretch(click.ParamType[Any]):
    """FROM:TO, FROM: for what still lasts, and KIND=FROM:TO."""

    name = "[KIND=]FROM:[TO]"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, date, date | None]:
        if isinstance(value, tuple):
            return value
        kind, equals, rest = str(value).partition("=")
        if not equals:
            kind, rest = "hindrance", kind
        start, colon, end = rest.partition(":")
        if not colon:
            self.fail(f"{value!r} has no colon; allowed: {self.name}", param, ctx)
        return kind, Day().convert(start, param, ctx), Day().convert(end, param, ctx) if end else None


def asking(command: Command) -> Command:
    """The options that every calculator has."""
    for option in (
        click.option("--json", "as_json", is_flag=True, help="Structured, instead of lines to read."),
        click.option(
            "--lang", type=click.Choice(["en", "zh"]), default="en", show_default=True, help="Language of the lines."
        ),
        click.option("--law", required=True, metavar="CODE", help="Jurisdiction, such as CN, GB, DE or US-NY."),
    ):
        command = option(command)
    return command


DEBTOR = click.option("--consumer/--business", default=True, show_default="consumer", help="Whose debt it is.")


@click.command()
@asking
@DEBTOR
@click.option(
    "--kind",
    default="contract",
    show_default=True,
    metavar="KIND",
    help="Kind of debt, such as card, loan, sale or rent.",
)
@click.option("--due", type=Day(), help="When the debt fell due.")
@click.option(
    "--instalment",
    "instalments",
    type=Day(),
    multiple=True,
    help="A due date of one debt paid in instalments; again and again.",
)
@click.option("--known", type=Day(), help="When the creditor came to know, if later.")
@click.option(
    "--event",
    "events",
    type=Pair("KIND:DATE", click.STRING, Day()),
    multiple=True,
    help="What happened, such as demand:2024-05-01 or suit:2025-01-02; again and again.",
)
@click.option(
    "--suspended",
    "suspensions",
    type=Stretch(),
    multiple=True,
    help="What kept time from running, such as force_majeure=2020-01-20:2020-04-08; both days belong to it.",
)
@click.option("--as-of", type=Day(), help="The day asked about; today if left out.")
def limitation(
    law: str,
    lang: str,
    as_json: bool,
    consumer: bool,
    kind: str,
    due: date | None,
    instalments: tuple[date, ...],
    known: date | None,
    events: tuple[tuple[str, date], ...],
    suspensions: tuple[tuple[str, date, date | None], ...],
    as_of: date | None,
) -> None:
    """Until when can it be sued for? Every interruption and suspension, line by line."""
    from duecare.law.calculators import limitation as counting

    dues = [*([due] if due else []), *instalments]
    answers = _answered(
        lambda: counting.limitation(
            law,
            dues=dues,
            as_of=as_of or _today(),
            kind=kind,
            consumer=consumer,
            known=known,
            events=[counting.Event(name, on) for name, on in events],
            suspensions=[counting.Suspension(start, end, name) for name, start, end in suspensions],
        )
    )
    last = answers[-1]
    if as_json:
        parts = [one.to_dict(lang) for one in answers]
        _write({**parts[-1], "instalments": parts if len(parts) > 1 else []})
        return
    _head(lang, "limitation", last.name[lang], last.law, kind, consumer)
    for one in answers:
        _lines(one.lines, lang, ends=True)
    _lines(last.remarks, lang)
    _sure(lang, last.certainty, last.basis, last.checked)


@click.command()
@asking
@DEBTOR
@click.option("--principal", type=Number(), required=True, help="What bears interest.")
@click.option("--currency", required=True, metavar="CUR", help="ISO 4217, such as EUR.")
@click.option("--from", "starts_on", type=Day(), required=True, help="The first day that bears interest.")
@click.option(
    "--to",
    "ends_on",
    type=Day(),
    required=True,
    help="The first day that bears none any more, such as that of payment.",
)
@click.option(
    "--kind",
    default="contract",
    show_default=True,
    metavar="KIND",
    help="contract, loan, card, sale, note, payday or msme.",
)
@click.option(
    "--lender",
    type=click.Choice(["private", "licensed"]),
    default="private",
    show_default=True,
    help="Who lent: somebody, or a bank or licensed lender.",
)
@click.option(
    "--overdue/--ordinary",
    default=False,
    show_default="ordinary",
    help="Whether an agreed rate is one for the time after the due date.",
)
@click.option("--rate", type=Number(), help="The agreed rate, per cent a year; left out, the statute's is counted.")
@click.option(
    "--compound",
    type=click.Choice(["none", "yearly", "monthly"]),
    help="Whether interest is added to the principal; left out, as the law has it.",
)
@click.option(
    "--day-count",
    type=click.Choice(["act/365", "act/360", "act/act", "30e/360"]),
    help="How days are counted; left out, as is usual there.",
)
@click.option("--contract-date", type=Day(), help="When the contract was made.")
@click.option("--filed", type=Day(), help="When suit was filed.")
@click.option("--disbursed", type=Number(), help="What was paid out, where interest was taken in advance.")
@click.option("--already", type=Number(), default=Decimal(0), help="Interest and fees already charged since default.")
@click.option(
    "--payment",
    "payments",
    type=Pair("DATE:AMOUNT", Day(), Number()),
    multiple=True,
    help="What was paid, and when; again and again.",
)
@click.option(
    "--reference",
    "references",
    type=Pair("DATE:PCT", Day(), Number()),
    multiple=True,
    help="A published reference rate that is not held here.",
)
def interest(
    law: str,
    lang: str,
    as_json: bool,
    consumer: bool,
    principal: Decimal,
    currency: str,
    starts_on: date,
    ends_on: date,
    kind: str,
    lender: str,
    overdue: bool,
    rate: Decimal | None,
    compound: str | None,
    day_count: str | None,
    contract_date: date | None,
    filed: date | None,
    disbursed: Decimal | None,
    already: Decimal,
    payments: tuple[tuple[date, Decimal], ...],
    references: tuple[tuple[date, Decimal], ...],
) -> None:
    """What has interest come to? By statute or as agreed, capped as the law caps it.

    Exits with status 3 where a reference rate is not held: what is known is counted, and the rest is said to be missing.
    """
    from duecare.law.calculators.claims import Claim, Payment
    from duecare.law.calculators.daycount import DayCount
    from duecare.law.calculators.interest import interest as count

    claim = Claim(
        law=law,
        principal=principal,
        currency=currency,
        starts_on=starts_on,
        ends_on=ends_on,
        consumer=consumer,
        kind=kind,
        lender=lender,
        overdue=overdue,
        rate=rate,
        compound=compound,
        day_count=None if day_count is None else DayCount(day_count),
        contract_on=contract_date,
        filed_on=filed,
        disbursed=disbursed,
        already=already,
        payments=tuple(Payment(on, amount) for on, amount in payments),
        references=dict(references),
    )
    answer = _answered(lambda: count(claim))
    if as_json:
        _write(answer.to_dict(lang))
    else:
        _head(lang, "interest", answer.name[lang], answer.law, kind, consumer)
        _lines(answer.lines, lang)
        _lines(answer.remarks, lang)
        _sure(lang, answer.certainty, answer.basis_of_data, answer.checked)
    if not answer.complete:
        raise SystemExit(INCOMPLETE)


@click.command()
@asking
@DEBTOR
@click.option("--principal", type=Number(), default=Decimal(0), help="The principal, where the cap turns on it.")
@click.option("--currency", default=NO_CURRENCY, metavar="CUR", help="ISO 4217, where the cap turns on it.")
@click.option(
    "--kind",
    default="contract",
    show_default=True,
    metavar="KIND",
    help="contract, loan, card, sale, note, payday or msme.",
)
@click.option(
    "--lender",
    type=click.Choice(["private", "licensed"]),
    default="private",
    show_default=True,
    help="Who lent: somebody, or a bank or licensed lender.",
)
@click.option(
    "--overdue/--ordinary",
    default=False,
    show_default="ordinary",
    help="Whether the rate is one for the time after the due date.",
)
@click.option("--rate", type=Number(), help="The agreed rate, per cent a year.")
@click.option("--contract-date", type=Day(), help="When the contract was made; the day asked about if left out.")
@click.option("--filed", type=Day(), help="When suit was filed; the day asked about if left out.")
@click.option("--fee", type=Number(), help="A fee that somebody wants to charge.")
@click.option(
    "--title/--no-title", default=False, show_default="no title", help="Whether there is a judgment or another title."
)
@click.option("--balance-at-default", type=Number(), help="The unpaid balance when the debtor fell into default.")
@click.option("--already", type=Number(), default=Decimal(0), help="Interest and fees charged since then.")
@click.option("--next", "next_", type=Number(), help="The next interest or fee to be added.")
@click.option(
    "--reference",
    "references",
    type=Pair("DATE:PCT", Day(), Number()),
    multiple=True,
    help="A published reference rate that is not held here.",
)
@click.option("--as-of", type=Day(), help="The day asked about; today if left out.")
def cap(
    law: str,
    lang: str,
    as_json: bool,
    consumer: bool,
    principal: Decimal,
    currency: str,
    kind: str,
    lender: str,
    overdue: bool,
    rate: Decimal | None,
    contract_date: date | None,
    filed: date | None,
    fee: Decimal | None,
    title: bool,
    balance_at_default: Decimal | None,
    already: Decimal,
    next_: Decimal | None,
    references: tuple[tuple[date, Decimal], ...],
    as_of: date | None,
) -> None:
    """What is the most that may be asked, as interest, as a fee, as a fixed sum?"""
    from duecare.law.calculators.caps import Charge, caps
    from duecare.law.calculators.claims import Claim

    on = as_of or _today()
    claim = Claim(
        law=law,
        principal=principal,
        currency=currency,
        starts_on=on,
        ends_on=on,
        consumer=consumer,
        kind=kind,
        lender=lender,
        overdue=overdue,
        rate=rate,
        contract_on=contract_date,
        filed_on=filed,
        already=already,
        references=dict(references),
    )
    answer = _answered(lambda: caps(claim, Charge(fee, title, next_, balance_at_default)))
    if as_json:
        _write(answer.to_dict(lang))
    else:
        _head(lang, "cap", answer.name[lang], answer.law, kind, consumer)
        _lines(answer.lines, lang)
        _sure(lang, answer.certainty, answer.basis, answer.checked)
    if answer.verdict == "unknown":
        raise SystemExit(INCOMPLETE)


@click.command()
@asking
@click.option(
    "--product",
    "products",
    multiple=True,
    metavar="KIND",
    help="Such as card or consumer_finance; again and again for what is stored together.",
)
@click.option("--recorded", type=Day(), required=True, help="When the recording or record was made.")
@click.option("--last-activity", type=Day(), help="The last collection activity on the debt.")
@click.option("--as-of", type=Day(), help="The day asked about; today if left out.")
def retention(
    law: str,
    lang: str,
    as_json: bool,
    products: tuple[str, ...],
    recorded: date,
    last_activity: date | None,
    as_of: date | None,
) -> None:
    """How long are records kept, and from which day may they be deleted?"""
    from duecare.law.calculators.retention import retention as count

    answer = _answered(
        lambda: count(law, asked=products, recorded=recorded, last_activity=last_activity, as_of=as_of or _today())
    )
    if as_json:
        _write(answer.to_dict(lang))
        return
    _title(lang, "retention", law)
    _lines(answer.lines, lang)


# --- saying it ------------------------------------------------------------------------------------------------------


def _today() -> date:
    return datetime.now().astimezone().date()


def _answered(ask: Callable[[], Any]) -> Any:
    from duecare.law.calculators.reading import OptionError

    try:
        return ask()
    except OptionError as error:
        raise click.UsageError(str(error)) from error


def _write(answer: dict[str, Any]) -> None:
    click.echo(json.dumps(answer, ensure_ascii=False, indent=2))


def _head(lang: str, what: str, name: str, law: str, kind: str, consumer: bool) -> None:
    from duecare.law.calculators.working import name_of

    who = name_of("who", "consumer" if consumer else "business", lang)
    _title(lang, what, f"{name} ({law})", name_of("kind", kind, lang), who)


def _title(lang: str, what: str, *more: str) -> None:
    from duecare.law.calculators.working import name_of

    click.echo(" · ".join((name_of("working", what, lang), *more)))


def _lines(lines: Sequence[Line], lang: str, *, ends: bool = False) -> None:
    before: tuple[Source | None, date | None] = (None, None)
    for line in lines:
        end = (line.figures.get("last_day") or line.figures.get("ends")) if ends else None
        arrow = f"  → {end.isoformat()}" if end is not None else ""
        day = line.on.isoformat() if line.on else " " * 10
        click.echo(f"{day}  {line.text(lang)}{arrow}")
        if line.source is not None and line.source.text and (line.source, line.on) != before:
            click.echo(f"{' ' * 12}{_source(line.source, lang)}")
            before = (line.source, line.on)


def _source(source: Source, lang: str) -> str:
    from duecare.law.calculators.working import name_of, phrase

    return f"{phrase('source', source.text, lang)} [{name_of('status', source.status, lang)}]"


def _sure(lang: str, certainty: str, basis: str, checked: date | None) -> None:
    from duecare.law.calculators.working import name_of, phrase, sentence

    checked_on = checked.isoformat() if checked else name_of("status", "never", lang)
    facts = {"status": certainty, "basis": phrase("basis", basis, lang), "checked": checked_on}
    click.echo(f"{' ' * 12}{sentence('how_sure', facts, lang)}")
