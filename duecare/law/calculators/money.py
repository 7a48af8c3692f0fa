"""How small can an amount be? Minor units of currencies (ISO 4217), and rounding to them: halves to the even one, as the ledger does."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

from duecare.law.calculators.reading import OptionError, read

WORKING_PLACES = 6
"""Decimals to which each line of a working is rounded, so that the lines add up to the sum below them."""


def exponent(currency: str) -> int:
    """Decimals of the currency's minor unit; two where ISO 4217 lists no other."""
    return next((places for places, codes in read("currencies.yaml")["places"].items() if currency in codes), 2)


def quantise(amount: Decimal, currency: str) -> Decimal:
    """The amount in whole minor units."""
    return amount.quantize(Decimal(1).scaleb(-exponent(currency)), ROUND_HALF_EVEN)


def line_amount(amount: Decimal) -> Decimal:
    """The amount as a line of a working states it."""
    return amount.quantize(Decimal(1).scaleb(-WORKING_PLACES), ROUND_HALF_EVEN)


def check_currency(currency: str) -> str:
    if not (len(currency) == 3 and currency.isascii() and currency.isalpha() and currency.isupper()):
        raise OptionError(
            "--currency", f"{currency!r} is no ISO 4217 code; allowed: three capital letters, such as EUR, CNY or USD"
        )
    return currency
