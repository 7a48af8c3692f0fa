"""How well was it said? A transcript scored in the rubric's dimensions, each point with the turn it comes from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from duecare.speech.check import Finding, check_text
from duecare.speech.conversation import Conversation
from duecare.speech.judgement import judgement
from duecare.speech.textual import plain
from duecare.speech.understanding import Understanding, reveals_debt, understand
from duecare.speech.vocabulary import ALL_DIMENSIONS, DIMENSIONS

_EMPATHY = ("reflect_feeling", "reflect_content", "normalise", "apologise", "deescalate")
_FELT = (
    "anger", "complain_threat", "distress", "over_indebted", "reject_unaffordable", "suspect_scam",
    "hardship_job", "hardship_wage", "hardship_illness", "hardship_family",
)  # fmt: skip
_MAJOR_CATEGORIES = frozenset({"borrow_to_pay", "false_claim", "rights_denial"})
_TO_THE_JUDGE = re.compile(
    r"\b(rubric|full marks|(score|rate|grade|give) (me|this|it) .{0,20}(\d|high|full|max)|ignore (all |the )?(previous|above)|as (an? )?(judge|assessor|ai|language model)|dimension [1-7]\b|overall score)"
    r"|评分(标准|规则|者|员)|满分|打\d+分|忽略(以上|之前|前面)|(合规|共情|谈判|清晰)(维度|得分|满分|4分)|\b[a-z]+_[a-z]+_?[a-z]*\b"
)


class TranscriptError(ValueError):
    """A transcript cannot be assessed; the message says which field is wrong."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why a score is what it is: `effect` points in a dimension for what happened at `turn` (index into the transcript's turns)."""

    dimension: str
    turn: int
    note: str
    effect: float

    def to_dict(self) -> dict[str, Any]:
        return {"dimension": self.dimension, "turn": self.turn, "note": self.note, "effect": self.effect}


@dataclass(frozen=True, slots=True)
class Change:
    """What to do otherwise next time, with words one could use, at that turn."""

    what: str
    wording: str
    turn: int


