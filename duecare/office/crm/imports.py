"""Files into the system of record: the good rows in one transaction, the bad ones handed back with reasons.

A million rows must go in while collectors work, so rows are written with plain inserts of prepared tuples in the
transaction that also writes the batch: a kill in the middle leaves nothing of it. The same file under the same settings
changes nothing a second time; rows that are known already are counted, not repeated.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import connection, connections, models, transaction

from duecare.exchange import (
    ControlTotalError,
    InventedParty,
    Mapping,
    PaymentRow,
    PlacementRow,
    RowError,
    errors_path,
    invent_party,
    read_payments,
    read_placements,
    write_errors,
)
from duecare.office.people.rights import require
from duecare.office.site import clock

from . import vault
from .models import Account, Claim, ContactPoint, Creditor, LedgerEvent, Liability, Party, PaymentBatch, PlacementBatch
from .services import after_payments, renew_position

if TYPE_CHECKING:
    from duecare.office.people.models import User

CHUNK = 5_000
"""Rows written at a time."""
MOST_VALUES = 30_000
"""Values in one statement; SQLite takes up to 32,766."""
PEOPLE_SEED = 20_261_123
"""The seed of the people who are invented for files without names."""


@dataclass
class ImportReport:
    """What an import did, for the person who ran it."""

    file: str
    rows_read: int = 0
    rows_good: int = 0
    rows_known: int = 0
    rows_bad: int = 0
    rows_left_out: int = 0
    """Placements not open on the as-of day; payments dated after the last day asked for."""
    totals: dict[str, Decimal] = field(default_factory=dict)
    errors_file: Path | None = None
    first_errors: list[RowError] = field(default_factory=list)
    batch_id: int | None = None
    known_before: bool = False
    assumptions: Sequence[str] = ()
    refused_columns: Sequence[str] = ()


class ImportRefused(Exception):
    """Nothing was imported; the message says why and what to do."""


Progress = Callable[[int], None]
"""Called now and then with the number of rows read so far."""


def import_placements(
    *,
    path: Path,
    mapping: Mapping,
    creditor: Creditor,
    by: User | None,
    at: datetime,
    as_of: date | None = None,
    shift_to: date | None = None,
    expect_count: int | None = None,
    expect_amount: Decimal | None = None,
    is_generated: bool = False,
    progress: Progress = lambda rows: None,
) -> ImportReport:
    """Read a file of placements and write all its good rows in one transaction.

    Raises:
        ImportRefused: the control totals do not hold.
        duecare.exchange.MappingError, duecare.exchange.FileError: the mapping does not fit the file, or it is no table.
    """
    if by is not None:
        require(by, "crm.import_files")
    today = clock.today(at)
    reading = read_placements(path, mapping, as_of=as_of, shift_to=shift_to, received_on=today)
    file_hash = _hash_of(path)
    settings_hash = hashlib.sha256(json.dumps([mapping.fingerprint, str(as_of), str(shift_to)]).encode()).hexdigest()
    report = ImportReport(file=path.name, assumptions=mapping.assumptions, refused_columns=reading.refused_columns)
    errors: list[RowError] = []
    with _large_cache(), transaction.atomic():
        known = PlacementBatch.objects.filter(
            creditor=creditor, file_hash=file_hash, settings_hash=settings_hash
        ).first()
        batch = known or PlacementBatch.objects.create(
            creditor=creditor,
            file_name=path.name,
            file_hash=file_hash,
            mapping=mapping.name,
            settings_hash=settings_hash,
            as_of=as_of,
            shifted_to=shift_to,
            rows_read=0,
            rows_good=0,
            rows_bad=0,
            assumptions=list(mapping.assumptions),
            is_generated=is_generated,
            imported_at=at,
            imported_by=by,
        )
        with _Hand() as hand:
            writer = _PlacementWriter(batch, creditor, mapping, at, hand)
            for row in reading:
                if isinstance(row, RowError):
                    errors.append(row)
                elif refused := writer.add(row):
                    errors.append(refused)
                if reading.rows_read % CHUNK == 0:
                    progress(reading.rows_read)
            writer.finish()
        report.rows_read, report.rows_left_out = reading.rows_read, reading.rows_left_out
        report.rows_good, report.rows_known, report.rows_bad = writer.good, writer.known, len(errors)
        report.totals, report.known_before = dict(writer.totals), known is not None
        _hold_control_totals(reading, expect_count, expect_amount)
        if errors:
            report.errors_file = errors_path(path)
            write_errors(report.errors_file, errors, reading.header)
        if known is None:
            batch.rows_read, batch.rows_good, batch.rows_known = report.rows_read, report.rows_good, report.rows_known
            batch.rows_bad, batch.rows_closed = report.rows_bad, report.rows_left_out
            batch.totals = {currency: str(total) for currency, total in writer.totals.items()}
            batch.save()
        report.batch_id = batch.pk
    report.first_errors = errors[:20]
    return report


@contextmanager
def _large_cache() -> Iterator[None]:
    """SQLite keeps the growing indexes in memory for the time of an import, instead of writing their pages out again and again."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        before = cursor.execute("PRAGMA cache_size").fetchone()[0]
        cursor.execute("PRAGMA cache_size=-220000")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA cache_size={before}")


