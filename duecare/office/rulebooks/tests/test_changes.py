"""The office's own rules: two people, a day on which they begin, a chain that tells of tampering, and a gate that is stricter for it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, OperationalError, connection, transaction

from duecare.law import default_library
from duecare.office.crm.queries import debtor_of
from duecare.office.crm.tests.factories import make_account, make_creditor, make_party, make_user
from duecare.office.desk.models import WorklistEntry
from duecare.office.outreach import gate
from duecare.office.outreach import queries as outreach_queries
from duecare.office.outreach.permits import ask, permit
from duecare.office.rulebooks import drafting, layers, queries, services
from duecare.office.rulebooks.models import Proposal, Step
from duecare.office.site import chain

from .conftest import NO_VISITS, NOW, TODAY, TOMORROW, TWO_A_DAY, House

pytestmark = pytest.mark.django_db


def visit(house: House, at=NOW + timedelta(days=1)):
    account = house.account
    _request, decision = ask(
        account=account,
        party=debtor_of(account),
        contact_point=debtor_of(account).contact_points.get(kind="postal"),
        channel="visit",
        at=at,
        by=house.collector,
    )
    return decision


# --- two people ----------------------------------------------------------------------------------------------------


def test_the_proposer_cannot_approve_or_reject(house: House) -> None:
    proposal = house.propose()
    with pytest.raises(PermissionDenied, match="second person"):
        house.approve(proposal, by=house.officer)
    with pytest.raises(PermissionDenied, match="second person"):
        services.reject(proposal=proposal, by=house.officer, at=NOW, note="no")
    assert not Step.objects.exclude(act="proposed").exists()


def test_the_database_itself_refuses_a_maker_who_checks(house: House) -> None:
    proposal = house.propose()
    with pytest.raises(IntegrityError, match="maker_never_checks"), transaction.atomic():
        Step.append(
            proposal=proposal, act="approved", by=house.officer, maker=house.officer, at=NOW, in_force_from=TODAY,
            proposal_hash=proposal.hash,
        )  # fmt: skip


@pytest.mark.parametrize("role", ["collector", "team_lead", "trainer", "account_manager", "administrator"])
def test_other_roles_neither_propose_nor_decide(house: House, role: str) -> None:
    other = make_user(role)
    with pytest.raises(PermissionDenied):
        house.propose(by=other)
    with pytest.raises(PermissionDenied):
        house.approve(house.propose(), by=other)


def test_a_proposal_is_decided_once(house: House) -> None:
    proposal = house.propose()
    house.approve(proposal)
    with pytest.raises(ValidationError, match="decided already"):
        services.reject(proposal=proposal, by=house.legal, at=NOW, note="after all not")


def test_only_who_proposed_takes_it_back_and_then_it_is_decided(house: House) -> None:
    proposal = house.propose()
    with pytest.raises(PermissionDenied):
        services.withdraw(proposal=proposal, by=house.legal, at=NOW)
    services.withdraw(proposal=proposal, by=house.officer, at=NOW)
    with pytest.raises(ValidationError, match="decided already"):
        house.approve(proposal)
    assert [step.act for step in Step.objects.order_by("sequence")] == ["proposed", "withdrawn"]


def test_a_rejection_says_why(house: House) -> None:
    with pytest.raises(ValidationError, match="why"):
        services.reject(proposal=house.propose(), by=house.legal, at=NOW, note=" ")


# --- its day -------------------------------------------------------------------------------------------------------


def test_it_takes_effect_on_its_date_and_not_before(house: House) -> None:
    before = gate.library().version
    proposal = house.propose(effective_on=TOMORROW)
    assert gate.library().version == before
    house.approve(proposal)
    assert gate.library().version != before
    assert visit(house, NOW).verdict == "allow"
    refused = visit(house, NOW + timedelta(days=1))
    assert refused.verdict == "deny"
    assert [reason.rule for reason in refused.reasons] == ["OFFICE-NO-VISITS"]
    assert refused.legal_verdict == "allow"


def test_an_approval_after_the_date_binds_from_the_day_of_the_approval(house: House) -> None:
    proposal = house.propose(effective_on=TOMORROW)
    late = NOW + timedelta(days=9)
    assert house.approve(proposal, at=late).in_force_from == late.date()
    assert visit(house, late - timedelta(days=1)).verdict == "allow"
    assert visit(house, late).verdict == "deny"


def test_a_past_day_is_refused(house: House) -> None:
    with pytest.raises(ValidationError, match="today or later"):
        house.propose(effective_on=TODAY - timedelta(days=1))


def test_an_approval_for_today_makes_the_lists_of_the_day_anew(house: House) -> None:
    WorklistEntry.objects.create(user=house.collector, account=house.account, day=TODAY, place=1, section="now")
    house.approve(house.propose(NO_VISITS.replace("2026-11-26", "2026-11-25"), effective_on=TODAY))
    assert not WorklistEntry.objects.exists()


def test_an_end_takes_a_second_person_too_and_a_day(house: House) -> None:
    proposal = house.propose()
    house.approve(proposal)
    last = TOMORROW + timedelta(days=10)
    end = house.propose(kind="end", text="", replaces=proposal, effective_on=last)
    assert visit(house, NOW + timedelta(days=30)).verdict == "deny"
    house.approve(end)
    assert visit(house, NOW + timedelta(days=10)).verdict == "deny"
    assert visit(house, NOW + timedelta(days=12)).verdict == "allow"
    with pytest.raises(ValidationError, match="already"):
        house.propose(kind="end", text="", replaces=proposal, effective_on=last)


# --- the gate ------------------------------------------------------------------------------------------------------


def test_a_layer_tightens_a_permit_which_stores_the_new_version(house: House) -> None:
    point = debtor_of(house.account).contact_points.get(kind="postal")
    order = {
        "account": house.account,
        "party": debtor_of(house.account),
        "contact_point": point,
        "channel": "visit",
        "at": NOW + timedelta(days=1),
        "by": house.collector,
    }
    first = permit(**order)
    house.approve(house.propose())
    second = permit(**order)
    assert (first.verdict, second.verdict) == ("allow", "deny")
    assert first.rulebook_version == default_library().version
    assert second.rulebook_version == gate.library().version != first.rulebook_version
    assert len(second.rulebook_version) <= 64
    again = outreach_queries.decide_again(second)
    assert again.same
    assert again.same_rulebook


def test_a_creditors_policy_binds_that_creditors_accounts_alone(house: House) -> None:
    other = make_account(
        party=debtor_of(house.account), creditor=make_creditor(name="Bank B"), assigned_to=house.collector
    )
    text = NO_VISITS.replace("Office policy", "Policy of Bank A")
    house.approve(house.propose(text, kind="creditor", creditor=house.creditor))
    assert visit(house).verdict == "deny"
    house.account = other
    assert visit(house).verdict == "allow"
    assert gate.library_for(house.creditor.pk).version != gate.library_for(other.creditor_id).version
    # A page about the refusal finds the rule whoever looks.
    assert gate.library().rule("OFFICE-NO-VISITS").sentence["en"] == "Nobody is visited."
    assert "OFFICE-NO-VISITS" not in {rule.id for rule in gate.library().rules()}


def test_a_rule_of_a_place_binds_only_there(house: House) -> None:
    abroad = make_account(
        party=make_party(jurisdictions=("GB",), time_zones=("Europe/London",), postal="1 Example Road"),
        creditor=house.creditor,
        assigned_to=house.collector,
    )
    house.approve(house.propose(NO_VISITS, place="CN"))
    assert visit(house).verdict == "deny"
    house.account = abroad
    assert "OFFICE-NO-VISITS" not in [reason.rule for reason in visit(house, NOW + timedelta(days=1, hours=8)).reasons]


def test_public_holidays_of_an_own_rule_are_those_of_the_persons_place(house: House) -> None:
    text = """\
