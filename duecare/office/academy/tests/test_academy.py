"""What happens at the desk decides what is practised; practice is judged by the turn and remembered."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import translation

from duecare.learning import EvidenceKind
from duecare.office.academy import cards, dealing, queries, services
from duecare.office.academy.models import CardProgress, Certificate, EvidenceRecord, PracticeSession
from duecare.office.crm.tests.factories import TUESDAY_TEN_IN_SHANGHAI as AT
from duecare.office.crm.tests.factories import make_account, make_user
from duecare.office.outreach.gate import library
from duecare.office.site.events import Happening, publish

pytestmark = pytest.mark.django_db
REFUSED = {"rule": "CN-GBT45251-HOURS", "rule_kind": "contact_hours", "channel": "call"}


def refuse(user, number: int = 1):
    publish(Happening("permit_refused", AT, f"outreach_permit:{number}", user_id=user.pk, detail=REFUSED))


def test_a_refused_contact_changes_what_is_practised_and_says_why():
    user = make_user()
    before = queries.plan_for(user, AT)
    for number in range(3):
        refuse(user, number)
    for language, word in (("en", "today"), ("zh-hans", "拦下")):
        with translation.override(language):
            after = queries.plan_for(user, AT + timedelta(minutes=5))
            assert after != before
            assert any(word in item.why for item in after.items), [item.why for item in after.items]


def test_the_same_happening_counts_once():
    user = make_user()
    refuse(user)
    refuse(user)
    assert EvidenceRecord.objects.filter(user=user).count() == 1
    assert EvidenceRecord.objects.get().skill == "law.contact_hours"


def test_an_upheld_complaint_weighs_on_the_collector_it_is_about():
    from duecare.office.crm.services import decide_complaint, record_complaint

    collector, lead = make_user("collector"), make_user("team_lead")
    complaint = record_complaint(
        account=make_account(), about=collector, cause="conduct", channel="email", text="rude", by=lead, at=AT
    )
    assert not EvidenceRecord.objects.exists()
    decide_complaint(complaint=complaint, upheld=True, by=lead, at=AT)
    assert set(EvidenceRecord.objects.values_list("user", "kind")) == {(collector.pk, str(EvidenceKind.COMPLAINT))}


def test_cards_come_from_the_law_of_the_accounts_one_works():
    user = make_user()
    make_account(assigned_to=user)
    fresh = dealing.new_cards_for(user, AT, 10)
    assert fresh
    assert {card.rule.jurisdiction for card in fresh} <= {"CN", "HOUSE"}
    assert cards.answer(fresh[0], "en").source


def test_every_card_has_a_question_and_an_answer_in_both_languages():
    for lang in ("en", "zh"):
        with translation.override("zh-hans" if lang == "zh" else "en"):
            for card in cards.cards().values():
                told = cards.question(card, lang)
                assert len(told) >= 3
                bare = re.findall(
                    r"[a-z]+_[a-z_]+|True|False|None|[{}]", re.sub(r"[(（]\S+/\S+[)）]", "", " ".join(told))
                )
                assert not bare, (card.key, told)
                found = cards.answer(card, lang)
                assert found.sentence
                assert found.verdict == card.rule.examples[card.example].expect


def test_a_card_that_was_known_comes_back_later_than_one_that_was_not():
    user = make_user()
    keys = list(dealing.in_force(AT.date()))[:2]
    known = services.rate_card(user=user, key=keys[0], rating=4, at=AT)
    unknown = services.rate_card(user=user, key=keys[1], rating=1, at=AT)
    assert known.due_at > unknown.due_at > AT
    assert EvidenceRecord.objects.filter(kind="card").count() == 2
    with pytest.raises(ValidationError, match="does not exist"):
        services.rate_card(user=user, key="NO-SUCH@2020-01-01#0", rating=3, at=AT)


GOOD = {
    "en": [
        "Good morning, this is Li Na from Example Finance. Am I speaking with the account holder?",
        "Thank you. This call is recorded; I am calling about an overdue balance on your account.",
        "It sounds like this has been weighing on you. What made it hard to pay?",
        "Roughly what comes in each month, and what must go out?",
        "Which day do your wages arrive?",
    ],
    "zh": [
        "您好，我是示例金融的李娜，请问是您本人吗？",
        "本次通话会录音，来电是为了沟通您逾期账户的事宜。",
        "听得出来您压力很大，最近遇到什么困难了吗？",
        "每个月收入和必要开支大概多少？",
        "工资一般几号到账？",
    ],
}


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_whole_role_play_through_the_pages(client, lang):
    user = make_user()
    client.force_login(user)
    headers = {"accept-language": "zh-CN" if lang == "zh" else "en"}
    begun = client.post(reverse("academy:start", args=["job_loss"]), {"language": lang}, headers=headers)
    session = PracticeSession.objects.get()
    assert begun.url == reverse("academy:conversation", args=[session.pk])
    for text in GOOD[lang]:
        client.post(reverse("academy:conversation", args=[session.pk]), {"text": text}, headers=headers)
    page = client.get(reverse("academy:conversation", args=[session.pk]), headers=headers).content.decode()
    assert GOOD[lang][0] in page
    assert '"curve"' not in page
    client.post(reverse("academy:end", args=[session.pk]))
    review = reverse("academy:review", args=[session.pk])
    assert '"curve"' not in client.get(review, headers=headers).content.decode()
    client.post(
        review, dict.fromkeys(("compliance", "disclosure", "empathy", "information", "negotiation", "clarity"), "3")
    )
    shown = client.get(review, headers=headers).content.decode()
    assert 'id="curve"' in shown
    session.refresh_from_db()
    assert session.assessment["overall"] > 0
    assert EvidenceRecord.objects.filter(user=user, kind="role_play").exists()


def test_unlawful_words_are_pointed_out_before_they_are_said(client):
    user = make_user()
    client.force_login(user)
    session = services.start_practice(user=user, persona="job_loss", language="en", at=AT)
    url, words = (
        reverse("academy:conversation", args=[session.pk]),
        {"text": "Pay today or the police will arrest you."},
    )
    client.post(url, words, headers={"hx-request": "true"})
    session.refresh_from_db()
    assert session.turns == []
    client.post(url, {**words, "anyway": "1"})
    session.refresh_from_db()
    assert session.turns == [words["text"]]


def test_a_turn_can_be_tried_again_from_where_it_stood():
    user = make_user()
    session = services.start_practice(user=user, persona="angry_refusal", language="en", at=AT, seed=5)
    for text in GOOD["en"][:3]:
        services.say(session=session, text=text, user=user, at=AT)
    session.refresh_from_db()
    again = services.try_again(session=session, turn=1, user=user, at=AT)
    old = services.conversation_of(session).transcript()["turns"]
    assert services.conversation_of(again).transcript()["turns"] == old[:3]
    assert (again.replayed_from, again.from_turn) == (session, 1)


def test_somebody_elses_practice_is_closed(client):
    session = services.start_practice(user=make_user(), persona="job_loss", language="en", at=AT)
    client.force_login(make_user())
    for name in ("conversation", "review"):
        assert client.get(reverse(f"academy:{name}", args=[session.pk])).status_code == 404


def test_only_certificates_that_are_valid_count():
    user = make_user()
    for key, expires, suspended in (("good", 10, None), ("old", -1, None), ("stopped", 10, AT)):
        Certificate.objects.create(
            user=user,
            key=key,
            issued_at=AT - timedelta(days=30),
            expires_at=AT + timedelta(days=expires),
            suspended_at=suspended,
            code=key,
        )
    assert queries.certificates_held(user, AT) == ["good"]


def test_the_trainers_page_is_for_trainers(client):
    client.force_login(make_user("collector"))
    assert client.get(reverse("academy:training")).status_code == 403
    client.force_login(make_user("trainer"))
    assert client.get(reverse("academy:training")).status_code == 200


@pytest.mark.parametrize("lang", ["en", "zh-hans"])
def test_the_pages_open_empty_and_filled(client, lang):
    user = make_user()
    client.force_login(user)
    for _ in range(2):
        for name in ("today", "cards", "personas"):
            assert client.get(reverse(f"academy:{name}"), headers={"accept-language": lang}).status_code == 200
        make_account(assigned_to=user)
        refuse(user)
    key = next(iter(cards.cards()))
    assert client.post(reverse("academy:cards"), {"card": key, "rating": "3"}).status_code == 302
    assert CardProgress.objects.filter(user=user, card=key).exists()


def test_the_reason_names_the_rule_that_refused_in_the_language_in_use():
    user = make_user()
    refuse(user)
    sentence = library().rule(REFUSED["rule"]).sentence
    for language, lang in (("en", "en"), ("zh-hans", "zh")):
        with translation.override(language):
            reasons = " ".join(item.why for item in queries.plan_for(user, AT + timedelta(minutes=5)).items)
        assert REFUSED["rule"] in reasons
        assert sentence[lang] in reasons


def test_a_promise_that_turns_round_leaves_only_what_is_true():
    user = make_user()
    for number, kind in enumerate(("promise_kept", "promise_broken")):
        publish(Happening(kind, AT + timedelta(days=number), "crm_promisetopay:7", user_id=user.pk))
    assert set(EvidenceRecord.objects.values_list("kind", "outcome")) == {("broken_promise", 0.0)}


def test_a_coded_refusal_to_pay_says_more_than_that_a_code_was_used():
    user = make_user()
    detail = {"result": "refuses", "skill_event": "refusal_to_pay", "outcome": "conversation"}
    publish(Happening("result_coded", AT, "crm_activity:1", user_id=user.pk, detail=detail))
    assert set(EvidenceRecord.objects.values_list("skill", flat=True)) == {
        "tools.result_codes",
        "communication.anger",
    }


def test_a_dispute_that_was_recorded_is_evidence_of_skill():
    user = make_user()
    publish(Happening("dispute_opened", AT, "crm_dispute:1", user_id=user.pk))
    assert EvidenceRecord.objects.get().outcome == 1


def test_a_card_answered_before_is_due_and_not_new():
    user = make_user()
    key = next(iter(dealing.in_force(AT.date())))
    progress = services.rate_card(user=user, key=key, rating=3, at=AT)
    due = dealing.deal(user, progress.due_at + timedelta(days=2)).due
    assert [one.retrievability is not None for one in due if one.id == key] == [True]
    with pytest.raises(ValidationError):
        services.rate_card(user=user, key=key, rating=3, at=AT - timedelta(days=1))


def test_asking_for_certificates_is_one_query(django_assert_num_queries):
    user = make_user()
    with django_assert_num_queries(1):
        assert queries.certificates_held(user, AT) == []
