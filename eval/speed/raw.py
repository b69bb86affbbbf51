"""The least work of adding files: extract their text and encode passages. It is a program of its own.

``python -m sinkqa.eval.speed.raw TEXTS FILE…``: TEXTS is a JSON list of texts for the encoder. Prints the number of
characters and of vectors.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path


def extract(path: Path) -> str:
    """Returns all text of a file by the plainest call of its library: no boxes, no structure, no checks."""
    reader: Callable[[bytes], str] = {".pdf": _pdf, ".html": _html}.get(path.suffix.lower(), _plain)
    return reader(path.read_bytes())


def _pdf(content: bytes) -> str:
    import pypdfium2

    document = pypdfium2.PdfDocument(content)
    texts = []
    for page in document:
        text_page = page.get_textpage()
        texts.append(text_page.get_text_range())
        text_page.close()
        page.close()
    document.close()
    return "".join(texts)


def _html(content: bytes) -> str:
    from selectolax.lexbor import LexborHTMLParser

    body = LexborHTMLParser(content).body
    return body.text() if body else ""


def _plain(content: bytes) -> str:
    return content.decode("utf-8", "replace")


def main(arguments: list[str]) -> str:
    """Extracts and encodes. An unreadable file is an error, because the reference must do all of the work."""
    from sinkqa.index.models.encoder import load_encoder

    characters = sum(len(extract(Path(path))) for path in arguments[1:])
    vectors = load_encoder().encode(json.loads(Path(arguments[0]).read_text("utf-8")))
    return f"{characters} characters, {len(vectors)} vectors"


if __name__ == "__main__":
    sys.stdout.write(main(sys.argv[1:]) + "\n")
