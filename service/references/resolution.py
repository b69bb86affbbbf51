"""What a mention of a document comes to in a library."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

How = Literal["exact", "alias", "probable", "part", "itself", "missing"]


@dataclass(frozen=True, slots=True)
class Resolution:
    """The document of the library that a mention means, or none."""

    how: Annotated[
        How,
        "`exact`: its title or number; `alias`: another name of it; `probable`: likely, see the reason; `part`: the "
        "document is part of another one; `itself`: the document that names it; `missing`: the library lacks it.",
    ]
    doc_ids: Annotated[tuple[str, ...], "The documents meant, likeliest first; empty where it is missing."] = ()
    title: Annotated[str, "Of the first of these; of a missing one, its known title."] = ""
    reason: Annotated[str, "Why it is only probable, or what part it is."] = ""
    address: Annotated[str | None, "Where a missing document is published, if that is known."] = None
