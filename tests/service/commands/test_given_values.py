"""Values of the command line are what they would be without the short way that texts and paths take."""

from pathlib import Path
from typing import Annotated

import pytest
import typer
from typer._click.exceptions import ClickException
from typer.main import get_command

from sinkqa.service.commands.given import Group


def told(group: type[typer.core.TyperGroup], *arguments: str) -> object:
    """What a command is given, or the words in which what was given is refused."""
    app, seen = typer.Typer(cls=group), []

    @app.command()
    def show(
        word: str,
        folder: Annotated[Path | None, typer.Option(callback=lambda given: given and given / "below")] = None,
        file: Annotated[Path | None, typer.Option(exists=True)] = None,
        words: Annotated[list[str] | None, typer.Option()] = None,
        n: Annotated[int | None, typer.Option(min=1)] = None,
        told: Annotated[str | None, typer.Option(envvar="TOLD")] = None,
        yes: bool = False,
    ) -> None:
        seen.append((word, folder, file, words, n, told, yes))

    @app.command()
    def other() -> None: ...

    try:
        get_command(app).main(["show", *arguments], standalone_mode=False)
    except ClickException as error:
        return type(error).__name__, str(error)
    return seen


@pytest.mark.parametrize(
    "arguments",
    [
        ("森林 carbon",),
        ("",),
        ("two\nlines",),
        ("\udcff",),
        (),
        ("x", "--folder", "/no/such", "--yes", "--told", "that"),
        ("x", "--folder", "", "--n", "3"),
        ("x", "--file", "/"),
        ("x", "--file", "/no/such"),
        ("x", "--words", "a", "--words", "b", "--n", "0"),
        ("x", "--n", "many"),
    ],
)
def test_values_are_as_ever(arguments, monkeypatch):
    monkeypatch.setenv("TOLD", "by the environment")
    assert told(Group, *arguments) == told(typer.core.TyperGroup, *arguments)
