"""The commands for API keys: make one, list them, end one."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from sinkqa.service.commands import terminal
from sinkqa.service.commands.options import AsJson, Library
from sinkqa.service.hosting.scopes import SCOPES

if TYPE_CHECKING:
    from pathlib import Path

    from sinkqa.service.hosting.keys import Keys
    from sinkqa.service.settings import Settings

app = typer.Typer(help="Make, list and revoke keys for the API.", no_args_is_help=True, rich_markup_mode="rich")

ScopeChoice = Enum("ScopeChoice", {scope: scope for scope in SCOPES})  # type: ignore[misc]  # from the one list


@app.command()
def create(
    label: Annotated[str, typer.Argument(help="Who uses the key, 1-80 characters; logs name it.")],
    library: Library = None,
    scope: Annotated[
        ScopeChoice, typer.Option(help="What it may do; write includes read, admin includes both.")
    ] = ScopeChoice["read"],
    collection: Annotated[
        list[str] | None, typer.Option("--collection", "-c", help="Only this collection; repeatable. Default: all.")
    ] = None,
    days: Annotated[int | None, typer.Option(min=1, max=36_500, help="Days until it expires; default: never.")] = None,
    as_json: AsJson = False,
) -> None:
    """Make a key. It is shown this once; what is kept cannot be turned back into it."""
    from sinkqa.service.hosting.collections import Collections

    keys, settings = _keys(library)
    for name in collection or ():
        Collections(settings).settings(name)
    key, secret = keys.create(label, scope=scope.value, collections=collection or (), days=days)
    if as_json:
        return terminal.show_json(key.public() | {"key": secret})
    terminal.show_note(
        "key", f"{key.id} {key.label}: shown this once; send it as Authorization: Bearer …", style="green"
    )
    return terminal.show_line(Text(secret))


@app.command("list")
def list_keys(library: Library = None, as_json: AsJson = False) -> None:
    """List keys: what they may do, since when, and when they were last used; never the keys themselves."""
    stored = _keys(library)[0].stored()
    if as_json:
        return terminal.show_json({"keys": [key.public() for key in stored]})
    for key in stored:
        where = ", ".join(key.collections) if key.collections else "all collections"
        until = f"until {key.expires[:10]}" if key.expires else "does not expire"
        used = f"last used {key.last_used[:10]}" if key.last_used else "never used"
        columns = (key.id, key.label, key.state, key.scope, where, f"made {key.created[:10]}", until, used)
        terminal.show_line(Text(" · ".join(columns)))
    return None


@app.command()
def revoke(
    key: Annotated[str, typer.Argument(help="Id of the key, or its label.")],
    library: Library = None,
    as_json: AsJson = False,
) -> None:
    """End a key: from the next request on it opens nothing. A server that runs need not be told."""
    revoked = _keys(library)[0].revoke(key)
    if as_json:
        return terminal.show_json(revoked.public())
    return terminal.show_line(Text(f"revoked {revoked.id} {revoked.label}"))


@app.command()
def reset(
    library: Library = None,
    to_open: Annotated[
        bool, typer.Option("--open", help="Need no key any more on this machine, instead of refusing all requests.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask whether that is meant.")] = False,
    as_json: AsJson = False,
) -> None:
    """End all keys, also where their file is damaged or gone. What stood there is kept aside."""
    keys, settings = _keys(library)
    left = (
        "everyone on this machine may then ask, add and delete, and behind a proxy everyone whom it lets in"
        if to_open
        else "every request is then refused until a key is made by sinkqa key create"
    )
    if not yes:
        typer.confirm(f"End all keys of {settings.library}? {left[0].upper()}{left[1:]}.", abort=True, err=True)
    aside = keys.reset(to_open=to_open)
    if as_json:
        return terminal.show_json({"open": to_open, "aside": str(aside) if aside else None})
    kept = f"; what was there is kept as {aside}" if aside else ""
    return terminal.show_line(Text(f"all keys have ended: {left}{kept}"))


def _keys(library: Path | None) -> tuple[Keys, Settings]:
    """The keys of an installation, and its settings."""
    from sinkqa.service.hosting.keys import keys_of
    from sinkqa.service.settings import Settings

    settings = Settings.load(library=library)
    return keys_of(settings), settings
