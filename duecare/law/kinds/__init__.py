"""The kinds of rule. Each is one class that answers for one contact at one instant: nothing, or a finding with the instant at which it lapses."""

from duecare.law.kinds.base import NEVER, Case, Finding, Kind
from duecare.law.kinds.content import (
    AutodialConsent,
    Conduct,
    CostCap,
    Duties,
    ForbiddenChannel,
    Recording,
    RequiredContent,
    Retention,
)
from duecare.law.kinds.frequency import CoolDown, Frequency
from duecare.law.kinds.hours import ContactHours, InconvenientPlace, InconvenientTime, PreferredTime
from duecare.law.kinds.persons import OnlyTheDebtor, PersonState, Representation, Workplace
from duecare.law.kinds.standing import (
    BreathingSpace,
    Certificate,
    Dispute,
    Licence,
    Limitation,
    NoticeFirst,
    Unlawful,
)
from duecare.law.kinds.stops import StopRequest

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        # In the order in which reasons are given: what waiting does not cure first.
        Unlawful(),
        PersonState(),
        Representation(),
        OnlyTheDebtor(),
        BreathingSpace(),
        StopRequest(),
        Dispute(),
        NoticeFirst(),
        Limitation(),
        Licence(),
        Certificate(),
        ForbiddenChannel(),
        RequiredContent(),
        AutodialConsent(),
        Workplace(),
        InconvenientPlace(),
        Frequency(),
        CoolDown(),
        InconvenientTime(),
        PreferredTime(),
        ContactHours(),
        Duties(),
        Recording(),
        Retention(),
        CostCap(),
        Conduct(),
    )
}
PLACE = {name: place for place, name in enumerate(KINDS)}

__all__ = ["KINDS", "NEVER", "PLACE", "Case", "Finding", "Kind"]
