"""Whether the debt may be pursued at all now: unlawful debts, moratoria, disputes, time, and who may act."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from dateutil.relativedelta import relativedelta

from duecare.law.kinds.base import NEVER, Case, Finding, Kind
from duecare.law.request import hundredths
from duecare.law.rules import Rule
from duecare.law.when import at_minute, business_days_after

if TYPE_CHECKING:
    from duecare.law.columns.frame import Column, Frame, Spoken


class Unlawful(Kind):
    """Debts that no contact may pursue: unlawful ones (`if: illegal`), those of somebody in insolvency (`if: bankrupt`), and whatever is in the rule's scope
    (`if: any`), such as all that an agency might collect where the law bans agencies."""

    name = "unlawful"
    parameters = frozenset({"if"})
    required = frozenset({"if"})

    def judge(self, rule: Rule, values: Mapping[str, Any], case: Case, at: datetime) -> Finding | None:
        debt = case.request.debt
        if values["if"] == "illegal" and debt.illegal:
            return Finding("deny", NEVER, "illegal")
        if values["if"] == "bankrupt" and debt.bankrupt and case.request.person.role != "attorney":
            return Finding("deny", NEVER, "bankrupt")
        if values["if"] == "any":
            return Finding("deny", NEVER, "barred_collector")
        return None

    def columns(self, rule: Rule, values: Mapping[str, Any], frame: Frame) -> Spoken:
        import ibis

        from duecare.law.columns.frame import Spoken

        t = frame.t
        return Spoken(
            denies={
                "illegal": t.illegal,
                "bankrupt": t.bankrupt & (t.role != "attorney"),
                "any": ibis.literal(True),
            }[values["if"]]
        )

    def prepare(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        if values["if"] not in ("illegal", "bankrupt", "any"):
            raise ValueError(f"if: {values['if']!r} is none of illegal, bankrupt, any")
        return values


class BreathingSpace(Kind):
    """A moratorium by law or by the house: no contact to collect through its last day. `agreed` true: a contact the person asked for is free."""

    name = "breathing_space"
    parameters = frozenset({"agreed"})

    def is_idle(self, case: Case) -> bool:
        return case.request.debt.breathing_space_until is None

    def judge(self, rule: Rule, values: Mapping[str, Any], case: Case, at: datetime) -> Finding | None:
        last = case.request.debt.breathing_space_until
        if last is None or all(on > last for on in case.local_dates(at)):
            return None
        if values.get("agreed") and case.agreed_at(at):
            return None
        until = max(at_minute(last + timedelta(days=1), 0, zone) for zone in case.zones)
        return Finding("deny", until, "breathing_space", {"until": last})

    def columns(self, rule: Rule, values: Mapping[str, Any], frame: Frame) -> Spoken:
        from duecare.law.columns.frame import Spoken

        last = frame.t.breathing_day
        rests = frame.any_zone(lambda zone: frame.day(zone) <= last).fill_null(False)
        if values.get("agreed"):
            rests = rests & ~frame.agreed()
        return Spoken(denies=rests, until=frame.start_everywhere(last + 1))


class Dispute(Kind):
    """An unanswered dispute rests collection. `within_days`: only a dispute raised so many days after the validation notice was taken to be received
    (`receipt_days` or `receipt_business_days` after it was sent); without it, any open dispute."""

    name = "dispute"
    parameters = frozenset({"within_days", "receipt_days", "receipt_business_days", "effect"})

    def is_idle(self, case: Case) -> bool:
        return case.request.debt.disputed_at is None

    def judge(self, rule: Rule, values: Mapping[str, Any], case: Case, at: datetime) -> Finding | None:
        debt = case.request.debt
        raised = debt.disputed_at
        if raised is None or raised > at:
            return None
        if debt.dispute_answered_at is not None and raised <= debt.dispute_answered_at <= at:
            return None
        if "within_days" in values and debt.validation_notice_at is not None:
            received = business_days_after(
                debt.validation_notice_at.astimezone(case.zones[0]).date(),
                values.get("receipt_business_days", 0),
                rule.place,
            ) + timedelta(days=values.get("receipt_days", 0))
            if raised >= at_minute(received + timedelta(days=values["within_days"] + 1), 0, case.zones[0]):
                return None
        answered = debt.dispute_answered_at
        until = answered if answered is not None and answered > at else NEVER
        return Finding(values.get("effect", "deny"), until, "dispute", {"since": raised.astimezone(case.zones[0])})

    def columns(self, rule: Rule, values: Mapping[str, Any], frame: Frame) -> Spoken:
        import ibis

        from duecare.law.columns.frame import all_of, spoken

        t = frame.t
        raised, answered = t.disputed_at, t.dispute_answered_at
        is_open = (raised <= frame.at).fill_null(False) & ~((raised <= answered) & (answered <= frame.at)).fill_null(
            False
        )
        in_time = None
        if "within_days" in values:
            received = frame.business_days_after(
                "validation_notice_day", values.get("receipt_business_days", 0), rule.place
            ) + values.get("receipt_days", 0)
            in_time = (t.disputed_day <= received + values["within_days"]).fill_null(True)
        until = ibis.ifelse(answered > frame.at, answered, ibis.null("int64"))
        return spoken(values.get("effect", "deny"), all_of(is_open, in_time), until)


class NoticeFirst(Kind):
    """No contact until a written notice was sent and `wait_days` or `wait_business_days` have passed: the first free day is that many days after the
    notice's. `if_missing` says what holds where no notice is known of: deny, review, or ignore (the default), where the rule is a duty."""

    name = "notice_first"
    parameters = frozenset({"wait_days", "wait_business_days", "if_missing"})
    is_duty = True

    def prepare(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        if ("wait_days" in values) == ("wait_business_days" in values):
            raise ValueError("either wait_days or wait_business_days says how long")
        return values

    def judge(self, rule: Rule, values: Mapping[str, Any], case: Case, at: datetime) -> Finding | None:
        sent = case.request.debt.validation_notice_at
        if sent is None or sent > at:
            missing = values.get("if_missing", "ignore")
            return (
                None
                if missing == "ignore" and sent is None
                else Finding("deny" if sent else missing, sent, "notice_missing")
            )
        day = sent.astimezone(case.zones[0]).date()
        free = business_days_after(day, values.get("wait_business_days", 0), rule.place) + timedelta(
            days=values.get("wait_days", 0)
        )
        until = at_minute(free, 0, case.zones[0])
        return Finding("deny", until, "notice_waits", {"sent": day, "free": free}) if at < until else None

    def columns(self, rule: Rule, values: Mapping[str, Any], frame: Frame) -> Spoken:
        import ibis

        from duecare.law.columns.frame import Spoken

        t = frame.t
        sent = t.validation_notice_at
        free = frame.business_days_after(
            "validation_notice_day", values.get("wait_business_days", 0), rule.place
        ) + values.get("wait_days", 0)
        coming = (sent > frame.at).fill_null(False)
        waits = coming | (frame.day() < free).fill_null(False)
        until = ibis.ifelse(coming, sent, frame.start_of(free))
        missing = values.get("if_missing", "ignore")
        return Spoken(
            denies=waits | sent.isnull() if missing == "deny" else waits,
            reviews=sent.isnull() if missing == "review" else None,
            until=until,
        )


class Limitation(Kind):
    """What may be said of a debt past its time. `years` (or `months`) from the later of due date and what restarts time (`restarts`: payment, acknowledgement), each only
    before expiry; `from_year_end` true: counted from the end of that year. With `if: threat` a threat of suit is denied once time is up; with
    `if: refusal` any demand is, once the person has said they will not pay; with `if: always` any demand is; with `if: no_contact` somebody with authority looks
    at it where nothing is known of a contact in that time. `balance_max`: binds only debts of at most so much; one whose balance is unknown is bound."""

    name = "limitation"
    parameters = frozenset({"years", "months", "restarts", "from_year_end", "if", "balance_max"})
    required = frozenset({"if"})

    def prepare(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        if ("years" in values) == ("months" in values):
            raise ValueError("either years or months says how long")
        if values["if"] not in ("threat", "refusal", "always", "no_contact"):
            raise ValueError(f"if: {values['if']!r} is none of threat, refusal, always, no_contact")
        if "balance_max" in values:
            most = hundredths(str(values["balance_max"]))
            if most is None:
                raise ValueError(f"balance_max: {values['balance_max']!r} is no amount")
            values = {**values, "balance_max": most}
        return {**values, "months": values.get("months", 12 * values.get("years", 0))}

    def is_idle(self, case: Case) -> bool:
        return case.request.debt.due_date is None

    def judge(self, rule: Rule, values: Mapping[str, Any], case: Case, at: datetime) -> Finding | None:
        request, how = case.request, values["if"]
        debt = request.debt
        if debt.legal_action == "judgment" or (
            how == "threat" and not (request.content and request.content.threatens_suit)
        ):
            return None
        if how == "refusal" and not any(
            preference.kind == "refuses_to_pay" and preference.since <= at for preference in request.preferences
        ):
            return None
        if "balance_max" in values and (owed := debt.owed) is not None and owed > values["balance_max"]:
            return None
        ends = expires_on(values, debt.due_date, debt.last_payment_date, debt.last_acknowledged_date)
        if ends is None or all(on <= ends for on in case.local_dates(at)):
            return None
        if how == "no_contact" and self._was_in_contact(case, ends):
            return None
        return Finding("review" if how == "no_contact" else "deny", NEVER, f"barred_{how}", {"ends": ends})

    @staticmethod
    def _was_in_contact(case: Case, ends: date) -> bool:
        debt = case.request.debt
        if any(day is not None and day <= ends for day in (debt.last_payment_date, debt.last_acknowledged_date)):
            return True
        return any(
            (past.direction == "inbound" or past.outcome in ("conversation", "delivered"))
            and past.at.astimezone(case.zones[0]).date() <= ends
            for past in case.history
        )

    def columns(self, rule: Rule, values: Mapping[str, Any], frame: Frame) -> Spoken:
        import ibis

        from duecare.law.columns.dates import add_months, year_end_after
        from duecare.law.columns.frame import Spoken, all_of, is_one_of

        t, months, restarts = frame.t, values["months"], values.get("restarts") or ()
        years = bool(values.get("from_year_end"))

        def ends_after(f: Frame, events: tuple[str, ...]) -> Column:
            """The last day in time once these events have each restarted it, if they came in time themselves."""

            def of(f: Frame) -> Column:
                if not events:
                    return (year_end_after if years else add_months)(f, "due", months)
                before, moment = ends_after(f, events[:-1]), f.t[f"{events[-1]}_day"]
                anew = f.let("int64", lambda f: add_months(f, events[-1], months), ("months", events[-1], months))
                in_time = ((f.t.due_day <= moment) & (moment <= before)).fill_null(False)
                return ibis.ifelse(in_time, ibis.greatest(before, anew), before)

            return f.let("int64", of, ("ends", months, years, events))

        named = {"payment": "last_payment", "acknowledgement": "last_acknowledged"}
        events = tuple(column for name, column in named.items() if name in restarts)
        ends = ends_after(frame, events)
        if len(events) == 2:  # the earlier first: it may keep time running until the later
            late = (t.last_payment_day > t.last_acknowledged_day).fill_null(False)
            ends = ibis.ifelse(late, ends_after(frame, events[::-1]), ends)
        conditions = [
            frame.any_zone(lambda zone: frame.day(zone) > ends).fill_null(False),
            t.legal_action != "judgment",
        ]
        if values["if"] == "threat":
            conditions.append(t.threatens_suit.fill_null(False))
        if values["if"] == "refusal":
            conditions.append(frame.wished("any", lambda w: (w.wish == "refuses_to_pay") & (w.since <= w.instant)))
        if "balance_max" in values:
            conditions.append((t.balance <= values["balance_max"]).fill_null(True))
        if values["if"] == "no_contact":
            first = frame.past("min", lambda h: h.inbound | is_one_of(h.outcome, {"conversation", "delivered"}))
            conditions += [~(day <= ends).fill_null(False) for day in (t.last_payment_day, t.last_acknowledged_day)]
            conditions.append(~(frame.day_of(first) <= ends).fill_null(False))
            return Spoken(reviews=all_of(*conditions))
        return Spoken(denies=all_of(*conditions))


def expires_on(
    values: Mapping[str, Any], due: date | None, paid: date | None, acknowledged: date | None
) -> date | None:
    """The last day on which suit is in time; None where it cannot be known."""
    if due is None:
        return None
    restarts = values.get("restarts") or ()
    ends = _time_after(due, values)
    events = sorted(
        moment
        for name, moment in (("payment", paid), ("acknowledgement", acknowledged))
        if name in restarts and moment is not None
    )
    for moment in events:
        if due <= moment <= ends:
            ends = max(ends, moment + relativedelta(months=values["months"]))
    return ends


def _time_after(start: date, values: Mapping[str, Any]) -> date:
    ends = start + relativedelta(months=values["months"])
    return date(ends.year, 12, 31) if values.get("from_year_end") else ends


class Licence(Kind):
    """Only who is licensed there may collect there: one of `any_of` is among the collector's licences."""

    name = "licence"
    parameters = frozenset({"any_of"})
    required = frozenset({"any_of"})

    def judge(self, rule: Rule, values: Mapping[str, Any], case: Case, at: datetime) -> Finding | None:
        if any(one in case.request.collector.licences for one in values["any_of"]):
            return None
        return Finding("deny", NEVER, "licence", {"licence": ", ".join(values["any_of"])})

    def columns(self, rule: Rule, values: Mapping[str, Any], frame: Frame) -> Spoken:
        from duecare.law.columns.frame import Spoken, any_of, lists

        return Spoken(denies=~any_of(lists(frame.t.licences, one) for one in values["any_of"]))


class Certificate(Kind):
    """Only who has proved it in training may do it: all of `all_of` are among the person's certificates today. Nobody can skip it."""

    name = "certificate"
    parameters = frozenset({"all_of"})
    required = frozenset({"all_of"})

    def judge(self, rule: Rule, values: Mapping[str, Any], case: Case, at: datetime) -> Finding | None:
        missing = [one for one in values["all_of"] if one not in case.request.collector.certificates]
        return Finding("deny", NEVER, "certificate", {"certificate": ", ".join(missing)}) if missing else None

    def columns(self, rule: Rule, values: Mapping[str, Any], frame: Frame) -> Spoken:
        from duecare.law.columns.frame import Spoken, any_of, lists

        return Spoken(denies=any_of(~lists(frame.t.certificates, one) for one in values["all_of"]))