- id: OFFICE-HOLIDAYS
  kind: contact_hours
  sentence: {en: "No visits on public holidays.", zh: "公共假日不上门。"}
  source: Office policy
  status: verified
  basis: this office's own decision
  since: "2026-11-26"
  channels: [visit]
  parameters: {week: {all: ["00:00", "24:00"]}, holidays: []}
  examples:
    - {at: "2026-12-25T10:00:00+00:00", channel: visit, expect: deny, why: Christmas in Britain}
"""
    house.approve(house.propose(text))
    new_year = datetime(2027, 1, 1, 2, 0, tzinfo=UTC)
    assert "OFFICE-HOLIDAYS" in [reason.rule for reason in visit(house, new_year).reasons]
    christmas = datetime(2026, 12, 25, 2, 0, tzinfo=UTC)
    assert "OFFICE-HOLIDAYS" not in [reason.rule for reason in visit(house, christmas).reasons]


def test_the_office_and_the_creditor_bind_together(house: House) -> None:
    house.approve(house.propose())
    house.approve(house.propose(TWO_A_DAY, kind="creditor", creditor=house.creditor))
    ids = {rule.id for rule in gate.library_for(house.creditor.pk).rules()}
    assert {"OFFICE-NO-VISITS", "OFFICE-TWO-A-DAY"} <= ids


def test_no_layer_makes_any_answer_more_permissive(house: House) -> None:
    rules = (*layers.read(NO_VISITS, "HOUSE"), *layers.read(TWO_A_DAY, "HOUSE"))
    probe = drafting.probe_layer(rules, default_library())
    assert probe.looser == 0
    assert probe.stricter >= 2
    assert probe.asked > 100


def test_asking_for_the_library_again_costs_no_query(house: House, django_assert_num_queries) -> None:
    house.approve(house.propose())
    gate.library()
    with django_assert_num_queries(0):
        for _ in range(100):
            gate.library_for(house.creditor.pk)
    with django_assert_num_queries(1):
        gate.library_for(house.creditor.pk, now=True)


def test_a_step_taken_elsewhere_is_seen_when_the_kept_libraries_are_no_longer_fresh(house: House, monkeypatch) -> None:
    proposal = house.propose()
    gate.library()
    monkeypatch.setattr(gate, "forget", lambda: None)
    house.approve(proposal)
    assert "OFFICE-NO-VISITS" not in {rule.id for rule in gate.library().rules()}
    monkeypatch.setattr(gate, "FRESH", 0.0)
    assert "OFFICE-NO-VISITS" in {rule.id for rule in gate.library().rules()}


# --- what cannot be proposed ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("- id: x\n  kind: [", "Line 2"),
        ("a: 1", "Line 1: a rulebook file is a list of rules"),
        (NO_VISITS.replace("forbidden_channel", "no_such_kind"), "Line 1: kind 'no_such_kind' is none of"),
        (NO_VISITS.replace("OFFICE-NO-VISITS", "NO-VISITS"), "Line 1: The id of an own rule begins with OFFICE-"),
        (NO_VISITS.replace('"2026-11-26"', '"2026-11-01"'), "Nothing binds before the day"),
        (NO_VISITS.replace("channel: visit, expect", "channel: call, expect"), "does not hold"),
        (NO_VISITS.partition("  examples")[0], "at least one example"),
        (NO_VISITS.replace("[visit]", "5"), "Line 1"),
        (NO_VISITS + NO_VISITS.replace("VISITS", "LETTERS").replace('zh: "不上门。"', "fr: x"), "Line 11"),
        (NO_VISITS + NO_VISITS, "used twice"),
        ("- &a {id: x}\n- *a\n", "aliases"),
        ("[]", "no rule"),
    ],
)
def test_a_text_that_is_no_rulebook_is_refused_with_what_is_wrong_and_where(house: House, text: str, told: str) -> None:
    with pytest.raises(ValidationError) as refused:
        house.propose(text)
    assert told in " ".join(refused.value.messages)
    assert not Proposal.objects.exists()


def test_an_id_that_stands_or_waits_cannot_be_taken(house: House) -> None:
    house.propose()
    with pytest.raises(ValidationError, match="stands already"):
        house.propose()


# --- the chain -----------------------------------------------------------------------------------------------------


def tamper(sql: str) -> None:
    with connection.cursor() as cursor:
        for table in ("rulebooks_proposal", "rulebooks_step"):
            cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_update")
        cursor.execute(sql)


def test_every_step_is_in_a_chain_that_holds(house: House) -> None:
    house.approve(house.propose())
    assert chain.verify(Proposal).holds
    report = chain.verify(Step)
    assert (report.holds, report.rows) == (True, 2)
    assert all(step.proposal_hash == step.proposal.hash for step in Step.objects.all())


@pytest.mark.parametrize(
    ("sql", "model", "row"),
    [
        ("UPDATE rulebooks_proposal SET text = replace(text, 'visit', 'call')", Proposal, 1),
        ("UPDATE rulebooks_step SET in_force_from = '2027-01-01' WHERE act = 'approved'", Step, 2),
    ],
)
def test_a_tampered_row_is_named(house: House, sql: str, model: type[chain.ChainedRow], row: int) -> None:
    house.approve(house.propose())
    tamper(sql)
    assert chain.verify(model).why == f"row {row} was changed after it was written"


@pytest.mark.parametrize("table", ["rulebooks_proposal", "rulebooks_step"])
def test_the_database_refuses_to_change_a_row(house: House, table: str) -> None:
    house.propose()
    refused = pytest.raises((IntegrityError, OperationalError), match="append-only")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET at = '2020-01-01'")


# --- a flag --------------------------------------------------------------------------------------------------------


def test_a_flag_goes_the_same_way_and_ends_as_an_office_rule(house: House) -> None:
    text = """\
