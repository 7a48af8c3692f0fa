"""How a figure is shown: value, numerator over denominator, interval, window and definition. Never a bare number."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django import template
from django.utils.formats import number_format
from django.utils.translation import get_language

from duecare.insight.metrics import Figure, Unit

register = template.Library()


def _number(value: Decimal | float, places: int) -> str:
    # Django's number_format cuts digits off; a share of 18 in 29 is 62.1 %, not 62.0 %.
    rounded = Decimal(str(value)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return number_format(rounded, decimal_pos=places, use_l10n=True, force_grouping=True)


@register.filter
def told(figure: Figure) -> str:
    """The value in the metric's unit, or a dash where nothing was counted."""
    value = figure.value
    if value is None:
        return "–"
    if figure.metric.unit in (Unit.SHARE, Unit.MONEY):
        return f"{_number(value * 100, 1)} %"
    return _number(value, 0 if figure.metric.unit is Unit.COUNT else 1)


@register.filter
def interval(figure: Figure) -> str:
    if figure.low is None or figure.high is None:
        return ""
    if figure.metric.unit in (Unit.SHARE, Unit.MONEY):
        return f"{_number(figure.low * 100, 1)}–{_number(figure.high * 100, 1)} %"
    return f"{_number(figure.low, 1)}–{_number(figure.high, 1)}"


@register.filter
def counted(figure: Figure) -> str:
    """Numerator / denominator as counted."""
    places = 2 if figure.metric.unit is Unit.MONEY else 0
    return f"{_number(figure.numerator, places)} / {_number(figure.denominator, places)}"


@register.filter
def words(bilingual: Any) -> str:
    return str(bilingual.text(get_language() or "en"))


@register.filter
def definition(figure: Figure) -> str:
    return figure.metric.definition(get_language() or "en")


@register.filter
def method(figure: Figure) -> str:
    return figure.method(get_language() or "en")


@register.filter
def amount(value: Decimal) -> str:
    return _number(value, 2)
