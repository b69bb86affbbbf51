"""The command that fetches: official documents into files, and the files into the library."""

from __future__ import annotations

import gc
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from sinkqa.service.commands import terminal
from sinkqa.service.commands.options import AsJson, Collection, Library

if TYPE_CHECKING:
    from sinkqa.ingest.document import Metadata
    from sinkqa.service.fetching.courier import Manners
    from sinkqa.service.fetching.fetch import FetchReport
    from sinkqa.service.fetching.manifest import ManifestEntry
    from sinkqa.service.fetching.record import Kept
    from sinkqa.service.intake.adding import AddReport
    from sinkqa.service.settings import Settings


def fetch(
    library: Library = None,
    collection: Collection = None,
    to: Annotated[
        Path | None, typer.Option("--to", help="Folder for the files; default: fetched, in the library.")
    ] = None,
    only: Annotated[
        list[str] | None, typer.Option("--only", help="Only the document of this id, or those like us-*; repeatable.")
    ] = None,
    manifest: Annotated[
        Path | None, typer.Option("--manifest", help="A list of your own; default: policy documents the paper cites.")
    ] = None,
    show: Annotated[bool, typer.Option("--list", help="Print what would be fetched, and fetch nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Download policy documents from where they are published, and add them.

    What is there and has not changed does not come again; a broken download goes on where it broke. Documents that do
    not come are listed with the reason and the address to open by hand.
    """
    from sinkqa.service.fetching.fetch import fetch as bring
    from sinkqa.service.fetching.manifest import load_manifest, select
    from sinkqa.service.settings import Settings

    gc.enable()
    entries = select(load_manifest(manifest), only or ())
    if show:
        return _show_entries(entries, as_json=as_json)
    settings = Settings.load(library=library, collection=collection)
    folder = to or settings.library / "fetched"
    with terminal.progress("Fetching", quiet=as_json) as advance:
        report = bring(entries, folder, manners=_manners(settings), on_progress=advance)
    added = _add(report.kept, {entry.id: entry.about for entry in entries}, folder, settings, quiet=as_json)
    _show(report, added, as_json=as_json)
    if report.failed or added.failed:
        raise typer.Exit(1)
    return None


def _manners(settings: Settings) -> Manners:
    from sinkqa.service.fetching.courier import Manners

    return Manners(
        pause_s=settings.fetch_pause_s,
        retries=settings.fetch_retries,
        timeout_s=settings.fetch_timeout_s,
        max_bytes=int(settings.fetch_max_mb * 2**20),
        allow_private=settings.fetch_private,
    )


def _add(
    kept: Sequence[Kept], known: Mapping[str, Metadata], folder: Path, settings: Settings, *, quiet: bool
) -> AddReport:
    """Takes in what the library does not hold; begins one only for something to put into it."""
    from sinkqa.service.hosting.collections import Collections
    from sinkqa.service.intake.adding import AddReport

    if not kept:
        return AddReport()
    engine = Collections(settings).engine(settings.collection, create=True)
    held = {record.doc_id for record in engine.documents()}
    about = {folder / each.file: known[each.id] for each in kept if each.sha256 not in held}
    with terminal.reading("Adding", quiet=quiet) as advance:
        return engine.add(list(about), about=about, on_reading=advance) if about else AddReport()


def _show_entries(entries: Sequence[ManifestEntry], *, as_json: bool) -> None:
    if as_json:
        return terminal.show_json({"documents": [entry.model_dump(exclude_none=True) for entry in entries]})
    for entry in entries:
        how = entry.type if entry.url else "by hand"
        columns = (entry.id, how, entry.jurisdiction or "-", str(entry.year or "-"), entry.title, entry.by_hand)
        terminal.show_line(Text(" · ".join(" ".join(column.split()) for column in columns)))
    return None


def _show(report: FetchReport, added: AddReport, *, as_json: bool) -> None:
    if as_json:
        return terminal.show_json(report.as_dict() | {"added": added.as_dict()})
    for kept in report.fetched:
        terminal.show_line(Text(f"fetched {kept.file}  {kept.bytes / 2**20:.1f} MiB"))
    for entry in report.by_hand:
        terminal.show_line(Text(f"by hand {entry.id}: {entry.title}: {entry.by_hand}"))
    for each in report.failed:
        terminal.show_note(
            f"error[{each.code}]", f"{each.id}: {each.message}; open by hand: {each.page}", style="bold red"
        )
    counts = (len(report.fetched), len(report.unchanged), len(report.failed), len(report.by_hand))
    terminal.show_line(Text("{} fetched, {} unchanged, {} failed, {} to open by hand".format(*counts)))
    return terminal.show_added(added, as_json=False)
