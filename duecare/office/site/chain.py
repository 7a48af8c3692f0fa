"""Append-only tables whose rows are chained by hash, and the proof that nothing was changed, added or taken out.

A row's hash covers its own fields and the hash of the row before it. The head of each chain is also written to a file
outside the database (`Home.anchors`), so that cutting off the newest rows is noticed too.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import connection, migrations, models, transaction

GENESIS = "0" * 64


class ChainBroken(Exception):
    """A chain does not verify; the message names the first broken row."""


class ChainedRow(models.Model):
    sequence = models.PositiveBigIntegerField(unique=True, editable=False)
    previous_hash = models.CharField(max_length=64, editable=False)
    hash = models.CharField(max_length=64, unique=True, editable=False)

    class Meta:
        abstract = True

    @classmethod
    def append(cls, **fields: Any) -> Any:
        """Write one row at the end of the chain. Runs in the caller's transaction, which holds the chain's lock."""
        with transaction.atomic():
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [cls._meta.db_table])
            last = cls._default_manager.order_by("-sequence").values("sequence", "hash").first()
            row = cls(
                sequence=last["sequence"] + 1 if last else 1,
                previous_hash=last["hash"] if last else GENESIS,
                **fields,
            )
            row.hash = row.compute_hash()
            row.save(force_insert=True)
        return row

    def compute_hash(self) -> str:
        payload = {
            field.attname: getattr(self, field.attname)
            for field in self._meta.concrete_fields
            if field.attname not in ("id", "hash")
        }
        text = json.dumps(payload, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_canonical)
        return hashlib.sha256(text.encode()).hexdigest()


def _canonical(value: object) -> str:
    if isinstance(value, datetime):
        from datetime import UTC

        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date | Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} cannot be part of a chained row")


@dataclass(frozen=True)
class ChainReport:
    table: str
    rows: int
    head: str
    broken_at: int | None = None
    why: str = ""

    @property
    def holds(self) -> bool:
        return self.broken_at is None


def chained_models() -> Iterator[type[ChainedRow]]:
    from django.apps import apps

    for model in apps.get_models():
        if issubclass(model, ChainedRow):
            yield model


def verify(model: type[ChainedRow]) -> ChainReport:
    """Walk a chain from its first row; report the first row that does not fit, or the head where all do."""
    table, expected, previous, rows = model._meta.db_table, 1, GENESIS, 0
    anchors = {anchor["sequence"]: anchor["hash"] for anchor in read_anchors() if anchor["table"] == table}
    for row in model._default_manager.order_by("sequence").iterator(chunk_size=2000):
        why = ""
        if row.sequence != expected:
            why = f"row {expected} is missing"
        elif row.previous_hash != previous:
            why = f"row {row.sequence} does not follow the row before it"
        elif row.compute_hash() != row.hash:
            why = f"row {row.sequence} was changed after it was written"
        elif anchors.get(row.sequence, row.hash) != row.hash:
            why = f"row {row.sequence} differs from the head that was anchored outside the database"
        if why:
            return ChainReport(table, rows, previous, broken_at=expected, why=why)
        rows, previous, expected = rows + 1, row.hash, expected + 1
    if anchors and max(anchors) >= expected:
        return ChainReport(table, rows, previous, broken_at=expected, why=f"rows from {expected} on were cut off")
    return ChainReport(table, rows, previous)


def read_anchors() -> list[dict[str, Any]]:
    path = settings.HOME.anchors
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def anchor(at: datetime) -> None:
    """Append the present heads to the anchor file."""
    known = {(entry["table"], entry["sequence"]) for entry in read_anchors()}
    with settings.HOME.anchors.open("a") as file:
        for model in chained_models():
            last = model._default_manager.order_by("-sequence").values("sequence", "hash").first()
            if last and (model._meta.db_table, last["sequence"]) not in known:
                file.write(json.dumps({"table": model._meta.db_table, **last, "at": at.isoformat()}) + "\n")


def append_only(table: str) -> migrations.RunPython:
    """A migration step: the database itself refuses to change or delete rows of this table."""

    def install(apps: Any, schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "sqlite":
            for act in ("UPDATE", "DELETE"):
                schema_editor.execute(
                    f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )
        else:
            schema_editor.execute(
                "CREATE OR REPLACE FUNCTION duecare_append_only() RETURNS trigger AS "
                "$$ BEGIN RAISE EXCEPTION '%% is append-only', TG_TABLE_NAME; END $$ LANGUAGE plpgsql",
                params=(),
            )
            schema_editor.execute(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION duecare_append_only()"
            )

    def remove(apps: Any, schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "sqlite":
            for act in ("update", "delete"):
                schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{act}")
        else:
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_append_only ON {table}")

    return migrations.RunPython(install, remove)
