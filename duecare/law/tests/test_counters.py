"""What is counted as it happens is what counting again from the start gives."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from duecare.law.counters import NONE, Counter

EVENTS = st.lists(st.tuples(st.integers(0, 4), st.integers(-1000, 1000)), max_size=60)


@given(EVENTS, st.integers(1, 7), st.lists(st.integers(0, 60), max_size=4))
def test_activities_in_any_portions_leave_the_same_decisive_instants(events, limit, cuts) -> None:
    counter, begun = Counter(5, limit), 0
    for cut in [*sorted(min(cut, len(events)) for cut in cuts), len(events)]:
        part = events[begun:cut]
        counter.add(np.array([key for key, _ in part], np.int64), np.array([at for _, at in part], np.int64))
        begun = cut
    for key in range(5):
        instants = sorted((at for owner, at in events if owner == key), reverse=True)
        assert counter.decisive()[key] == (instants[limit - 1] if len(instants) >= limit else NONE)
        assert counter.decisive(np.array([key]))[0] == counter.decisive()[key]


def test_a_counter_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        Counter(3, 0)
