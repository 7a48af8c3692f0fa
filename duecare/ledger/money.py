"""How small can an amount be? Minor units of currencies (ISO 4217), and rounding to them."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

# ISO 4217: decimals of the minor unit where they are not two.
MINOR_UNITS: dict[str, int] = {
    **dict.fromkeys(
        (
            "BIF",
            "CLP",
            "DJF",
            "GNF",
            "ISK",
            "JPY",
            "KMF",
            "KRW",
            "PYG",
            "RWF",
            "UGX",
            "VND",
            "VUV",
            "XAF",
            "XOF",
            "XPF",
        ),
        0,
    ),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}


def exponent(currency: str) -> int:
    """Decimals of the currency's minor unit; two where ISO 4217 lists no other."""
    return MINOR_UNITS.get(currency, 2)


def quantise(amount: Decimal, currency: str) -> Decimal:
    """The amount in whole minor units, halves to the even one."""
    return amount.quantize(Decimal(1).scaleb(-exponent(currency)), ROUND_HALF_EVEN)
