"""The folder that holds database, files and keys (`DUECARE_HOME`, by default `./var` in the clone)."""

from __future__ import annotations

import base64
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

CLONE = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Home:
    path: Path

    @property
    def database(self) -> Path:
        return self.path / "duecare.sqlite3"

    @property
    def files(self) -> Path:
        return self.path / "files"

    @property
    def outbox(self) -> Path:
        """Where messages are laid when no other channel is set up."""
        return self.path / "outbox"

    @property
    def anchors(self) -> Path:
        """Heads of the audit chains, appended outside the database so that a cut-off tail is noticed."""
        return self.path / "anchors.jsonl"

    @property
    def secret_key(self) -> str:
        return _read_or_write(self.path / "keys" / "secret_key", lambda: secrets.token_urlsafe(50))

    @property
    def vault_keys(self) -> dict[str, object]:
        """The key ring of personal data: `current` names the key that seals, `keys` opens, `index` makes blind indexes."""
        text = _read_or_write(
            self.path / "keys" / "vault.json",
            lambda: json.dumps({"current": 1, "keys": {"1": _new_key()}, "index": _new_key()}, indent=1),
        )
        ring: dict[str, object] = json.loads(text)
        return ring


def home() -> Home:
    return Home(Path(os.environ.get("DUECARE_HOME") or CLONE / "var").resolve())


def _new_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def _read_or_write(path: Path, make: object) -> str:
    """Read a key file, making it on first use; two processes that start at once end with the same key."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.parent.chmod(0o700)
        draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        draft.write_text(make())  # type: ignore[operator]
        draft.chmod(0o600)
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()
