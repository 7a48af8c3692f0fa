"""Personal data at rest: sealed with AES-GCM, found again by a keyed index, opened only in memory.

The key ring is a file in the home folder (or `DUECARE_VAULT`), never the Django secret. A sealed value names the key that
sealed it, so keys can be rotated; the column is bound in, so a value copied to another column does not open.
"""

from __future__ import annotations

import base64
import hmac
import json
import os
import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models


_IGNORED = {ord(sign): None for sign in " \t\n\r\v\f\u3000-()."}


class CannotOpen(Exception):
    """A sealed value does not open: the wrong key ring, or the value was tampered with or moved."""


@cache
def _ring() -> tuple[int, dict[int, AESGCM], bytes]:
    override = os.environ.get("DUECARE_VAULT")
    ring: dict[str, Any] = json.loads(Path(override).read_text()) if override else settings.HOME.vault_keys
    keys = {int(number): AESGCM(base64.b64decode(key)) for number, key in ring["keys"].items()}
    return int(ring["current"]), keys, base64.b64decode(ring["index"])


def seal(text: str, *, column: str) -> bytes:
    """Seal a text for one column (`table.column`): key number (1 byte), nonce (12), ciphertext and tag."""
    current, keys, _ = _ring()
    nonce = os.urandom(12)
    return bytes([current]) + nonce + keys[current].encrypt(nonce, text.encode(), column.encode())


def unseal(sealed: bytes, *, column: str) -> str:
    _, keys, _ = _ring()
    sealed = bytes(sealed)
    try:
        return keys[sealed[0]].decrypt(sealed[1:13], sealed[13:], column.encode()).decode()
    except (InvalidTag, KeyError, IndexError) as error:
        raise CannotOpen(f"a value of {column} does not open with this office's key ring") from error


def blind_index(text: str, *, column: str) -> str:
    """A keyed fingerprint by which an exact value can be found without opening any."""
    normal = text if text.isascii() else unicodedata.normalize("NFKC", text)
    normal = normal.translate(_IGNORED).casefold()
    return hmac.digest(_ring()[2], f"{column}\0{normal}".encode(), "sha256").hex()[:32]


class SealedTextField(models.BinaryField):
    """A text that is sealed at rest. It cannot be searched; keep a `blind_index` beside it where it must be found."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("editable", True)
        super().__init__(*args, **kwargs)

    def _check_str_default_value(self) -> list[Any]:
        return []  # a text is what this field holds; it is sealed on the way to the database

    @property
    def sealed_column(self) -> str:
        return f"{self.model._meta.db_table}.{self.column}"

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> str | None:
        return None if value is None else unseal(value, column=self.sealed_column) if len(value) else ""

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if isinstance(value, str):
            value = seal(value, column=self.sealed_column) if value else b""
        return super().get_db_prep_value(value, connection, prepared)

    def to_python(self, value: Any) -> Any:
        return value

    def value_to_string(self, obj: Any) -> str:
        return str(self.value_from_object(obj))

    def formfield(self, **kwargs: Any) -> Any:
        from django import forms

        return forms.CharField(required=not self.blank, label=self.verbose_name, help_text=self.help_text)


def mask_name(name: str) -> str:
    """王小明 → 王**; John Smith → J. S.***: enough to tell rows apart, too little to tell a bystander."""
    name = name.strip()
    if not name:
        return ""
    if re.match(r"[\u3400-\u9fff]", name):
        return name[0] + "**"
    words = name.split()
    return " ".join([*(f"{word[0]}." for word in words[:-1]), f"{words[-1][0]}***"])


def mask_contact(value: str, kind: str) -> str:
    """138****0000; j***@example.com; a postal address keeps its last part."""
    if kind == "email":
        local, _, domain = value.partition("@")
        return f"{local[:1]}***@{domain}"
    if kind == "postal":
        return "*** " + re.split(r"[,，\n]", value)[-1].strip()
    digits = re.sub(r"[\s()-]", "", value)
    return digits if len(digits) < 7 else f"{digits[:-8]}****{digits[-4:]}"
