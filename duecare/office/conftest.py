"""For every test of the office: its clock stands at the instant that the factories build for, so that no test depends on the day it runs, and it speaks
English, so that none depends on the language of a page that another asked for."""

from __future__ import annotations

import pytest

from duecare.office.crm.tests.factories import TUESDAY_TEN_IN_SHANGHAI


@pytest.fixture(autouse=True)
def standing_clock(monkeypatch):
    from duecare.office.site import clock

    monkeypatch.setattr(clock, "real_now", lambda: TUESDAY_TEN_IN_SHANGHAI)


@pytest.fixture(autouse=True)
def english():
    from django.utils import translation

    with translation.override("en"):
        yield
