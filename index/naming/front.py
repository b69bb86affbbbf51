"""The front of a document: the parts that show its name."""

from __future__ import annotations

from dataclasses import dataclass

from sinkqa.ingest.document import Metadata


@dataclass(frozen=True, slots=True)
class Front:
    """The parts of a document that show its name.

    ``name``: the file's name. ``title``: the title, or ``name`` if there is none. ``type``: the short format name of
    :class:`Filters`. ``opening``: the first 3,000 characters of the text. ``headings``: the distinct headings of the
    highest level, in order.
    """

    doc_id: str
    name: str
    title: str
    type: str
    about: Metadata
    opening: str
    headings: tuple[str, ...]
