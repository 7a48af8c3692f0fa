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


SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    "spark.sql.shuffle.partitions": "4",
    "spark.sql.ansi.enabled": "false",
    "spark.driver.memory": "2g",
    "spark.log.level": "ERROR",
}
"""For a session on one machine: tables come and go as Arrow, instants are numbers, and what is divided by nothing is nothing."""


class Spark:
    """A Spark session (`pyspark` is an extra of its own)."""

    def __init__(self, session: Any) -> None:
        self._session = session

    @classmethod
    def local(cls, cores: int = 2) -> Spark:
        """A session on this machine. Raises ImportError where `pyspark` is not installed."""
        from pyspark.sql import SparkSession

        builder = SparkSession.builder.master(f"local[{cores}]").appName("duecare")
        for name, value in SETTINGS.items():
            builder = builder.config(name, value)
        return cls(builder.getOrCreate())

    def load(self, name: str, table: pa.Table) -> None:
        self._session.createDataFrame(table).createOrReplaceTempView(name)

    def drop(self, name: str) -> None:
        self._session.catalog.dropTempView(name)

    def query(self, texts: Mapping[str, str]) -> pa.Table:
        return self._session.sql(texts["pyspark"]).toArrow()
