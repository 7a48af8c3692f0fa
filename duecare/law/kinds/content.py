"""With what words and by which channel: forbidden channels, what a message must and must not show, consent to machines, duties."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from duecare.law.kinds.base import NEVER, Case, Finding, Kind
from duecare.law.rules import Rule


class ForbiddenChannel(Kind):
    """Channels that may not be used for this at all; the rule's scope names them."""

    name = "forbidden_channel"

    def judge(self, rule: Rule, values: Mapping[str, Any], case: Case, at: datetime) -> Finding | None:
        return Finding("deny", NEVER, "forbidden_channel", {"channel": case.request.channel})


class RequiredContent(Kind):
    """What the words must (`must`) and must not (`must_not`) show. Judged where it is known; where nothing is said of it, the rule is a duty."""

    name = "required_content"
    parameters = frozenset({"must", "must_not"})

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


class AutodialConsent(Kind):
    """Machines may call or text only with the person's own consent for the channel, not revoked. `manual` true: the consent is needed without a machine too."""

    name = "autodial_consent"
    parameters = frozenset({"manual"})

    def judge(self, rule: Rule, values: Mapping[str, Any], case: Case, at: datetime) -> Finding | None:
        request = case.request
        if not request.autodialled and not values.get("manual"):
            return None
        if case.agreed_at(at):
            return None
        for consent in request.address.consents if request.address else ():
            if (
                consent.channel in (request.channel, "any")
                and consent.given_at <= at
                and (consent.revoked_at is None or consent.revoked_at > at)
            ):
                return None
        return Finding(
            "deny", NEVER, "no_consent_machine" if request.autodialled else "no_consent", {"channel": request.channel}
        )


class Duties(Kind):
    """What must be said or done where the contact is made. Never speaks against it; the rule's sentence is the duty."""

    name = "duty"

    def judge(self, rule: Rule, values: Mapping[str, Any], case: Case, at: datetime) -> Finding | None:
        return None
