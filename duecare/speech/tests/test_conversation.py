"""The practised debtor answers, feels and remembers, the same way each time."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duecare.speech import Conversation, list_personas, persona_of

from .scripts import POOR, UNLAWFUL, good_script, held

PERSONAS = [persona.id for persona in list_personas()]
LANGS = ("en", "zh")
both = pytest.mark.parametrize("lang", LANGS)
every_persona = pytest.mark.parametrize("persona", PERSONAS)


def replies(talk: Conversation) -> list[str]:
    return [turn["text"] for turn in talk.transcript()["turns"] if turn["speaker"] != "collector"]


@every_persona
@both
def test_the_same_seed_and_turns_give_the_same_conversation(persona, lang):
    script = good_script(persona, lang)
    one, two = held(persona, lang, script, seed=7), held(persona, lang, script, seed=7)
    assert one.transcript() == two.transcript()
    assert one.states == two.states
    step_by_step = Conversation(persona, seed=7, lang=lang)
    step_by_step.opening()
    for turn in script:
        if not step_by_step.ended:
            step_by_step.say(turn)
    assert step_by_step.transcript() == one.transcript()


@both
def test_other_seeds_give_other_conversations(lang):
    script = good_script("job_loss", lang)
    assert len({tuple(replies(held("job_loss", lang, script, seed=seed))) for seed in range(10)}) > 5


@every_persona
@both
def test_no_reply_is_ever_repeated_in_a_conversation(persona, lang):
    stock = good_script(persona, lang) + POOR[lang] + ["...", "Yes.", "好的", "12", "Hello?"]
    for seed in range(30):
        chance = random.Random(seed)
        said = replies(held(persona, lang, [chance.choice(stock) for _ in range(40)], seed=seed))
        assert len(said) == len(set(said)), (persona, lang, seed)


@every_persona
@both
def test_every_conversation_comes_to_an_end(persona, lang):
    for turns in (["..."] * 60, good_script(persona, lang) * 6, [f"Hello {n}" for n in range(60)]):
        assert held(persona, lang, turns).ended


@every_persona
@both
def test_a_good_collector_reaches_the_right_end(persona, lang):
    reached = 0
    for seed in range(20):
        talk = held(persona, lang, good_script(persona, lang), seed=seed)
        kind = talk.agreement.kind if talk.agreement else None
        reached += kind == persona_of(persona).right_end
        assert talk.end_reason not in ("complaint", "hung_up"), (persona, lang, seed)
    assert reached >= 16, (persona, lang, reached)


@every_persona
@both
def test_pressing_alone_settles_nothing_and_learns_nothing(persona, lang):
    for seed in range(10):
        talk = held(persona, lang, POOR[lang], seed=seed)
        assert talk.agreement is None
        assert len(talk.facts_found) == 0, (persona, seed, talk.facts_found)


@every_persona
@both
@pytest.mark.parametrize("which", [0, 1])
def test_an_unlawful_turn_raises_anger_and_costs_trust_against_a_lawful_twin(persona, lang, which):
    opening = good_script(persona, lang)[:1]
    neutral = {"en": "All right, one moment please.", "zh": "好的，请稍等。"}[lang]
    for seed in range(10):
        harsh = held(persona, lang, [*opening, UNLAWFUL[lang][which]], seed=seed).states[-1]
        mild = held(persona, lang, [*opening, neutral], seed=seed).states[-1]
        assert harsh.anger > mild.anger
        assert harsh.trust < mild.trust


@every_persona
@both
def test_a_second_unlawful_turn_ends_in_a_complaint(persona, lang):
    talk = held(persona, lang, [*good_script(persona, lang)[:1], *UNLAWFUL[lang]])
    assert (talk.ended, talk.end_reason) == (True, "complaint")


@both
def test_reflecting_first_brings_out_what_asking_alone_does_not(lang):
    greeting = good_script("job_loss", lang)[:1]
    ask = {"en": "Roughly what comes in each month and what must go out?", "zh": "每个月收入和必要开支大概是多少？"}[
        lang
    ]
    kind = {
        "en": ["What has changed recently?", "It sounds like this has been stressful. Thank you for telling me."],
        "zh": ["最近的情况有什么变化吗？", "听得出来，这段时间您压力很大。谢谢您愿意说。"],
    }[lang]
    alone = sum("part_time" in held("job_loss", lang, [*greeting, ask], seed=seed).facts_found for seed in range(30))
    after = sum(
        "part_time" in held("job_loss", lang, [*greeting, *kind, ask], seed=seed).facts_found for seed in range(30)
    )
    assert after > alone


@both
def test_a_kind_sentence_said_again_and_again_gains_nothing(lang):
    opening = good_script("job_loss", lang)[:4]
    once, often = (
        held("job_loss", lang, opening).states[-1],
        held("job_loss", lang, opening + opening[-1:] * 3).states[-1],
    )
    assert often.trust < once.trust


@every_persona
@both
def test_nobody_agrees_to_more_than_is_left(persona, lang):
    script = [
        turn.replace("100元", "90000元")
        .replace("100 ", "90,000 ")
        .replace("16000元", "23000元")
        .replace("16,000", "23,000")
        for turn in good_script(persona, lang)
    ]
    for seed in range(10):
        agreed = held(persona, lang, script, seed=seed).agreement
        assert agreed is None or agreed.amount is None


@both
def test_where_nothing_is_left_no_words_bring_an_instalment(lang):
    for seed in range(20):
        talk = held("hardship_medical", lang, good_script("job_loss", lang), seed=seed)
        assert talk.surplus <= 0
        assert talk.agreement is None


@both
def test_a_stranger_who_hears_of_the_debt_is_upset(lang):
    told = {"en": "Then tell him that his loan is overdue.", "zh": "那你告诉他贷款逾期了。"}[lang]
    talk = held("wrong_person", lang, [*good_script("wrong_person", lang)[:1], told])
    assert talk.states[-1].anger > talk.states[0].anger + 0.15
    assert {turn["speaker"] for turn in talk.transcript()["turns"]} == {"collector", "third_party"}


@every_persona
def test_what_the_debtor_has_does_not_depend_on_the_language(persona):
    for seed in range(10):
        en, zh = Conversation(persona, seed=seed, lang="en"), Conversation(persona, seed=seed, lang="zh")
        assert (en.income, en.essentials, en.states[0]) == (zh.income, zh.essentials, zh.states[0])


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(PERSONAS),
    st.sampled_from(LANGS),
    st.integers(0, 2**31),
    st.lists(st.text(max_size=60), max_size=12),
)
def test_whatever_is_said_the_debtor_answers_within_bounds(persona, lang, seed, turns):
    talk = held(persona, lang, turns, seed=seed)
    assert all(reply.strip() and "{" not in reply for reply in replies(talk))
    assert len(replies(talk)) == len(set(replies(talk)))
    for state in talk.states:
        assert all(0 <= value <= 1 for value in (state.trust, state.anger, state.shame, state.willingness))
    assert len(talk.states) == talk.turns + 1


def test_nothing_can_be_said_after_the_end():
    talk = held("job_loss", "en", ["..."] * 60)
    with pytest.raises(ValueError, match="ended"):
        talk.say("Hello?")


def test_a_persona_that_does_not_exist_is_named_with_those_that_do():
    with pytest.raises(KeyError, match="job_loss"):
        Conversation("nobody", seed=1, lang="en")


@every_persona
def test_every_line_of_a_persona_is_lawful_to_show_and_said_in_both_languages(persona):
    found = persona_of(persona)
    for lines in [*found.lines.values(), *(fact.says for fact in found.facts), found.required_lines]:
        assert set(lines) == {"en", "zh"}
        assert all(lines.values())
    assert found.title["en"] != found.title["zh"]
    assert found.minutes > 0
    assert found.skills
