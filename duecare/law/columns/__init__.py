"""May these be made? The same rules over a table of planned contacts.

    contacts ──flatten──► facts, history, wishes, consents ──one expression a set of laws──► verdict, reasons, next lawful moment

`judge_table` answers a whole table. Each kind of rule gives an Ibis expression beside its `judge`; the expressions hold integers and booleans only
(instants are microseconds, days are numbers, zones are trees of their offsets), so that DuckDB and Spark cannot read a clock or a calendar in their own way.
The answers are those of `Library.judge`, which a property test and `bench/law.py` hold them to.
"""

from duecare.law.columns.batch import BatchError, judge_table

__all__ = ["BatchError", "judge_table"]
