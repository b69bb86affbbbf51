"""The evaluation command line: every command prints a table, or JSON with ``--json``."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, get_args

import typer

from sinkqa.eval.commands.answers import abstain, calibrate, ground
from sinkqa.eval.commands.attack import attack
from sinkqa.eval.commands.comparing.compare import compare
from sinkqa.eval.commands.comparing.endpoint import endpoint
from sinkqa.eval.commands.comparing.leaderboard import leaderboard
from sinkqa.eval.commands.comparing.score import score
from sinkqa.eval.commands.dense import dense
from sinkqa.eval.commands.forge import forge
from sinkqa.eval.commands.growth import growth
from sinkqa.eval.commands.load import load
from sinkqa.eval.commands.options import (
    AsJson,
    Beside,
    ByCollection,
    Cache,
    EncoderName,
    JudgeName,
    Label,
    Markdown,
    Measure,
    Modes,
    Out,
    Queries,
    RerankerName,
    Split,
    WeightPairs,
    configurations,
    count,
    noted,
    print_boards,
    print_json,
    print_results,
)
from sinkqa.eval.commands.pages import pages
from sinkqa.eval.commands.peers import peers
from sinkqa.eval.commands.policies.standing import standing
from sinkqa.eval.commands.provisions import provisions
from sinkqa.eval.commands.roundtrip import roundtrip
from sinkqa.eval.commands.statements import statements
from sinkqa.index.hit import SearchMode
from sinkqa.ingest.errors import SinkQAError
from sinkqa.ingest.extras import require

if TYPE_CHECKING:
    from sinkqa.eval.results.saved import Result

app = typer.Typer(help="Measure SinkQA against ground truth.", no_args_is_help=True, pretty_exceptions_enable=False)


def _show_version(wanted: bool) -> None:
    if wanted:
        from sinkqa.service.versions import versions

        facts = versions()
        typer.echo(f"sinkqa-eval {facts.pop('version')}")
        for name, value in facts.items():
            typer.echo(f"{name} {value}")
        raise typer.Exit


@app.callback()
def evaluate(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_show_version,
            is_eager=True,
            help="Print the version, the format of libraries and the encoder.",
        ),
    ] = False,
) -> None:
    """Measure SinkQA against ground truth."""


@app.command()
def beir(
    folders: Annotated[
        list[Path], typer.Argument(metavar="DIR…", help="Collections in the layout of BEIR, TREC or MTEB.")
    ],
    mode: Modes = None,
    encoder: EncoderName = None,
    reranker: RerankerName = None,
    weight: WeightPairs = None,
    label: Label = None,
    candidates: Annotated[bool, typer.Option(help="Rank only each question's own candidates.")] = False,
    queries: Queries = None,
    split: Split = "test",
    out: Out = None,
    cache: Cache = None,
    as_json: AsJson = False,
) -> None:
    """Ranking quality on collections: nDCG@10, R@5, R@20, RR@10, with 95 % intervals and search time."""
    from sinkqa.eval.data.collections import find_benchmarks, read_benchmark
    from sinkqa.eval.progress import progress
    from sinkqa.eval.ranking.running import score_benchmark
    from sinkqa.index.models.encoder import load_encoder

    chosen = configurations(mode, encoder, reranker, weight, label, candidates=candidates)
    loaded = load_encoder(encoder)
    results: list[Result] = []
    for folder in find_benchmarks(folders):
        benchmark = read_benchmark(folder, split=split, n_queries=queries)
        with progress(benchmark.name) as advance:
            scored = score_benchmark(benchmark, chosen, loaded, out=out, cache=cache, on_progress=advance)
            results += noted(scored)
    print_results(results, as_json=as_json)


@app.command()
def gold(
    questions: Annotated[Path, typer.Option(help="Gold questions with evidence, JSON lines.")],
    document: Annotated[list[Path], typer.Option(help="What they are about; repeat for several.")],
    beside: Beside = None,
    mode: Modes = None,
    encoder: EncoderName = None,
    reranker: RerankerName = None,
    judge: JudgeName = "rules",
    weight: WeightPairs = None,
    label: Label = None,
    name: Annotated[str | None, typer.Option(help="Name of the result; default: that of the questions' file.")] = None,
    answers: Annotated[bool, typer.Option("--answers", help="Measure the answers too, and abstaining.")] = False,
    out: Out = None,
    cache: Cache = None,
    as_json: AsJson = False,
) -> None:
    """Evidence recall @1, @5, @10 and within 2,000 characters, overall and by language, type, table and style."""
    from sinkqa.eval.answering.answers import score_answers
    from sinkqa.eval.data.gold import read_questions
    from sinkqa.eval.progress import progress
    from sinkqa.eval.ranking.recall import score_gold
    from sinkqa.eval.reporting import tables
    from sinkqa.eval.reporting.answer_tables import print_answers
    from sinkqa.index.models.encoder import load_encoder

    title = name or f"{questions.stem}{'-beside' if beside else ''}"
    asked, loaded = list(read_questions(questions)), load_encoder(encoder)
    chosen = configurations(mode, encoder, reranker, weight, label)
    with progress(title) as advance:
        scored = score_gold(
            title, asked, chosen, loaded,
            documents=document, beside=beside or [], out=out, cache=cache, on_progress=advance,
        )  # fmt: skip
        results = noted(scored)
    answered: list[Result] = []
    if answers:
        with progress(title) as advance:
            measured = score_answers(
                title, asked, loaded, judge=judge,
                documents=document, beside=beside or [], out=out, cache=cache, on_progress=advance,
            )  # fmt: skip
            answered = noted([measured])
    if as_json:
        print_json([result.summary() for result in (*results, *answered)])
    else:
        tables.print_results(results, groups=True)
        for result in answered:
            print_answers(result)
        tables.print_warnings([*results, *answered])


@app.command()
def ablation(
    folders: Annotated[
        list[Path] | None, typer.Argument(metavar="DIR…", help="Collections in the layout of BEIR, TREC or MTEB.")
    ] = None,
    questions: Annotated[Path | None, typer.Option(help="Gold questions with evidence, JSON lines.")] = None,
    document: Annotated[list[Path] | None, typer.Option(help="What they are about; repeat for several.")] = None,
    beside: Beside = None,
    encoder: EncoderName = None,
    reranker: RerankerName = None,
    weight: WeightPairs = None,
    label: Label = None,
    queries: Queries = None,
    split: Split = "test",
    measure: Measure = None,
    by_collection: ByCollection = False,
    out: Out = None,
    cache: Cache = None,
    markdown: Markdown = False,
    as_json: AsJson = False,
) -> None:
    """What each part of the ranking is worth: all of it against all but that part, with interval and p."""
    from sinkqa.eval.progress import progress
    from sinkqa.eval.ranking.ablation import ablate, ablations
    from sinkqa.eval.results.systems import boards
    from sinkqa.index.models.encoder import load_encoder

    if bool(questions) != bool(document) or not (folders or questions) or (beside and not questions):
        raise typer.BadParameter("expected collections, or --questions with --document (and --beside), or both")
    (whole,) = configurations(["hybrid"], encoder, reranker, weight, label)
    variants, gold = ablations(whole), (questions, document or [], beside or []) if questions else None
    with progress("ablation") as advance:
        scored = ablate(
            variants, load_encoder(encoder), folders or [], gold,
            split=split, n_queries=queries, out=out, cache=cache, on_progress=advance,
        )  # fmt: skip
        found = boards(noted(scored), measure=measure, baseline=variants[0].label)
    print_boards(found, by_collection=by_collection, as_markdown=markdown, as_json=as_json)


@app.command()
def table(
    results: Annotated[list[Path], typer.Argument(help="Result files, or folders of them.")],
    measure: Measure = None,
    baseline: Annotated[str | None, typer.Option(help="Label to compare with: change and p of each.")] = None,
    by_collection: ByCollection = False,
    markdown: Markdown = False,
    as_json: AsJson = False,
) -> None:
    """Systems over collections in one table: mean with 95 % interval, median search time, size of the models."""
    from sinkqa.eval.results.saved import distinct, find_results, read_result
    from sinkqa.eval.results.systems import boards

    read = distinct([read_result(path) for path in find_results(results)])
    found = boards(read, measure=measure, baseline=baseline)
    print_boards(found, by_collection=by_collection, as_markdown=markdown, as_json=as_json)


@app.command()
def latency(
    passages: Annotated[str, typer.Option(help="Sizes of the library, by commas.")] = "1000,20000",
    corpus: Annotated[Path | None, typer.Option(help="A collection; default: random words.")] = None,
    mode: Modes = None,
    encoder: EncoderName = None,
    reranker: RerankerName = None,
    k: Annotated[int, typer.Option(min=1, help="Passages asked for.")] = 8,
    as_json: AsJson = False,
) -> None:
    """How long a search takes, p50 and p95, in libraries of several sizes."""
    from sinkqa.eval.progress import progress
    from sinkqa.eval.reporting.tables import print_timings
    from sinkqa.eval.speed.latency import latency as run
    from sinkqa.index.models.encoder import load_encoder

    counts = [count(part) for part in passages.split(",")]
    chosen = configurations(mode or list(get_args(SearchMode)), encoder, reranker, None, None, k=k)
    with progress("latency") as advance:
        timings = list(run(counts, chosen, load_encoder(encoder), corpus=corpus, on_progress=advance))
    if as_json:
        print_json([asdict(each) for each in timings])
    else:
        print_timings(timings)


@app.command()
def report(
    results: Annotated[list[Path], typer.Argument(help="Result files, or folders of them.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The page to write.")] = Path("report.html"),
) -> None:
    """One HTML page of results: tables, plots, and for every question what was found and missed."""
    from sinkqa.eval.reporting.report import write_report
    from sinkqa.eval.results.saved import find_results, read_result

    read = [read_result(path) for path in find_results(results)]
    write_report(out, read)
    typer.echo(f"{out}: {len(read)} results, {out.stat().st_size / 1e6:.1f} MB")


@app.command()
def expected(
    file: Annotated[Path | None, typer.Option(help="Published figures; default: those of the README.")] = None,
    out: Out = None,
    cache: Cache = None,
    as_json: AsJson = False,
) -> None:
    """Measure published figures again: OK or FAIL with the difference; exit status 1 where one fails."""
    from sinkqa.eval.progress import progress
    from sinkqa.eval.reporting.expected import EXPECTED, check_expected
    from sinkqa.eval.reporting.tables import print_checks

    with progress("expected") as advance:
        checks = list(check_expected(file or EXPECTED, out=out, cache=cache, on_progress=advance))
    if as_json:
        print_json([asdict(check) | {"ok": check.ok} for check in checks])
    else:
        print_checks(checks)
    if any(check.ok is False for check in checks):
        sys.exit(1)


@app.command()
def structure(
    document: Annotated[Path, typer.Option(help="The document.")],
    structure: Annotated[Path, typer.Option(help="Its pages, outline and notes, as STRUCTURE.json.")],
    tables: Annotated[Path, typer.Option(help="Its tables as rows and columns, as TABLES.json.")],
    as_json: AsJson = False,
) -> None:
    """How much of a document's known structure is recovered: headings, pages, footnotes, tables."""
    from sinkqa.eval.data.lines import read_json
    from sinkqa.eval.reporting.tables import print_structure
    from sinkqa.eval.structure import score_structure
    from sinkqa.ingest.readers import read as read_document
    from sinkqa.ingest.splitting.splitter import split

    truth, table_truth = read_json(structure), read_json(tables)
    read = read_document(document)
    score = score_structure(read, split(read), structure=truth, tables=table_truth)
    if as_json:
        print_json(asdict(score))
    else:
        print_structure(score)


