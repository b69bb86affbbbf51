"""Makes the map of references: which document of the library names which."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Protocol

from sinkqa.index.references.mention import Mention, References
from sinkqa.index.store.documents.catalogue import DocumentRecord
from sinkqa.ingest.passage import Passage
from sinkqa.service.budget import checkpoint
from sinkqa.service.overview.library_overview import EdgeKind, MapEdge, MapNode, ReferenceMap
from sinkqa.service.references.resolution import Resolution

_MEANT = ("exact", "alias", "probable", "part")
_STRONGEST: tuple[EdgeKind, ...] = ("repeals", "cites", "part")


class Referring(Protocol):
    """The library, as far as its documents name documents."""

    def references(self, doc_id: str) -> References:
        """What a document says of documents."""

    def passages(self, doc_id: str, *, most: int = -1) -> list[Passage]:
        """The first passages of a document."""


class Resolving(Protocol):
    """Finds the document that a mention means."""

    def resolve(self, mention: Mention, *, doc_id: str = "") -> Resolution:
        """The document of the library that a mention in the document ``doc_id`` means."""


def reference_map(library: Referring, resolver: Resolving, records: Sequence[DocumentRecord]) -> ReferenceMap:
    """The references between these documents. Of several kinds between the same two, the strongest is told.

    Raises:
        DeadlineExceeded: nobody waits for it any longer.
    """
    among = {record.doc_id for record in records}
    edges = [edge for record in records for edge in _edges(library, resolver, record.doc_id, among)]
    joined = {doc_id for edge in edges for doc_id in (edge.source, edge.target)}
    nodes = [_node(library, record) for record in records if record.doc_id in joined]
    numbers = Counter(node.jurisdiction or "" for node in nodes)

    def place(node: MapNode) -> tuple[object, ...]:
        where = node.jurisdiction or ""
        return not where, -numbers[where], where, node.year is None, node.year or 0, node.title

    return ReferenceMap(tuple(sorted(nodes, key=place)), tuple(edges), len(among) - len(joined))


def _edges(library: Referring, resolver: Resolving, doc_id: str, among: set[str]) -> Iterator[MapEdge]:
    said = library.references(doc_id)
    counts: Counter[tuple[str, EdgeKind]] = Counter()
    for mention, number in Counter(map(_bare, said.mentions)).items():
        checkpoint()
        counts.update(dict.fromkeys(_meant(resolver, mention, doc_id), number))
    for change in said.changes:
        for mention in change.targets if change.kind == "repeals" else ():
            counts.update((target, "repeals") for target, _ in _meant(resolver, mention, doc_id))
    for target in dict.fromkeys(target for target, _ in counts):
        if target in among and target != doc_id:
            kind = next(kind for kind in _STRONGEST if (target, kind) in counts)
            mentions = sum(counts[target, each] for each in ("cites", "part"))
            yield MapEdge(doc_id, target, kind, max(1, mentions))


def _meant(resolver: Resolving, mention: Mention, doc_id: str) -> list[tuple[str, EdgeKind]]:
    """The document that is meant, of several that are as likely the first, and whether only a part of it is."""
    found = resolver.resolve(mention, doc_id=doc_id)
    kind: EdgeKind = "part" if found.how == "part" else "cites"
    return [(target, kind) for target in found.doc_ids[:1]] if found.how in _MEANT else []


def _bare(mention: Mention) -> Mention:
    """The mention without its place: each name is resolved once for each document."""
    return Mention(0, 0, mention.by, mention.name, mention.year, mention.code)


def _node(library: Referring, record: DocumentRecord) -> MapNode:
    first = library.passages(record.doc_id, most=1)
    about = record.metadata
    passage_id = first[0].passage_id if first else None
    return MapNode(record.doc_id, record.title, about.year, about.jurisdiction, about.language, passage_id, about.url)