@dataclass(frozen=True, slots=True)
class Assessment:
    """`overall` on 0..100; `scores` on 0..4 by dimension, those that the conversation gave evidence on."""

    id: str
    overall: float
    scores: dict[str, float]
    evidence: tuple[Evidence, ...]
    strength: str = ""
    changes: tuple[Change, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """In the shape of the schema `assessment`."""
        return {
            "id": self.id,
            "overall": self.overall,
            "scores": dict(self.scores),
            "evidence": [one.to_dict() for one in self.evidence],
        }


@dataclass(frozen=True, slots=True)
class _Turn:
    number: int
    speaker: str
    text: str
    found: Understanding
    findings: tuple[Finding, ...] = ()
    credible: bool = True
    addressed_judge: bool = False


@dataclass(slots=True)
class _Notes:
    """Evidence as it is gathered; an observation counts as often as `most` says."""

    lang: str
    evidence: list[Evidence] = field(default_factory=list)
    counted: dict[str, int] = field(default_factory=dict)
    gates: set[str] = field(default_factory=set)

    def note(self, key: str, turn: int, *, most: int = 1, effect: float | None = None, **words: object) -> None:
        seen = judgement().observations[key]
        if self.counted.get(key, 0) >= most:
            return
        self.counted[key] = self.counted.get(key, 0) + 1
        self.evidence.append(
            Evidence(
                seen.dimension, turn, seen.note[self.lang].format(**words), seen.points if effect is None else effect
            )
        )

    def has(self, *keys: str) -> bool:
        return any(key in self.counted for key in keys)


def assess(transcript: Mapping[str, Any], *, truth: Conversation | None = None, lang: str = "en") -> Assessment:
    """Score a transcript (schema `transcript`).

    `truth` is the simulated conversation it came from, where there is one: only it knows the facts and the outcome. Notes are in `lang`.
    Length, repetition, recitals of phrases and words addressed to the judge earn nothing.

    Raises:
        TranscriptError: the transcript lacks something or has a field of the wrong kind.
    """
    language = "zh" if lang.startswith("zh") else "en"
    spoken_in, turns = _read(transcript, language)
    mine = [turn for turn in turns if turn.speaker == "collector"]
    notes = _Notes(language)
    stranger = _is_stranger(turns)
    if not mine:
        return Assessment(str(transcript["id"]), 0.0, {}, ())
    _judge_compliance(notes, turns, mine, stranger)
    _judge_disclosure(notes, turns, mine, stranger, spoken_in)
    _judge_empathy(notes, turns, mine)
    if not stranger:
        _judge_information(notes, turns, mine)
        _judge_negotiation(notes, turns, mine)
    _judge_clarity(notes, turns, mine, stranger, spoken_in)
    if truth is not None:
        _judge_outcome(notes, mine, truth)
    scores = _scores(notes, truth)
    overall = _overall(
        notes, scores, engaged=sum(turn.credible for turn in mine), stranger=stranger, replies=len(turns) - len(mine)
    )
    return Assessment(
        str(transcript["id"]),
        overall,
        scores,
        tuple(notes.evidence),
        _strength(notes, turns),
        _changes(notes, scores, mine, language, spoken_in),
    )


def _read(transcript: Mapping[str, Any], language: str) -> tuple[str, list[_Turn]]:
    if not isinstance(transcript, Mapping):
        raise TranscriptError("a transcript is an object with id, lang and turns")
    for key in ("id", "lang", "turns"):
        if key not in transcript:
            raise TranscriptError(f"{key} is missing")
    if not isinstance(transcript["id"], str):
        raise TranscriptError("id: a text is needed")
    if transcript["lang"] not in ("en", "zh"):
        raise TranscriptError(f"lang: en or zh, not {transcript['lang']!r}")
    said = transcript["turns"]
    if not isinstance(said, list) or not said:
        raise TranscriptError("turns: a list with at least one turn is needed")
    rules, lang = judgement(), str(transcript["lang"])
    turns: list[_Turn] = []
    heard: set[str] = set()
    earlier: set[str] = set()
    for number, one in enumerate(said):
        if (
            not isinstance(one, Mapping)
            or not isinstance(one.get("text"), str)
            or one.get("speaker") not in ("collector", "debtor", "third_party")
        ):
            raise TranscriptError(f"turns[{number}]: needs speaker (collector, debtor or third_party) and text")
        text, speaker = one["text"], one["speaker"]
        found = understand(text, lang, speaker=speaker, previous=earlier)
        if speaker != "collector":
            earlier |= found.names
            turns.append(_Turn(number, speaker, text, found))
            continue
        key = plain(text).text
        length = len(key) if lang == "zh" else len(key.split())
        judge = bool(_TO_THE_JUDGE.search(key))
        credible = (
            len(found.acts) <= rules.recital_acts
            and length <= rules.longest_turn[lang]
            and key not in heard
            and not judge
        )
        heard.add(key)
        turns.append(_Turn(number, speaker, text, found, check_text(text, lang=language), credible, judge))
    return lang, turns


def _is_stranger(turns: list[_Turn]) -> bool:
    others = [turn for turn in turns if turn.speaker != "collector"]
    if any(turn.speaker == "third_party" for turn in others):
        return not any(turn.speaker == "debtor" for turn in others)
    return any(turn.found.does("wrong_person", "third_party_answers") for turn in others[:4])


def _before(turns: list[_Turn], number: int) -> _Turn | None:
    return next((turn for turn in reversed(turns[:number]) if turn.speaker != "collector"), None)


def _after(turns: list[_Turn], number: int) -> _Turn | None:
    following = turns[number + 1] if number + 1 < len(turns) else None
    return following if following is not None and following.speaker != "collector" else None


def _judge_compliance(notes: _Notes, turns: list[_Turn], mine: list[_Turn], stranger: bool) -> None:
    if not any(turn.findings or turn.found.unlawful for turn in mine):
        notes.note("lawful", mine[0].number, count=len(mine))
    crisis = False
    for turn in mine:
        if turn.addressed_judge:
            notes.note("judge_addressed", turn.number, most=2)
        for finding in turn.findings:
            severe = finding.severity == "block" and finding.category not in _MAJOR_CATEGORIES
            notes.gates.add("critical" if severe else "major")
            notes.note("critical" if severe else "major", turn.number, most=9, why=finding.why)
        if turn.found.does("x_exploit_vulnerability"):
            notes.gates.add("critical")
            notes.note("duty_of_care", turn.number)
        if turn.found.does("x_ignore_dispute_cease"):
            notes.gates.add("major")
            notes.note("ignored_dispute", turn.number)
        heard = _before(turns, turn.number)
        crisis = crisis or (heard is not None and heard.found.does("distress"))
        if (
            crisis
            and not turn.found.does("refer_specialist")
            and turn.found.does(
                "ask_full", "ask_partial", "propose_plan", "repeat_pressure", "ask_when", "true_consequence"
            )
        ):
            notes.gates.add("duty_of_care")
            notes.note("duty_of_care", turn.number)
        if turn.found.does("repeat_pressure"):
            notes.note("pressure", turn.number, most=3)
        if not turn.credible:
            continue
        if turn.found.does("disclose_purpose") or (stranger and turn.found.does("neutral_third_party")):
            notes.note("purpose", turn.number)
        for act, key in (
            ("inform_rights", "rights"),
            ("payment_channel", "official_way"),
            ("respect_cease", "cease_respected"),
        ):
            if turn.found.does(act):
                notes.note(key, turn.number)


def _judge_disclosure(notes: _Notes, turns: list[_Turn], mine: list[_Turn], stranger: bool, lang: str) -> None:
    asked = verified = False
    for place, turn in enumerate(mine):
        heard = _before(turns, turn.number)
        if asked and heard is not None and _is_the_person(heard):
            verified = not stranger
        if reveals_debt(turn.text, lang) and not verified:
            key, gate = ("to_third_party", "critical") if stranger else ("before_verification", "major")
            notes.gates.add(gate)
            notes.note(key, turn.number)
        if turn.found.does("verify_party"):
            asked = True
        if not turn.credible:
            continue
        if turn.found.does("greet_identify"):
            notes.note("greeted", turn.number)
        if turn.found.does("verify_party") and not notes.has("before_verification", "to_third_party"):
            notes.note("verified", turn.number)
            if place < 4:
                notes.note("early", turn.number)
        if verified and turn.found.does("disclose_purpose", "disclose_debt"):
            notes.note("purpose_after", turn.number)
        if turn.found.does("inform_rights") and heard is not None and heard.found.does("suspect_scam"):
            notes.note("callback_route", turn.number)
    if stranger and notes.has("verified", "greeted") and not notes.has("to_third_party"):
        notes.note("neutral", mine[-1].number)
    if not notes.has("greeted", "verified", "before_verification", "to_third_party"):
        notes.note("no_identity", mine[0].number)


def _is_the_person(heard: _Turn) -> bool:
    """Does this answer to "am I speaking with …" leave it settled? A question back alone does not."""
    denies = heard.found.does("wrong_person", "third_party_answers", "suspect_scam")
    return not denies and (heard.found.does("confirm_self") or not heard.found.does("ask_who_why"))


def _judge_empathy(notes: _Notes, turns: list[_Turn], mine: list[_Turn]) -> None:
    for turn in mine:
        heard = _before(turns, turn.number)
        felt = heard is not None and heard.found.does(*_FELT)
        if turn.found.does("dismiss"):
            notes.note("dismissed", turn.number, most=3, quote=_quote(turn.text))
        if turn.found.does("repeat_pressure"):
            notes.note("pressed_feeling", turn.number, most=3)
        kind = turn.credible and not turn.findings and not turn.found.does("dismiss", "repeat_pressure")
        if kind and turn.found.does(*_EMPATHY) and heard is not None and (felt or len(heard.text) > 12):
            notes.note("met_feeling", turn.number, most=2, quote=_quote(turn.text))
        elif felt and not turn.found.does(
            *_EMPATHY, "emphasise_autonomy", "affirm_effort", "refer_specialist", "handle_dispute"
        ):
            notes.note("missed_feeling", turn.number, most=3)
        if not kind:
            continue
        if turn.found.does("emphasise_autonomy"):
            notes.note("autonomy", turn.number)
        if turn.found.does("affirm_effort"):
            notes.note("warmth", turn.number)
        if turn.found.does("apologise"):
            notes.note("apology", turn.number)
        if turn.found.does("handle_dispute", "refer_specialist", "probe_vulnerability") and heard is not None:
            notes.note("warmth", turn.number, most=2)
    if not any(one.dimension == "empathy" for one in notes.evidence):
        notes.note("no_empathy", mine[-1].number)


def _judge_information(notes: _Notes, turns: list[_Turn], mine: list[_Turn]) -> None:
    asked = (
        ("ask_reason_open", "asked_reason"), ("ask_budget", "asked_budget"), ("ask_ability_amount", "asked_ability"),
        ("ask_when", "asked_when"), ("probe_vulnerability", "asked_vulnerable"), ("check_understanding", "checked"),
    )  # fmt: skip
    for turn in mine:
        answer = _after(turns, turn.number)
        if not turn.credible or turn.findings or answer is None or turn.found.does("repeat_pressure"):
            continue
        if len(answer.text) < 4 or answer.found.does("hang_up"):
            continue
        for act, key in asked:
            if turn.found.does(act):
                notes.note(key, turn.number)
    if not any(one.dimension == "information" for one in notes.evidence):
        notes.note("asked_nothing", mine[-1].number)


def _judge_negotiation(notes: _Notes, turns: list[_Turn], mine: list[_Turn]) -> None:
    knows = False
    hardship = disputed = refused = False
    smallest_refused = Decimal("Infinity")
    for turn in mine:
        heard = _before(turns, turn.number)
        if heard is not None:
            hardship = hardship or heard.found.does("hardship_illness", "distress", "hardship_family", "hardship_job")
            disputed = disputed or heard.found.does("dispute_amount", "dispute_not_mine", "ask_proof")
            refused = heard.found.does("reject_unaffordable")
        if refused and turn.found.amounts and turn.found.does("propose_plan", "confirm_commitment", "ask_partial"):
            again = max(turn.found.amounts) >= smallest_refused
            if again:
                notes.note("unaffordable", turn.number, most=2)
        if refused and heard is not None:
            before = [one for one in mine if one.number < heard.number]
            named = before[-1].found.amounts if before else ()
            smallest_refused = min((*named, smallest_refused))
        if turn.found.does("ask_full") and not knows:
            notes.note("full_or_nothing", turn.number, most=2)
        if refused and turn.found.does("repeat_pressure", "hold_position", "ask_full"):
            notes.note("unaffordable", turn.number, most=2)
        fair = turn.credible and not turn.findings and not turn.found.does("dismiss", "repeat_pressure")
        if not fair:
            continue
        offers = turn.found.does("propose_plan", "ask_partial", "conditional_concession") and bool(
            turn.found.amounts or turn.found.does("propose_plan")
        )
        if offers:
            notes.note("linked_offer" if knows else "blind_offer", turn.number)
            answer = _after(turns, turn.number)
            if (
                answer is not None
                and answer.found.does("accept_plan", "promise_partial")
                and not answer.found.does("reject_unaffordable")
            ):
                notes.note("offer_taken", turn.number)
        if turn.found.does("ask_ability_amount"):
            notes.note("asked_first", turn.number)
        if turn.found.does("offer_relief", "conditional_concession"):
            notes.note("options", turn.number)
        if turn.found.does("refer_specialist") and hardship:
            notes.note("referred", turn.number)
        if turn.found.does("handle_dispute") and disputed:
            notes.note("took_dispute", turn.number)
        knows = knows or turn.found.does("ask_budget", "ask_ability_amount", "ask_reason_open")
    if not any(one.dimension == "negotiation" for one in notes.evidence):
        notes.note("no_offer", mine[-1].number)


def _judge_clarity(notes: _Notes, turns: list[_Turn], mine: list[_Turn], stranger: bool, lang: str) -> None:
    later = mine[1:] or mine
    longest = judgement().longest_turn[lang]
    for turn in mine:
        words = len(turn.text) if lang == "zh" else len(turn.text.split())
        if words > longest or turn.found.does("monologue"):
            notes.note("long_winded", turn.number, most=3)
    for turn in later:
        if not turn.credible or turn.findings:
            continue
        settles = turn.found.does("confirm_commitment", "propose_plan", "close_summary", "check_understanding")
        if settles and turn.found.amounts and not stranger:
            notes.note("sum_agreed", turn.number)
        if settles and turn.found.dates and not stranger:
            notes.note("day_agreed", turn.number)
        if turn.found.does("payment_channel") and not stranger:
            notes.note("way_agreed", turn.number)
        if turn.found.does("implementation_intention", "schedule_callback"):
            notes.note("next_step", turn.number)
        if turn.found.does("handle_dispute", "refer_specialist", "respect_cease"):
            notes.note("settled_without_money", turn.number)
            if stranger:
                notes.note("next_step", turn.number)
        if turn.found.does("close_summary"):
            notes.note("closed", turn.number)
    if not any(one.dimension == "clarity" for one in notes.evidence):
        notes.note("no_next_step", mine[-1].number)


def _judge_outcome(notes: _Notes, mine: list[_Turn], truth: Conversation) -> None:
    agreed, last = truth.agreement, mine[-1].number
    if truth.end_reason == "complaint":
        key = "complaint"
    elif truth.end_reason in ("hung_up", "tired"):
        key = "avoidable"
    elif agreed is not None and agreed.kind == truth.persona.right_end:
        key = "right" if agreed.confirmed or agreed.kind != "instalments" else "unconfirmed"
    else:
        key = "unconfirmed" if agreed is not None else "other"
    score, words = judgement().outcomes[key]
    notes.note("outcome", last, effect=score, what=words[notes.lang])
    if truth.persona.is_debtor and truth.facts_total:
        notes.note("facts", last, found=len(truth.facts_found), total=truth.facts_total)


def _scores(notes: _Notes, truth: Conversation | None) -> dict[str, float]:
    scores: dict[str, float] = {}
    for dimension in ALL_DIMENSIONS:
        effects = [one.effect for one in notes.evidence if one.dimension == dimension]
        if effects:
            scores[dimension] = sum(effects)
    if truth is not None and "information" in scores and truth.facts_total:
        # The simulator knows what could be found out: asking counts half, finding out the other half.
        scores["information"] = 0.5 * scores["information"] + 2.0 * len(truth.facts_found) / truth.facts_total
    if notes.gates & {"critical", "duty_of_care"}:
        scores["compliance"] = 0.0
        scores["empathy"] = min(scores.get("empathy", 0.0), 1.0)
    elif "major" in notes.gates:
        scores["compliance"] = min(scores.get("compliance", 0.0), 1.0)
    if notes.has("before_verification", "to_third_party"):
        scores["disclosure"] = 0.0
    return {key: round(min(4.0, max(0.0, value)), 2) for key, value in scores.items()}


def _overall(notes: _Notes, scores: dict[str, float], *, engaged: int, stranger: bool, replies: int) -> float:
    rules = judgement()
    total = sum(rules.weights[key] for key in scores)
    overall = sum(rules.weights[key] * value / 4 for key, value in scores.items()) / total * 100 if total else 0.0
    for gate in notes.gates:
        overall = min(overall, rules.gates[gate])
    others = [scores[key] for key in DIMENSIONS[2:] if key in scores]
    if scores.get("compliance", 0) < 3 or scores.get("disclosure", 0) < 3 or not any(value >= 2 for value in others):
        overall = min(overall, rules.gates["not_earned"])
    if not replies or (engaged < 3 and not stranger) or engaged == 0:
        overall = min(overall, rules.gates["too_short"])
    return round(overall, 1)


def _strength(notes: _Notes, turns: list[_Turn]) -> str:
    good = [one for one in notes.evidence if one.effect > 0 and one.dimension in DIMENSIONS[1:]]
    if not good:
        return ""
    # The rarer skills are the moments worth remembering: listening and offering before form.
    best = max(
        good, key=lambda one: (one.effect + (0.5 if one.dimension in ("empathy", "negotiation") else 0.0), -one.turn)
    )
    return (
        judgement()
        .strength[notes.lang]
        .format(
            turn=best.turn + 1,
            quote=_quote(turns[best.turn].text),
            note=best.note if '"' not in best.note and "“" not in best.note else "",
        )
        .strip()
    )


def _changes(
    notes: _Notes, scores: dict[str, float], mine: list[_Turn], lang: str, spoken_in: str
) -> tuple[Change, ...]:
    wanted: list[tuple[str, int]] = []
    worst = {one.dimension: one.turn for one in sorted(notes.evidence, key=lambda one: -one.effect)}
    for turn in mine:
        if turn.findings:
            advice = judgement().advice["unlawful"]
            said = check_text(turn.text, lang=spoken_in)[0]
            first = Change(
                f"{turn.findings[0].why} {advice.what[lang]}", said.rewording or advice.wording[spoken_in], turn.number
            )
            break
    else:
        first = None
    if notes.has("duty_of_care"):
        wanted.append(
            (
                "duty_of_care",
                next(one.turn for one in notes.evidence if one.dimension == "compliance" and one.effect <= -4),
            )
        )
    weights = judgement().weights
    weak = sorted(
        (key for key in scores if key in DIMENSIONS and scores[key] < 3),
        key=lambda key: -(4 - scores[key]) * weights[key],
    )
    wanted += [(key, worst.get(key, mine[-1].number)) for key in weak if not (first and key == "compliance")]
    changes = [first] if first else []
    for key, turn_number in wanted or ([] if first else [("none", mine[-1].number)]):
        advice = judgement().advice[key]
        changes.append(Change(advice.what[lang], advice.wording[spoken_in], turn_number))
    return tuple(changes[:2])


def _quote(text: str) -> str:
    """The beginning of what was said, without braces that a note's own fields could be mistaken for."""
    short = " ".join(text.split())
    return short if len(short) <= 60 else short[:59] + "…"
