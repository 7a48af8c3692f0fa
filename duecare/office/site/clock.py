"""The one place where the office reads the clock.

Everything below takes the instant as an argument. In a demo office the clock can be set, so that anyone can see what
happens at three in the morning; every page then says so, and permits given under it are marked.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings


def real_now() -> datetime:
    return datetime.now(UTC)


def now() -> datetime:
    """This instant, in UTC; in a demo office the instant that its clock was set to, running on from there."""
    if not settings.DEMO:
        return real_now()
    from .models import DemoClock

    setting = DemoClock.objects.first()
    return real_now() if setting is None else setting.at(real_now())


def source() -> str:
    """`real`, or `demo` where the clock has been set by hand."""
    if not settings.DEMO:
        return "real"
    from .models import DemoClock

    return "demo" if DemoClock.objects.exists() else "real"


def office_zone() -> ZoneInfo:
    return ZoneInfo(settings.TIME_ZONE)


def today(at: datetime | None = None) -> date:
    """The office's date at an instant."""
    return (at or now()).astimezone(office_zone()).date()
