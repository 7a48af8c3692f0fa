"""The template library: every step, channel and language, lawful and complete."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from duecare.office.outreach.library import ORDER, ensure_templates, shipped, template_for
from duecare.office.outreach.models import MessageTemplate
from duecare.office.outreach.wording import FIELDS, FieldMissing, check, content_of, fields_of, fill


def test_every_step_has_its_text_for_each_channel_in_both_languages() -> None:
    texts = {(text.key, text.channel, text.language) for text in shipped()}
    assert texts == {
        (key, channel, language)
        for key in ORDER
        for channel in ("sms", "email", "letter")
        for language in ("en", "zh-hans")
    }


def test_every_text_says_who_sends_it_and_how_to_stop_it() -> None:
    for text in shipped():
        assert "{sender}" in text.body, text
        assert text.channel == "letter" or "{opt_out}" in text.body, text
        assert "{contact}" in text.body, text


def test_who_is_asked_to_pay_is_told_the_official_way_and_no_other() -> None:
    for text in shipped():
        if text.key in ("reminder", "formal-demand", "promise-reminder") or (
            text.key in ("broken-promise", "validation-notice") and text.channel != "sms"
        ):
            assert "{payment_instructions}" in text.body, text


def test_no_text_speaks_of_a_court_or_of_family_or_employer() -> None:
    for text in shipped():
        told = content_of(text=text.body, language=text.language, sender="", opt_out="", amounts=[], outside=None)
        assert told.flags["threatens_suit"] is False, text
        for word in ("family", "employer", "police", "neighbour", "家人", "单位", "公安", "征信"):
            assert word not in text.body, text


def test_the_two_languages_of_a_text_state_the_same_facts() -> None:
    by_key: dict[tuple[str, str], list[set[str]]] = {}
    for text in shipped():
        by_key.setdefault((text.key, text.channel), []).append(set(fields_of(text.body)))
    for key, (first, second) in by_key.items():
        assert first == second, key


def test_an_unknown_field_or_an_attribute_is_refused() -> None:
    for text in ("{nobody}", "{name.__class__}", "{0}", "{name!r}", "{", "}"):
        with pytest.raises(ValidationError):
            fill(text, dict.fromkeys(FIELDS, "x"))
    with pytest.raises(FieldMissing, match="balance"):
        fill("{name} {balance}", {"name": "x"})


def test_a_value_is_never_read_as_a_field() -> None:
    assert fill("{name}", {"name": "{balance}", "balance": "1"}) == "{balance}"


@pytest.mark.django_db
def test_templates_are_laid_once_and_a_new_version_is_a_new_row() -> None:
    assert ensure_templates() == MessageTemplate.objects.count() == 66
    assert ensure_templates() == 0
    first = template_for(key="reminder", channel="sms", language="en")
    assert first is not None
    MessageTemplate.objects.create(
        key="reminder", channel="sms", language="en", version=2, name="x", body="{sender} {opt_out}", purpose="collect"
    )
    assert ensure_templates() == 0
    second = template_for(key="reminder", channel="sms", language="en")
    assert second is not None
    assert second.version == 2
    assert MessageTemplate.objects.filter(pk=first.pk, body=first.body).exists()


@pytest.mark.django_db
def test_the_administrator_cannot_save_a_template_with_an_unknown_field() -> None:
    template = MessageTemplate(key="x", channel="sms", language="en", name="x", body="{salary}")
    with pytest.raises(ValidationError):
        template.full_clean(exclude=["approved_by", "approved_at"])


def test_the_language_check_finds_nothing_in_any_shipped_text() -> None:
    for text in shipped():
        values = dict.fromkeys(FIELDS, "8,000.00")
        found = check(fill(text.body, values), language=text.language, medium=text.channel)
        assert found == [], (text.key, text.channel, text.language, found)
