"""What is in the table? Nested contacts, as the schema `contact-request` has them, laid flat: facts, history, wishes and consents.

Whatever cannot be read in columns is not guessed: the row is named odd, and the single face reads it and says what is wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, get_args

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from duecare.law.columns.clock import DAY, as_ints, day_number, local_columns
from duecare.law.request import (
    FIRST_YEAR,
    LAST_YEAR,
    WEEKDAYS,
    Channel,
    Collector,
    ContactRequest,
    Debt,
    PastContact,
    Person,
    Place,
    Preference,
    Purpose,
    RequestError,
    hundredths,
    minute_of_day,
    zone,
)
from duecare.law.when import MINUTE

CONTENT = (
    "limited_content",
    "discloses_debt",
    "identifies_sender",
    "offers_opt_out",
    "envelope_reveals_debt",
    "threatens_suit",
)
INSTANT = pa.timestamp("us", "UTC")


def _choices(struct: Any, name: str) -> tuple[str, ...]:
    found = get_args({field.name: field.type for field in _fields(struct)}[name])
    return tuple(choice for choice in found if isinstance(choice, str))


def _fields(struct: Any) -> Any:
    import msgspec

    return msgspec.structs.fields(struct)


@dataclass(frozen=True)
class Flat:
    """The tables of a batch. `row` numbers the contacts; `odd` marks those that only the single face can read."""

    facts: pa.Table
    history: pa.Table
    wishes: pa.Table
    consents: pa.Table
    odd: pa.Array


def flatten(contacts: pa.Table, zones: Sequence[str]) -> Flat:
    """Lay a table flat. Times are microseconds, days are numbers, zones are their place in `zones`."""
    return _Flattener(contacts, zones).flat()


def zone_names(contacts: pa.Table) -> list[str]:
    """The time zones that a table names and that exist; UTC is always among them."""
    if "person" not in contacts.column_names:
        return ["UTC"]
    texts = pc.unique(_Flattener(contacts.select(["person"]), [])._joined("person.time_zones")).to_pylist()
    found = ["UTC"]
    for name in dict.fromkeys(name for text in texts for name in (text or "").strip(",").split(",")):
        try:
            zone(name)
        except RequestError:
            continue
        found.append(name)
    return list(dict.fromkeys(found))


class _Flattener:
    def __init__(self, contacts: pa.Table, zones: Sequence[str]) -> None:
        self.contacts = contacts.combine_chunks()
        self.count = len(contacts)
        self.zones = list(zones)
        self.odd = pa.array([False] * self.count) if self.count else pa.array([], pa.bool_())

    def flat(self) -> Flat:
        facts = self._facts()
        history, wishes, consents = self._history(facts), self._wishes(facts), self._consents(facts)
        return Flat(
            pa.table(facts),
            pa.table(history),
            pa.table(wishes),
            pa.table(consents),
            self.odd,
        )

    # --- reading ---------------------------------------------------------------------------------------------------

    def _column(self, path: str, of: pa.Array | None = None) -> pa.Array | None:
        """A column, or a field inside one; None where the table has it not."""
        found: Any = of
        for part in path.split("."):
            if found is None:
                if part not in self.contacts.column_names:
                    return None
                found = self.contacts.column(part)
                found = found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found
                if isinstance(found, pa.ChunkedArray):
                    found = found.chunk(0) if found.num_chunks else pa.array([], found.type)
            else:
                if not pa.types.is_struct(found.type) or found.type.get_field_index(part) < 0:
                    return None
                found = pc.struct_field(found, part)
        return found

    def _is_odd(self, where: pa.Array, parents: pa.Array | None = None) -> None:
        """Marks rows (or the rows above list items) as odd."""
        where = pc.fill_null(where, False)
        if parents is not None:
            rows = pc.unique(pc.filter(parents, where))
            if len(rows) == 0:
                return
            where = pc.is_in(pa.array(range(self.count), parents.type), value_set=rows)
        self.odd = pc.or_(self.odd, where)

    def _text(
        self,
        path: str,
        choices: Sequence[str] = (),
        *,
        needed: bool = False,
        default: str | None = None,
        of: pa.Array | None = None,
        parents: pa.Array | None = None,
    ) -> pa.Array:
        size = self.count if of is None else len(of)
        found = self._column(path, of)
        if found is None or pa.types.is_null(found.type):
            found = pa.nulls(size, pa.string())
        if not pa.types.is_string(found.type):
            if pa.types.is_dictionary(found.type) or pa.types.is_large_string(found.type):
                found = pc.cast(found, pa.string())
            else:
                self._is_odd(pc.is_valid(found), parents)
                found = pa.nulls(size, pa.string())
        if choices:
            self._is_odd(pc.and_(pc.is_valid(found), pc.invert(pc.is_in(found, value_set=pa.array(choices)))), parents)
        if needed:
            self._is_odd(pc.is_null(found), parents)
        return pc.fill_null(found, default) if default is not None else found

    def _flag(
        self, path: str, default: bool | None = False, *, of: Any = None, parents: Any = None, needed: bool = False
    ) -> pa.Array:
        size = self.count if of is None else len(of)
        found = self._column(path, of)
        if found is None or pa.types.is_null(found.type):
            found = pa.nulls(size, pa.bool_())
        if not pa.types.is_boolean(found.type):
            self._is_odd(pc.is_valid(found), parents)
            found = pa.nulls(size, pa.bool_())
        if needed:
            self._is_odd(pc.is_null(found), parents)
        return found if default is None else pc.fill_null(found, default)

    def _instant(self, path: str, *, needed: bool = False, of: Any = None, parents: Any = None) -> pa.Array:
        size = self.count if of is None else len(of)
        found = self._column(path, of)
        if found is None or pa.types.is_null(found.type):
            found = pa.nulls(size, INSTANT)
        elif pa.types.is_timestamp(found.type) and found.type.tz is not None:
            found = pc.cast(found, INSTANT, safe=False)
        elif pa.types.is_string(found.type):
            found = self._read_instants(found, parents)
        else:
            self._is_odd(pc.is_valid(found), parents)
            found = pa.nulls(size, INSTANT)
        if needed:
            self._is_odd(pc.is_null(found), parents)
        number = pc.cast(found, pa.int64())
        low, high = (day_number(_new_year(year)) * DAY for year in (FIRST_YEAR, LAST_YEAR + 1))
        self._is_odd(pc.or_(pc.less(number, low), pc.greater_equal(number, high)), parents)
        return number

    def _read_instants(self, texts: pa.Array, parents: Any) -> pa.Array:
        # What Arrow cannot read, or reads without an offset, is left to the single face.
        whole = pc.fill_null(
            pc.match_substring_regex(texts, r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?([+-]\d\d:\d\d|Z)$"),
            True,
        )
        self._is_odd(pc.invert(whole), parents)
        texts = pc.if_else(whole, texts, pa.scalar(None, pa.string()))
        try:
            return pc.cast(texts, INSTANT)
        except pa.ArrowInvalid:
            read = [_one_instant(text) for text in texts.to_pylist()]
            found = pa.array(read, INSTANT)
            self._is_odd(pc.and_(pc.is_valid(texts), pc.is_null(found)), parents)
            return found

    def _day(self, path: str) -> pa.Array:
        found = self._column(path)
        if found is None or pa.types.is_null(found.type):
            return pa.nulls(self.count, pa.int32())
        if pa.types.is_string(found.type):
            whole = pc.fill_null(pc.match_substring_regex(found, r"^\d{4}-\d\d-\d\d$"), True)
            self._is_odd(pc.invert(whole))
            found = pc.if_else(whole, found, pa.scalar(None, pa.string()))
            try:
                found = pc.cast(found, pa.date32())
            except pa.ArrowInvalid:
                read = pa.array([_one_day(text) for text in found.to_pylist()], pa.date32())
                self._is_odd(pc.and_(pc.is_valid(found), pc.is_null(read)))
                found = read
        elif not pa.types.is_date32(found.type):
            self._is_odd(pc.is_valid(found))
            return pa.nulls(self.count, pa.int32())
        number = pc.cast(found, pa.int32())
        low, high = day_number(_new_year(FIRST_YEAR)), day_number(_new_year(LAST_YEAR + 1))
        self._is_odd(pc.or_(pc.less(number, low), pc.greater_equal(number, high)))
        return number

    def _items(self, path: str) -> tuple[pa.Array | None, pa.Array]:
        """The items of a list column and the row above each."""
        found = self._column(path)
        if found is None or pa.types.is_null(found.type):
            return None, pa.array([], pa.int64())
        if not (pa.types.is_list(found.type) or pa.types.is_large_list(found.type)):
            self._is_odd(pc.is_valid(found))
            return None, pa.array([], pa.int64())
        items = pc.list_flatten(found)
        if pa.types.is_null(items.type):
            self._is_odd(pc.greater(pc.fill_null(pc.list_value_length(found), 0), 0))
            return None, pa.array([], pa.int64())
        parents = pc.cast(pc.list_parent_indices(found), pa.int64())
        self._is_odd(pc.is_null(items), parents)
        return items, parents

    def _joined(self, path: str, *, of: pa.Array | None = None, parents: pa.Array | None = None) -> pa.Array:
        """A list of texts as `,one,two,`; null where the list is missing."""
        size = self.count if of is None else len(of)
        found = self._column(path, of)
        if found is None or pa.types.is_null(found.type):
            return pa.nulls(size, pa.string())
        if not (pa.types.is_list(found.type) or pa.types.is_large_list(found.type)):
            self._is_odd(pc.is_valid(found), parents)
            return pa.nulls(size, pa.string())
        if pa.types.is_null(found.type.value_type):
            return pc.if_else(pc.is_valid(found), ",", pa.scalar(None, pa.string()))
        if not pa.types.is_string(found.type.value_type):
            found = pc.cast(found, pa.list_(pa.string()))
        joined = pc.binary_join(found, ",")
        self._is_odd(pc.and_(pc.is_valid(found), pc.is_null(joined)), parents)
        # A name with a comma in it would read as two, an empty one as none: the single face can tell.
        flat = pc.list_flatten(found)
        commas = pc.fill_null(pc.or_(pc.match_substring(flat, ","), pc.equal(flat, "")), False)
        if pc.any(commas).as_py():
            above = pc.cast(pc.list_parent_indices(found), pa.int64())
            self._is_odd(commas, above if parents is None else pc.take(parents, above))
        return pc.if_else(pc.equal(joined, ""), ",", pc.binary_join_element_wise("", joined, "", ","))

    # --- the tables ------------------------------------------------------------------------------------------------

    def _facts(self) -> dict[str, pa.Array]:
        facts: dict[str, pa.Array] = {"row": pa.array(range(self.count), pa.int64())}
        self.at = self._instant("at", needed=True)
        low, high = (day_number(_new_year(year)) * DAY for year in (1990, 2191))
        self._is_odd(pc.or_(pc.less(self.at, low), pc.greater_equal(self.at, high)))
        self._is_odd(pc.is_null(self._text("id", needed=True)))
        facts["at"] = self.at
        facts["channel"] = self.channel = self._text("channel", get_args(Channel), needed=True)
        facts["purpose"] = self._text("purpose", get_args(Purpose), default="collect")
        facts["autodialled"] = self._flag("autodialled")
        facts["employer_forbids"] = self._flag("employer_forbids")
        facts["collector_kind"] = self._text("collector.kind", _choices(Collector, "kind"), needed=True)
        for name in ("licences", "certificates"):
            facts[name] = pc.fill_null(self._joined(f"collector.{name}"), ",")
        facts["debt_kind"] = self._text("debt.kind", _choices(Debt, "kind"), needed=True)
        facts["consumer"] = self._flag("debt.consumer", None, needed=True)
        for name in ("due", "last_payment", "last_acknowledged"):
            facts.update(_civil(name, self._day(f"debt.{name}_date")))
        for name in ("validation_notice_at", "disputed_at", "dispute_answered_at"):
            facts[name] = self._instant(f"debt.{name}")
        for name in ("bankrupt", "illegal"):
            facts[name] = self._flag(f"debt.{name}")
        facts["balance"] = _amounts(self._text("debt.balance"))
        facts["breathing_day"] = self._day("debt.breathing_space_until")
        facts["legal_action"] = self._text("debt.legal_action", _choices(Debt, "legal_action"), default="none")
        facts["role"] = self._text("person.role", _choices(Person, "role"), needed=True)
        facts.update(_civil("birth", self._day("person.birth_date")))
        facts["attorney_since"] = self._instant("person.attorney_since")
        for name in ("attorney_consents", "vulnerable", "deceased", "military"):
            facts[name] = self._flag(f"person.{name}")
        self.person = self._text("person.id")
        address = self._column("address")
        facts["has_address"] = (
            pc.is_valid(address) if address is not None else pa.array([False] * self.count, pa.bool_())
        )
        facts["address_kind"] = self.address_kind = self._text("address.kind", get_args(Place))
        facts["reassigned"] = self._flag("address.reassigned")
        content = self._column("content")
        facts["has_content"] = (
            pc.is_valid(content) if content is not None else pa.array([False] * self.count, pa.bool_())
        )
        for name in CONTENT:
            facts[name] = self._flag(f"content.{name}", None)
        agreed = self._instant("consent_for_contact_at")
        # What lies after the instant asked about is not known yet.
        facts["agreed"] = pc.if_else(pc.less_equal(agreed, self.at), agreed, pa.scalar(None, pa.int64()))
        facts.update(self._zones())
        facts["places"] = self._joined("person.jurisdictions")
        self._is_odd(pc.or_(pc.is_null(facts["places"]), pc.equal(facts["places"], ",")))
        facts["governing_law"] = pc.fill_null(self._text("debt.governing_law"), "")
        for name in ("validation_notice_at", "disputed_at", "agreed"):
            facts[f"{name.removesuffix('_at')}_day"] = self._local_day(facts[name], facts["z0"])
        return facts

    def _local_day(self, instants: pa.Array, zones: pa.Array) -> pa.Array:
        """The local days of instants, null where there is none."""
        there = np.asarray(pc.is_valid(instants))
        days = local_columns(as_ints(instants), as_ints(zones), self.zones, there)["day"]
        return pa.array(days, pa.int64(), mask=~there)

    def _zones(self) -> dict[str, pa.Array]:
        """The places of the zones in `zones`: `z0`, `z1`, …; null past the last of a row, each named once."""
        joined = self._joined("person.time_zones")
        self._is_odd(pc.or_(pc.is_null(joined), pc.equal(joined, ",")))
        encoded = pc.dictionary_encode(joined)
        known = {name: number for number, name in enumerate(self.zones)}
        lists, bad = [], []
        for text in encoded.dictionary.to_pylist():
            names = list(dict.fromkeys((text or "").strip(",").split(",")))
            try:
                for name in names:
                    zone(name)
                lists.append([known[name] for name in names])
                bad.append(False)
            except (RequestError, KeyError):
                lists.append([0])
                bad.append(True)
        if not lists:
            return {"z0": pa.array([0] * self.count, pa.int32())}
        self._is_odd(pc.take(pa.array(bad), encoded.indices))
        longest = max(len(numbers) for numbers in lists)
        return {
            f"z{place}": pc.take(
                pa.array([numbers[place] if place < len(numbers) else None for numbers in lists], pa.int32()),
                encoded.indices,
            )
            for place in range(longest)
        }

    def _history(self, facts: dict[str, pa.Array]) -> dict[str, pa.Array]:
        items, rows = self._items("history")
        if items is None:
            items, rows = pa.array([], pa.struct([("at", INSTANT)])), pa.array([], pa.int64())
        known: dict[str, Any] = {"of": items, "parents": rows}
        at = self._instant("at", needed=True, **known)
        channel = self._text("channel", needed=True, **known)
        direction = self._text("direction", _choices(PastContact, "direction"), needed=True, **known)
        outcome = self._text("outcome", _choices(PastContact, "outcome"), needed=True, **known)
        consented = self._flag("consented", **known)
        kind = self._text("address_kind", get_args(Place), **known)
        person_role = self._text("person_role", **known)
        of_person = self._text("person_id", **known)
        debts = self._joined("debt_ids", **known)
        discussed = self._joined("discussed_debt_ids", **known)
        own = pc.if_else(pc.fill_null(pc.equal(direction, "outbound"), False), pc.fill_null(debts, ","), ",")
        talked = pc.if_else(
            pc.fill_null(pc.equal(discussed, ","), True), debts, pc.binary_join_element_wise(discussed, own, "")
        )

        person = pc.take(self.person, rows)
        here = pc.take(self.address_kind, rows)
        both = pc.and_(pc.is_valid(of_person), pc.is_valid(person))
        same_role = pc.fill_null(pc.equal(person_role, pc.take(facts["role"], rows)), False)
        with_person = pc.if_else(
            both, pc.fill_null(pc.equal(of_person, person), False), pc.or_(pc.is_null(person_role), same_role)
        )
        return {
            key: pc.filter(column, pc.less(at, pc.take(self.at, rows)))
            for key, column in {
                "row": rows,
                "past_at": at,
                "past_channel": channel,
                "same_channel": pc.equal(channel, pc.take(self.channel, rows)),
                "inbound": pc.equal(direction, "inbound"),
                "outcome": outcome,
                "consented": consented,
                "past_address": kind,
                "same_number": pc.or_(
                    pc.or_(pc.is_null(kind), pc.is_null(here)), pc.fill_null(pc.equal(kind, here), False)
                ),
                "past_role": person_role,
                "since_talk": _since_talk(
                    rows, at, pc.and_(pc.equal(outcome, "conversation"), with_person), self.count
                ),
                "with_person": with_person,
                "on_debt": self._concerns(debts, rows),
                "talked": self._concerns(talked, rows),
                "misdirected": _misdirected(rows, at, outcome, kind, pc.take(self.at, rows)),
            }.items()
        }

    def _concerns(self, debts: pa.Array, rows: pa.Array) -> pa.Array:
        """Whether a list of debts holds this row's debt or one that counts as one with it; a list that names none holds all."""
        own = pc.take(self._joined_debts(), rows)
        holds = pc.fill_null(pc.or_(pc.equal(debts, ","), pc.equal(debts, own)), True)
        other = pc.invert(holds)  # the few that name another debt, or several
        encoded = pc.dictionary_encode(
            pc.binary_join_element_wise(pc.filter(debts, other), pc.filter(own, other), "\x1f")
        )
        found = []
        for pair in encoded.dictionary.to_pylist():
            theirs, _, ours = pair.partition("\x1f")
            found.append(not set(theirs.strip(",").split(",")).isdisjoint(ours.strip(",").split(",")))
        return pc.replace_with_mask(holds, other, pc.take(pa.array(found, pa.bool_()), encoded.indices))

    def _joined_debts(self) -> pa.Array:
        own = self._text("debt.id", needed=True)
        self._is_odd(pc.match_substring(own, ","))
        also = pc.fill_null(self._joined("debt.counts_as_one_with"), ",")
        return pc.binary_join_element_wise(",", pc.fill_null(own, ""), also, "")

    def _wishes(self, facts: dict[str, pa.Array]) -> dict[str, pa.Array]:
        items, rows = self._items("preferences")
        if items is None:
            items, rows = pa.array([], pa.struct([("since", INSTANT)])), pa.array([], pa.int64())
        known: dict[str, Any] = {"of": items, "parents": rows}
        since = self._instant("since", needed=True, **known)
        opens, closes = self._moment("from", 0, **known), self._moment("to", 1440 * MINUTE, **known)
        return {
            "row": rows,
            "wish": self._text("kind", _choices(Preference, "kind"), needed=True, **known),
            "wish_channel": self._text("channel", **known),
            "place": self._text("place", get_args(Place), **known),
            "opens": opens,
            "closes": closes,
            "days": self._weekdays(items, rows),
            "since": since,
            "since_day": self._local_day(since, pc.take(facts["z0"], rows)),
            "until": self._instant("until", **known),
            "in_writing": self._flag("in_writing", **known),
        }

    def _moment(self, path: str, default: int, *, of: pa.Array, parents: pa.Array) -> pa.Array:
        texts = pc.dictionary_encode(self._text(path, of=of, parents=parents))
        read, bad = [], []
        for text in texts.dictionary.to_pylist():
            try:
                read.append(minute_of_day(text) * MINUTE)
                bad.append(False)
            except RequestError:
                read.append(0)
                bad.append(True)
        if not read:
            return pa.array([default] * len(of), pa.int64())
        self._is_odd(pc.take(pa.array(bad), texts.indices), parents)
        return pc.fill_null(pc.take(pa.array(read, pa.int64()), texts.indices), default)

    def _weekdays(self, items: pa.Array, rows: pa.Array) -> pa.Array:
        """The weekdays of a wish as bits, Monday first; all of them where none is named."""
        encoded = pc.dictionary_encode(pc.fill_null(self._joined("days", of=items, parents=rows), ","))
        bits, bad = [], []
        for text in encoded.dictionary.to_pylist():
            names = [name for name in (text or "").strip(",").split(",") if name]
            bad.append(not set(names) <= set(WEEKDAYS))
            bits.append(sum(1 << place for place, day in enumerate(WEEKDAYS) if day in names) or 127)
        if not bits:
            return pa.array([127] * len(items), pa.int32())
        self._is_odd(pc.take(pa.array(bad), encoded.indices), rows)
        return pc.take(pa.array(bits, pa.int32()), encoded.indices)

    def _consents(self, facts: dict[str, pa.Array]) -> dict[str, pa.Array]:
        items, rows = self._items("address.consents")
        if items is None:
            items, rows = pa.array([], pa.struct([("given_at", INSTANT)])), pa.array([], pa.int64())
        known: dict[str, Any] = {"of": items, "parents": rows}
        channel = self._text("channel", needed=True, **known)
        given = self._instant("given_at", needed=True, **known)
        revoked = self._instant("revoked_at", **known)
        return {
            key: pc.filter(column, pc.fill_null(pc.less_equal(given, pc.take(self.at, rows)), False))
            for key, column in {
                "row": rows,
                "for_channel": channel,
                "given": given,
                "revoked": revoked,
                "revoked_day": self._local_day(revoked, pc.take(facts["z0"], rows)),
            }.items()
        }


