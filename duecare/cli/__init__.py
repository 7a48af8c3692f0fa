"""How do I run it? The `duecare` command; each command is imported only when it is called."""

from __future__ import annotations

import importlib

import click


class LazyGroup(click.Group):
    """A group whose commands are named as `module:attribute` and imported on first use."""

    def __init__(self, *args: object, commands_at: dict[str, str] | None = None, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.commands_at = commands_at or {}

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*self.commands, *self.commands_at})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.commands_at:
            return super().get_command(ctx, cmd_name)
        module, _, attribute = self.commands_at[cmd_name].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command


@click.command(
    cls=LazyGroup,
    commands_at={
        "assess": "duecare.cli.assess:assess",
        "audit": "duecare.cli.office:audit",
        "catalogue": "duecare.cli.catalogue:catalogue",
        "check": "duecare.cli:check",
        "close-day": "duecare.cli.office:close_day",
        "dispatch": "duecare.cli.dispatch:dispatch",
        "import": "duecare.cli.imports:import_",
        "law": "duecare.cli.law:law",
        "manage": "duecare.cli.office:manage",
        "plan-day": "duecare.cli.plan_day:plan_day",
        "serve": "duecare.cli.serve:serve",
        "trace": "duecare.cli.trace:trace",
        "work": "duecare.cli.work:work",
    },
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(package_name=None, version="0.1.0", prog_name="duecare")
def main() -> None:
    """Duecare (善催): lawful debt collection, worked and practised."""


@click.command(
    cls=LazyGroup,
    commands_at={
        "contacts": "duecare.cli.check_contacts:contacts",
        "text": "duecare.cli.check_text:text",
    },
)
def check() -> None:
    """Ask before acting: may this contact be made, may this text be sent?"""
