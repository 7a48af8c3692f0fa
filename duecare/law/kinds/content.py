"""With what words and by which channel: forbidden channels, what a message must and must not show, consent to machines, duties."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from duecare.law.kinds.base import NEVER, Case, Finding, Kind
from duecare.law.rules import Rule
from duecare.law.when import after_business_days

if TYPE_CHECKING:
    from duecare.law.columns.frame import Column, Frame, Spoken


class ForbiddenChannel(Kind):
    """Channels that may not be used for this at all; the rule's scope names them."""

    name = "forbidden_channel"

    def judge(self, rule: Rule, values: Mapping[str, Any], case: Case, at: datetime) -> Finding | None:
        return Finding("deny", NEVER, "forbidden_channel", {"channel": case.request.channel})

    def columns(self, rule: Rule, values: Mapping[str, Any], frame: Frame) -> Spoken:
        import ibis

        from duecare.law.columns.frame import Spoken

        return Spoken(denies=ibis.literal(True))


class RequiredContent(Kind):
    """What the words must (`must`) and must not (`must_not`) show. Judged where it is known; where nothing is said of it, the rule is a duty."""

    name = "required_content"
    is_duty = True
    parameters = frozenset({"must", "must_not"})

    def is_idle(self, case: Case) -> bool:
        return case.request.content is None

    def judge(self, rule: Rule, values: Mapping[str, Any], case: Case, at: datetime) -> Finding | None:
        content = case.request.content
        if content is None:
            return None
        for name in values.get("must") or ():
            if getattr(content, name) is False:
                return Finding("deny", NEVER, f"missing_{name}")
        for name in values.get("must_not") or ():
            if getattr(content, name) is True:
                return Finding("deny", NEVER, f"shows_{name}")
        return None

    def columns(self, rule: Rule, values: Mapping[str, Any], frame: Frame) -> Spoken:
        from duecare.law.columns.frame import Spoken, any_of

        missing = [(frame.t[name] == False).fill_null(False) for name in values.get("must") or ()]  # noqa: E712
        shown = [frame.t[name].fill_null(False) for name in values.get("must_not") or ()]
        return Spoken(denies=any_of((*missing, *shown)))


class AutodialConsent(Kind):
    """Machines may call or text only with the person's own consent for the channel, not revoked. `manual` true: the consent is needed without a machine too;
    `revocation_business_days`: a revocation takes effect at the end of so many business days."""

    name = "autodial_consent"
    parameters = frozenset({"manual", "revocation_business_days"})

    def judge(self, rule: Rule, values: Mapping[str, Any], case: Case, at: datetime) -> Finding | None:
        request = case.request
        if not request.autodialled and not values.get("manual"):
            return None
        if case.agreed_at(at):
            return None
        days = values.get("revocation_business_days", 0)
        for consent in case.consents:
            if consent.channel not in (request.channel, "any"):
                continue
            ends = consent.revoked_at
            if ends is not None and days:
                ends = after_business_days(ends, days, rule.place, case.zones[0])
            if ends is None or at < ends:
                return None
        return Finding(
            "deny", NEVER, "no_consent_machine" if request.autodialled else "no_consent", {"channel": request.channel}
        )

    def columns(self, rule: Rule, values: Mapping[str, Any], frame: Frame) -> Spoken:
        from duecare.law.columns.frame import Spoken

        days = values.get("revocation_business_days", 0)

        def holds(c: Column) -> Column:
            stands = c.revoked.isnull()
            if days:
                beside = frame.beside(c)
                last = beside.business_days_after("revoked_day", days, rule.place)
                stands = stands | (c.revoked > c.instant) | (beside.day() <= last)
            else:
                stands = stands | (c.instant < c.revoked)
            return ((c.for_channel == c.channel) | (c.for_channel == "any")) & stands

        denies = ~frame.consented(holds) & ~frame.agreed()
        return Spoken(denies=denies if values.get("manual") else denies & frame.t.autodialled)


class Duties(Kind):
    """What must be said or done where the contact is made. Never speaks against it; the rule's sentence is the duty."""

    name = "duty"
    judges = False
    is_duty = True


class Recording(Kind):
    """Whether calls must or may be recorded (`must`), whose `consent` that takes (one, all, none) and for how many years the recording is kept."""

    name = "recording"
    parameters = frozenset({"must", "consent", "keep_years"})
    judges = False
    is_duty = True

    def prepare(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        if values.get("consent", "none") not in ("one", "all", "none"):
            raise ValueError(f"consent: {values['consent']!r} is none of one, all, none")
        return values

    def is_said(self, values: Mapping[str, Any]) -> bool:
        return bool(values.get("must")) or values.get("consent") == "all"


class Retention(Kind):
    """How long records of collection are kept: `years` or `months` from the `from` event. Not judged on a contact."""

    name = "retention"
    parameters = frozenset({"years", "months", "from", "what"})
    judges = False


class CostCap(Kind):
    """Caps on interest, fees and compensation (`what`), with the law's own figures. Not judged on a contact; the calculators count with them."""

    name = "cost_cap"
    required = frozenset({"what"})
    free = True
    judges = False


class Conduct(Kind):
    """What the firm owes beyond the single contact: conduct, organisation, registers. Not judged and not said; browsed, and learned from."""

    name = "conduct"
    free = True
    judges = False
