"""What is learned of the law follows the law: a changed rule makes new cards and questions, and nobody is asked about places where the team has no accounts."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import translation

from duecare.law import Library, Rule, default_library
from duecare.law.kinds import KINDS
from duecare.law.rules import Dated
from duecare.learning import CardState, EvidenceKind
from duecare.office.academy import cards, dealing, exam, figures, queries, questions, renewal, services, training_page
from duecare.office.academy.models import CardProgress, Certificate, EvidenceRecord, ExamAnswer, ExamItem
from duecare.office.academy.rule_version import rule_version, step_of
from duecare.office.crm.tests.factories import TUESDAY_TEN_IN_SHANGHAI as AT
from duecare.office.crm.tests.factories import make_account, make_user
from duecare.office.outreach import gate
from duecare.office.people.models import Team
from duecare.office.site.events import Happening, publish

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)
CALLS = "CN-GBT45251-CALLS"
LIMITATION = "CN-LIMITATION"


def changed(rule: Rule, **parameters) -> Rule:
    """The rule with other parameters, in force since the same day."""
    last = rule.dated[-1]
    return replace(rule, dated=(*rule.dated[:-1], Dated(last.since, {**last.values, **parameters})))


def library_with(*others: Rule) -> Library:
    """A copy of the library in which these rules stand instead of those of the same id."""
    by_id = {rule.id: rule for rule in others}
    rules = [by_id.get(rule.id, rule) for rule in default_library().rules()]
    return Library(rules, "changed:" + ",".join(f"{one.id}:{rule_version(one, TODAY)}" for one in others))


@pytest.fixture
def law(monkeypatch):
    """Puts another library in force."""

    def put(library: Library) -> None:
        monkeypatch.setattr(gate, "library_for", lambda *_args, **_options: library)
        renewal._looked.clear()

    yield put
    renewal._looked.clear()


def keys_of(rule: str, day: date = TODAY) -> list[str]:
    return [key for key, card in dealing.in_force(day).items() if card.rule.id == rule]


# --- a changed rule


def test_a_changed_rule_makes_new_cards_puts_the_old_ones_away_and_leaves_the_others_alone(law):
    user = make_user()
    old, others = keys_of(CALLS), [*keys_of("HOUSE-STOP"), *keys_of("CN-GBT45251-HOURS")[:3]]
    for key in (*old, *others):
        services.rate_card(user=user, key=key, rating=4, at=AT)
    before = {row.card: (row.state, row.due_at) for row in CardProgress.objects.filter(user=user)}

    law(library_with(changed(default_library().rule(CALLS), max=2)))
    new = keys_of(CALLS)
    assert set(new).isdisjoint(old)
    assert len(new) == len(old)
    later = AT + timedelta(hours=1)
    assert renewal.renew_cards(later, user) == renewal.Renewed(reset=len(old), ended=0)

    put_away = CardProgress.every.filter(user=user, retired_at=later)
    assert set(put_away.values_list("card", flat=True)) == set(old)
    assert all(row.reviews.count() == 1 for row in put_away)
    for row in CardProgress.objects.filter(user=user, card__in=new):
        state = CardState.from_dict(row.state)
        assert (state.reviews, state.last_review_at, row.due_at) == (0, None, later)
        assert row.renews.card.partition("@")[0] == CALLS
    assert {row.card: (row.state, row.due_at) for row in CardProgress.objects.filter(card__in=others)} == {
        key: before[key] for key in others
    }
    assert renewal.renew_cards(later, user) == renewal.Renewed()


def test_the_renewed_card_is_of_the_same_case_and_tells_the_new_answer(law):
    user = make_user()
    card = next(
        one
        for one in cards.cards().values()
        if one.rule.id == CALLS and one.verdict == "allow" and one.request.get("history")
    )
    services.rate_card(user=user, key=card.key, rating=4, at=AT)
    law(library_with(changed(default_library().rule(CALLS), max=1)))
    renewal.renew_cards(AT, user)
    again = cards.cards()[CardProgress.objects.get(user=user).card]
    assert again.example == card.example
    assert cards.answer(again, "en").verdict == again.verdict


def test_a_card_that_was_put_away_is_not_due_on_the_trainers_page(law):
    user, trainer = make_user(), make_user("trainer")
    services.rate_card(user=user, key=keys_of(CALLS)[0], rating=4, at=AT)
    law(library_with(replace(default_library().rule(CALLS), effective_to=TODAY)))
    later = AT + timedelta(days=400)
    assert [one.due for one in training_page.learners(trainer, later, "en") if one.person == user] == [1]
    renewal.renew_cards(AT, user)
    assert [one.due for one in training_page.learners(trainer, later, "en") if one.person == user] == [0]


def test_a_figure_that_changed_is_asked_anew_with_the_new_figure(law):
    user = make_user()
    [old] = [key for key in keys_of(LIMITATION) if key.startswith("figure:")]
    services.rate_card(user=user, key=old, rating=3, at=AT)
    law(library_with(changed(default_library().rule(LIMITATION), years=4, months=48)))
    assert renewal.renew_cards(AT, user).reset == 1
    card = cards.deck().all[CardProgress.objects.get(user=user).card]
    assert cards.answer(card, "en").told == "4 years"


def test_cards_of_a_repealed_rule_end_and_cards_of_a_rule_that_goes_back_are_taken_up_again(law):
    user = make_user()
    [key, *_rest] = keys_of(CALLS)
    services.rate_card(user=user, key=key, rating=4, at=AT)
    law(library_with(replace(default_library().rule(CALLS), effective_to=TODAY)))
    assert renewal.renew_cards(AT, user) == renewal.Renewed(reset=0, ended=1)
    assert not CardProgress.objects.filter(user=user).exists()
    law(default_library())
    assert services.rate_card(user=user, key=key, rating=3, at=AT + timedelta(days=1)).retired_at is None
    law(library_with(changed(default_library().rule(CALLS), max=2)))
    renewal.renew_cards(AT + timedelta(days=2), user)
    law(default_library())
    renewal.renew_cards(AT + timedelta(days=3), user)
    row = CardProgress.objects.get(user=user)
    assert (row.card, row.due_at) == (key, AT + timedelta(days=3))


def test_the_values_of_a_day_to_come_make_cards_that_begin_on_that_day(law):
    rule = default_library().rule(CALLS)
    day = date(2026, 12, 1)
    values = {**rule.dated[-1].values, "max": 1}
    later = {"at": "2026-12-10T16:00:00+08:00"}
    example = replace(rule.examples[0], facts={**rule.examples[0].facts, **later})
    law(
        library_with(
            replace(rule, dated=(*rule.dated, Dated(day, values)), examples=(*rule.examples, example)),
        )
    )
    assert set(keys_of(CALLS)).isdisjoint(keys_of(CALLS, day))
    assert len(keys_of(CALLS, day)) == 1


def test_wording_source_and_certainty_send_nobody_back_to_learn():
    rule = default_library().rule(CALLS)
    polished = replace(
        rule, sentence={"en": "Better.", "zh": "更好。"}, status="verified", source="s", line=rule.line + 1
    )
    announced = replace(rule, effective_to=date(2027, 1, 1))
    for same in (polished, announced):
        assert rule_version(same, TODAY) == rule_version(rule, TODAY)
    for other in (
        changed(rule, max=2),
        replace(rule, scope=replace(rule.scope, consumer=False)),
        replace(rule, strength="convention"),
    ):
        assert rule_version(other, TODAY) != rule_version(rule, TODAY)


def test_the_version_of_a_rule_is_the_same_in_every_process():
    code = (
        "from datetime import date; from duecare.law import default_library as d;"
        "from duecare.office.academy.rule_version import rule_version as v;"
        f"print(v(d().rule({CALLS!r}), date(2026, 11, 24)))"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": seed}
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert told == {rule_version(default_library().rule(CALLS), TODAY)}


# --- figures


def test_every_question_of_a_figure_finds_its_rule_and_its_parameter():
    rules = {rule.id: rule for rule in default_library().rules()}
    for name, asked in figures.asked_for().items():
        values = rules[name].dated[-1].values
        assert {one for one, words in asked.items() if words is not None and one != "subject"} <= set(values), name
        assert list(figures.figures_of(rules[name], rules[name].dated[-1].since)) or not any(asked.values()), name


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_figures_are_asked_and_told_in_whole_words(lang):
    told = [card for card in cards.deck().figures.values() if TODAY in card.span]
    assert {"limitation", "recording", "retention", "cost_cap", "conduct"} <= {card.rule.kind for card in told}
    for card in told:
        [question] = cards.question(card, lang)
        found = cards.answer(card, lang)
        assert question.endswith("？" if lang == "zh" else "?") or "?" in question
        assert found.told
        assert not re.search(r"[{}_]|True|False", question + found.told), card.key
        assert not re.search(r"\b1 (years|months|days|weeks)\b", found.told)


def test_a_value_without_words_makes_no_card(law):
    rule = default_library().rule("US-CA-RECORDING")
    law(library_with(replace(rule, dated=(Dated(rule.dated[0].since, {"consent": "the regulator"}),))))
    assert not keys_of("US-CA-RECORDING")


# --- questions


def test_the_same_rules_make_the_same_questions_and_another_seed_other_choices():
    rules = default_library()
    made = {key: exam.items_of(card, rules) for key, card in list(cards.deck(rules).all.items())[::7]}
    assert made == {key: exam.items_of(card, rules) for key, card in list(cards.deck(rules).all.items())[::7]}
    assert any(
        exam.items_of(cards.deck(rules).all[key], rules, seed=1)[kind].choices != item.choices
        for key, items in made.items()
        for kind, item in items.items()
    )


def test_every_question_has_one_right_answer_and_others_that_differ_from_it():
    rules = default_library()
    seen = set()
    for card in cards.deck(rules).all.values():
        for item in exam.items_of(card, rules).values():
            seen.add(item.kind)
            assert len(item.key) <= 120
            for lang in ("en", "zh"):
                told = [choice[lang] for choice in item.choices]
                assert len(told) == len(set(told)) >= 2, item.key
                assert 0 <= item.right < len(told)
                assert item.question[lang]
            if isinstance(card, cards.Card):
                decision = rules.judge(card.request)
                if item.kind == "may":
                    assert exam.VERDICTS[item.right] == decision.verdict
                if item.kind == "which":
                    others = {choice["en"] for n, choice in enumerate(item.choices) if n != item.right}
                    assert others.isdisjoint({rules.rule(one.rule).sentence["en"] for one in decision.reasons})
                if item.kind == "next":
                    never = item.choices[-1] == item.choices[item.right]
                    assert never == (decision.next_allowed_at is None)
    assert seen == set(exam.KINDS_OF_ITEM)


@pytest.mark.parametrize("kind", ["which", "next"])
def test_a_question_that_asks_for_rule_or_moment_says_what_the_contact_would_be(kind):
    visits = [card for card in cards.cards().values() if card.request["channel"] == "visit" and card.verdict == "deny"]
    made = [items[kind] for card in visits if kind in (items := exam.items_of(card, default_library()))]
    assert made
    assert all("You want to visit." in item.question["en"] and "您想上门。" in item.question["zh"] for item in made)


def test_an_answer_is_kept_with_what_was_asked_and_is_evidence():
    user = make_user()
    make_account(assigned_to=user)
    asked = questions.next_question(user, AT)
    assert asked == questions.next_question(user, AT)
    given = questions.answer_question(user=user, key=asked.item.key, choice=asked.item.right, at=AT)
    assert (given.correct, given.item.rule_version, given.item.made_on) == (True, asked.item.version, TODAY)
    assert EvidenceRecord.objects.get(user=user).kind == EvidenceKind.QUIZ
    assert questions.next_question(user, AT).item.key != asked.item.key
    with pytest.raises(ValidationError, match="no such choice"):
        questions.answer_question(user=user, key=asked.item.key, choice=9, at=AT)


def test_questions_of_a_changed_rule_are_marked_and_asked_no_more(law):
    user = make_user()
    for rule in (CALLS, "HOUSE-STOP"):
        card = cards.deck().all[keys_of(rule)[0]]
        item = exam.items_of(card, default_library())["may"]
        questions.answer_question(user=user, key=item.key, choice=0, at=AT)
    assert renewal.retire_items(AT) == 0
    old = ExamItem.objects.get(rule=CALLS)
    law(library_with(changed(default_library().rule(CALLS), max=2)))
    assert renewal.retire_items(AT) == 1
    assert set(ExamItem.objects.exclude(retired_at=None).values_list("rule", flat=True)) == {CALLS}
    with pytest.raises(ValidationError, match="changed"):
        questions.answer_question(user=user, key=old.key, choice=0, at=AT)
    again = exam.items_of(cards.deck().all[keys_of(CALLS)[0]], gate.library())["may"]
    assert questions.answer_question(user=user, key=again.key, choice=0, at=AT).item.rule_version != old.rule_version


@pytest.mark.parametrize("lang", ["en", "zh-hans"])
def test_a_question_is_answered_on_its_page_and_the_right_answer_shown(client, lang):
    user = make_user()
    make_account(assigned_to=user)
    client.force_login(user)
    headers = {"accept-language": lang}
    url = reverse("academy:questions")
    page = client.get(url, headers=headers).content.decode()
    key = re.search(r'name="item" value="([^"]+)"', page)[1]
    answered = client.post(url, {"item": key, "choice": "0"}, headers=headers, follow=True)
    assert answered.status_code == 200
    given = ExamAnswer.objects.get(user=user)
    text = answered.content.decode()
    assert given.item.rule in text
    assert given.item.rule_version in text
    client.force_login(make_user())
    assert client.get(reverse("academy:answered", args=[given.pk])).status_code == 404
    assert client.post(url, {"item": "may:gone", "choice": "0"}, follow=True).status_code == 200


def test_who_has_answered_everything_is_told_so(client, monkeypatch):
    user = make_user()
    client.force_login(user)
    monkeypatch.setattr(questions, "in_force", lambda *_args: {})
    assert "thirty days" in client.get(reverse("academy:questions"), headers={"accept-language": "en"}).content.decode()


# --- nobody is drowned


def test_cards_are_of_the_places_of_the_teams_accounts_and_of_ones_certificates():
    team = Team.objects.create(name="Desk 9")
    user, colleague = make_user(team=team), make_user(team=team)
    make_account(assigned_to=colleague)
    assert dealing.places_of(user, AT) == ["CN", "HOUSE"]
    Certificate.objects.create(
        user=user,
        key="cross-border-us-ny",
        issued_at=AT - timedelta(days=1),
        expires_at=AT + timedelta(days=9),
        code="x",
    )
    assert dealing.places_of(user, AT) == ["CN", "US", "US-NY", "HOUSE"]
    assert {card.rule.place for card in dealing.in_force(TODAY, dealing.places_of(user, AT)).values()} == {
        "CN", "US", "US-NY", "HOUSE",
    }  # fmt: skip
    assert dealing.places_of(make_user(), AT) == ["HOUSE"]


def test_no_more_new_cards_are_begun_in_a_day_than_its_minutes_bear_unless_asked_for():
    user = make_user(practice_minutes=15)
    make_account(assigned_to=user)
    measure = dealing.a_days_cards(user)
    first = dealing.deal(user, AT)
    assert (len(first.due), measure) == (12, 12)
    assert first.waiting > 50
    for one in first.due:
        services.rate_card(user=user, key=one.id, rating=4, at=AT)
    done = dealing.deal(user, AT + timedelta(minutes=5))
    assert done.due == ()
    assert len(dealing.deal(user, AT + timedelta(minutes=5), more=True).due) == measure
    tomorrow = dealing.deal(user, AT + timedelta(days=1))
    assert len(tomorrow.due) == measure
    plan = queries.plan_for(user, AT + timedelta(days=1))
    assert plan.minutes <= 15


def test_cards_that_a_changed_law_brings_back_do_not_crowd_out_the_day(law):
    user = make_user(practice_minutes=15)
    make_account(assigned_to=user)
    for key in [key for key in dealing.in_force(TODAY, ["CN"]) if key.startswith(("CN-", "figure:"))][:60]:
        services.rate_card(user=user, key=key, rating=4, at=AT)
    rules = [replace(rule, strength="convention") for rule in default_library().rules("CN")]
    law(library_with(*rules))
    assert renewal.renew_cards(AT, user).reset > 40
    dealt = dealing.deal(user, AT + timedelta(minutes=1))
    assert len(dealt.due) == 2 * dealing.a_days_cards(user)
    assert queries.plan_for(user, AT + timedelta(minutes=1)).minutes <= 15


def test_the_rule_that_refused_a_contact_today_is_learned_first():
    user = make_user()
    make_account(assigned_to=user)
    detail = {"rule": "CN-CBA2026-HOURS", "rule_kind": "contact_hours", "channel": "call"}
    publish(Happening("permit_refused", AT, "outreach_permit:1", user_id=user.pk, detail=detail))
    assert dealing.new_cards_for(user, AT, 1)[0].rule.id == "CN-CBA2026-HOURS"


def test_new_cards_come_one_rule_after_the_other_and_not_all_are_refusals():
    user = make_user()
    make_account(assigned_to=user)
    fresh = dealing.new_cards_for(user, AT, 30)
    assert len({card.rule.id for card in fresh}) == 30
    assert len({card.verdict for card in fresh if isinstance(card, cards.Card)}) > 1


def test_dealing_asks_the_database_a_handful_of_times(django_assert_max_num_queries):
    user = make_user()
    make_account(assigned_to=user)
    cards.deck()
    with django_assert_max_num_queries(7):
        dealing.deal(user, AT)


@pytest.mark.parametrize("lang", ["en", "zh-hans"])
def test_the_pages_say_that_a_rule_has_changed_and_offer_more_when_the_day_is_done(client, law, lang):
    user = make_user()
    make_account(assigned_to=user)
    client.force_login(user)
    with translation.override(lang):
        marked, more = translation.gettext("this rule has changed since you learned it"), "?more=1"
    services.rate_card(user=user, key=keys_of(CALLS)[0], rating=4, at=AT)
    law(library_with(changed(default_library().rule(CALLS), max=2)))
    headers = {"accept-language": lang}
    assert marked in client.get(reverse("academy:cards"), headers=headers).content.decode()
    for one in dealing.deal(user, AT + timedelta(days=400)).due:
        assert one.id in cards.deck().all
    now = queries.clock.now()
    while due := dealing.deal(user, now).due:
        for one in due:
            services.rate_card(user=user, key=one.id, rating=4, at=now)
    assert more in client.get(reverse("academy:cards"), headers=headers).content.decode()
    assert client.get(f"{reverse('academy:cards')}{more}", headers=headers).status_code == 200


def test_every_kind_that_judges_or_sets_figures_has_cards():
    kinds = {card.rule.kind for card in cards.deck().all.values()}
    rules = default_library().rules()
    assert {rule.kind for rule in rules if KINDS[rule.kind].judges and rule.examples} <= kinds
    assert all(step_of(card.rule, card.span.since) is not None for card in cards.deck().all.values())
