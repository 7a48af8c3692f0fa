"""ECharts options of the permit log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .queries import RuleCount


def by_rule(rows: Sequence[RuleCount]) -> dict[str, Any]:
    """Bars, the most frequent rule on top; at most twelve."""
    top = list(reversed(rows[:12]))
    return {
        "grid": {"left": 8, "right": 48, "top": 8, "bottom": 8, "containLabel": True},
        "xAxis": {"type": "value", "minInterval": 1, "show": False},
        "yAxis": {
            "type": "category",
            "data": [row.rule for row in top],
            "axisTick": {"show": False},
            "axisLabel": {"width": 150, "overflow": "truncate"},
        },
        "tooltip": {"trigger": "item"},
        "series": [
            {
                "type": "bar",
                "data": [row.count for row in top],
                "barMaxWidth": 18,
                "color": "#d63939",
                "label": {"show": True, "position": "right"},
            }
        ],
    }