@app.command()
def bench(
    paths: Annotated[list[Path], typer.Argument(help="Files or folders to add.")],
    questions: Annotated[
        Path | None, typer.Option(help="JSON lines with a field question; default: sentences of the files.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Speed and memory of adding, asking and searching, each beside a reference measured in the same run."""
    from sinkqa.eval.data.lines import read_rows
    from sinkqa.eval.reporting.tables import print_figures
    from sinkqa.eval.speed.bench import bench as run

    asked = [row["question"] for _, row in read_rows(questions, question=str)] if questions else []
    figures = run(paths, asked)
    if as_json:
        print_json([asdict(figure) | {"ok": figure.ok} for figure in figures])
    else:
        print_figures(figures)


@app.command()
def sizes(
    questions: Annotated[Path, typer.Option(help="Gold questions with evidence, about the first of the files.")],
    paths: Annotated[list[Path], typer.Argument(help="The document the questions are about, then files beside it.")],
    targets: Annotated[str, typer.Option(help="Sizes in Chinese characters, by commas.")] = "120,180,240,300,400",
    as_json: AsJson = False,
) -> None:
    """How well evidence is found with passages of several sizes."""
    from sinkqa.eval.data.gold import read_questions
    from sinkqa.eval.ranking.sizes import compare_sizes
    from sinkqa.eval.reporting.tables import print_sizes

    asked = list(read_questions(questions))
    results = compare_sizes(paths, asked, targets=[count(target) for target in targets.split(",")])
    if as_json:
        print_json([asdict(result) for result in results])
    else:
        print_sizes(results)


app.command()(compare)
app.command()(score)
app.command()(endpoint)
app.command()(leaderboard)
app.command()(calibrate)
app.command()(abstain)
app.command()(ground)
app.command()(forge)
app.command()(statements)
app.command()(dense)
app.command()(growth)
app.command()(peers)
app.command()(load)
app.command()(attack)
app.command()(provisions)
app.command()(standing)
app.command()(roundtrip)
app.command()(pages)


def main() -> None:
    """Run the command line; a named error is one line on standard error and exit status 1."""
    try:
        if len(sys.argv) > 1 and "--help" not in sys.argv:  # which tells of commands, and needs nothing
            require("eval", "measuring")
        app()
    except SinkQAError as error:
        typer.echo(f"{error.code}: {error.message}", err=True)
        sys.exit(1)
