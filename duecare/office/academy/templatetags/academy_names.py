from __future__ import annotations

from django import template

from ..day import kind_name

register = template.Library()
register.filter("kind_name", kind_name)
