"""Which words are approved? The template library that ships as data, laid into the database version by version."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml
from django.db import transaction

from .models import MessageTemplate, Purpose
from .wording import DATA, check_fields

CHANNELS = ("sms", "email", "letter")


class TemplateError(Exception):
    """A template file is not as it should be; the message names file, channel, language and what is wrong."""


@dataclass(frozen=True)
class TemplateText:
    key: str
    channel: str
    language: str
    version: int
    purpose: str
    name: str
    subject: str
    body: str


def shipped() -> Iterator[TemplateText]:
    """Every text of `data/templates/*.yaml`. `long` is the text of letter and e-mail; the e-mail ends with the opt-out line."""
    for path in sorted((DATA / "templates").glob("*.yaml")):
        file: dict[str, Any] = yaml.safe_load(path.read_text())
        if file["purpose"] not in Purpose.values:
            raise TemplateError(f"{path.name}: {file['purpose']!r} is not a purpose")
        for channel in CHANNELS:
            bodies = file["sms"] if channel == "sms" else file["long"]
            if set(bodies) != set(file["name"]):
                raise TemplateError(f"{path.name}: {channel} lacks a language")
            for language, body in bodies.items():
                text = TemplateText(
                    key=path.stem.replace("_", "-"),
                    channel=channel,
                    language=language,
                    version=int(file["version"]),
                    purpose=file["purpose"],
                    name=file["name"][language],
                    subject="" if channel == "sms" else file["subject"][language],
                    body=body.strip() + ("\n\n{opt_out}" if channel == "email" else ""),
                )
                _check(path.name, text)
                yield text


def _check(file: str, text: TemplateText) -> None:
    where = f"{file}: {text.channel}, {text.language}"
    try:
        check_fields(text.subject)
        check_fields(text.body)
    except Exception as error:
        raise TemplateError(f"{where}: {error}") from error
    if "{sender}" not in text.body:
        raise TemplateError(f"{where}: the text does not say who sends it")
    if text.channel != "letter" and "{opt_out}" not in text.body:
        raise TemplateError(f"{where}: the text does not say how to stop further ones")


@transaction.atomic
def ensure_templates() -> int:
    """Lay the shipped texts into the database where they are not there yet; returns how many were added.

    A text in the database is never changed: a changed file needs a higher version, and the versions before it leave use.
    Versions that the office itself wrote above the shipped one stay in use.
    """
    added = 0
    for text in shipped():
        same = MessageTemplate.objects.filter(key=text.key, channel=text.channel, language=text.language)
        if same.filter(version__gte=text.version).exists():
            continue
        same.update(is_active=False)
        MessageTemplate.objects.create(
            key=text.key,
            channel=text.channel,
            language=text.language,
            version=text.version,
            purpose=text.purpose,
            name=text.name,
            subject=text.subject,
            body=text.body,
        )
        added += 1
    return added


def template_for(*, key: str, channel: str, language: str) -> MessageTemplate | None:
    """The version in use of a step's text."""
    return (
        MessageTemplate.objects.filter(key=key, channel=channel, language=language, is_active=True)
        .order_by("-version")
        .first()
    )


def steps(*, channel: str, language: str) -> list[MessageTemplate]:
    """The steps there are for a channel, named in a language, in the order in which a case usually goes."""
    order = {key: place for place, key in enumerate(ORDER)}
    latest: dict[str, MessageTemplate] = {}
    for template in MessageTemplate.objects.filter(channel=channel, language=language, is_active=True).order_by(
        "version"
    ):
        latest[template.key] = template
    return sorted(latest.values(), key=lambda template: (order.get(template.key, len(order)), template.key))


def step_names(language: str) -> dict[str, str]:
    """The name of each step in a language, by its key."""
    return dict(MessageTemplate.objects.filter(language=language).order_by("version").values_list("key", "name"))


ORDER = (
    "reminder", "validation-notice", "formal-demand", "plan-offer", "hardship-information", "promise-reminder",
    "broken-promise", "dispute-acknowledgement", "dispute-answer", "payment-confirmation", "closing",
)  # fmt: skip
