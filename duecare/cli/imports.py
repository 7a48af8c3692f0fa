"""`duecare import`: files of the trade into the office."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from .office import set_up_office


@click.group("import")
def import_() -> None:
    """Placements and payments from CSV, XLSX and Parquet."""


_DAY = click.DateTime(["%Y-%m-%d"])
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@import_.command()
@click.argument("file", type=_FILE)
@click.option(
    "--mapping", required=True, help="A mapping that ships (receivables, bank-recovery, generated) or a YAML file."
)
@click.option("--creditor", default=None, help="Whose accounts they are; the file's name if left out.")
@click.option(
    "--acts-as",
    type=click.Choice(["creditor", "agency", "debt_buyer", "law_firm"]),
    default="agency",
    show_default=True,
    help="How this office collects for a new creditor.",
)
@click.option("--as-of", type=_DAY, default=None, help="Import what was known on that day.")
@click.option("--shift", is_flag=True, help="Move all dates so that --as-of becomes today.")
@click.option("--expect-count", type=int, default=None, help="Refuse the file unless so many rows are good.")
@click.option("--expect-amount", type=Decimal, default=None, help="Refuse the file unless the good rows sum to this.")
def placements(
    file: Path,
    mapping: str,
    creditor: str | None,
    acts_as: str,
    as_of: Any,
    shift: bool,
    expect_count: int | None,
    expect_amount: Decimal | None,
) -> None:
    """Accounts placed with the office. Bad rows go to FILE.errors.csv, all others in, in one transaction."""
    set_up_office()
    from duecare.exchange import FileError, MappingError, load_mapping
    from duecare.office.crm.imports import ImportRefused, import_placements
    from duecare.office.crm.models import Creditor
    from duecare.office.site import clock

    if shift and not as_of:
        raise click.UsageError("--shift needs --as-of: the day that becomes today")
    now = clock.now()
    with _progress() as progress:
        try:
            chosen = load_mapping(Path(mapping) if mapping.endswith((".yaml", ".yml")) else mapping)
            owner, _ = Creditor.objects.get_or_create(name=creditor or file.stem, defaults={"acts_as": acts_as})
            report = import_placements(
                path=file,
                mapping=chosen,
                creditor=owner,
                by=None,
                at=now,
                as_of=_day(as_of),
                shift_to=clock.today(now) if shift else None,
                expect_count=expect_count,
                expect_amount=expect_amount,
                progress=progress,
            )
        except (MappingError, FileError, ImportRefused) as error:
            raise click.ClickException(str(error)) from error
    _tell(report, "not open on that day" if as_of else "left out")


@import_.command()
@click.argument("file", type=_FILE)
@click.option("--mapping", default=None, help="A mapping of payments; `payments` if left out.")
@click.option(
    "--until",
    type=_DAY,
    default=None,
    help="Apply payments dated up to this day, which may not lie ahead; today if left out.",
)
@click.option("--expect-count", type=int, default=None, help="Refuse the file unless so many rows are good.")
@click.option("--expect-amount", type=Decimal, default=None, help="Refuse the file unless the good rows sum to this.")
def payments(
    file: Path, mapping: str | None, until: Any, expect_count: int | None, expect_amount: Decimal | None
) -> None:
    """Payments: posted once each, applied to the ledger, promises decided."""
    set_up_office()
    from duecare.exchange import FileError, MappingError, load_mapping
    from duecare.office.crm.imports import ImportRefused, import_payments
    from duecare.office.site import clock

    now, last_day = clock.now(), _day(until)
    if last_day and last_day > clock.today(now):
        click.echo(f"{last_day} lies ahead: payments are posted up to today, {clock.today(now)}", err=True)
    with _progress() as progress:
        try:
            report = import_payments(
                path=file,
                by=None,
                at=now,
                mapping=load_mapping(Path(mapping) if mapping.endswith((".yaml", ".yml")) else mapping)
                if mapping
                else None,
                until=last_day,
                expect_count=expect_count,
                expect_amount=expect_amount,
                progress=progress,
            )
        except (MappingError, FileError, ImportRefused) as error:
            raise click.ClickException(str(error)) from error
    _tell(report, "dated later")


@import_.command("settlements")
@click.argument("file", type=_FILE)
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--mapping", required=True, help="The mapping of the placements file that tells of settlements.")
@click.option("--as-of", type=_DAY, required=True)
@click.option("--shift", is_flag=True, help="Move all dates so that --as-of becomes today.")
def settlements_(file: Path, target: Path, mapping: str, as_of: Any, shift: bool) -> None:
    """Write the later settlements of a file of history as a payments file, to be fed day by day."""
    set_up_office()
    from duecare.exchange import FileError, MappingError, load_mapping, settlements, write_payments
    from duecare.office.site import clock

    try:
        chosen = load_mapping(Path(mapping) if mapping.endswith((".yaml", ".yml")) else mapping)
        rows = settlements(file, chosen, as_of=as_of.date(), shift_to=clock.today() if shift else None)
        count = write_payments(target, rows)
    except (MappingError, FileError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{count:,} payments in {target}")


def _day(value: Any) -> date | None:
    return value.date() if value else None


class _progress:
    """Says how far a long import is, every two seconds, on standard error."""

    def __enter__(self) -> Callable[[int], None]:
        self.begun = self.last = time.monotonic()
        return self.told

    def told(self, rows: int) -> None:
        now = time.monotonic()
        if now - self.last >= 2:
            self.last = now
            end = "" if sys.stderr.isatty() else "\n"
            click.echo(f"\r  … {rows:,} rows, {rows / (now - self.begun):,.0f} a second{end}", err=True, nl=False)

    def __exit__(self, *_: object) -> None:
        if self.last != self.begun:
            click.echo("", err=True)


def _tell(report: Any, left_out: str) -> None:
    if report.known_before:
        click.echo(f"{report.file}: known before; nothing was changed")
    click.echo(f"rows read       {report.rows_read:>12,}")
    click.echo(f"imported        {report.rows_good:>12,}")
    click.echo(f"known before    {report.rows_known:>12,}")
    click.echo(f"{left_out:<16}{report.rows_left_out:>12,}")
    click.echo(f"handed back     {report.rows_bad:>12,}")
    for currency, total in sorted(report.totals.items()):
        click.echo(f"amount {currency}      {total:>12,}")
    for assumption in report.assumptions:
        click.echo(f"assumed: {assumption}")
    for column in report.refused_columns:
        click.echo(f"not imported (protected): {column}")
    for error in report.first_errors:
        click.echo(f"row {error.row_number}, {error.field}: {error.reason}", err=True)
    if report.errors_file:
        click.echo(f"the rows handed back are in {report.errors_file}", err=True)
