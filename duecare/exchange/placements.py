"""What was placed? A stream of good rows and bad ones, with control totals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from duecare.exchange.cells import (
    MAX_LENGTH,
    MAX_REFERENCE,
    CellError,
    read_amount,
    read_date,
    read_email,
    read_phone,
    read_text,
    unseen_character,
)
from duecare.exchange.currencies import is_currency
from duecare.exchange.mapping import DEBT_KINDS, LANGUAGES, Mapping, places
from duecare.exchange.tables import TableRow, open_table
from duecare.exchange.values import ControlTotalError, MappingError, PlacedContactPoint, PlacementRow, RowError

YES = frozenset({"true", "yes", "1", "y", "是"})
NO = frozenset({"false", "no", "0", "n", "否"})
PHONES = ("mobile", "home_phone", "work_phone")


class FieldError(CellError):
    """A cell that is not what its field may hold, with the field."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field


class RowCells:
    """The cells of a row by field, as the mapping names them."""

    def __init__(self, mapping: Mapping, header: tuple[str, ...]) -> None:
        self.mapping = mapping
        self.header = header
        self._place = {field: header.index(column) for field, column in mapping.columns.items() if column in header}
        self._tables = mapping.tables
        self._dates: dict[str, date] = {}
        self.meta = tuple((name, header.index(column)) for column, name in mapping.meta.items() if column in header)

    def column(self, field: str) -> str:
        """How the file calls the field: what the person who mends the file looks for."""
        return self.mapping.columns.get(field, field)

    def has(self, field: str) -> bool:
        return field in self._place

    def get(self, cells: tuple[str, ...], field: str) -> str | None:
        """The cell, put through the mapping's table; None where the file has no such column."""
        place = self._place.get(field)
        if place is None:
            return None
        text = cells[place].strip(" ")
        table = self._tables.get(field)
        if table is None:
            return text
        if text not in table:
            raise FieldError(self.column(field), f"{text[:40]!r} is not in the mapping's table for {field}")
        return table[text]

    def reference(self, cells: tuple[str, ...], field: str) -> str:
        text = self.get(cells, field) or ""
        if not text:
            raise FieldError(self.column(field), "no reference")
        return self.checked(field, read_text, text, field, MAX_REFERENCE)

    def day(self, cells: tuple[str, ...], field: str) -> date:
        return self.day_of(self.get(cells, field) or "", self.column(field))

    def day_of(self, text: str, column: str) -> date:
        known = self._dates.get(text)
        if known is None:
            try:
                known = read_date(text, self.mapping.dates)
            except CellError as error:
                raise FieldError(column, str(error)) from error
            # Files repeat few days many times; parsing one is the dearest thing in a row.
            if len(self._dates) < 50_000:
                self._dates[text] = known
        return known

    def currency(self, cells: tuple[str, ...]) -> str:
        if self.mapping.constants.currency is not None:
            return self.mapping.constants.currency
        text = self.get(cells, "currency") or ""
        if not is_currency(text):
            raise FieldError(self.column("currency"), f"{text[:40]!r} is no currency of ISO 4217")
        return text

    def amount(self, cells: tuple[str, ...], currency: str) -> Decimal:
        form = self.mapping.amounts
        text = self.get(cells, "amount") or ""
        try:
            return read_amount(text, currency, decimal_sign=form.decimal_sign, thousands_sign=form.thousands_sign)
        except CellError as error:
            raise FieldError(self.column("amount"), str(error)) from error

    def checked(self, field: str, check: Callable[..., str], *given: object) -> str:
        try:
            return check(*given)
        except CellError as error:
            raise FieldError(self.column(field), str(error)) from error

    def refuse_unseen(self, cells: tuple[str, ...]) -> None:
        """Control characters are refused wherever they stand, also in columns that are not read."""
        if "".join(cells).isprintable():
            return
        for column, cell in zip(self.header, cells, strict=True):
            found = unseen_character(cell)
            if found is not None:
                reason = (
                    "bytes that are not in the file's encoding"
                    if found.startswith("U+DC")
                    else f"the control character {found}"
                )
                raise FieldError(column, reason)


class Reading:
    """What all readings count: rows and money."""

    def __init__(self) -> None:
        self.rows_read = 0
        self.rows_good = 0
        self.rows_bad = 0
        self.rows_left_out = 0
        self.totals: dict[str, Decimal] = defaultdict(Decimal)

    def assert_control(self, *, count: int | None = None, amount: Decimal | None = None) -> None:
        """Hold good rows and their sum against what was expected; call it when all rows have been read.

        Raises:
            ControlTotalError: they differ, or there are several currencies to one expected amount.
        """
        if count is not None and count != self.rows_good:
            raise ControlTotalError(f"{self.rows_good} good rows where {count} were expected ({self.rows_bad} are bad)")
        if amount is not None:
            if len(self.totals) > 1:
                raise ControlTotalError(f"one amount cannot control {', '.join(sorted(self.totals))}")
            total = sum(self.totals.values(), Decimal(0))
            if total != amount:
                raise ControlTotalError(f"the good rows sum to {total} where {amount} was expected")


