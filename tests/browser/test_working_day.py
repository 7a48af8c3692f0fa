"""The path that the product exists for, in both languages: a list, a refusal at night, a promise in the morning, the lead's numbers, the academy."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import holidays
import pytest

pytestmark = pytest.mark.browser
RECEIVABLES = Path(__file__).resolve().parents[3] / "shared" / "data" / "receivables"

WORDS = {
    "en": {"locale": "en-GB", "user": "james", "zone": "Europe/London", "place": "GB", "no": {"HOUSE": "House policy says no", "": "The law says no"}, "permitted": "Permitted", "recorded": "Recorded", "refused": "refused: it was 03:00 there", "creditor": "Sample Trade Receivables"},
    "zh": {"locale": "zh-CN", "user": "meiling", "zone": "Asia/Shanghai", "place": "CN", "no": {"HOUSE": "机构政策不允许", "": "法律不允许"}, "permitted": "已获许可", "recorded": "已登记", "refused": "被拦下：当地时间 03:00", "creditor": "Sample Trade Receivables"},
}  # fmt: skip


def next_working_day() -> date:
    """The first day from tomorrow on that is a working day in both places of the walk."""
    day = date.today() + timedelta(days=1)  # noqa: DTZ011 (the demo office of the test runs on this machine's day)
    free = holidays.country_holidays("GB") + holidays.country_holidays("CN")
    while day.weekday() >= 5 or day in free:
        day += timedelta(days=1)
    return day


def number(text: str) -> int:
    return int(re.sub(r"\D", "", text))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_working_day(walk, lang):
    words, day = WORDS[lang], next_working_day()
    w = walk(locale=words["locale"])
    page = w.page

    # The list: the real receivables where they lie beside the clone, the generated portfolio elsewhere.
    w.sign_in("wanglei")
    w.open("/reports/morning/?days=90")
    w.set_clock(f"{day}T10:00", words["zone"])
    table = page.locator("table", has=page.locator("a[href*='stage-promises']"))
    before = number(
        table.locator("tr", has=page.locator("a[href*='stage-promises']")).locator("td").nth(1).inner_text()
    )
    w.sign_out()
    w.sign_in(words["user"])
    assert page.locator("#worklist tbody tr").count() > 0
    if RECEIVABLES.exists() and lang == "en":
        w.open("/desk/accounts/?assigned=me&status=open")
        assert (
            page.locator("td", has_text="Sample Trade Receivables").count()
            + page.locator("td", has_text="Sample Bank Recoveries").count()
            > 0
        )
    w.open("/academy/")
    plan_before = page.locator("#plan").inner_text()

    # Three at night where the debtor is: refused, with the rule and the next lawful moment.
    w.open("/desk/")
    w.set_clock(f"{day}T03:00", words["zone"])
    w.open("/desk/accounts/?assigned=me")
    w.shot(f"accounts-{lang}")
    account = _account_at(w, words["zone"])
    page.keyboard.press("c")
    page.wait_for_selector("#refused")
    refused = page.locator("#refused").inner_text()
    decided = re.search(r"[A-Z]+-[A-Z0-9-]*HOURS", refused)
    assert decided is not None
    assert words["no"]["HOUSE" if decided[0].startswith("HOUSE") else ""] in refused
    assert re.search(rf"{day} 0[78]:[03]0", page.locator("#next-lawful").inner_text())
    w.shot(f"refused-{lang}")

    # Ten in the morning: granted, coded as a promise.
    w.set_clock(f"{day}T10:00", words["zone"])
    w.open(account)
    w.shot(f"account-{lang}")
    page.keyboard.press("c")
    page.wait_for_selector("#code-form")
    assert words["permitted"] in page.locator("main").inner_text()
    for box in page.locator("input[name=said]").all():
        box.check()
    page.keyboard.press("1")
    page.wait_for_selector("fieldset[data-follows=promise]:not([hidden])")
    page.locator("[data-follows=promise] [data-amount]").last.click()
    w.shot(f"contact-{lang}")
    page.click("button[name=stay]")
    page.wait_for_selector(".alert-success")
    assert words["recorded"] in page.locator(".alert-success").inner_text()
    w.open("/desk/")
    w.shot(f"today-{lang}", full=False)

    # The academy's front page has changed because of it, and says so.
    w.open("/academy/")
    assert page.locator("#plan").inner_text() != plan_before
    assert words["refused"] in page.locator("main").inner_text()
    w.shot(f"academy-{lang}")
    w.sign_out()

    # And the lead's numbers have one promise more.
    w.sign_in("wanglei")
    w.open("/reports/morning/?days=90")
    page.wait_for_selector("[data-chart] svg")
    after = number(page.locator("tr", has=page.locator("a[href*='stage-promises']")).locator("td").nth(1).inner_text())
    assert after == before + 1
    w.shot(f"morning-{lang}")
    w.set_clock(f"{day}T10:00", words["zone"])
    page.locator(".demo-clock button").click()


def _account_at(w, zone: str) -> str:
    """Open an account whose debtor is in the zone; its path."""
    links = [link.get_attribute("href") for link in w.page.locator("main td:first-child a").all()]
    for link in links:
        w.open(link)
        if zone in w.page.locator(".page-header").inner_text():
            return link
    raise AssertionError(f"no account in {zone}")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_role_play(walk, lang):
    w = walk(locale=WORDS[lang]["locale"])
    page = w.page
    w.sign_in("lina")
    w.open("/academy/practice/start/job_loss/")
    page.select_option("#language", lang)
    page.click("main form button.btn-primary")
    says = {
        "en": ["Good morning, this is Li Na calling from Example Finance. Am I speaking with the account holder?", "This call is recorded. It is about an overdue balance on your account.", "What made it hard to pay lately?", "It sounds like this has been weighing on you.", "Roughly what comes in each month and what must go out?"],
        "zh": ["您好，我是示例金融的李娜，请问是您本人吗？", "本次通话会录音，来电是为了沟通您逾期账户的还款事宜。", "能跟我说说最近遇到什么困难了吗？", "听得出来，这段时间您压力很大。", "每个月固定收入和必要开支大概是多少？"],
    }[lang]  # fmt: skip
    for n, text in enumerate(says):
        page.fill("#text", text)
        page.keyboard.press("Enter")
        page.locator(".bubble-mine").nth(n).wait_for()
    w.shot(f"talk-{lang}")
    replies = page.locator(".bubble:not(.bubble-mine)").all_inner_texts()
    assert len(set(replies)) == len(replies)
    page.fill("#text", {"en": "Pay today or the police will arrest you.", "zh": "今天不还，明天警察就上门抓你。"}[lang])
    page.keyboard.press("Enter")
    page.wait_for_selector("#talk .alert-warning")
    w.open(page.url.replace(w.office, ""))
    page.click("button[form=hang-up]")
    for fieldset in page.locator("fieldset").all():
        fieldset.locator("input[value='2']").check()
    page.click("main form button.btn-primary")
    page.wait_for_selector("[data-chart=curve] svg")
    assert page.locator("table tbody tr").count() >= 6
    w.shot(f"review-{lang}")


PATHS = {
    "lina": [
        "/desk/",
        "/desk/next/",
        "/desk/accounts/",
        "/desk/search/?q=x",
        "/academy/",
        "/academy/cards/",
        "/academy/practice/",
    ],
    "wanglei": [
        "/reports/morning/",
        "/reports/behind/unassigned/",
        "/outreach/permits/",
        "/outreach/outbox/",
        "/academy/training/",
    ],
    "carmen": ["/outreach/permits/"],
    "admin": ["/office/", "/office/crm/account/", "/office/crm/party/"],
}


@pytest.mark.parametrize("size", ["desktop", "phone"])
@pytest.mark.parametrize("locale", ["en-GB", "zh-CN"])
def test_every_page_opens_and_fits(walk, size, locale):
    w = walk(size, locale)
    for user, paths in PATHS.items():
        w.sign_in(user)
        for path in paths:
            w.open(path)
            if user != "admin":
                w.fits()
            w.shot(f"page-{locale[:2]}-{size}-{path.strip('/').replace('/', '-').split('?')[0]}")
        w.sign_out()


def test_the_keyboard_help_lists_the_keys(walk):
    w = walk()
    w.sign_in("lina")
    w.open("/desk/next/")
    w.page.keyboard.press("?")
    w.page.wait_for_selector("dialog[open]")
    listed = w.page.locator("dialog dt").all_inner_texts()
    assert {"n", "/", "c", "p", "d", "h", "b"} <= set(listed)
    w.page.keyboard.press("Escape")
    w.page.keyboard.press("p")
    assert w.page.locator("details[data-key=p]").get_attribute("open") is not None


def test_five_wrong_passwords_shut_the_door(walk):
    w = walk()
    for _ in range(6):
        w.page.goto(w.office + "/sign-in/")
        if w.page.locator("#id_username").count() == 0:
            break
        w.page.fill("#id_username", "leo")
        w.page.fill("#id_password", "wrong")
        w.page.click("main form button.btn-primary")
    assert "quarter of an hour" in w.page.locator("main").inner_text()
    assert w.page.locator("#id_username").count() == 0
    w.complaints = [one for one in w.complaints if "429" not in one and "403" not in one]
