"""`duecare audit verify` proves every chain, that of the changes to the office's own rules among them."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from django.db import connection

from duecare.cli import main
from duecare.office.crm.tests.factories import make_user
from duecare.office.outreach import gate
from duecare.office.rulebooks import services
from duecare.office.rulebooks.models import Proposal
from duecare.office.rulebooks.tests.conftest import NO_VISITS, NOW, TOMORROW
from duecare.office.site.home import Home

pytestmark = pytest.mark.django_db


@pytest.fixture
def approved(settings, tmp_path) -> Proposal:
    settings.HOME = Home(tmp_path)
    proposal = services.propose(
        by=make_user("compliance_officer"), at=NOW, kind="house", text=NO_VISITS, reason="why", effective_on=TOMORROW
    )
    services.approve(proposal=proposal, by=make_user("legal"), at=NOW)
    yield proposal
    gate.forget()


def test_the_chains_of_changes_to_rules_are_proved(approved):
    told = CliRunner().invoke(main, ["audit", "verify"])
    assert told.exit_code == 0
    assert "rulebooks_proposal: 1 rows, chain holds" in told.output
    assert "rulebooks_step: 2 rows, chain holds" in told.output


def test_a_change_that_was_tampered_with_is_named(approved):
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER rulebooks_proposal_no_update")
        cursor.execute("UPDATE rulebooks_proposal SET text = replace(text, 'visit', 'call')")
    told = CliRunner().invoke(main, ["audit", "verify"])
    assert told.exit_code == 1
    assert "rulebooks_proposal: BROKEN at row 1: row 1 was changed after it was written" in told.output
