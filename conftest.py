"""For every test: a home of its own, so that no test touches the office in ./var, and tables that can be emptied between tests.

Append-only tables refuse deletion; tests that need several connections (live server, killed processes) empty the tables afterwards, so there the
triggers against deletion are dropped. `duecare/office/site/tests/test_chain.py` proves that the triggers do their work.
"""

from __future__ import annotations

import os
import tempfile

os.environ.setdefault("DUECARE_HOME", tempfile.mkdtemp(prefix="duecare-test-"))
os.environ.setdefault("DUECARE_DEMO", "0")
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")

import pytest


@pytest.fixture
def flushable(transactional_db):
    """Lets the flush after a transactional test empty append-only tables."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%_no_delete'")
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP TRIGGER {name}")
