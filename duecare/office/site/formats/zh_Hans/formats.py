"""Amounts in Chinese are grouped by thousands, as the trade writes them; Django's own grouping is by ten thousands."""

THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
