"""No path sends without a granted final permit: every channel is tried, and the source is read."""

from __future__ import annotations

import ast
import importlib
import pkgutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

import duecare
from duecare.office.outreach import channels
from duecare.office.outreach.models import OutboxMessage
from duecare.office.outreach.sendable import NotPermitted, Sendable, sendable

from .conftest import Office

ROOT = Path(duecare.__file__).parent
NOT_CHANNELS = {"receipt"}


def modules() -> list[str]:
    return [found.name for found in pkgutil.iter_modules(channels.__path__) if found.name not in NOT_CHANNELS]


def test_the_table_lists_exactly_the_channels_that_exist() -> None:
    assert {name for names in channels.CHANNELS.values() for name in names} == set(modules())


@pytest.mark.parametrize("name", modules())
def test_each_channel_takes_a_sendable_and_nothing_else(name: str) -> None:
    module = importlib.import_module(f"duecare.office.outreach.channels.{name}")
    assert module.send.takes_only_sendables is True
    assert isinstance(module.IDEMPOTENT, bool)
    assert hasattr(module, "look_up") is module.IDEMPOTENT

    class LooksLikeOne:
        final_permit_id, idempotency_key, to, name, body, subject = 1, "0" * 64, "a@example.com", "x", "x", "x"
        sender, return_address, language, at = "x", "x", "en", datetime(2026, 1, 1, tzinfo=UTC)

    for thing in (None, {}, "text", LooksLikeOne()):
        with pytest.raises(NotPermitted):
            module.send(thing)


@pytest.mark.parametrize("name", modules())
def test_a_channel_has_no_second_function_that_could_send(name: str) -> None:
    tree = ast.parse((Path(channels.__path__[0]) / f"{name}.py").read_text())
    for function in (node for node in tree.body if isinstance(node, ast.FunctionDef)):
        guarded = any(isinstance(mark, ast.Name) and mark.id == "permitted" for mark in function.decorator_list)
        calls = {node.attr for node in ast.walk(function) if isinstance(node, ast.Attribute)}
        if {"data", "sendmail", "send_message"} & calls:
            assert guarded, f"{name}.{function.name} sends and is not guarded"


def test_a_sendable_cannot_be_made_by_hand() -> None:
    with pytest.raises(NotPermitted):
        Sendable(
            object(), 1, "0" * 64, "a@example.com", "x", "x", "x", "en", "x", "x", datetime(2026, 1, 1, tzinfo=UTC)
        )


@pytest.mark.django_db
@pytest.mark.usefixtures("acceptable_words")
def test_a_message_without_a_granted_final_permit_is_not_sendable(office: Office) -> None:
    message = office.send().message
    assert message is not None

    def made() -> Sendable:
        return sendable(message, sender="x", return_address="x", at=office.at)

    with pytest.raises(NotPermitted):
        made()
    OutboxMessage.objects.filter(pk=message.pk).update(final_permit=message.permit)
    message.refresh_from_db()
    with pytest.raises(NotPermitted):
        made()


def _imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{'.' * node.level}{node.module or ''}"}
            found |= {f"{'.' * node.level}{node.module or ''}.{alias.name}".replace("..", ".") for alias in node.names}
    return found


def test_nothing_but_the_dispatcher_knows_the_channels_and_nothing_else_can_mail() -> None:
    room = ROOT / "office" / "outreach"
    for path in ROOT.rglob("*.py"):
        if "tests" in path.parts or path.is_relative_to(room / "channels"):
            continue
        imports = _imports(path)
        mails = {
            name for name in imports if name.split(".")[0] in ("smtplib", "aiosmtplib") or "django.core.mail" in name
        }
        assert not mails, f"{path} imports {mails}"
        if path != room / "dispatcher.py":
            known = {
                name
                for name in imports
                if "channels" in name.split(".") and ("outreach" in name or name.startswith("."))
            }
            assert not known, f"{path} imports {known}"
        if path not in (room / "dispatcher.py", room / "sendable.py"):
            assert not {name for name in imports if name.endswith("sendable")}, f"{path} could make a sendable"


def test_only_the_permit_function_writes_permits() -> None:
    for path in ROOT.rglob("*.py"):
        if "tests" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Attribute)
                and node.attr in ("append", "create", "bulk_create")
                and ast.unparse(node.value) in ("Permit", "Permit.objects")
            ):
                assert path.name == "permits.py", f"{path}:{node.lineno}"
