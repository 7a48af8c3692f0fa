"""What holds under every law, whatever happened: nothing shortens that should lengthen, order does not matter, every line is said."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from duecare.law.calculators.limitation import Event, Suspension, limitation
from duecare.law.calculators.reading import laws
from duecare.law.calculators.regimes import ACTS, PROCEEDINGS, SUSPENSIONS

TODAY = date(2026, 11, 25)
FAR = date.max
MANY = settings(max_examples=300, deadline=None)

any_law = st.sampled_from(laws("limitation"))
any_kind = st.sampled_from(["contract", "card", "loan", "sale"])
any_day = st.dates(date(2012, 1, 1), TODAY)
any_due = st.dates(date(2012, 1, 1), date(2026, 1, 1))
any_act = st.builds(Event, st.sampled_from(ACTS), any_day)
any_suspension = st.builds(
    lambda start, days, kind: Suspension(start, None if days is None else start + timedelta(days=days), kind),
    any_day,
    st.none() | st.integers(0, 1500),
    st.sampled_from(SUSPENSIONS),
)


def ask(law, due, events=(), suspensions=(), consumer=True, kind="contract"):
    try:
        return limitation(
            law, dues=[due], as_of=TODAY, events=events, suspensions=suspensions, consumer=consumer, kind=kind
        )[0]
    except ValueError as error:
        if "begins with debts due on" in str(error):
            return None
        raise


def end(answer):
    return FAR if answer.ends is None else answer.ends


@MANY
@given(any_law, any_due, st.lists(any_act, max_size=5), any_act, st.booleans(), any_kind)
def test_a_further_act_never_shortens_time(law, due, acts, further, consumer, kind):
    if law == "BR":  # there the first interruption uses up the only one
        return
    without, with_it = (ask(law, due, events, consumer=consumer, kind=kind) for events in (acts, [*acts, further]))
    if without is not None:
        assert end(with_it) >= end(without)


@MANY
@given(any_law, any_due, st.lists(any_act, max_size=3), st.lists(any_suspension, max_size=2), any_suspension)
def test_a_further_suspension_never_shortens_time(law, due, acts, suspensions, further):
    if law == "BR":
        return
    without, with_it = (ask(law, due, acts, told) for told in (suspensions, [*suspensions, further]))
    if without is not None:
        assert end(with_it) >= end(without)


@MANY
@given(any_law, any_due, st.lists(any_act, max_size=4), st.lists(any_suspension, max_size=3), st.randoms())
def test_the_order_of_what_is_told_does_not_matter(law, due, acts, suspensions, random):
    one = ask(law, due, acts, suspensions)
    random.shuffle(acts)
    random.shuffle(suspensions)
    assert ask(law, due, acts, suspensions) == one


@MANY
@given(
    any_law,
    any_due,
    st.sampled_from(PROCEEDINGS),
    any_day,
    st.sampled_from(["ended", "withdrawn"]),
    st.integers(0, 900),
)
def test_proceedings_never_shorten_time_however_they_end(law, due, kind, begun, by, lasted):
    without = ask(law, due)
    if without is None:
        return
    closed = begun + timedelta(days=lasted)
    events = [Event(kind, begun)] + ([Event(by, closed)] if closed <= TODAY else [])
    assert end(ask(law, due, events)) >= end(without)


@MANY
@given(any_law, any_due, st.lists(any_act, max_size=4), st.lists(any_suspension, max_size=2), st.booleans())
def test_every_line_is_said_in_both_languages_with_all_its_facts(law, due, acts, suspensions, consumer):
    answer = ask(law, due, acts, suspensions, consumer)
    if answer is None:
        return
    for line in (*answer.lines, *answer.remarks):
        for lang in ("en", "zh"):
            text = line.text(lang)
            assert text.strip()
            assert "{" not in text, text
            assert "None" not in text, text


@MANY
@given(any_law, any_due, st.lists(any_act, max_size=4), st.lists(any_suspension, max_size=2))
def test_the_last_line_agrees_with_the_answer(law, due, acts, suspensions):
    answer = ask(law, due, acts, suspensions)
    if answer is None:
        return
    last = answer.lines[-1]
    assert last.key == f"status_{answer.status}"
    assert (last.figures["ends"], last.figures["last_day"]) == (answer.ends, answer.last_day)
    if answer.ends is not None:
        assert answer.last_day >= answer.ends
        assert answer.barred == (answer.status != "pending" and answer.last_day < TODAY)
