"""The command about answers of other systems. ``eval.cli`` registers it."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Annotated

import typer

from sinkqa.eval.commands.options import AsJson, Beside, Cache, print_json


def endpoint(
    url: Annotated[str, typer.Argument(metavar="URL", help="Base address, such as http://127.0.0.1:8000/v1.")],
    questions: Annotated[Path, typer.Option(help="Gold questions with evidence and answer points, JSON lines.")],
    document: Annotated[list[Path], typer.Option(help="What they are about; repeat for several.")],
    model: Annotated[str, typer.Option(help="Name of the model, as the endpoint knows it.")],
    beside: Beside = None,
    label: Annotated[str | None, typer.Option(help="Name of the system; default: that of the model.")] = None,
    name: Annotated[str | None, typer.Option(help="Name of the result; default: that of the questions' file.")] = None,
    system: Annotated[Path | None, typer.Option(help="A text to send before each question, as system message.")] = None,
    key_from: Annotated[
        str | None, typer.Option("--key-from", help="Variable of the environment that holds the key; default: no key.")
    ] = None,
    abstains: Annotated[
        str | None, typer.Option("--abstains", help="What the first sentence of an abstention says, as a pattern.")
    ] = None,
    timeout: Annotated[float, typer.Option(min=0.1, help="Seconds that one answer may take.")] = 120.0,
    retries: Annotated[int, typer.Option(min=0, help="Further tries for a question.")] = 3,
    incomplete: Annotated[bool, typer.Option("--incomplete", help="Score although answers are missing.")] = False,
    out: Annotated[Path, typer.Option(help="Keep answers and result here; none is asked twice.")] = Path("out"),
    cache: Cache = None,
    as_json: AsJson = False,
) -> None:
    """Any assistant that speaks OpenAI's chat completions, measured over the same questions as gold --answers.

    Quotes are looked for in the documents; links, annotations and file names cite the documents that they name. The
    rules are in docs/benchmarks.md.
    """
    from sinkqa.eval.data.gold import read_questions
    from sinkqa.eval.peers.endpoint.asking import Endpoint
    from sinkqa.eval.peers.endpoint.reading import ABSTAINS
    from sinkqa.eval.peers.endpoint.scoring import Asking, score_endpoint
    from sinkqa.eval.progress import progress
    from sinkqa.eval.reporting.answer_tables import print_answers
    from sinkqa.eval.reporting.tables import print_warnings
    from sinkqa.index.models.encoder import load_encoder

    asked = Asking(
        name=_fit(name or f"{questions.stem}{'-beside' if beside else ''}", "--name"),
        label=_fit(label or re.sub(r"[^\w.=-]+", "-", model), "--label"),
        endpoint=Endpoint(url, model, _key(key_from), _text(system), timeout, retries),
        abstains=_pattern(abstains) or ABSTAINS,
        incomplete=incomplete,
    )
    read = list(read_questions(questions))
    with progress(asked.name) as advance:
        result = score_endpoint(
            asked, read, load_encoder(),
            documents=document, beside=beside or [], out=out, cache=cache, on_progress=advance,
        )  # fmt: skip
    if as_json:
        print_json([result.summary()])
    else:
        print_answers(result)
        print_warnings([result])


def _fit(name: str, option: str) -> str:
    if Path(name).name != name or name.startswith("."):
        raise typer.BadParameter(f"expected a name without /, got {name!r}", param_hint=option)
    return name


def _key(variable: str | None) -> str:
    if variable is None:
        return ""
    key = os.environ.get(variable, "").strip()
    if not key or not key.isascii() or not key.isprintable():
        raise typer.BadParameter(
            f"expected a key in the environment's {variable}, got {'none' if not key else 'something else'}",
            param_hint="--key-from",
        )
    return key


def _text(path: Path | None) -> str:
    if path is None:
        return ""
    try:
        return path.read_text("utf-8-sig").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise typer.BadParameter(f"{path}: expected a text in UTF-8 ({error})", param_hint="--system") from error


def _pattern(text: str | None) -> str | None:
    try:
        re.compile(text or "")
    except re.error as error:
        told = f"expected a regular expression, got {text!r} ({error})"
        raise typer.BadParameter(told, param_hint="--abstains") from error
    return text
