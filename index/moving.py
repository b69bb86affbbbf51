"""Copies a library from a folder into a database, or back, document by document."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from sinkqa.index.errors import EncoderMismatch, LibraryDamaged
from sinkqa.index.models.encoder import Encoder
from sinkqa.index.opening import open_store
from sinkqa.index.store.documents.catalogue import DocumentRecord
from sinkqa.index.store.documents.kept import Kept
from sinkqa.index.store.store import Store

_AT_ONCE = 1_000  # passages in one commit: what a copy that breaks off has to do again

OnProgress = Callable[[int, int, str], None]
"""Called with the number of documents copied, the total, and the title of the current document."""


class Moved(NamedTuple):
    """The number of documents copied, the number that were there before, and the number of passages of all of them."""

    copied: int
    there: int
    passages: int


def move_library(
    source: Path | str,
    target: Path | str,
    encoder: Encoder,
    *,
    lock_timeout_s: float = 30.0,
    on_progress: OnProgress = lambda done, total, name: None,
) -> Moved:
    """Copies every document that the target lacks or holds in another form, then compares all documents.

    An interrupted copy resumes where it stopped; a repeated one changes nothing. The source stays unchanged. Documents
    that only the target has stay there.

    Raises:
        EncoderMismatch: another encoder made the vectors of one of the two.
        LibraryDamaged: a copy differs from its original; the message names the document.
        LibraryError: one of the two cannot be opened, read or written.
    """
    old, _ = open_store(source, encoder, create=False, lock_timeout_s=lock_timeout_s)
    with closing(old):
        new, backend = open_store(target, encoder, create=True, lock_timeout_s=lock_timeout_s)
        with closing(new):
            for store in (old, new):
                _check_encoder(store, encoder)
            with old.reading():
                wanted = old.records()
                there = {record.doc_id: _about(record) for record in new.records()}
                lacking = [record for record in wanted if there.get(record.doc_id) != _about(record)]
                done = len(wanted) - len(lacking)
                for group in _groups(lacking):
                    on_progress(done, len(wanted), group[0].title)
                    with new.writing():
                        for record in group:
                            new.put_kept(old.kept(record.doc_id), added_at=record.added_at)
                    done += len(group)
                with new.alone():
                    backend.sync()
                on_progress(done, len(wanted), "")
                _compare(old, new, wanted)
    return Moved(len(lacking), len(wanted) - len(lacking), sum(record.n_passages for record in wanted))


def _about(record: DocumentRecord) -> DocumentRecord:
    """The record without its generation, which counts changes of one library."""
    return replace(record, generation=0)


def _check_encoder(store: Store, encoder: Encoder) -> None:
    if (made_by := store.meta("encoder")) != encoder.fingerprint:
        raise EncoderMismatch(
            f"the vectors in {store.where} were made by the encoder {made_by}, not by {encoder.name} "
            f"({encoder.fingerprint}): set that encoder, or sinkqa doctor --rebuild makes them anew"
        )


def _groups(records: Iterable[DocumentRecord]) -> Iterator[Sequence[DocumentRecord]]:
    """The records in order, in groups of about a thousand passages."""
    group: list[DocumentRecord] = []
    for record in records:
        group.append(record)
        if sum(each.n_passages for each in group) >= _AT_ONCE:
            yield group
            group = []
    if group:
        yield group


def _compare(old: Store, new: Store, wanted: Sequence[DocumentRecord]) -> None:
    """Compares every document with its passages, vectors and statements, as stored."""
    with new.reading():
        there = {record.doc_id: _about(record) for record in new.records()}
        for record in wanted:
            if there.get(record.doc_id) != _about(record) or _ordered(new, record) != _ordered(old, record):
                raise LibraryDamaged(
                    f"{new.where} holds another version of document {record.doc_id} than {old.where}: "
                    "remove it there and migrate again"
                )


def _ordered(store: Store, record: DocumentRecord) -> Kept:
    """A stored document with its statements in an order that does not depend on the database."""
    kept = store.kept(record.doc_id)
    return replace(kept, packed=replace(kept.packed, statements=tuple(sorted(kept.packed.statements))))
