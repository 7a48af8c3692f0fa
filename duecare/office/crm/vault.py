"""Personal data at rest: sealed with AES-GCM, found again by a keyed index, opened only in memory.

The key ring is a file in the home folder (or `DUECARE_VAULT`), never the Django secret. A sealed value names the key that
sealed it, so keys can be rotated; the column is bound in, so a value copied to another column does not open.
"""

from __future__ import annotations

import base64
import hashlib
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

_IGNORED = b" \t\n\r\v\f-()."
"""What people leave out or put into numbers and names at will."""


class CannotOpen(Exception):
    """A sealed value does not open: the wrong key ring, or the value was tampered with or moved."""


@cache
def _ring() -> tuple[int, dict[int, AESGCM], bytes]:
    override = os.environ.get("DUECARE_VAULT")
    ring: dict[str, Any] = json.loads(Path(override).read_text()) if override else settings.HOME.vault_keys
    keys = {int(number): AESGCM(base64.b64decode(key)) for number, key in ring["keys"].items()}
    return int(ring["current"]), keys, base64.b64decode(ring["index"])


_nonces: list[bytes] = []
# A process that forks must not share what is left with its child: a nonce is used once.
os.register_at_fork(after_in_child=_nonces.clear)


def _nonce() -> bytes:
    """Twelve fresh random bytes, drawn from the system a thousand at a time; never two of the same draw."""
    try:
        return _nonces.pop()
    except IndexError:
        drawn = os.urandom(12 * 1000)
        _nonces.extend(drawn[start : start + 12] for start in range(12, len(drawn), 12))
        return drawn[:12]


def seal(text: str, *, column: str) -> bytes:
    """Seal a text for one column (`table.column`): key number (1 byte), nonce (12), ciphertext and tag."""
    current, keys, _ = _ring()
    nonce = _nonce()
    return current.to_bytes(1, "big") + nonce + keys[current].encrypt(nonce, text.encode(), column.encode())


def unseal(sealed: bytes, *, column: str) -> str:
    _, keys, _ = _ring()
    sealed = bytes(sealed)
    try:
        return keys[sealed[0]].decrypt(sealed[1:13], sealed[13:], column.encode()).decode()
    except (InvalidTag, KeyError, IndexError) as error:
        raise CannotOpen(f"a value of {column} does not open with this office's key ring") from error


def blind_index(text: str, *, column: str) -> str:
    """A keyed fingerprint (BLAKE2b as a MAC) by which an exact value can be found without opening any."""
    folded = text.lower() if text.isascii() else unicodedata.normalize("NFKC", text).casefold()
    normal = folded.encode().translate(None, _IGNORED)
    return hashlib.blake2b(column.encode() + b"\0" + normal, key=_ring()[2], digest_size=16).hexdigest()


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
