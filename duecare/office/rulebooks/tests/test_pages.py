"""The law on screen: browsing, one rule, trying it out, what changed, and the way of a change, in both languages and for every role."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.html import escape

from duecare.law import default_library
from duecare.law.kinds import KINDS
from duecare.office.academy.cards import cards
from duecare.office.academy.models import CardProgress
from duecare.office.crm.tests.factories import make_user
from duecare.office.outreach.models import Permit
from duecare.office.people.models import Role, User
from duecare.office.rulebooks import queries, tryout, words
from duecare.office.rulebooks.models import Proposal, Step
from duecare.office.site import clock

from .conftest import NO_VISITS, NOW, TODAY, TOMORROW, TWO_A_DAY, House

pytestmark = pytest.mark.django_db
HTMX = {"hx-request": "true"}
HOURS = "HOUSE-HOURS"


@pytest.fixture(autouse=True)
def ten_in_the_morning(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    yield
    translation.activate("en")


def signed_in(user: User, language: str = "en") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def url(name: str, *arguments: object) -> str:
    return reverse(f"rulebooks:{name}", args=arguments)


# --- browsing ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["House policy", "China", "every kind", "verified"]),
        ("zh-hans", ["机构政策", "中国", "所有类型", "已核对"]),
    ],
)
def test_the_tree_and_the_rules_are_there_in_both_languages(house: House, language: str, said: list[str]) -> None:
    text = signed_in(house.officer, language).get(url("law")).content.decode()
    assert all(word in text for word in said)
    lang = "zh" if language.startswith("zh") else "en"
    page = signed_in(house.officer, language).get(url("law"), {"in": "HOUSE"}).content.decode()
    assert escape(default_library().rule(HOURS).sentence[lang]) in page


def test_the_compliance_officer_begins_the_day_with_the_law(house: House) -> None:
    house.propose(by=house.legal)
    answer = signed_in(house.officer).get("/", follow=True)
    assert answer.request["PATH_INFO"] == url("law")
    assert "Waits for a second person" in answer.content.decode()


def test_a_part_is_swapped_and_going_back_brings_the_whole_page(house: House) -> None:
    client = signed_in(house.collector)
    part = client.get(url("law"), {"in": "CN"}, headers=HTMX).content.decode()
    assert "<html" not in part
    assert 'hx-swap-oob="true"' in part
    assert "<title>China" in part
    whole = client.get(url("law"), {"in": "CN"}, headers={**HTMX, "hx-history-restore-request": "true"})
    assert "<html" in whole.content.decode()


@pytest.mark.parametrize("sought", ["inconvenient", "不便"])
def test_words_find_a_rule_in_either_language(house: House, sought: str) -> None:
    found = signed_in(house.collector).get(url("law"), {"q": sought}, headers={**HTMX, "hx-target": "found"})
    assert "HOUSE-INCONVENIENT" in found.content.decode()
    assert "<nav" not in found.content.decode()


def test_what_is_not_found_says_so_and_offers_all(house: House) -> None:
    text = signed_in(house.collector).get(url("law"), {"q": "xyzzy"}).content.decode()
    assert "No rule fits" in text
    assert "Show all" in text


def test_an_office_without_own_rules_says_what_will_be_here(house: House) -> None:
    assert "no rules of its own yet" in signed_in(house.collector).get(url("law"), {"in": "OFFICE"}).content.decode()


def test_a_place_without_a_law_on_hours_says_so_and_names_the_default(house: House) -> None:
    rules = queries.all_rules("en", TODAY)
    silent = queries.silences("XX", rules, "en")
    assert [one.default.rule.id for one in silent if one.default] == [HOURS, "HOUSE-FREQUENCY"]
    assert [one.kind for one in queries.silences("US", rules, "en")] == []


def test_the_tree_counts_every_rule_once(house: House) -> None:
    house.approve(house.propose())
    nodes = queries.tree(queries.all_rules("en", TODAY), "en")
    assert sum(node.rules for node in nodes) == len(default_library().rules()) + 1
    assert [node.code for node in nodes][:2] == ["OFFICE", "HOUSE"]
    codes = [node.code for node in nodes]
    assert codes.index("US") < codes.index("US-NY") < codes.index("US-NY-NYC")


# --- one rule ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_rule_has_a_page_and_its_examples_hold(house: House, language: str) -> None:
    client = signed_in(house.officer, language)
    for rule in default_library().rules()[:: 25 if language == "en" else 60]:
        text = client.get(url("rule", rule.id)).content.decode()
        assert rule.id in text
        assert text.count("✓") >= len(rule.examples), rule.id
        assert "✗" not in text


def test_a_rules_old_values_stay_on_its_page(house: House) -> None:
    rule = next(rule for rule in default_library().rules() if len(rule.dated) > 1)
    text = signed_in(house.collector).get(url("rule", rule.id)).content.decode()
    assert all(step.since.isoformat() in text for step in rule.dated)


def test_a_rule_that_does_not_exist_is_not_found(house: House) -> None:
    assert signed_in(house.officer).get(url("rule", "NO-SUCH-RULE")).status_code == 404


def test_the_page_shows_which_cards_are_made_from_a_rule_and_which_are_outdated(house: House) -> None:
    card = next(one for one in cards().values() if one.rule.id == HOURS)
    for key in (card.key, f"{HOURS}@1999-01-01#0"):
        CardProgress.objects.create(user=house.collector, card=key, skill="x", state={}, due_at=NOW)
    found = queries.cards_of(queries.rule(HOURS, "en", TODAY))
    assert {one.key: one.learners for one in found.cards}[card.key] == 1
    assert found.outdated == 1
    assert "of earlier values" in signed_in(house.officer).get(url("rule", HOURS)).content.decode()


def test_where_the_office_is_stricter_the_example_says_so(house: House) -> None:
    text = """\
