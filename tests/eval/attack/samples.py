"""Small sound files of every format, which we wrote, for attacks to begin from."""

from __future__ import annotations

import json
from pathlib import Path

from sinkqa.eval.attack.samples import Sample, made_of
from tests.hostile import pdf, word
from tests.service.http.conftest import FILES

_ROWS = [{"title": f"Reed bed {n}", "text": f"Reed bed {n} holds {n} hectares of peat."} for n in range(20)]

SAMPLES = [
    Sample("pdf", "reeds.pdf", pdf(pages=2)),
    Sample("docx", "reeds.docx", word()),
    Sample("html", "forest.html", FILES["forest.html"].encode()),
    Sample("markdown", "sinks.md", FILES["sinks.md"].encode()),
    Sample("text", "peat.txt", "\n".join(row["text"] for row in _ROWS).encode()),
    Sample("json", "beds.json", json.dumps(_ROWS).encode()),
    Sample("json", "beds.jsonl", "\n".join(map(json.dumps, _ROWS)).encode()),
]
SAMPLES += [made for made in made_of([SAMPLES[4]]) if made.kind in ("csv", "xlsx", "pptx", "epub", "mail")]


def lay_out(shared: Path) -> Path:
    """The samples where an attack looks for documents; gives the folder to name as ``--shared``."""
    folder = shared / "policy" / "docs"
    folder.mkdir(parents=True)
    for sample in SAMPLES:
        (folder / sample.name).write_bytes(sample.content)
    return shared
