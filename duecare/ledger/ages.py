"""How late is it? The trade's names for days past due."""

from __future__ import annotations


def bucket_of(days_past_due: int) -> str:
    """`current`, `M1` (1 to 30 days) … `M6` (151 to 180), `M6+`."""
    if days_past_due <= 0:
        return "current"
    month = (days_past_due - 1) // 30 + 1
    return f"M{month}" if month <= 6 else "M6+"


def trade_age_of(days_past_due: int) -> str:
    """The ageing of trade receivables: `current`, `1-30`, `31-60`, `61-90`, `90+` (days past due)."""
    if days_past_due <= 0:
        return "current"
    for last in (30, 60, 90):
        if days_past_due <= last:
            return f"{last - 29}-{last}"
    return "90+"
