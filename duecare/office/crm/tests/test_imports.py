"""Files go in whole, once, with their totals; bad rows come back with reasons."""

from __future__ import annotations

import csv
import random
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from duecare.exchange import load_mapping, settlements, write_payments, write_portfolio
from duecare.office.crm.imports import ImportRefused, import_payments, import_placements
from duecare.office.crm.models import (
    Account,
    Claim,
    ContactPoint,
    LedgerEvent,
    Liability,
    Party,
    PlacementBatch,
    PromiseToPay,
)
from duecare.office.crm.queries import statement
from duecare.office.crm.tests.factories import TUESDAY_TEN_IN_SHANGHAI as AT
from duecare.office.crm.tests.factories import make_account, make_creditor, make_user
from duecare.office.site import clock

pytestmark = pytest.mark.django_db
SHARED = Path(__file__).resolve().parents[5] / "shared" / "data"
RECEIVABLES = SHARED / "receivables" / "receivables.csv"
BANK = SHARED / "bank-recovery" / "bank-recovery.csv"
beside = pytest.mark.skipif(not RECEIVABLES.exists(), reason="shared/data is not beside this clone")


def place(path: Path, mapping: str, **more):
    return import_placements(
        path=path,
        mapping=load_mapping(mapping),
        creditor=more.pop("creditor", None) or make_creditor(),
        by=None,
        at=AT,
        **more,
    )


def counts() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Party, Account, Claim, Liability, ContactPoint, LedgerEvent))


@pytest.fixture
def generated(tmp_path: Path) -> Path:
    path = tmp_path / "generated.csv"
    write_portfolio(path, rows=300, as_of=clock.today(AT), seed=7)
    return path


@beside
@pytest.mark.parametrize(
    ("path", "mapping", "rows", "column"),
    [(RECEIVABLES, "receivables", 2466, "InvoiceAmount"), (BANK, "bank-recovery", 1882, "expected_recovery_amount")],
)
def test_a_real_file_goes_in_with_the_totals_of_a_sum_over_it(path: Path, mapping: str, rows: int, column: str) -> None:
    with path.open() as file:
        total = sum(Decimal(row[column]) for row in csv.DictReader(file))
    report = place(path, mapping, expect_count=rows, expect_amount=total)
    assert (report.rows_read, report.rows_good, report.rows_bad) == (rows, rows, 0)
    assert report.totals == {"USD": total}
    assert Claim.objects.count() == rows


@beside
def test_history_is_imported_as_it_was_known_and_moved_to_today(tmp_path: Path) -> None:
    report = place(RECEIVABLES, "receivables", as_of=date(2013, 6, 30), shift_to=clock.today(AT))
    assert report.rows_good == 84
    assert report.rows_left_out == 2382
    assert Claim.objects.filter(issued_on__gt=clock.today(AT)).count() == 0
    payments = tmp_path / "payments.csv"
    write_payments(
        payments,
        settlements(RECEIVABLES, load_mapping("receivables"), as_of=date(2013, 6, 30), shift_to=clock.today(AT)),
    )
    from datetime import timedelta

    waiting = import_payments(path=payments, by=None, at=AT)
    assert (waiting.rows_good, waiting.rows_left_out, waiting.known_before) == (0, 84, False)
    later = AT + timedelta(days=3)
    first = import_payments(path=payments, by=None, at=later)
    assert first.rows_good + first.rows_left_out == 84
    assert 0 < first.rows_good < 84
    rest = import_payments(path=payments, by=None, at=AT + timedelta(days=200))
    assert rest.rows_known == first.rows_good
    assert rest.rows_good == 84 - first.rows_good
    assert sum(Account.objects.values_list("balance", flat=True)) == 0


@beside
def test_no_protected_column_and_no_outcome_reaches_the_record() -> None:
    report = place(BANK, "bank-recovery")
    assert set(report.refused_columns) == {"age", "sex"}
    assert not any(
        {"age", "sex", "actual_recovery_amount"} & set(meta) for meta in Account.objects.values_list("meta", flat=True)
    )


def test_the_same_file_twice_changes_nothing(generated: Path) -> None:
    creditor = make_creditor()
    first = place(generated, "generated", creditor=creditor)
    before = counts()
    second = place(generated, "generated", creditor=creditor)
    assert second.known_before
    assert (second.rows_good, second.rows_known) == (0, first.rows_good)
    assert counts() == before
    assert PlacementBatch.objects.count() == 1