class PlacementReading(Reading, Iterator[PlacementRow | RowError]):
    """Iterate once over it; the counts are those of the rows read so far."""

    def __init__(
        self,
        path: Path,
        mapping: Mapping,
        *,
        as_of: date | None,
        shift_to: date | None,
        received_on: date | None,
    ) -> None:
        super().__init__()
        if mapping.for_ != "placements":
            raise MappingError(f"mapping {mapping.name} is for {mapping.for_}")
        if shift_to is not None and as_of is None:
            raise MappingError("shift_to needs as_of: the day that becomes the other")
        table = open_table(path, mapping)
        self.mapping = mapping
        self.header = table.header
        self.encoding = table.encoding
        self.refused_columns = tuple(column for column in mapping.protected if column in table.header)
        self.outcome_columns = tuple(
            column for column in (mapping.outcomes.settled_on, *mapping.outcomes.columns) if column in table.header
        )
        self._rows = table.rows
        self._cells = RowCells(mapping, table.header)
        self._as_of = as_of
        self._shift = shift_to - as_of if shift_to and as_of else timedelta(0)
        self._settled = table.header.index(mapping.outcomes.settled_on) if mapping.outcomes.settled_on else None
        anchor = as_of or received_on
        self._default_due = (
            anchor - timedelta(days=mapping.due_date_default.days_before)
            if anchor and mapping.due_date_default
            else None
        )
        self._seen: set[tuple[str, str]] = set()
        self._account_currency: dict[str, str] = {}

    def __next__(self) -> PlacementRow | RowError:
        for row in self._rows:
            self.rows_read += 1
            try:
                placed = self._read(row)
            except FieldError as error:
                self.rows_bad += 1
                return RowError(row.number, error.field, str(error), row.cells)
            if placed is None:
                self.rows_left_out += 1
                continue
            self.rows_good += 1
            self.totals[placed.currency] += placed.amount
            return placed
        raise StopIteration

    def _read(self, row: TableRow) -> PlacementRow | None:
        """The row as placed; None where it was not open on the as-of day."""
        if row.problem is not None:
            raise FieldError("row", row.problem)
        cells, read, mapping = row.cells, self._cells, self.mapping
        read.refuse_unseen(cells)
        account = read.reference(cells, "account_reference")
        claim = read.reference(cells, "claim_reference")
        party = read.reference(cells, "party_reference") if read.has("party_reference") else account
        currency = read.currency(cells)
        amount = read.amount(cells, currency)
        invoiced = self._invoice_date(cells)
        due = self._due_date(cells)
        if invoiced and due and due < invoiced:
            raise FieldError(read.column("due_date"), f"due on {due}, before it was invoiced on {invoiced}")
        settled = self._settled_on(cells)
        jurisdiction = mapping.constants.jurisdiction or read.get(cells, "jurisdiction") or ""
        if jurisdiction not in places():
            raise FieldError(read.column("jurisdiction"), f"{jurisdiction[:40]!r} is not a place that is known")
        name = None
        if read.has("name"):
            text = read.get(cells, "name") or ""
            name = read.checked("name", read_text, text, "name", MAX_LENGTH["name"]) or None
        placed = PlacementRow(
            row_number=row.number,
            account_reference=account,
            claim_reference=claim,
            party_reference=party,
            party_kind=mapping.constants.party_kind
            or self._one_of(cells, "party_kind", frozenset({"person", "company"})),
            name=name,
            amount=amount,
            currency=currency,
            invoice_date=invoiced + self._shift if invoiced else None,
            due_date=due + self._shift if due else None,
            jurisdiction=jurisdiction,
            time_zones=self._zones(cells, jurisdiction),
            debt_kind=mapping.constants.debt_kind or self._one_of(cells, "debt_kind", DEBT_KINDS),
            consumer=self._consumer(cells),
            language=self._language(cells, jurisdiction),
            contact_points=self._contact_points(cells),
            meta=self._meta(cells),
            raw=cells,
        )
        self._hold_against_the_rest(placed)
        if self._as_of is not None:
            if invoiced is not None and invoiced > self._as_of:
                return None
            if settled is not None and settled <= self._as_of:
                return None
        return placed

    def _settled_on(self, cells: tuple[str, ...]) -> date | None:
        if self._settled is None or not cells[self._settled].strip(" "):
            return None
        return self._cells.day_of(cells[self._settled], self.header[self._settled])

    def _invoice_date(self, cells: tuple[str, ...]) -> date | None:
        if not self._cells.get(cells, "invoice_date"):
            return None
        return self._cells.day(cells, "invoice_date")

    def _due_date(self, cells: tuple[str, ...]) -> date | None:
        if self.mapping.due_date_default is not None and not self._cells.get(cells, "due_date"):
            return self._default_due
        return self._cells.day(cells, "due_date")

    def _one_of(self, cells: tuple[str, ...], field: str, known: frozenset[str]) -> str:
        text = self._cells.get(cells, field) or ""
        if text not in known:
            raise FieldError(self._cells.column(field), f"{text[:40]!r} is not one of {', '.join(sorted(known))}")
        return text

    def _consumer(self, cells: tuple[str, ...]) -> bool:
        if self.mapping.constants.consumer is not None:
            return self.mapping.constants.consumer
        text = (self._cells.get(cells, "consumer") or "").lower()
        if text not in YES and text not in NO:
            raise FieldError(self._cells.column("consumer"), f"{text[:40]!r} is neither true nor false")
        return text in YES

    def _language(self, cells: tuple[str, ...], jurisdiction: str) -> str:
        if self._cells.has("language"):
            return self._one_of(cells, "language", LANGUAGES)
        if self.mapping.constants.language is not None:
            return self.mapping.constants.language
        if jurisdiction not in self.mapping.language:
            raise FieldError("language", f"the mapping names no language for {jurisdiction}")
        return self.mapping.language[jurisdiction]

    def _zones(self, cells: tuple[str, ...], jurisdiction: str) -> tuple[str, ...]:
        text = self._cells.get(cells, "time_zone")
        if not text:
            return places()[jurisdiction]
        names = tuple(name.strip(" ") for name in text.split(";"))
        for name in names:
            try:
                ZoneInfo(name)
            except Exception as error:  # zoneinfo raises half a dozen kinds for names it cannot use
                raise FieldError(self._cells.column("time_zone"), f"{name[:40]!r} is no time zone") from error
        return names

    def _contact_points(self, cells: tuple[str, ...]) -> tuple[PlacedContactPoint, ...]:
        read = self._cells
        points: list[PlacedContactPoint] = []
        for kind in PHONES:
            if text := read.get(cells, kind):
                points.append(PlacedContactPoint(kind, read.checked(kind, read_phone, text), self.mapping.invented))
        if text := read.get(cells, "email"):
            points.append(PlacedContactPoint("email", read.checked("email", read_email, text), self.mapping.invented))
        if postal := read.get(cells, "postal"):
            value = read.checked("postal", read_text, postal, "postal", MAX_LENGTH["postal"])
            points.append(PlacedContactPoint("postal", value, self.mapping.invented))
        return tuple(points)

    def _meta(self, cells: tuple[str, ...]) -> dict[str, str]:
        further: dict[str, str] = {}
        for name, place in self._cells.meta:
            try:
                further[name] = read_text(cells[place], name, MAX_LENGTH["meta"])
            except CellError as error:
                raise FieldError(self.header[place], str(error)) from error
        return further

    def _hold_against_the_rest(self, placed: PlacementRow) -> None:
        """What only the rows before can tell: the same claim twice, one account in two currencies."""
        key = (placed.account_reference, placed.claim_reference)
        if key in self._seen:
            raise FieldError(
                self._cells.column("claim_reference"), f"{placed.claim_reference!r} stands in the file already"
            )
        if self.mapping.constants.currency is None:
            known = self._account_currency.setdefault(placed.account_reference, placed.currency)
            if known != placed.currency:
                raise FieldError(
                    self._cells.column("currency"),
                    f"the account is in {known} in an earlier row, here in {placed.currency}",
                )
        self._seen.add(key)


def read_placements(
    path: Path,
    mapping: Mapping,
    *,
    as_of: date | None = None,
    shift_to: date | None = None,
    received_on: date | None = None,
) -> PlacementReading:
    """Stream the rows of a file of placements.

    Args:
        as_of: leave out what was invoiced later or settled by that day (counted in `rows_left_out`); None reads all rows.
        shift_to: move all dates by the same number of days, so that `as_of` becomes this day.
        received_on: what a relative default due date counts back from where `as_of` is not given; with neither, the due date stays None.

    Raises:
        FileError: the file cannot be read as a table.
        MappingError: the mapping does not fit the file.
    """
    return PlacementReading(Path(path), mapping, as_of=as_of, shift_to=shift_to, received_on=received_on)