- id: OFFICE-FLAG-CN-LETTER
  kind: duty
  sentence: {en: "The rule CN-LETTER is held to be outdated; ask first.", zh: "本机构认为规则 CN-LETTER 已过时，须先询问。"}
  source: Office policy
  status: verified
  basis: this office's own decision
  since: "2026-11-26"
"""
    proposal = house.propose(text, kind="flag", about="HOUSE-HOURS", place="CN", reason="A new directive came out.")
    assert [one.pk for one in queries.about("HOUSE-HOURS")] == [proposal.pk]
    house.approve(proposal)
    assert "OFFICE-FLAG-CN-LETTER" in [duty.rule for duty in visit(house).duties]
    assert queries.about("HOUSE-HOURS") == []


# --- whom it reaches -----------------------------------------------------------------------------------------------


def test_a_rule_reaches_accounts_by_place_by_law_of_the_debt_and_by_scope(house: House) -> None:
    german = make_account(
        party=make_party(jurisdictions=("DE",), time_zones=("Europe/Berlin",)),
        consumer=False,
        assigned_to=house.collector,
    )
    abroad = make_account(
        party=make_party(jurisdictions=("GB",), time_zones=("Europe/London",)),
        governing_law="CN",
        assigned_to=house.collector,
    )
    chinese = layers.read(NO_VISITS.replace("  channels", "  consumer: true\n  channels"), "CN")
    found = set(queries.reached_accounts(house.officer, chinese, None))
    assert found == {house.account, abroad}
    everywhere = layers.read(NO_VISITS, "HOUSE")
    assert set(queries.reached_accounts(house.officer, everywhere, None)) == {house.account, german, abroad}
    assert set(queries.reached_accounts(house.officer, everywhere, house.creditor.pk)) == {house.account}


def test_a_collector_sees_only_the_accounts_of_the_own_team_among_those_reached(house: House) -> None:
    stranger = make_user("collector")
    assert not queries.reached_accounts(stranger, layers.read(NO_VISITS, "HOUSE"), None).exists()
