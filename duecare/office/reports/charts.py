"""ECharts options of the morning page. Colours come from the page's theme (static/duecare/charts.js)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from duecare.insight.ageing import AgeingRow
from duecare.insight.funnel import Funnel
from duecare.office.outreach.queries import RuleCount

from .queries import Day

GRID = {"left": 8, "right": 48, "top": 8, "bottom": 8, "containLabel": True}


def funnel(of: Funnel, lang: str) -> dict[str, Any]:
    stages = list(reversed(of.stages))
    return {
        "grid": GRID,
        "xAxis": {"type": "value", "show": False},
        "yAxis": {"type": "category", "data": [stage.name.text(lang) for stage in stages], "axisTick": {"show": False}},
        "tooltip": {"trigger": "item"},
        "series": [
            {
                "type": "bar",
                "data": [stage.count for stage in stages],
                "label": {"show": True, "position": "right"},
                "barMaxWidth": 22,
            }
        ],
    }


def ageing(rows: Sequence[AgeingRow], lang: str) -> dict[str, Any]:
    names = list(dict.fromkeys(row.bucket.name.text(lang) for row in rows))
    currencies = list(dict.fromkeys(row.currency for row in rows))
    return {
        "grid": {**GRID, "top": 32, "right": 8},
        "legend": {"top": 0},
        "tooltip": {"trigger": "axis"},
        "xAxis": {"type": "category", "data": names, "axisLabel": {"interval": 0, "rotate": 30}},
        "yAxis": {"type": "value", "name": _("accounts")},
        "series": [
            {
                "name": currency,
                "type": "bar",
                "stack": "all",
                "data": [row.count for row in rows if row.currency == currency],
            }
            for currency in currencies
        ],
    }


def refusals(rows: Sequence[RuleCount]) -> dict[str, Any]:
    top = list(reversed(rows[:10]))
    return {
        "grid": GRID,
        "xAxis": {"type": "value", "minInterval": 1},
        "yAxis": {
            "type": "category",
            "data": [row.rule for row in top],
            "axisLabel": {"width": 150, "overflow": "truncate"},
        },
        "tooltip": {"trigger": "item"},
        "series": [{"type": "bar", "data": [row.count for row in top], "barMaxWidth": 18, "color": "#d63939"}],
    }


def days(rows: Sequence[Day]) -> dict[str, Any]:
    return {
        "grid": {**GRID, "top": 32, "right": 8},
        "legend": {"top": 0},
        "tooltip": {"trigger": "axis"},
        "xAxis": {"type": "category", "data": [row.on.isoformat()[5:] for row in rows]},
        "yAxis": {"type": "value", "minInterval": 1},
        "series": [
            {"name": _("Attempts"), "type": "bar", "data": [row.attempts for row in rows]},
            {"name": _("Conversations"), "type": "line", "data": [row.contacts for row in rows], "smooth": True},
            {"name": _("Promises"), "type": "line", "data": [row.promises for row in rows], "smooth": True},
        ],
    }
