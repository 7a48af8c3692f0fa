"""Where do expressions run? DuckDB in this process, or a Spark session: tables in by name, rows out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
import pyarrow as pa


class Engine(Protocol):
    def load(self, name: str, table: pa.Table) -> None:
        """Make a table known by name."""

    def keep(self, name: str, texts: Mapping[str, str]) -> None:
        """Run a query once and make its rows known by name."""

    def drop(self, name: str) -> None: ...

    def query(self, texts: Mapping[str, str]) -> pa.Table:
        """The rows of a query that is given in the SQL of each engine: numbers and truths."""


class DuckDB:
    """DuckDB in memory; what does not fit is laid on disk."""

    def __init__(self, memory: str = "1GB", threads: int | None = None) -> None:
        import duckdb

        self._con = duckdb.connect(
            ":memory:", config={"memory_limit": memory, **({"threads": threads} if threads else {})}
        )
        self._con.execute("SET preserve_insertion_order = false")
        # It makes a join of each list of holidays, and took half of the time in which a query was planned.
        self._con.execute("SET disabled_optimizers = 'in_clause'")

    def load(self, name: str, table: pa.Table) -> None:
        # A table of DuckDB's own: each set of laws reads it again, and Arrow's texts would be taken over each time.
        self._con.register("duecare_handed_in", table)
        self._con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM duecare_handed_in")
        self._con.unregister("duecare_handed_in")

    def keep(self, name: str, texts: Mapping[str, str]) -> None:
        self._con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {texts['duckdb']}")

    def drop(self, name: str) -> None:
        self._con.execute(f"DROP TABLE IF EXISTS {name}")

    def query(self, texts: Mapping[str, str]) -> pa.Table:
        # `sql` would take the long text apart and bind it once more.
        found = self._con.execute(texts["duckdb"]).fetchnumpy()
        return pa.table(
            {name: pa.array(column, from_pandas=False, **_missing(column)) for name, column in found.items()}
        )


def _missing(column: Any) -> dict[str, Any]:
    """Where a column of numpy's holds nothing."""
    return {"mask": np.ma.getmaskarray(column)} if isinstance(column, np.ma.MaskedArray) else {}


SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    "spark.sql.shuffle.partitions": "4",
    "spark.sql.ansi.enabled": "false",
    "spark.driver.memory": "2g",
    "spark.log.level": "ERROR",
}
"""For a session on one machine: tables come and go as Arrow, instants are numbers, and what is divided by nothing is nothing. The expressions are wider than
a compiled stage pays for."""


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

    def keep(self, name: str, texts: Mapping[str, str]) -> None:
        self._session.sql(texts["pyspark"]).createOrReplaceTempView(name)
        self._session.catalog.cacheTable(name)

    def drop(self, name: str) -> None:
        if self._session.catalog.isCached(name):
            self._session.catalog.uncacheTable(name)
        self._session.catalog.dropTempView(name)

    def query(self, texts: Mapping[str, str]) -> pa.Table:
        return self._session.sql(texts["pyspark"]).toArrow()
