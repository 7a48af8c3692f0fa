"""The chained logs notice every kind of tampering, and the database refuses most of it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction

from duecare.office.site import chain
from duecare.office.site.models import AuditEntry

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


@pytest.fixture
def entries(settings, tmp_path):
    from duecare.office.site.home import Home

    settings.HOME = Home(tmp_path)
    return [AuditEntry.append(at=AT, by=None, act="test", subject=f"row:{n}", detail={"n": n}) for n in range(5)]


def tamper(sql: str, parameters: list[object]) -> None:
    """Change a row behind the database's own guard, as somebody with the file in hands could."""
    with connection.cursor() as cursor:
        for act in ("update", "delete"):
            cursor.execute(f"DROP TRIGGER IF EXISTS site_auditentry_no_{act}")
        cursor.execute(sql, parameters)


def test_an_untouched_chain_holds(entries):
    report = chain.verify(AuditEntry)
    assert report.holds
    assert report.rows == 5
    assert report.head == entries[-1].hash


def test_a_changed_row_is_named(entries):
    tamper("UPDATE site_auditentry SET subject = 'row:99' WHERE sequence = %s", [3])
    report = chain.verify(AuditEntry)
    assert report.broken_at == 3
    assert "row 3" in report.why


def test_a_row_taken_out_is_named(entries):
    tamper("DELETE FROM site_auditentry WHERE sequence = %s", [2])
    report = chain.verify(AuditEntry)
    assert report.broken_at == 2
    assert "missing" in report.why


def test_a_cut_off_tail_is_noticed_by_the_anchor(entries):
    chain.anchor(AT)
    tamper("DELETE FROM site_auditentry WHERE sequence > %s", [3])
    report = chain.verify(AuditEntry)
    assert report.broken_at == 4
    assert "cut off" in report.why


def test_a_chain_written_anew_is_noticed_by_the_anchor(entries):
    chain.anchor(AT)
    tamper("DELETE FROM site_auditentry WHERE sequence > %s", [0])
    for n in range(5):
        AuditEntry.append(at=AT, by=None, act="test", subject=f"other:{n}", detail={})
    assert chain.verify(AuditEntry).broken_at == 5


@pytest.mark.parametrize(
    "sql", ["UPDATE site_auditentry SET act = 'x' WHERE sequence = 1", "DELETE FROM site_auditentry WHERE sequence = 1"]
)
def test_the_database_refuses_to_change_or_delete_a_row(entries, sql):
    refused = pytest.raises((IntegrityError, OperationalError), match="append-only")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert chain.verify(AuditEntry).holds
