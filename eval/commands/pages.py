"""The command about the words of real pages. ``eval.cli`` registers it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sinkqa.eval.commands.options import AsJson, print_json

if TYPE_CHECKING:
    from sinkqa.eval.roundtrip.paging import PageCheck


def pages(
    shared: Annotated[Path, typer.Option(help="Folder of reference documents: policy/docs is read.")] = Path(
        "../shared"
    ),
    pages: Annotated[int, typer.Option(min=1, help="Pages of PDFs to draw.")] = 60,
    seed: Annotated[int, typer.Option(help="Which pages.")] = 1,
    words: Annotated[int, typer.Option(min=1, help="Words to list of each shortfall.")] = 30,
    as_json: AsJson = False,
) -> None:
    """Whether the words stored for a page are the page's own, which another library reads: recall and precision .99.

    Each page is a place: its words count as a set with numbers, whatever their order. Shortfalls are listed with their
    words, so that a person can look at the page; the other library may be the one that is wrong. Files of HTML and Word
    are compared as a whole, and told without a bar: menus and contents are left out on purpose.
    """
    from sinkqa.eval.progress import progress
    from sinkqa.eval.roundtrip.paging import check_pages

    folder = shared / "policy" / "docs"
    if not folder.is_dir():
        raise typer.BadParameter(f"expected documents in {folder}, got no such folder", param_hint="--shared")
    with progress("pages") as advance:
        checks = list(check_pages(folder, seed, pages, on_progress=advance))
    if as_json:
        print_json([asdict(each) | {"recall": each.recall, "precision": each.precision} for each in checks])
    else:
        print_checks(checks, words)
    if not all(ok for _, _, ok in shares(checks)):
        raise typer.Exit(1)


def shares(checks: list[PageCheck]) -> list[tuple[str, float, bool]]:
    """Recall and precision over all words of the PDFs' pages, and whether each reaches the bar."""
    from sinkqa.eval.roundtrip.paging import BAR

    own = [each for each in checks if each.page]
    lost, added = (sum(n for each in own for _, n in getattr(each, name)) for name in ("lost", "added"))
    recall = 1 - lost / max(1, sum(each.words for each in own))
    precision = 1 - added / max(1, sum(each.stored for each in own))
    return [("recall", recall, recall >= BAR), ("precision", precision, precision >= BAR)]


def print_checks(checks: list[PageCheck], words: int) -> None:
    """Both shares over all pages of PDFs, then each page or file that falls short."""
    from sinkqa.eval.roundtrip.paging import BAR

    for name, share, ok in shares(checks):
        typer.echo(f"{name:10} {share:.4f}  at least {BAR}  {'OK' if ok else 'MISSED'}")
    read = [each for each in checks if each.page]
    typer.echo(f"{sum(each.ok for each in read)} of {len(read)} pages reach {BAR} in both")
    for each in (each for each in checks if not each.ok or each.note):
        where = f"{each.document} p. {each.page}" if each.page else each.document
        typer.echo(f"\n{where}: recall {each.recall:.3f}, precision {each.precision:.3f}  {each.note}")
        for label, several in (("not stored", each.lost), ("not on the page", each.added)):
            if several and not each.ok:
                shown = " ".join(f"{word}×{count}" if count > 1 else word for word, count in several[:words])
                typer.echo(f"  {label}: {shown}")
