"""The rulebooks in force in this office: those that ship with Duecare and the office's own, which may only tighten."""

from __future__ import annotations

from functools import cache

from duecare.law import Library, default_library


@cache
def library() -> Library:
    return default_library()