- id: OFFICE-NO-CALLS
  kind: forbidden_channel
  sentence: {en: "Nobody is called.", zh: "不打电话。"}
  source: Office policy
  status: verified
  basis: this office's own decision
  since: "2026-11-25"
  channels: [call]
  examples:
    - {at: "2026-12-02T10:00:00+00:00", expect: deny, why: a call}
"""
    house.approve(house.propose(text, effective_on=TODAY))
    rule = default_library().rule(HOURS)
    late = [one for one in rule.examples if one.expect == "allow" and str(one.facts["at"]) >= "2026-11-25"]
    page = signed_in(house.collector).get(url("rule", HOURS)).content.decode()
    assert ("This office is stricter here" in page) == bool(late)
    assert "✗" not in page


# --- trying it out -------------------------------------------------------------------------------------------------


def asked(rule_id: str, number: int = 0, **changed: str) -> dict[str, str]:
    """The fields of an example as the browser would send them, some of them changed."""
    rule = default_library().rule(rule_id)
    example = rule.examples[number]
    sent = {"try": "1", "example": str(number)}
    for field in tryout.fields(rule, example, {}, "en"):
        if field.kind != "switch" or field.value:
            sent[field.name] = "on" if field.kind == "switch" else str(field.value)
    history = tryout.history_fields(rule, example, {})
    for name in ("list", "n", "outcome", "channel", "first"):
        if name in history:
            sent[f"history.{name}"] = str(history[name])
    if history.get("daily"):
        sent["history.daily"] = "on"
    return {**sent, **changed}


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_same_facts_get_the_answer_of_the_example_and_nothing_is_written(house: House, language: str) -> None:
    client = signed_in(house.collector, language)
    answer = client.get(url("try", HOURS), asked(HOURS), headers=HTMX)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert ("May not be done" if language == "en" else "不得联系") in text
    assert "2026-11-24 08:00" in text
    assert HOURS in text
    assert not Permit.objects.exists()
    assert not Step.objects.exists()


def test_another_hour_gets_another_answer_with_its_duties(house: House) -> None:
    text = (
        signed_in(house.collector)
        .get(url("try", HOURS), asked(HOURS, at="2026-11-24T10:30"), headers=HTMX)
        .content.decode()
    )
    assert "May be done" in text
    assert "Until 2026-11-24 20:00" in text
    assert "HOUSE-IDENTITY" in text


def test_the_laws_verdict_stands_apart_from_the_houses(house: House) -> None:
    fields = asked(HOURS, at="2026-11-22T11:00", place="GB")
    rule = default_library().rule(HOURS)
    facts = tryout.request_from(rule, rule.examples[0], fields)[0]
    decision = default_library().judge(facts)
    assert (decision.verdict, decision.legal_verdict) == ("deny", "allow")
    text = " ".join(signed_in(house.collector).get(url("try", HOURS), fields, headers=HTMX).content.decode().split())
    law, _sep, rest = text.partition("the house says:")
    assert "allowed" in law.partition("The law says:")[2]
    assert "refused" in rest[:200]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize(
    "changed",
    [
        {"at": "yesterday"},
        {"zone": "Moon/Tranquillity"},
        {"channel": "pigeon"},
        {"history.n": "many"},
        {"history.n": "3", "history.first": ""},
        {"more": "["},
        {"more": "5"},
    ],
)
def test_a_fact_that_cannot_be_understood_is_named(house: House, changed: dict[str, str], language: str) -> None:
    answer = signed_in(house.collector, language).get(url("try", HOURS), asked(HOURS, **changed), headers=HTMX)
    assert answer.status_code == 422
    assert "alert-danger" in answer.content.decode()


def test_a_fact_that_the_schema_does_not_know_is_refused_by_the_law_itself(house: House) -> None:
    text = (
        signed_in(house.collector)
        .get(url("try", HOURS), asked(HOURS, more="person: {mood: bad}"), headers=HTMX)
        .content.decode()
    )
    assert "cannot be read" in text


def test_further_facts_and_past_contacts_reach_the_law(house: House) -> None:
    fields = asked(HOURS, at="2026-11-24T10:30", more="person: {vulnerable: true}")
    text = signed_in(house.collector).get(url("try", HOURS), fields, headers=HTMX).content.decode()
    assert "HOUSE-STATE" in text
    fields = asked(HOURS, at="2026-11-24T10:30", **{"history.n": "7", "history.first": "2026-11-24T09:00"})
    text = signed_in(house.collector).get(url("try", HOURS), fields, headers=HTMX).content.decode()
    assert "HOUSE-FREQUENCY" in text


def test_every_example_can_be_tried_and_answers_as_it_is_judged(house: House) -> None:
    wrong = []
    for rule in default_library().rules():
        for number, example in enumerate(rule.examples):
            request, _facts = tryout.request_from(rule, example, asked(rule.id, number))
            decision = default_library().judge(request)
            if decision.error or decision.verdict != example.expect:
                wrong.append((rule.id, number, decision.error or decision.verdict))
    assert wrong == []


def test_without_scripts_the_answer_is_on_the_whole_page(house: House) -> None:
    client = signed_in(house.collector)
    answer = client.get(url("try", HOURS), asked(HOURS), follow=True)
    assert answer.request["PATH_INFO"] == url("rule", HOURS)
    assert "May not be done" in answer.content.decode()


# --- what changed --------------------------------------------------------------------------------------------------


def test_what_changed_between_two_days_says_before_and_after(house: House) -> None:
    rule = next(rule for rule in default_library().rules() if len(rule.dated) > 1)
    shown = queries.rule(rule.id, "en", TODAY)
    day = rule.dated[1].since
    events = queries.changes([shown], day - timedelta(days=1), day)
    assert [(event.on, event.what) for event in events] == [(day, "changed")]
    assert all(before != after for _name, before, after in events[0].rows)
    assert queries.changes([shown], day, day + timedelta(days=1)) == []


def test_an_own_rule_begins_on_its_day_among_what_changed_and_ends_on_its_last(house: House) -> None:
    proposal = house.propose()
    house.approve(proposal)
    house.approve(house.propose(kind="end", text="", replaces=proposal, effective_on=TOMORROW + timedelta(days=5)))
    events = queries.changes(queries.own("en", TODAY), TODAY, TODAY + timedelta(days=30))
    assert [(event.on, event.what) for event in events] == [
        (TOMORROW + timedelta(days=5), "ended"),
        (TOMORROW, "began"),
    ]


@pytest.mark.parametrize(("language", "said"), [("en", "took other values"), ("zh-hans", "条数值变更")])
def test_the_page_of_changes_opens_and_refuses_days_in_the_wrong_order(house: House, language: str, said: str) -> None:
    client = signed_in(house.collector, language)
    assert said in client.get(url("changed")).content.decode()
    wrong = client.get(url("changed"), {"since": "2026-11-25", "until": "2026-11-01"})
    assert wrong.status_code == 422


# --- accounts ------------------------------------------------------------------------------------------------------


def test_the_accounts_of_a_rule_are_listed_with_names_masked(house: House) -> None:
    text = signed_in(house.officer).get(url("rule-accounts", HOURS)).content.decode()
    assert house.account.reference in text
    assert "王**" in text
    assert "王小明" not in text
    count = signed_in(house.officer).get(url("rule-accounts", HOURS), headers=HTMX).content.decode()
    assert "1 open account" in count


def test_a_role_that_opens_no_accounts_is_told_so(house: House) -> None:
    client = signed_in(make_user("trainer"))
    assert client.get(url("rule-accounts", HOURS)).status_code == 403
    assert "does not open accounts" in client.get(url("rule-accounts", HOURS), headers=HTMX).content.decode()
    assert "does not open accounts" in client.get(url("rule", HOURS)).content.decode()


# --- the way of a change -------------------------------------------------------------------------------------------

CHOSEN = {
    "kind": "house", "place": "HOUSE", "effective_on": TOMORROW.isoformat(), "reason": "Kinder evenings.", "how": "form",
    "what": "contact_hours", "name": "Evenings free", "channels": ["call", "sms"], "opens": "09:00", "closes": "18:00",
    "days_open": ["mon", "tue", "wed", "thu", "fri"], "holidays_closed": "on",
}  # fmt: skip


@pytest.mark.parametrize(
    ("chosen", "rule_id"),
    [
        ({}, "OFFICE-EVENINGS-FREE"),
        ({"what": "frequency", "name": "Two a day", "max": 2, "days": 1, "unit": "placed_call", "key": "debt"}, "OFFICE-TWO-A-DAY"),
        ({"what": "cool_down", "name": "Quiet", "quiet_days": 10}, "OFFICE-QUIET"),
        ({"what": "forbidden_channel", "name": "No visits", "channels": ["visit"]}, "OFFICE-NO-VISITS"),
        ({"what": "duty", "name": "Offer help", "sentence_en": "Offer help.", "sentence_zh": "主动提供帮助。"}, "OFFICE-OFFER-HELP"),
        ({"whom": "business", "place": "CN"}, "OFFICE-EVENINGS-FREE"),
        ({"what": "frequency", "name": "Few", "max": 1, "days": 7, "unit": "conversation", "key": "person", "place": "US"}, "OFFICE-FEW"),
    ],
)  # fmt: skip
def test_what_is_chosen_in_the_form_becomes_a_rulebook_with_examples_that_hold(
    house: House, chosen: dict[str, object], rule_id: str
) -> None:
    answer = signed_in(house.officer).post(url("propose"), {**CHOSEN, **chosen, "act": "propose"})
    assert answer.status_code == 302, answer.content.decode()
    proposal = Proposal.objects.get()
    assert f"id: {rule_id}" in proposal.text
    house.approve(proposal)
    rule = queries.rule(rule_id, "zh", TODAY)
    assert rule is not None
    assert rule.sentence
    assert rule.other_sentence != rule.sentence


def test_checking_shows_what_it_does_and_writes_nothing(house: House) -> None:
    answer = signed_in(house.officer).post(url("propose"), {**CHOSEN, "act": "check"}, headers=HTMX)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "It can be proposed" in text
    assert "and 0 more permissively" in text
    assert "A loosening rule cannot exist by construction" in text
    assert "only Mon–Fri between 09:00 and 18:00" in text
    assert "仅在对方所在地周一至周五 09:00–18:00" in text
    assert not Proposal.objects.exists()


@pytest.mark.parametrize(("language", "said"), [("en", "Line 1: kind"), ("zh-hans", "第 1 行：kind")])
def test_a_faulty_text_is_shown_with_its_line_marked(house: House, language: str, said: str) -> None:
    faulty = NO_VISITS.replace("forbidden_channel", "pigeon")
    sent = {**CHOSEN, "how": "text", "text": faulty, "act": "propose"}
    answer = signed_in(house.officer, language).post(url("propose"), sent)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert f"{said} &#x27;pigeon&#x27;" in text
    assert 'class="is-wrong"' in text
    assert not Proposal.objects.exists()


def test_a_second_person_approves_on_the_page_and_the_proposer_is_offered_no_button(house: House) -> None:
    proposal = house.propose()
    own = signed_in(house.officer).get(url("proposal", proposal.pk)).content.decode()
    assert "nobody decides about their own proposal" in own
    assert url("decide", proposal.pk, "approve") not in own
    assert signed_in(house.officer).post(url("decide", proposal.pk, "approve")).status_code == 403
    client = signed_in(house.legal)
    page = client.get(url("proposal", proposal.pk)).content.decode()
    assert url("decide", proposal.pk, "approve") in page
    assert "1 open account" in client.get(url("proposal-accounts", proposal.pk), headers=HTMX).content.decode()
    answer = client.post(url("decide", proposal.pk, "approve"), {"note": "read and agreed"}, follow=True)
    assert "It takes effect on 2026-11-26" in answer.content.decode()
    assert Step.objects.get(act="approved").note == "read and agreed"
    again = client.post(url("decide", proposal.pk, "reject"), {"note": "no"})
    assert again.status_code == 422
    assert "decided already" in again.content.decode()


def test_a_rejection_without_a_reason_stays_on_the_page(house: House) -> None:
    answer = signed_in(house.legal).post(url("decide", house.propose().pk, "reject"))
    assert answer.status_code == 422
    assert "Say why you reject it" in answer.content.decode()


def test_a_creditors_rule_names_its_creditor_and_its_accounts(house: House) -> None:
    house.approve(house.propose(TWO_A_DAY, kind="creditor", creditor=house.creditor))
    text = signed_in(house.collector).get(url("rule", "OFFICE-TWO-A-DAY")).content.decode()
    assert "Only the accounts of Bank A." in text
    assert "approved by" in text


def test_an_own_rule_is_replaced_by_other_values_on_a_day(house: House) -> None:
    first = house.propose()
    house.approve(first)
    client = signed_in(house.officer)
    form = client.get(url("propose"), {"replaces": first.pk}).content.decode()
    assert "OFFICE-NO-VISITS-2" in form
    second = house.propose(
        NO_VISITS.replace("OFFICE-NO-VISITS", "OFFICE-NO-VISITS-2").replace("[visit]", "[visit, letter]"),
        replaces=first,
    )
    assert "more permissively than today" in signed_in(house.legal).get(url("proposal", second.pk)).content.decode()
    house.approve(second)
    (old,) = [one for one in queries.own("en", TODAY) if one.rule.id == "OFFICE-NO-VISITS"]
    assert old.rule.effective_to == date(2026, 11, 26)


def test_a_flag_begins_with_the_rule_it_speaks_of(house: House) -> None:
    text = signed_in(house.officer).get(url("propose"), {"about": "CN-RECORDING", "flag": "1"}).content.decode()
    assert "The rule CN-RECORDING is held to be wrong or outdated" in text
    assert "本机构认为规则 CN-RECORDING 有误或已过时" in text


def test_the_end_of_an_own_rule_is_proposed_on_its_page(house: House) -> None:
    proposal = house.propose()
    house.approve(proposal)
    sent = {"effective_on": (TOMORROW + timedelta(days=3)).isoformat(), "reason": "The directive was repealed."}
    answer = signed_in(house.legal).post(url("end", proposal.pk), sent, follow=True)
    assert "waits for a second person" in answer.content.decode()
    assert Proposal.objects.latest("sequence").kind == "end"
    assert signed_in(house.officer).get(answer.request["PATH_INFO"]).status_code == 200


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_proposals_and_log_open_empty_and_full(house: House, language: str) -> None:
    client = signed_in(house.officer, language)
    for name in ("proposals", "log"):
        assert client.get(url(name)).status_code == 200
    house.approve(house.propose())
    house.propose(TWO_A_DAY)
    for name in ("proposals", "log"):
        assert "OFFICE-" in client.get(url("proposals")).content.decode()
        assert client.get(url(name)).status_code == 200


# --- who may -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", Role.values)
def test_every_role_reads_and_only_compliance_and_legal_propose(house: House, role: str) -> None:
    client = signed_in(make_user(role))
    proposal = house.propose()
    for path in (
        url("law"),
        url("rule", HOURS),
        url("changed"),
        url("proposals"),
        url("log"),
        url("proposal", proposal.pk),
    ):
        assert client.get(path).status_code == 200, path
    may = role in ("compliance_officer", "legal")
    assert client.get(url("propose")).status_code == (200 if may else 403)
    assert (url("propose") in client.get(url("rule", HOURS)).content.decode()) == may
    assert client.post(url("decide", proposal.pk, "approve")).status_code == (302 if may else 403)


def test_nobody_reads_without_signing_in(house: House) -> None:
    assert Client().get(url("law")).status_code == 302


# --- words ---------------------------------------------------------------------------------------------------------


def test_every_kind_parameter_place_and_fact_has_a_name_in_both_languages() -> None:
    known = words._words()
    assert set(KINDS) <= set(known["kinds"])
    assert {name for kind in KINDS.values() for name in kind.parameters} <= set(known["parameters"])
    for lang in ("en", "zh"):
        for code in default_library().jurisdictions():
            assert words.place(code, lang) != code
        for rule in default_library().rules():
            for example in rule.examples:
                assert {path for path, _value in words.leaves(example.facts)} <= set(known["facts"]), rule.id


@pytest.mark.parametrize(
    ("week", "en", "zh"),
    [
        ({"all": ["08:00", "21:00"]}, "every day 08:00–21:00", "每天 08:00–21:00"),
        (
            {"all": ["07:30", "21:00"], "sat": ["09:00", "21:00"], "sun": []},
            "Mon–Fri 07:30–21:00; Sat 09:00–21:00; Sun no contact",
            "周一至周五 07:30–21:00；周六 09:00–21:00；周日 不得联系",
        ),
    ],
)
def test_hours_of_the_week_are_told_with_like_days_together(week: dict[str, object], en: str, zh: str) -> None:
    assert words.parameter("week", week, "en") == en
    assert words.parameter("week", week, "zh") == zh
