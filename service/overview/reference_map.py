"""Makes the map of references: which document of the library names which."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Protocol

from sinkqa.index.references.mention import Mention, References
from sinkqa.index.store.documents.catalogue import DocumentRecord
from sinkqa.ingest.passage import Passage
from sinkqa.service.overview.library_overview import EdgeKind, MapEdge, MapNode, ReferenceMap
from sinkqa.service.references.resolution import Resolution

_MEANT = ("exact", "alias", "probable", "part")


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
    """The references between these documents. A repeal takes the place of other references between the same two."""
    among = {record.doc_id for record in records}
    edges = [edge for record in records for edge in _edges(library, resolver, record.doc_id, among)]
    joined = {doc_id for edge in edges for doc_id in (edge.source, edge.target)}
    nodes = [_node(library, record) for record in records if record.doc_id in joined]
    numbers = Counter(node.jurisdiction or "" for node in nodes)

    def place(node: MapNode) -> tuple[object, ...]:
        where = node.jurisdiction or ""
        return not where, -numbers[where], where, node.year is None, node.year or 0, node.title

    return ReferenceMap(tuple(sorted(nodes, key=place)), tuple(edges), len(among) - len(joined))


def _edges(library: Referring, resolver: Resolving, doc_id: str, among: set[str]) -> list[MapEdge]:
    said = library.references(doc_id)
    repealed = {
        target: "repeals"
        for change in said.changes
        if change.kind == "repeals"
        for mention in change.targets
        for target in _meant(resolver, mention, doc_id)
    }
    counts: Counter[str] = Counter()
    for mention, number in Counter(map(_bare, said.mentions)).items():
        for target in _meant(resolver, mention, doc_id):
            counts[target] += number
    kinds: dict[str, EdgeKind] = {**dict.fromkeys(counts, "cites"), **dict.fromkeys(repealed, "repeals")}
    return [
        MapEdge(doc_id, target, kind, max(1, counts[target]))
        for target, kind in kinds.items()
        if target in among and target != doc_id
    ]


def _meant(resolver: Resolving, mention: Mention, doc_id: str) -> Sequence[str]:
    """The document that is meant. Of several that are as likely, the first."""
    found = resolver.resolve(mention, doc_id=doc_id)
    return found.doc_ids[:1] if found.how in _MEANT else ()


def _bare(mention: Mention) -> Mention:
    """The mention without its place: each name is resolved once for each document."""
    return Mention(0, 0, mention.by, mention.name, mention.year, mention.code)


def _node(library: Referring, record: DocumentRecord) -> MapNode:
    first = library.passages(record.doc_id, most=1)
    about = record.metadata
    passage_id = first[0].passage_id if first else None
    return MapNode(record.doc_id, record.title, about.year, about.jurisdiction, about.language, passage_id, about.url)