def test_a_longer_file_adds_only_what_is_new(tmp_path: Path, generated: Path) -> None:
    creditor = make_creditor()
    place(generated, "generated", creditor=creditor)
    longer = tmp_path / "longer.csv"
    write_portfolio(longer, rows=400, as_of=clock.today(AT), seed=7)
    report = place(longer, "generated", creditor=creditor)
    assert report.rows_known == 300
    assert report.rows_good == 100
    assert Claim.objects.count() == 400
    for account in Account.objects.all():
        assert account.balance == statement(account, clock.today(AT)).balance


def test_the_kept_position_is_what_a_replay_gives(generated: Path) -> None:
    place(generated, "generated")
    for account in Account.objects.all():
        owed = statement(account, clock.today(AT))
        assert (account.balance, account.oldest_due_on) == (owed.balance, owed.oldest_unpaid_due_on)


def test_control_totals_that_do_not_hold_leave_nothing_behind(generated: Path) -> None:
    creditor = make_creditor()
    with pytest.raises(ImportRefused, match="300 good rows where 301"):
        place(generated, "generated", creditor=creditor, expect_count=301)
    assert counts() == (0,) * 6
    assert PlacementBatch.objects.count() == 0


def spoil(path: Path, target: Path) -> set[int]:
    """Spoil ten rows of a generated file, one in each way; returns their row numbers."""
    with path.open(newline="") as file:
        header, *rows = list(csv.reader(file))
    place_of = {name: header.index(name) for name in header}
    chosen = random.Random(3).sample(range(10, len(rows)), 10)
    ways = [
        ("due_date", "31/31/2026"), ("amount", "-12.00"), ("account", ""), ("currency", "XXQ"), ("claim", None), ("amount", "twelve"),
        ("name", "x" * 500), ("name", "bad\x07bell"), ("name", '=HYPERLINK("http://x")'), ("", None),
    ]  # fmt: skip
    for row, (column, value) in zip(chosen, ways, strict=True):
        if column == "claim":
            rows[row] = [*rows[row - 1]]
        elif column == "":
            rows[row] = [*rows[row], "one too many"]
        else:
            rows[row][place_of[column]] = value
    with target.open("w", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return {row + 2 for row in chosen}


def test_ten_spoiled_rows_come_back_and_the_rest_goes_in(tmp_path: Path, generated: Path) -> None:
    target = tmp_path / "spoiled.csv"
    spoiled = spoil(generated, target)
    report = place(target, "generated")
    assert report.rows_bad == 10
    assert report.rows_good == 290
    assert report.errors_file == tmp_path / "spoiled.csv.errors.csv"
    with report.errors_file.open(encoding="utf-8-sig", newline="") as file:
        echoed = list(csv.reader(file))[1:]
    assert {int(row[0]) for row in echoed} == spoiled
    assert all(row[1] and row[2] for row in echoed)
    assert not any(cell.startswith(("=", "+", "@")) for row in echoed for cell in row)


def test_people_are_invented_for_files_without_names_and_marked_so(tmp_path: Path) -> None:
    path = tmp_path / "bank.csv"
    path.write_text(
        "id,expected_recovery_amount,actual_recovery_amount,recovery_strategy,age,sex\n1,100,5,Level 0 Recovery,30,Male\n"
    )
    place(path, "bank-recovery")
    party = Party.objects.get()
    assert party.is_invented
    assert party.name
    assert all(point.is_invented for point in party.contact_points.all())


def test_a_payment_keeps_a_promise_and_a_reversal_breaks_it_again() -> None:
    from datetime import timedelta

    from duecare.office.crm import services

    lead, collector = make_user("team_lead"), make_user("collector")
    account = make_account(assigned_to=collector)
    promise = services.make_promise(
        account=account,
        party=account.liabilities.get().party,
        amount=Decimal(500),
        due_on=clock.today(AT) + timedelta(days=3),
        by=collector,
        at=AT,
        activity=None,
    )
    day = AT + timedelta(days=2)
    payment = services.record_payment(account=account, amount=Decimal(500), on=clock.today(day), by=lead, at=day)
    assert PromiseToPay.objects.get(pk=promise.pk).status == "kept"
    late = AT + timedelta(days=9)
    services.reverse_payment(payment=payment, on=clock.today(late), by=lead, note="bounced", at=late)
    assert PromiseToPay.objects.get(pk=promise.pk).status == "broken"
    account.refresh_from_db()
    assert account.balance == Decimal(8000)
