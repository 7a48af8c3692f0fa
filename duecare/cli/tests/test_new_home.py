"""The first command in an empty home finds an office, whichever it is."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

CLONE = Path(__file__).resolve().parents[3]


def duecare(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "DUECARE_HOME": str(home),
        "DUECARE_DEMO": "0",
        "DJANGO_SUPERUSER_PASSWORD": "a-long-word-for-a-test",
    }
    environment.pop("DUECARE_DATABASE", None)
    return subprocess.run(
        [sys.executable, "-m", "duecare", *arguments], cwd=CLONE, env=environment, capture_output=True, text=True
    )


@pytest.mark.slow
def test_a_plain_office_begins_with_its_first_administrator(tmp_path: Path) -> None:
    home = tmp_path / "home"
    made = duecare(home, "manage", "createsuperuser", "--noinput", "--username", "ada", "--email", "ada@example.com")
    assert made.returncode == 0, made.stderr
    with sqlite3.connect(home / "duecare.sqlite3") as database:
        assert database.execute("SELECT username FROM people_user").fetchall() == [("ada",)]
    assert not (home / "demo-office").exists()


@pytest.mark.slow
def test_a_database_file_without_a_table_is_no_office_yet(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "duecare.sqlite3") as database:
        database.execute("PRAGMA journal_mode=WAL")
    closed = duecare(tmp_path, "close-day")
    assert closed.returncode == 0, closed.stderr