def _hold_control_totals(reading: Any, count: int | None, amount: Decimal | None) -> None:
    try:
        reading.assert_control(count=count, amount=amount)
    except ControlTotalError as error:
        raise ImportRefused(f"Nothing was imported: {error}.") from error


def _hash_of(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


class _Inserts:
    """Rows of one table on their way into the database, with ids given here so that rows can refer to each other at once."""

    def __init__(self, model: type[models.Model], columns: Sequence[str]) -> None:
        self.table = model._meta.db_table
        marks = ", ".join(["%s"] * (len(columns) + 1))
        self.sql = (
            f"INSERT INTO {self.table} (id, {', '.join(f'{chr(34)}{c}{chr(34)}' for c in columns)}) VALUES ({marks})"
        )
        self.next_id = (model._default_manager.aggregate(last=models.Max("pk"))["last"] or 0) + 1
        self.rows: list[tuple[Any, ...]] = []
        self.model = model

    def add(self, *values: Any) -> int:
        number, self.next_id = self.next_id, self.next_id + 1
        self.rows.append((number, *values))
        return number

    def taken(self) -> tuple[str, list[tuple[Any, ...]]]:
        """The rows gathered so far with their statement; the gathering begins anew."""
        rows, self.rows = self.rows, []
        return self.sql, rows


class _Hand:
    """Writes batches in their order while the next one is being read: SQLite works outside Python's lock, so both cores are used."""

    def __init__(self) -> None:
        self.connection = connections["default"]
        self.pool = ThreadPoolExecutor(1, thread_name_prefix="import")
        self.last: Future[None] | None = None

    def __enter__(self) -> _Hand:
        self.connection.inc_thread_sharing()
        return self

    def give(self, batches: Sequence[tuple[str, list[tuple[Any, ...]]]]) -> None:
        """Hand over the next batches; waits for those before, and raises what went wrong with them."""
        self.wait()
        self.last = self.pool.submit(self._write, batches)

    def wait(self) -> None:
        if self.last is not None:
            self.last.result()
            self.last = None

    def _write(self, batches: Sequence[tuple[str, list[tuple[Any, ...]]]]) -> None:
        for sql, rows in batches:
            if rows and self.connection.vendor == "sqlite":
                self._many_at_once(sql, rows)
            elif rows:
                with self.connection.cursor() as cursor:
                    cursor.executemany(sql, rows)

    def _many_at_once(self, sql: str, rows: list[tuple[Any, ...]]) -> None:
        """As many rows to a statement as SQLite has places for values: one call outside Python's lock instead of one a row."""
        head, _, marks = sql.replace("%s", "?").rpartition("VALUES ")
        size = MOST_VALUES // len(rows[0])
        full = f"{head}VALUES {', '.join([marks] * size)}"
        for start in range(0, len(rows), size):
            part = rows[start : start + size]
            text = full if len(part) == size else f"{head}VALUES {', '.join([marks] * len(part))}"
            self.connection.connection.execute(text, list(chain.from_iterable(part)))

    def __exit__(self, *_: object) -> None:
        self.pool.shutdown(wait=True)
        self.connection.dec_thread_sharing()


class _PlacementWriter:
    def __init__(self, batch: PlacementBatch, creditor: Creditor, mapping: Mapping, at: datetime, hand: _Hand) -> None:
        self.hand = hand
        self.batch, self.creditor, self.mapping, self.at = batch, creditor, mapping, at
        self.today = clock.today(at)
        self.good = self.known = 0
        self.totals: dict[str, Decimal] = defaultdict(Decimal)
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(
                    "LOCK TABLE crm_party, crm_contactpoint, crm_account, crm_claim, crm_liability, crm_ledgerevent IN EXCLUSIVE MODE"
                )
        self.accounts: dict[str, int] = dict(Account.objects.filter(creditor=creditor).values_list("reference", "pk"))
        self.old_accounts = frozenset(self.accounts.values())
        self.old_claims: dict[tuple[int, str], Decimal] = {}
        if self.old_accounts:
            self.old_claims = {
                (account, reference): amount
                for account, reference, amount in Claim.objects.filter(account__creditor=creditor).values_list(
                    "account_id", "reference", "amount"
                )
            }
        self.currency_of: dict[int, str] = (
            dict(Account.objects.filter(creditor=creditor).values_list("pk", "currency")) if self.old_accounts else {}
        )
        # The position of accounts that are not written yet: balance and oldest due date.
        self.open: dict[int, list[Any]] = {}
        self.more: dict[int, list[Any]] = {}
        self.touched_old: set[int] = set()
        self.parties = _Inserts(
            Party,
            [
                "kind",
                "reference",
                "name",
                "name_index",
                "language",
                "jurisdictions",
                "time_zones",
                "birth_date",
                "attorney_since",
                "attorney_consents",
                "vulnerable",
                "deceased",
                "military",
                "is_invented",
                "created_at",
            ],
        )
        self.points = _Inserts(
            ContactPoint,
            [
                "party_id",
                "kind",
                "value",
                "value_index",
                "status",
                "verified_at",
                "source",
                "legal_basis",
                "time_zone",
                "employer_forbids",
                "is_invented",
                "created_at",
            ],
        )
        self.account_rows = _Inserts(
            Account,
            [
                "creditor_id",
                "batch_id",
                "reference",
                "currency",
                "debt_kind",
                "consumer",
                "governing_law",
                "status",
                "assigned_to_id",
                "opened_on",
                "validation_notice_at",
                "bankrupt",
                "breathing_space_until",
                "illegal",
                "legal_action",
                "last_acknowledged_on",
                "meta",
                "balance",
                "oldest_due_on",
                "last_payment_on",
                "position_on",
            ],
        )
        self.claims = _Inserts(Claim, ["account_id", "reference", "amount", "issued_on", "due_on"])
        self.liabilities = _Inserts(Liability, ["account_id", "party_id", "role", "share"])
        self.events = _Inserts(
            LedgerEvent,
            [
                "account_id",
                "claim_id",
                "kind",
                "on",
                "amount",
                "currency",
                "bucket",
                "refers_to_id",
                "due_on",
                "note",
                "external_reference",
                "recorded_at",
                "recorded_by_id",
                "placement_batch_id",
                "payment_batch_id",
                "is_generated",
            ],
        )
        self.inserts = (self.parties, self.points, self.account_rows, self.claims, self.liabilities, self.events)
        self.at_text = connection.ops.adapt_datetimefield_value(at)
        self.texts: dict[object, str] = {}

    def add(self, row: PlacementRow) -> RowError | None:
        """Take one good row in; a row that contradicts what is known is handed back."""
        account = self.accounts.get(row.account_reference)
        if account is not None and account in self.old_accounts:
            before = self.old_claims.get((account, row.claim_reference))
            if before is not None:
                if before != row.amount:
                    return RowError(
                        row.row_number,
                        "amount",
                        f"known with the amount {before}; a change is posted as a ledger event, not imported again",
                        row.raw,
                    )
                self.known += 1
                return None
            if self.currency_of[account] != row.currency:
                return RowError(
                    row.row_number, "currency", f"the account is kept in {self.currency_of[account]}", row.raw
                )
            self.touched_old.add(account)
        due = row.due_date or row.invoice_date or self.today
        if account is None:
            account = self._new_account(row, due)
        elif account in self.open:
            held = self.open[account]
            held[0] += row.amount
            held[1] = min(held[1], due)
        elif account not in self.old_accounts:
            held = self.more.setdefault(account, [Decimal(0), due])
            held[0] += row.amount
            held[1] = min(held[1], due)
        amount = self._number(row.amount)
        claim = self.claims.add(account, row.claim_reference, amount, self._day(row.invoice_date), self._day(due))
        on = row.invoice_date or due
        self.events.add(
            account,
            claim,
            "charge",
            self._day(min(on, self.today)),
            amount,
            row.currency,
            "principal",
            None,
            self._day(due),
            "",
            None,
            self.at_text,
            None,
            self.batch.pk,
            None,
            self.batch.is_generated,
        )
        self.good += 1
        self.totals[row.currency] += row.amount
        if len(self.claims.rows) >= CHUNK:
            self.write()
        return None

    def _new_account(self, row: PlacementRow, due: date) -> int:
        invented = None
        if row.name is None:
            invented = invent_party(
                row.party_reference,
                jurisdiction=row.jurisdiction,
                kind=row.party_kind,
                language=row.language,
                seed=PEOPLE_SEED,
            )
        party = self._party(row, invented)
        number = self.account_rows.next_id
        self.account_rows.next_id += 1
        self.open[number] = [row.amount, due, row]
        self.accounts[row.account_reference] = number
        self.liabilities.add(number, party, "debtor", self._number(Decimal(1), 6))
        return number

    def _party(self, row: PlacementRow, invented: InventedParty | None) -> int:
        name = row.name if row.name is not None else invented.name if invented else ""
        is_invented = invented is not None or self.mapping.invented
        zones = self._json(row.time_zones)
        party = self.parties.add(
            row.party_kind,
            row.party_reference,
            vault.seal(name, column="crm_party.name") if name else b"",
            vault.blind_index(name, column="crm_party.name") if name else "",
            row.language,
            self._json(row.jurisdictions),
            zones,
            b"",
            None,
            False,
            False,
            False,
            False,
            is_invented,
            self.at_text,
        )
        points = invented.contact_points if invented is not None else row.contact_points
        for point in points:
            self.points.add(
                party,
                point.kind,
                vault.seal(point.value, column="crm_contactpoint.value"),
                vault.blind_index(point.value, column="crm_contactpoint.value"),
                "unverified",
                None,
                "invented" if is_invented else self.creditor.name[:80],
                "contract",
                row.time_zones[0],
                False,
                is_invented,
                self.at_text,
            )
        return party

    def write(self) -> None:
        """Write what is gathered so far. Rows refer to each other; the database checks that at the end of the transaction."""
        for number, (balance, due, row) in self.open.items():
            self.account_rows.rows.append(
                (
                    number,
                    self.creditor.pk,
                    self.batch.pk,
                    row.account_reference,
                    row.currency,
                    row.debt_kind,
                    row.consumer,
                    row.jurisdictions[0] if row.consumer else "",
                    "open",
                    None,
                    self._day(min(row.invoice_date or due, self.today)),
                    None,
                    False,
                    None,
                    False,
                    "none",
                    None,
                    self._json(dict(row.meta)),
                    self._number(balance),
                    self._day(due),
                    None,
                    self._day(self.today),
                )
            )
        self.open = {}
        self.hand.give([inserts.taken() for inserts in self.inserts])

    def finish(self) -> None:
        self.write()
        self.hand.wait()
        for number, (amount, due) in self.more.items():
            account = Account.objects.only("pk", "balance", "oldest_due_on").get(pk=number)
            account.balance += amount
            account.oldest_due_on = min(account.oldest_due_on or due, due)
            account.save(update_fields=["balance", "oldest_due_on"])
        for account in Account.objects.filter(pk__in=self.touched_old):
            renew_position(account, self.today)
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                for inserts in self.inserts:
                    cursor.execute(
                        f"SELECT setval(pg_get_serial_sequence('{inserts.table}', 'id'), {max(inserts.next_id - 1, 1)})"
                    )

    def _number(self, value: Decimal, places: int = 4) -> str:
        """A decimal as the database takes it; amounts of a file have at most three places, so nothing is rounded."""
        return f"{value:.{places}f}"

    def _day(self, value: date | None) -> str | None:
        if value is None:
            return None
        known = self.texts.get(value)
        if known is None:
            known = self.texts[value] = value.isoformat()
        return known

    def _json(self, value: Any) -> str:
        key = value if isinstance(value, tuple) else None
        known = self.texts.get(key) if key is not None else None
        if known is None:
            known = json.dumps(value, ensure_ascii=False)
            if key is not None:
                self.texts[key] = known
        return known


def import_payments(
    *,
    path: Path,
    by: User | None,
    at: datetime,
    mapping: Mapping | None = None,
    until: date | None = None,
    expect_count: int | None = None,
    expect_amount: Decimal | None = None,
    progress: Progress = lambda rows: None,
) -> ImportReport:
    """Read a file of payments, apply those dated up to `until` (today if left out) and decide the promises they touch. A payment is posted once, by its
    reference; what is dated later waits for a later run of the same file.

    Raises:
        ImportRefused: the control totals do not hold.
    """
    if by is not None:
        require(by, "crm.record_payment")
    last_day = min(until or clock.today(at), clock.today(at))
    reading = read_payments(path, mapping)
    report = ImportReport(file=path.name, assumptions=reading.mapping.assumptions)
    errors: list[RowError] = []
    with transaction.atomic():
        batch = PaymentBatch.objects.create(
            file_name=path.name,
            file_hash=_hash_of(path),
            mapping=reading.mapping.name,
            until=last_day,
            rows_read=0,
            rows_good=0,
            rows_bad=0,
            imported_at=at,
            imported_by=by,
        )
        touched: set[int] = set()
        totals: dict[str, Decimal] = defaultdict(Decimal)
        for row in reading:
            if reading.rows_read % CHUNK == 0:
                progress(reading.rows_read)
            if isinstance(row, RowError):
                errors.append(row)
                continue
            if row.paid_on > last_day:
                report.rows_left_out += 1
                continue
            found = _account_paid(row)
            if isinstance(found, RowError):
                errors.append(found)
                continue
            account, claim = found
            before = LedgerEvent.objects.filter(account=account, external_reference=row.payment_reference).first()
            if before is not None:
                if (before.amount, before.on) != (row.amount, row.paid_on):
                    errors.append(
                        RowError(
                            row.row_number,
                            "payment_reference",
                            f"posted before with {before.amount} on {before.on}",
                            row.raw,
                        )
                    )
                else:
                    report.rows_known += 1
                continue
            LedgerEvent.objects.create(
                account=account,
                claim=claim,
                kind="payment",
                on=row.paid_on,
                amount=row.amount,
                currency=row.currency,
                external_reference=row.payment_reference,
                note=row.method,
                recorded_at=at,
                recorded_by=by,
                payment_batch=batch,
            )
            touched.add(account.pk)
            report.rows_good += 1
            totals[row.currency] += row.amount
        _hold_control_totals(reading, expect_count, expect_amount)
        after_payments(Account.objects.filter(pk__in=touched).select_related("creditor"), at)
        report.rows_read, report.rows_bad, report.totals = reading.rows_read, len(errors), dict(totals)
        if errors:
            report.errors_file = errors_path(path)
            write_errors(report.errors_file, errors, reading.header)
        batch.rows_read, batch.rows_good, batch.rows_known = report.rows_read, report.rows_good, report.rows_known
        batch.rows_later, batch.rows_bad = report.rows_left_out, report.rows_bad
        batch.totals = {currency: str(total) for currency, total in totals.items()}
        batch.save()
        report.batch_id = batch.pk
        if not (report.rows_good or errors):
            transaction.set_rollback(True)
            # Payments that are all dated later are not known: they wait.
            report.known_before, report.batch_id = report.rows_known > 0 or report.rows_left_out == 0, None
    report.first_errors = errors[:20]
    return report


def _account_paid(row: PaymentRow) -> tuple[Account, Claim | None] | RowError:
    """The account and claim that a payment names; one and only one must fit."""
    claims = Claim.objects.select_related("account")
    if row.claim_reference:
        found = claims.filter(reference=row.claim_reference)
        if row.account_reference:
            found = found.filter(account__reference=row.account_reference)
        claims_found = list(found[:2])
        if len(claims_found) != 1:
            why = (
                "no claim of this reference"
                if not claims_found
                else "more than one claim has this reference; name the account too"
            )
            return RowError(row.row_number, "claim_reference", why, row.raw)
        account, claim = claims_found[0].account, claims_found[0]
    else:
        accounts = list(Account.objects.filter(reference=row.account_reference)[:2])
        if len(accounts) != 1:
            why = (
                "no account of this reference"
                if not accounts
                else "more than one account has this reference; name the claim"
            )
            return RowError(row.row_number, "account_reference", why, row.raw)
        account, claim = accounts[0], None
    if account.currency != row.currency:
        return RowError(row.row_number, "currency", f"the account is kept in {account.currency}", row.raw)
    return account, claim
