"""Where do expressions run? DuckDB in this process, or a Spark session: tables in by name, rows out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import pyarrow as pa


class Engine(Protocol):
    def load(self, name: str, table: pa.Table) -> None:
        """Make a table known by name."""

    def drop(self, name: str) -> None: ...

    def query(self, texts: Mapping[str, str]) -> pa.Table:
        """The rows of a query that is given in the SQL of each engine."""


class DuckDB:
    """DuckDB in memory; what does not fit is laid on disk."""

    def __init__(self, memory: str = "1GB", threads: int | None = None) -> None:
        import duckdb

        self._con = duckdb.connect(
            ":memory:", config={"memory_limit": memory, **({"threads": threads} if threads else {})}
        )
        self._con.execute("SET preserve_insertion_order = false")

    def load(self, name: str, table: pa.Table) -> None:
        self._con.register(name, table)

    def drop(self, name: str) -> None:
        self._con.unregister(name)

    def query(self, texts: Mapping[str, str]) -> pa.Table:
        return self._con.sql(texts["duckdb"]).to_arrow_table()


class Spark:
    """A Spark session (`pyspark` is an extra of its own)."""

    def __init__(self, session: Any) -> None:
        self._session = session

    def load(self, name: str, table: pa.Table) -> None:
        self._session.createDataFrame(table).createOrReplaceTempView(name)

    def drop(self, name: str) -> None:
        self._session.catalog.dropTempView(name)

    def query(self, texts: Mapping[str, str]) -> pa.Table:
        return self._session.sql(texts["pyspark"]).toArrow()
