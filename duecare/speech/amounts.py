"""Amounts and days as people say them: 8,000, 三百, 1.2万, next Friday, 15号."""

from __future__ import annotations

import re
from decimal import Decimal

_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_NUMBER = r"\d{1,3}(?:,\d{3}){1,4}(?:\.\d{1,6})?|\d{1,12}(?:\.\d{1,6})?"
# A number is no amount of money where it counts time, instalments, a clause or a part of a date.
_NOT_MONEY_AFTER = (
    r"(?![\d,.]{0,12}\d)(?!\s*(?:st|nd|rd|th|days?|weeks?|months?|years?|hours?|minutes?|times|instal|am\b|pm\b|payments|monthly payments|o'clock|of (?:each|every|the) month|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)|%|percent|units?|boxes|pieces|:\d)"
    r"|[个]?[期天日号月年周点分秒小次折条件台箱%页位岁]|个月)"
)
_MONEY = re.compile(rf"(?<![\d.,/:\-#a-z])({_NUMBER})\s?(k\b|thousand\b|万|千|百)?{_NOT_MONEY_AFTER}")
_CHINESE_MONEY = re.compile(
    r"(?<![\d第])([一二三四五六七八九两零〇十百千]{1,8}万?[一二三四五六七八九两零〇十百千]{0,8})(?=元|块|钱|$|[，。,.！!？?吧吗呢的])"
)
_MULTIPLE = {"k": 1000, "thousand": 1000, "万": 10_000, "千": 1000, "百": 100}
_MONTHS = "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
_DAYS = {
    "en": re.compile(
        rf"\b(\d{{4}}-\d\d-\d\d|(?:the )?\d{{1,2}}(?:st|nd|rd|th)(?: of (?:{_MONTHS}|each month|every month|the month))?|\d{{1,2}} (?:{_MONTHS})\b|(?:{_MONTHS}) \d{{1,2}}\b"
        r"|(?:this |next |on )?(?:mon|tues|wednes|thurs|fri|satur|sun)day|today|tonight|tomorrow|next (?:week|month)|end of (?:the|this) month|payday)"
    ),
    "zh": re.compile(
        r"(\d{4}-\d\d-\d\d|\d{4}年\d{1,2}月\d{1,2}[日号]|\d{1,2}月\d{1,2}[日号]|(?:每月|下个?月|本月|这个?月)?\d{1,2}[日号]|(?:每月|下个?月|本月|这个?月)?[一二三四五六七八九十]{1,3}[日号]"
        r"|(?:本|这个?|下个?)?(?:周|星期|礼拜)[一二三四五六日天]|今天|今晚|明天|后天|下周|下个?月|月底|月初|发工资那天|发薪日)"
    ),
}


def amounts_in(text: str) -> tuple[Decimal, ...]:
    """Amounts of money in the order in which they are said, each once; without a currency, for people seldom say one."""
    found: list[tuple[int, Decimal]] = []
    for hit in _MONEY.finditer(text):
        value = Decimal(hit.group(1).replace(",", "")) * _MULTIPLE.get(hit.group(2) or "", 1)
        # Four digits that look like a year, and single digits, are hardly ever sums of money.
        if value >= 10 and not (
            hit.group(2) is None
            and "," not in hit.group(1)
            and 1990 <= value <= 2040
            and "元" not in text[hit.end() : hit.end() + 1]
        ):
            found.append((hit.start(), value))
    for hit in _CHINESE_MONEY.finditer(text):
        spoken = chinese_number(hit.group(1))
        if spoken is not None and spoken >= 10:
            found.append((hit.start(), Decimal(spoken)))
    return tuple(dict.fromkeys(value for _, value in sorted(found)))


def chinese_number(words: str) -> int | None:
    """三百二十 is 320, 一万二 12,000 (a trailing digit takes the unit below); None where the signs make no number."""
    head, has_ten_thousands, tail = words.partition("万")
    if not has_ten_thousands:
        return _below_ten_thousand(words)
    high, low = _below_ten_thousand(head), _below_ten_thousand(tail) if tail else 0
    if high is None or low is None:
        return None
    if len(tail) == 1 and tail in _DIGITS:
        low *= 1000
    return high * 10_000 + low


def _below_ten_thousand(words: str) -> int | None:
    total, digit, unit = 0, None, 10
    for sign in words:
        if sign in _UNITS:
            unit = _UNITS[sign]
            total += (1 if digit is None else digit) * unit
            digit = None
        elif sign in _DIGITS:
            if digit not in (None, 0):
                return None
            digit = _DIGITS[sign]
            if digit == 0:
                unit = 10
        else:
            return None
    if digit:
        total += digit * (unit // 10 if unit > 10 else 1)
    return total if words else None


def dates_in(text: str, lang: str) -> tuple[str, ...]:
    """Days and dates as they were said, in order, each once."""
    return tuple(dict.fromkeys(hit.group().strip() for hit in _DAYS[lang].finditer(text)))