def _misdirected(rows: pa.Array, at: pa.Array, outcome: pa.Array, kind: pa.Array, asked_at: pa.Array) -> pa.Array:
    """`Case.was_misdirected` over columns: the last wrong number at each kind of number of a row, unless that kind ever led to a conversation."""
    if not len(rows):
        return pa.array([], pa.bool_())
    past = pc.and_(pc.is_valid(kind), pc.fill_null(pc.less(at, asked_at), False))
    wrong = pc.and_(past, pc.fill_null(pc.equal(outcome, "wrong_number"), False))
    if not pc.any(wrong).as_py():
        return pa.array([False] * len(rows), pa.bool_())
    key = pc.binary_join_element_wise(pc.cast(rows, pa.string()), pc.fill_null(kind, ""), ":")
    learned: dict[str, int] = {}
    for name, moment in zip(pc.filter(key, wrong).to_pylist(), pc.filter(at, wrong).to_pylist(), strict=True):
        learned[name] = max(moment, learned.get(name, moment))
    talked = pc.and_(past, pc.fill_null(pc.equal(outcome, "conversation"), False))
    for name in pc.unique(pc.filter(key, talked)).to_pylist():
        learned.pop(name, None)
    places = pc.index_in(key, value_set=pa.array(list(learned), pa.string()))
    until = pc.take(pa.array(list(learned.values()), pa.int64()), places)
    return pc.fill_null(pc.and_(past, pc.less_equal(at, until)), False)


