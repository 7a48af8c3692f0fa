"""The gate's answers keep their shape and their promises, whatever is asked."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from duecare.law import RulebookError, default_library, load_library
from duecare.law.examples import example_request

LIBRARY = default_library()
SCHEMAS = Path(__file__).resolve().parents[4] / "shared" / "design" / "schemas"
REQUESTS = [example_request(rule, example) for rule in LIBRARY.rules() for example in rule.examples]


def validator(name: str) -> Draft202012Validator:
    path = SCHEMAS / f"{name}.schema.json"
    if not path.exists():
        pytest.skip("shared/design/schemas is not beside this clone")
    return Draft202012Validator(json.loads(path.read_text()), format_checker=FormatChecker())


def test_every_example_and_its_decision_obey_the_schemas() -> None:
    asks, answers = validator("contact-request"), validator("contact-decision")
    for request in REQUESTS:
        asks.validate(request)
        for lang in ("en", "zh"):
            answers.validate(LIBRARY.judge(request, lang=lang).to_dict())


def test_every_reason_has_words_without_holes_in_both_languages() -> None:
    for request in REQUESTS:
        for lang in ("en", "zh"):
            for reason in LIBRARY.judge(request, lang=lang).reasons:
                assert reason.why
                assert "{" not in reason.why
                assert reason.source


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@st.composite
def spoiled(draw: st.DrawFn) -> Any:
    """A real request with something in it replaced by anything."""
    request = json.loads(json.dumps(draw(st.sampled_from(REQUESTS))))
    at: Any = request
    while True:
        key = draw(st.sampled_from(sorted(at))) if isinstance(at, dict) and at else None
        if key is None:
            break
        if isinstance(at[key], dict) and draw(st.booleans()):
            at = at[key]
            continue
        at[key] = draw(_JSON)
        break
    return request


@settings(max_examples=400, deadline=None)
@given(spoiled() | _JSON)
def test_whatever_is_asked_the_answer_obeys_the_schema(request: Any) -> None:
    answer = LIBRARY.judge(json.dumps(request))
    assert answer.verdict in ("allow", "deny", "review")
    validator("contact-decision").validate(answer.to_dict())


INSTANTS = st.integers(0, 4 * 365 * 24 * 60).map(
    lambda minutes: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
ZONES = st.lists(
    st.sampled_from(["Asia/Shanghai", "America/New_York", "Europe/London", "Australia/Lord_Howe", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kolkata"]),
    min_size=1, max_size=3, unique=True,
)  # fmt: skip


@st.composite
def requests(draw: st.DrawFn) -> dict[str, Any]:
    request = json.loads(json.dumps(draw(st.sampled_from(REQUESTS))))
    at = draw(INSTANTS)
    request["at"] = at.isoformat()
    request["person"]["time_zones"] = draw(ZONES)
    request["channel"] = draw(st.sampled_from(["call", "sms", "email", "letter", "visit"]))
    request["history"] = [
        {
            "at": (at - timedelta(hours=draw(st.integers(1, 400)))).isoformat(),
            "channel": draw(st.sampled_from(["call", "sms", "email"])),
            "direction": draw(st.sampled_from(["outbound", "outbound", "inbound"])),
            "outcome": draw(st.sampled_from(["no_answer", "conversation", "delivered", "voicemail", "busy"])),
            "debt_ids": [draw(st.sampled_from(["D1", "D2"]))],
        }
        for _ in range(draw(st.integers(0, 8)))
    ]
    return request


@settings(max_examples=300, deadline=None)
@given(requests())
def test_the_next_lawful_moment_is_lawful_and_nothing_before_it_is(request: dict[str, Any]) -> None:
    decision = LIBRARY.judge(request)
    at, following = datetime.fromisoformat(request["at"]), decision.next_allowed_at
    if decision.verdict == "allow":
        assert following == at
        return
    if following is None:
        return
    assert following > at
    assert LIBRARY.judge({**request, "at": following.isoformat()}).verdict == "allow"
    for part in range(8):
        between = at + (following - at) * part / 8
        assert LIBRARY.judge({**request, "at": between.isoformat()}).verdict != "allow", between


@settings(max_examples=200, deadline=None)
@given(requests(), st.sampled_from(["cease_all", "stop_channel", "inconvenient_time"]))
def test_a_wish_of_the_person_never_makes_a_refused_contact_lawful(request: dict[str, Any], kind: str) -> None:
    before = LIBRARY.judge(request).verdict
    wish = {"kind": kind, "since": "2020-01-01T00:00:00+00:00", "channel": request["channel"]}
    after = LIBRARY.judge({**request, "preferences": [*request.get("preferences", []), wish]}).verdict
    assert (
        after == "deny"
        or (after == before and before != "allow")
        or kind == "inconvenient_time"
        or request.get("purpose") in ("notice", "respond", "service")
        or request.get("consent_for_contact_at")
    )


@settings(max_examples=100, deadline=None)
@given(requests())
def test_the_same_request_has_the_same_answer(request: dict[str, Any]) -> None:
    assert LIBRARY.judge(request) == LIBRARY.judge(json.loads(json.dumps(request)))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- {id: X}", "X.yaml:1: kind is missing"),
        ("\n- id: X\n  kind: nothing\n  sentence: {en: a, zh: b}\n  source: s\n  status: verified\n  basis: b\n  since: 2020-01-01\n", "X.yaml:2: kind 'nothing'"),
        ("- id: X\n  kind: cool_down\n  sentence: {en: a, zh: b}\n  source: s\n  status: verified\n  basis: b\n  since: 2020-01-01\n", "cool_down|needs days"),
        ("- id: X\n  kind: cool_down\n  sentence: {en: a}\n  source: s\n  status: verified\n  basis: b\n  since: 2020-01-01\n  parameters: {days: 7}\n", "en and zh"),
        ("- id: X\n  kind: contact_hours\n  sentence: {en: a, zh: b}\n  source: s\n  status: verified\n  basis: b\n  since: 2020-01-01\n  parameters: {week: {all: ['9:00', '8']}}\n", "not a time of day"),
        ("{", "X.yaml"),
    ],
)  # fmt: skip
def test_a_rulebook_that_cannot_be_used_is_named_by_file_and_line(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "XX").mkdir()
    (tmp_path / "XX" / "X.yaml").write_text(text)
    with pytest.raises(RulebookError, match=message):
        load_library(tmp_path)


def test_a_new_jurisdiction_is_data_alone(tmp_path: Path) -> None:
    (tmp_path / "XX").mkdir()
    (tmp_path / "XX" / "hours.yaml").write_text(
        "- id: XX-HOURS\n  kind: contact_hours\n  sentence: {en: By day., zh: 白天。}\n  source: s\n  status: unverified\n  basis: b\n"
        "  since: 2020-01-01\n  parameters: {week: {all: ['09:00', '17:00']}}\n"
    )
    library = load_library(tmp_path)
    request = {**REQUESTS[0], "at": "2026-05-12T18:00:00+00:00"}
    request["person"] = {**request["person"], "jurisdictions": ["XX"], "time_zones": ["UTC"]}
    assert library.judge(request).next_allowed_at == datetime(2026, 5, 13, 9, tzinfo=UTC)


def test_a_layer_can_only_tighten() -> None:
    request = {**REQUESTS[0], "at": "2026-05-13T03:00:00+01:00"}
    request["person"] = {**request["person"], "jurisdictions": ["GB"], "time_zones": ["Europe/London"]}
    loose = [rule for rule in LIBRARY.rules("CN") if rule.kind == "contact_hours"]
    from dataclasses import replace

    wide = replace(
        loose[0],
        id="GB-ANY-TIME",
        jurisdiction="GB",
        dated=(replace(loose[0].dated[0], values={**loose[0].dated[0].values, "week": (((0, 1440),),) * 7}),),
    )
    layered = LIBRARY.with_layer([wide], "x")
    assert layered.judge(request).verdict == "deny"
    with pytest.raises(ValueError, match="stand already"):
        LIBRARY.with_layer([loose[0]], "x")


def test_an_answer_needs_something_to_answer() -> None:
    request = json.loads(json.dumps({**REQUESTS[0], "at": "2026-05-13T11:00:00+01:00", "purpose": "respond"}))
    request["person"] |= {"jurisdictions": ["GB"], "time_zones": ["Europe/London"]}
    request["preferences"] = [{"kind": "cease_all", "since": "2026-05-01T10:00:00+01:00"}]
    assert LIBRARY.judge(request).verdict == "deny"
    request["history"] = [
        {"at": "2026-05-12T11:00:00+01:00", "channel": "email", "direction": "inbound", "outcome": "delivered"}
    ]
    assert LIBRARY.judge(request).verdict == "allow"
