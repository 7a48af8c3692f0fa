"""Is this cell what its field may hold? Each check returns the value or raises `CellError` with a reason a clerk understands."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from decimal import Decimal

from duecare.ledger import exponent

MAX_LENGTH = {"name": 120, "postal": 300, "email": 254, "meta": 500}
MAX_REFERENCE = 80
# The system of record keeps sixteen digits before the point.
MAX_AMOUNT = Decimal(10) ** 15
# A date outside is a slip of the pen, not a debt.
EARLIEST, LATEST = date(1950, 1, 1), date(2150, 1, 1)

_PLAIN_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")
_PHONE = re.compile(r"\+?[0-9][0-9 ()./-]{3,28}")
_EMAIL = re.compile(r"[A-Za-z0-9._%'+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
# What spreadsheets take for the start of a formula, and the same signs in full width.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp", "Co", "Cn")


class CellError(ValueError):
    """The cell cannot be this field; the message is the reason."""


def unseen_character(text: str) -> str | None:
    """The first control or otherwise invisible character, by its code point; None where there is none."""
    if text.isprintable():
        return None
    for character in text:
        if unicodedata.category(character) in _UNSEEN:
            return f"U+{ord(character):04X}"
    return None


def read_text(text: str, field: str, limit: int = MAX_REFERENCE) -> str:
    """Text without control characters, not over-long, and nothing a spreadsheet would run."""
    text = text.strip(" ")
    if len(text) > limit:
        raise CellError(f"{len(text)} characters, more than the {limit} that {field} may have")
    if text.startswith(FORMULA_STARTS):
        raise CellError(f"begins with {text[0]!r}, which a spreadsheet would run as a formula")
    return text


def read_amount(text: str, currency: str, *, decimal_sign: str = ".", thousands_sign: str = "") -> Decimal:
    """An amount above zero in whole minor units of the currency."""
    text = text.strip(" ")
    if not text:
        raise CellError("no amount")
    plain = text
    if thousands_sign and thousands_sign in plain:
        whole = plain.lstrip("-").split(decimal_sign)[0]
        if not re.fullmatch(rf"[0-9]{{1,3}}({re.escape(thousands_sign)}[0-9]{{3}})+", whole):
            raise CellError(f"{text[:40]!r} is grouped wrongly")
        plain = plain.replace(thousands_sign, "")
    if decimal_sign != ".":
        if "." in plain:
            raise CellError(f"{text[:40]!r} has a point where decimals follow {decimal_sign!r}")
        plain = plain.replace(decimal_sign, ".")
    if not _PLAIN_NUMBER.fullmatch(plain):
        if plain.startswith("-") and _PLAIN_NUMBER.fullmatch(plain[1:]):
            raise CellError(f"the amount {text[:40]} is negative")
        raise CellError(f"{text[:40]!r} is not a plain number")
    decimals = plain.partition(".")[2].rstrip("0")
    if len(decimals) > exponent(currency):
        raise CellError(f"{text[:40]} has more decimals than {currency} has ({exponent(currency)})")
    if len(plain) > 40:
        raise CellError(f"a number of {len(plain)} characters")
    amount = Decimal(plain)
    if amount == 0:
        raise CellError("the amount is zero")
    if amount >= MAX_AMOUNT:
        raise CellError(f"the amount {text[:40]} is larger than any debt")
    return amount


def read_date(text: str, formats: tuple[str, ...]) -> date:
    """A date in one of the mapping's formats, and in only one: where two formats read different days, the cell is refused."""
    text = text.strip(" ")
    if not text:
        raise CellError("no date")
    found: set[date] = set()
    if text.isascii() and len(text) <= 40:
        for pattern in formats:
            try:
                found.add(datetime.strptime(text, pattern).date())  # noqa: DTZ007 (a day, not an instant)
            except ValueError:
                continue
    if not found:
        raise CellError(f"{text[:40]!r} is no date in the form {' or '.join(formats)}")
    if len(found) > 1:
        raise CellError(f"{text!r} could be {' or '.join(str(day) for day in sorted(found))}")
    (day,) = found
    if not EARLIEST <= day < LATEST:
        raise CellError(f"{day} is outside {EARLIEST.year} to {LATEST.year}")
    return day


def read_phone(text: str) -> str:
    text = text.strip(" ")
    if not _PHONE.fullmatch(text) or not 5 <= sum(c.isdigit() for c in text) <= 17:
        raise CellError(f"{_shown(text)} is not a telephone number")
    return text


def read_email(text: str) -> str:
    text = read_text(text, "email", MAX_LENGTH["email"])
    if not _EMAIL.fullmatch(text):
        raise CellError(f"{_shown(text)} is not an e-mail address")
    return text


def _shown(text: str) -> str:
    # Reasons may be shown to many: a personal value is described, not repeated.
    return f"a value of {len(text)} characters"