def _amounts(texts: pa.Array) -> pa.Array:
    """Balances in hundredths, null where there is none or it is no amount (`request.hundredths`)."""
    encoded = pc.dictionary_encode(texts)
    found = pa.array([hundredths(text) for text in encoded.dictionary.to_pylist()], pa.int64())
    return found.take(encoded.indices)


def _since_talk(rows: pa.Array, at: pa.Array, talks: pa.Array, count: int) -> pa.Array:
    """Whether a past contact lies not before the first conversation with the person."""
    first = np.full(count, np.iinfo(np.int64).max)
    where = np.asarray(pc.fill_null(talks, False))
    above, instants = as_ints(rows), as_ints(at)
    np.minimum.at(first, above[where], instants[where])
    return pa.array(instants >= first[above])


def _civil(name: str, days: pa.Array) -> dict[str, pa.Array]:
    """A day as a number, and its month and day of the month; see `columns.dates`."""
    missing = np.asarray(pc.is_null(days))
    dates = as_ints(days).astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    return {
        f"{name}_day": pc.cast(days, pa.int64()),
        f"{name}_month": pa.array(months.astype(np.int64) + 1970 * 12, mask=missing),
        f"{name}_dom": pa.array((dates - months.astype("datetime64[D]")).astype(np.int64) + 1, mask=missing),
    }


def _one_instant(text: str | None) -> Any:
    from datetime import datetime

    try:
        return None if text is None else datetime.fromisoformat(text)
    except ValueError:
        return None


def _one_day(text: str | None) -> Any:
    from datetime import date

    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        return None


def _new_year(year: int) -> Any:
    from datetime import date

    return date(year, 1, 1)


__all__ = ["CONTENT", "ContactRequest", "Flat", "flatten"]
