"""How often already? The latest contacts that count, kept as they happen instead of counted again from all that ever happened.

A frequency rule needs one fact of the past: the instant of the `max`-th latest contact that counts. `Counter` keeps the latest few for each key (a person and
debt, an account, a number) in one matrix; new activities are merged in, and nothing else is touched.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
NONE = np.iinfo(np.int64).min
"""As an instant: there is none."""


class Counter:
    """The `limit` latest instants of each key, newest first. Keys are whole numbers from 0."""

    def __init__(self, keys: int, limit: int) -> None:
        if limit < 1:
            raise ValueError("a counter keeps at least one instant")
        self._latest = np.full((keys, limit), NONE, np.int64)

    def add(self, keys: Ints, instants: Ints) -> None:
        """Merge new activities, in any order. What is added twice counts twice."""
        if not len(keys):
            return
        limit = self._latest.shape[1]
        order = np.lexsort((-instants, keys))
        keys, instants = keys[order], instants[order]
        touched, starts = np.unique(keys, return_index=True)
        place = np.arange(len(keys)) - np.repeat(starts, np.diff(np.append(starts, len(keys))))
        kept = place < limit
        new = np.full((len(touched), limit), NONE, np.int64)
        new[np.searchsorted(touched, keys[kept]), place[kept]] = instants[kept]
        both = np.concatenate([self._latest[touched], new], axis=1)
        self._latest[touched] = np.sort(both, axis=1)[:, : limit - 1 : -1]

    def decisive(self, keys: Ints | None = None) -> Ints:
        """The instant of the `limit`-th latest activity of keys; `NONE` where there are fewer."""
        return self._latest[:, -1] if keys is None else self._latest[keys, -1]
