"""A role-play is judged once and kept; what was said stays with its speaker; trainers see skills, not words."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import translation

from duecare.learning import Evidence, EvidenceKind
from duecare.office.academy import cards, day, progress, queries, services
from duecare.office.academy.case_words import place_name, tell_case
from duecare.office.academy.kept_review import KeptReview, anchors_of
from duecare.office.academy.models import Certificate, EvidenceRecord, PracticeSession
from duecare.office.academy.review_page import review_of
from duecare.office.academy.script import script_acts, script_of
from duecare.office.crm.queries import debtor_of
from duecare.office.crm.tests.factories import TUESDAY_TEN_IN_SHANGHAI as AT
from duecare.office.crm.tests.factories import make_account, make_user
from duecare.office.outreach.gate import library
from duecare.office.outreach.permits import permit
from duecare.office.outreach.services import refused
from duecare.office.people.models import Team
from duecare.office.site import clock
from duecare.office.site.events import Happening, publish
from duecare.speech import list_personas
from duecare.speech.vocabulary import ALL_DIMENSIONS, DIMENSIONS

pytestmark = pytest.mark.django_db
THREE = dict.fromkeys(DIMENSIONS, 3)
TURNS = (
    "Good morning, this is Li Na from Example Finance. Am I speaking with Lin Mei?",
    "Thank you. This call is recorded; I am calling about an overdue balance on your loan.",
    "It sounds like this has been weighing on you. What made it hard to pay?",
)


def practised(user, *, turns=TURNS, persona="job_loss", seed=5):
    session = services.start_practice(user=user, persona=persona, language="en", at=AT, seed=seed)
    for text in turns:
        services.say(session=session, text=text, user=user, at=AT)
    return services.end_practice(session=session, user=user, at=AT)


def practice(skill: str, *outcomes: float, days_ago: int = 1, kind: EvidenceKind = EvidenceKind.CARD):
    at = AT - timedelta(days=days_ago)
    return [Evidence(skill, kind, outcome, 1.0, at, f"x:{days_ago}:{n}") for n, outcome in enumerate(outcomes)]


# --- cards


def test_every_example_of_every_rule_makes_a_card():
    decided = [(rule.id, number) for rule in library().rules() for number, _ in enumerate(rule.examples)]
    assert {(card.rule.id, card.example) for card in cards.cards().values()} == set(decided)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_place_with_rules_has_a_name_that_a_sentence_can_use(lang):
    for code in library().jurisdictions():
        assert place_name(code, lang) != code
    assert {place_name("HK", "zh"), place_name("TW", "zh")} == {"中国香港", "中国台湾"}


def test_a_wish_and_what_went_before_are_told_as_a_colleague_would():
    told = {
        lang: " ".join(
            tell_case(
                {
                    **cards.cards()[_first("US-REGF-7IN7")].request,
                    "history": [
                        {
                            "at": f"2026-04-0{day}T10:00:00-04:00",
                            "channel": "call",
                            "direction": "outbound",
                            "outcome": "no_answer",
                            "debt_ids": ["D1"],
                        }
                        for day in range(1, 8)
                    ],
                    "preferences": [
                        {
                            "kind": "inconvenient_time",
                            "since": "2026-04-01T09:00:00-04:00",
                            "days": ["mon", "tue", "wed"],
                            "from": "15:00",
                            "to": "17:00",
                            "in_writing": True,
                        }
                    ],
                },
                {},
                lang,
            )
        )
        for lang in ("en", "zh")
    }
    assert "7 calls, unanswered (one a day at 10:00 from 2026-04-01 to 2026-04-07)" in told["en"]
    assert "said in writing that these times are inconvenient: Mondays to Wednesdays 15:00–17:00" in told["en"]
    assert "致电 7 次，无人接听（2026-04-01 至 2026-04-07 每天 10:00 各一次）" in told["zh"]
    assert "书面表示以下时段不便：周一至周三 15:00–17:00" in told["zh"]


def test_what_has_not_come_yet_is_told_as_to_come():
    told = {
        card.rule.id: " ".join(cards.question(card, "en"))
        for card in cards.cards().values()
        if (card.rule.id, card.example) in {("TW-NOTICE", 0), ("US-REGF-CEASE", 2)}
    }
    assert "goes out only on 2026-11-25" in told["TW-NOTICE"]
    assert "reaches you only on that day" in told["US-REGF-CEASE"]


def _first(rule: str) -> str:
    return next(key for key, card in cards.cards().items() if card.rule.id == rule)


def test_the_next_lawful_moment_on_a_card_is_told_in_the_time_of_the_person():
    card = next(one for one in cards.cards().values() if one.rule.id == "US-REGF-HOURS" and one.example == 2)
    found = cards.answer(card, "en")
    assert (found.zone, f"{found.next_allowed_at:%H:%M}") == ("America/New_York", "08:00")


# --- the conversation


@pytest.mark.parametrize("persona", [one.id for one in list_personas()])
def test_every_required_line_is_ticked_by_acts_of_speech(persona):
    found = next(one for one in list_personas() if one.id == persona)
    for lang in ("en", "zh"):
        assert len(script_acts()[persona]) == len(found.required_lines[lang])
        assert not any(line.said for line in script_of(found, [], lang))


def test_a_line_is_ticked_once_it_has_been_said():
    found = next(one for one in list_personas() if one.id == "job_loss")
    assert [line.said for line in script_of(found, TURNS[:1], "en")] == [True, True, False]
    assert all(line.said for line in script_of(found, TURNS[:2], "en"))
    spoken = ["您好，我是示例金融的李娜，请问是林梅本人吗？", "本次通话会录音，来电是为了沟通您逾期贷款的事宜。"]
    assert all(line.said for line in script_of(found, spoken, "zh"))


def test_a_turn_sent_by_the_page_brings_the_talk_and_the_script_and_nothing_of_what_is_felt(client):
    user = make_user()
    client.force_login(user)
    session = services.start_practice(user=user, persona="job_loss", language="en", at=AT, seed=5)
    url = reverse("academy:conversation", args=[session.pk])
    page = client.post(url, {"text": TURNS[0]}, headers={"hx-request": "true"}).content.decode()
    assert TURNS[0] in page
    assert 'hx-swap-oob="true"' in page
    assert not any(word in page.lower() for word in ("trust", "anger", "willing", "<html"))


def test_notes_are_kept_and_are_one_s_own(client):
    user = make_user()
    session = practised(user)
    url = reverse("academy:notes", args=[session.pk])
    client.force_login(make_user())
    assert client.post(url, {"notes": "not mine"}).status_code == 404
    client.force_login(user)
    assert client.post(url, {"notes": "laid off in spring"}, headers={"hx-request": "true"}).status_code == 200
    client.post(reverse("academy:review", args=[session.pk]), THREE)
    assert "laid off in spring" in client.get(reverse("academy:review", args=[session.pk])).content.decode()


def test_a_call_in_which_nothing_was_said_is_not_kept(client):
    user = make_user()
    client.force_login(user)
    session = services.start_practice(user=user, persona="job_loss", language="en", at=AT)
    assert client.post(reverse("academy:end", args=[session.pk])).url == reverse("academy:personas")
    assert not PracticeSession.objects.exists()


# --- the judge


def test_a_review_shows_what_was_judged_whatever_the_simulator_would_say_now():
    session = services.rate_myself(session=practised(make_user()), rating=THREE, user=session_user(), at=AT)
    kept = review_of(session)
    assert KeptReview.from_dict(session.assessment) == kept
    session.seed += 1
    assert review_of(session) == kept


def session_user():
    return PracticeSession.objects.latest("pk").user


def test_the_judge_is_heard_once_and_one_s_own_score_stands():
    user = make_user()
    session = services.rate_myself(session=practised(user), rating=THREE, user=user, at=AT)
    again = services.rate_myself(session=session, rating=dict.fromkeys(DIMENSIONS, 0), user=user, at=AT)
    assert again.self_rating == THREE
    assert EvidenceRecord.objects.filter(user=user).values("source").distinct().count() == 1


def test_a_judge_s_words_are_kept_in_both_languages():
    user = make_user()
    kept = review_of(services.rate_myself(session=practised(user), rating=THREE, user=user, at=AT))
    assert set(kept.words) == {"en", "zh"}
    assert all(words.marks and words.changes for words in kept.words.values())
    assert len(kept.feelings) == len(TURNS) + 1


def test_trying_only_the_last_turn_again_is_no_new_evidence():
    user = make_user()
    first = services.rate_myself(session=practised(user), rating=THREE, user=user, at=AT)
    before = EvidenceRecord.objects.filter(user=user).count()
    again = services.try_again(session=first, turn=2, user=user, at=AT)
    services.say(session=again, text="What changed in spring?", user=user, at=AT)
    services.rate_myself(session=services.end_practice(session=again, user=user, at=AT), rating=THREE, user=user, at=AT)
    assert EvidenceRecord.objects.filter(user=user).count() == before


def test_every_dimension_has_five_anchors_in_both_languages():
    for dimension in ALL_DIMENSIONS:
        for lang in ("en", "zh"):
            assert len(set(anchors_of(dimension, lang))) == 5


def test_a_conversation_that_goes_on_cannot_be_rated():
    user = make_user()
    session = services.start_practice(user=user, persona="job_loss", language="en", at=AT)
    with pytest.raises(ValidationError, match="has not ended"):
        services.rate_myself(session=session, rating=THREE, user=user, at=AT)


# --- the day and what has moved


def test_a_refused_call_is_told_with_the_hour_and_place_of_the_debtor_and_the_rule():
    user, night = make_user(), AT - timedelta(hours=7)
    account = make_account(assigned_to=user)
    party = debtor_of(account)
    answer = permit(
        account=account, party=party, contact_point=party.contact_points.first(), channel="call", at=night, by=user
    )
    refused(answer, night)
    for language, words in (("en", "refused: it was 03:00 there"), ("zh-hans", "拦下：当地时间 03:00")):
        with translation.override(language):
            (event,) = day.events_of(user, AT, "zh" if language != "en" else "en")
            assert words in event.what
            assert answer.rule in event.why
            assert event.skills
    assert day.refusals_of(user, AT) == day.Refusals(refused=1, asked=1)


def test_results_that_were_coded_alike_stand_once_with_their_number():
    user = make_user()
    for number in range(5):
        detail = {"result": "no_answer", "skill_event": "", "outcome": "no_answer"}
        publish(Happening("result_coded", AT, f"crm_activity:{number}", user_id=user.pk, detail=detail))
    (event,) = day.events_of(user, AT, "en")
    assert event.what == "Result coded: No answer × 5"


@pytest.mark.parametrize(("cause", "counts"), [("conduct", True), ("process", False), ("other", False)])
def test_a_complaint_about_the_office_s_process_weighs_on_nobody_s_skills(cause, counts):
    user = make_user()
    publish(Happening("complaint_upheld", AT, "crm_complaint:1", user_id=user.pk, detail={"cause": cause}))
    assert EvidenceRecord.objects.filter(user=user).exists() is counts


def test_what_moved_is_told_with_where_it_stood_before():
    old, new = practice("law.frequency", 0, 0, days_ago=20), practice("law.frequency", 1, 1, 1, days_ago=2)
    first = practice("law.disputes", 1, days_ago=3)
    moved = {one.name: one for one in progress.moved_in_a_week([*old, *new, *first], AT, "en")}
    assert moved["How often one may contact"].before < moved["How often one may contact"].now
    assert moved["How often one may contact"].new_observations == 3
    assert moved["Disputes and proof of the debt"].before is None
    assert progress.moved_in_a_week(old, AT, "en") == []


def test_stuck_is_who_practised_and_did_not_rise():
    assert progress.stuck_skills(practice("law.frequency", 0, 0, 0), AT) == ["law.frequency"]
    assert progress.stuck_skills(practice("law.frequency", 0, 0), AT) == []
    assert progress.stuck_skills(practice("law.frequency", 1, 1, 1), AT) == []
    # A bad day at the desk is not failed practice.
    desk = practice("law.frequency", 0, 0, 0, kind=EvidenceKind.REFUSED_PERMIT)
    assert progress.stuck_skills(desk, AT) == []


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_map_of_skills_says_what_each_estimate_rests_on(client, language):
    user = make_user()
    client.force_login(user)
    services.rate_card(user=user, key=next(iter(cards.cards())), rating=3, at=clock.now())
    page = client.get(reverse("academy:skills"), headers={"accept-language": language}).content.decode()
    assert ("What this rests on" if language == "en" else "依据") in page
    assert "<svg" in page


# --- trainers


def test_a_trainer_sees_skills_and_not_what_was_said(client):
    user = make_user()
    services.rate_myself(session=practised(user), rating=THREE, user=user, at=AT)
    client.force_login(make_user("trainer"))
    assert str(user) in client.get(reverse("academy:training")).content.decode()
    page = client.get(reverse("academy:learner", args=[user.pk])).content.decode()
    assert "Empathy" in page
    assert not any(text[:30] in page for text in TURNS)
    session = PracticeSession.objects.get()
    assert client.get(reverse("academy:review", args=[session.pk])).status_code == 404


def test_a_team_lead_sees_the_own_team_only(client):
    ours, theirs = Team.objects.create(name="Ours"), Team.objects.create(name="Theirs")
    mine, other = make_user(team=ours), make_user(team=theirs)
    client.force_login(make_user("team_lead", team=ours))
    page = client.get(reverse("academy:training")).content.decode()
    assert str(mine) in page
    assert f">{other}<" not in page
    assert client.get(reverse("academy:learner", args=[other.pk])).status_code == 404
    client.force_login(make_user("team_lead"))
    assert str(mine) not in client.get(reverse("academy:training")).content.decode()


def test_a_colleague_s_skills_are_closed_to_a_collector(client):
    client.force_login(make_user())
    assert client.get(reverse("academy:learner", args=[make_user().pk])).status_code == 403


def test_the_trainer_s_pages_ask_the_database_no_more_for_more_people(client, django_assert_max_num_queries):
    for _ in range(12):
        make_user()
    client.force_login(make_user("trainer"))
    with django_assert_max_num_queries(12):
        client.get(reverse("academy:training"))


def test_a_plan_fits_the_minutes_and_every_part_has_its_reason():
    user = make_user()
    plan = queries.plan_for(user, AT)
    assert plan.minutes <= user.practice_minutes
    assert all(item.title and item.why and item.url for item in plan.items)


def test_an_administrator_records_a_certificate_which_gets_a_code_and_counts(client):
    user = make_user()
    client.force_login(make_user("administrator", is_staff=True))
    words = {"user": user.pk, "key": "cross-border-de", "issued_at_0": "2026-01-01", "issued_at_1": "00:00"}
    words |= {"expires_at_0": "2028-01-01", "expires_at_1": "00:00", "suspended_at_0": "", "suspended_at_1": ""}
    client.post(reverse("admin:academy_certificate_add"), words)
    assert len(Certificate.objects.get(user=user).code) == 16
    assert queries.certificates_held(user, AT) == ["cross-border-de"]
