"""Reading step of ingest: JSON and JSON Lines records that carry a text: each record a section of one document."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import PurePath

from ingest.document import Document, Metadata
from ingest.errors import EmptyDocument, UnreadableDocument, UnsupportedFormat
from ingest.readers.charset import decode
from ingest.readers.draft import Piece, compose
from ingest.readers.markdown import markdown_pieces
from ingest.readers.outline import outline

Record = Mapping[str, object]

_TEXT_KEYS = ("text", "content", "body", "fulltext", "full_text", "正文", "内容", "全文", "article_text", "markdown",
              "md", "passage", "contents", "description")  # fmt: skip
_TITLE_KEYS = ("title", "标题", "题名", "name", "headline", "名称")
_URL_KEYS = ("url", "source_url", "link", "official_url", "网址", "链接")
_DATE_KEYS = ("date", "publish_date", "published", "pub_date", "issued", "year", "发布日期", "发布时间", "日期", "年份")
_ISSUER_KEYS = ("issuer", "publisher", "source_detail", "source_name_cn", "发布机构", "发文机关", "来源", "source_name")
_LANGUAGE_KEYS = ("lang", "language", "语言")
_WRAPPERS = ("data", "records", "documents", "items", "results", "rows")
_MIN_TEXT = 20  # the longest string of a record without a known text field counts as its text from here on
_MARKUP = re.compile(r"^(?:#{1,6} |\|.+\||[*-] |\d+\. |```)|\*\*|\]\(|<(?:p|br|table|div)\b", re.MULTILINE)
_CN = "一二三四五六七八九十百零〇"
# Where a flattened Chinese text began a new line: chapters, articles, and numbered headings after a full stop or space.
_BREAKS = re.compile(
    rf"(?:(?<=[。；：！？\s])|(?<=[^\s第条款项、，和及与至]))\s*(?=第[{_CN}]+章\s)"
    rf"|(?<=[。；：！？\s）])\s*(?=第[{_CN}]+[条节]\s)"
    rf"|(?<=[。：！？\s）])\s*(?=[{_CN}]{{1,3}}、)"
    rf"|(?<=[。；：！？\s）])\s*(?=（[{_CN}]{{1,3}}）(?![项款、和至]))"
    r"|(?<=[^\s第款项条，、])(?=（一）(?![项款、和至]))"
)


def read_records(content: bytes, name: str) -> Document:
    """Read an object, an array of objects, or one object a line; the source text is the records' texts in order.

    Raises:
        UnreadableDocument: no valid JSON; says where it breaks.
        UnsupportedFormat: JSON, but no record holds a text.
    """
    text, warnings = decode(content, name)
    records = [record for record in _records(_parse(text, name)) if _text_of(record)]
    if not records:
        keys = ", ".join(_TEXT_KEYS[:5])
        raise UnsupportedFormat(f"{name}: JSON without text; expected objects with one of {keys}; name the field so")
    pieces = [piece for record in records for piece in _record_pieces(record, alone=len(records) == 1)]
    if not any(piece.text.strip() or piece.grid for piece in pieces):
        raise EmptyDocument(f"{name}: the records hold no words; expected text; check the export")
    return compose(
        pieces,
        name=name,
        content=content,
        media_type="application/json",
        metadata=_metadata(records, name),
        warnings=warnings,
    )


def _parse(text: str, name: str) -> object:
    try:
        return json.loads(text)
    except RecursionError:
        raise UnreadableDocument(f"{name}: JSON nested too deeply; expected records with a text field") from None
    except ValueError as whole:
        lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
        if len(lines) > 1 and (values := _parse_lines(lines, name)) is not None:
            return values
        where = f"line {whole.lineno} column {whole.colno}" if isinstance(whole, json.JSONDecodeError) else "a number"
        message = f"{name}: invalid JSON at {where} ({_reason(whole)}); mend it there or export it again"
        raise UnreadableDocument(message) from whole


def _parse_lines(lines: Sequence[tuple[int, str]], name: str) -> list[object] | None:
    """Objects of JSON Lines; None where the first line is no whole object, an error where a later one is broken."""
    values: list[object] = []
    for number, line in lines:
        try:
            values.append(json.loads(line))
        except (ValueError, RecursionError) as error:
            if not values:
                return None
            column = error.colno if isinstance(error, json.JSONDecodeError) else 1
            message = (
                f"{name}: invalid JSON at line {number} column {column} ({_reason(error)}); mend or drop that line"
            )
            raise UnreadableDocument(message) from error
    return values


def _reason(error: BaseException) -> str:
    return error.msg if isinstance(error, json.JSONDecodeError) else type(error).__name__


def _records(value: object) -> list[Record]:
    if isinstance(value, list):
        return [item for item in value if isinstance(item, dict)]
    if not isinstance(value, dict):
        return []
    for key in _WRAPPERS:
        inner = value.get(key)
        if isinstance(inner, list) and any(isinstance(item, dict) for item in inner) and not _text_of(value):
            return [item for item in inner if isinstance(item, dict)]
    return [value]


def _text_of(record: Record) -> str:
    """The text field by name, else the longest string that is long enough to be one."""
    named = {key.lower(): value for key, value in record.items() if isinstance(value, str)}
    for key in _TEXT_KEYS:
        if named.get(key, "").strip():
            return named[key]
    known = (*_TITLE_KEYS, *_URL_KEYS, *_DATE_KEYS)
    texts = [
        value for key, value in named.items() if key not in known and len(value) >= _MIN_TEXT and " " in value.strip()
    ]
    return max(texts, key=len, default="")


def _record_pieces(record: Record, *, alone: bool) -> list[Piece]:
    """A heading with the record's title (the document's own title if it stands alone) and the pieces of its text."""
    title = _field(record, _TITLE_KEYS)
    text = _text_of(record)
    pieces = outline(markdown_pieces(text) if _MARKUP.search(text) else _plain_pieces(text))
    if title:
        pieces = [piece for piece in pieces if piece.kind != "heading" or piece.level or piece.text != title]
    shift = 0 if alone else 1
    pieces = [
        replace(piece, level=min(max(piece.level, 1) + shift, 6)) if piece.kind == "heading" else piece
        for piece in pieces
    ]
    return [Piece("heading", title, level=shift), *pieces] if title else pieces


def _plain_pieces(text: str) -> list[Piece]:
    """Paragraphs of plain text; a text flattened to one long line is cut where its numbering begins again."""
    paragraphs: list[str] = []
    for line in re.split(r"\n[ \t\r]*\n" if re.search(r"\n[ \t\r]*\n", text) else r"\n", text.replace("\r\n", "\n")):
        paragraphs += _BREAKS.split(line) if len(line) > 200 else [line]
    return [Piece("paragraph", part.strip()) for part in paragraphs if part and part.strip()]


def _metadata(records: Sequence[Record], name: str) -> Metadata:
    """Of the only record; of a collection only what all records share."""
    language = _shared(records, _LANGUAGE_KEYS)
    year = re.match(r"(1[5-9]\d\d|20\d\d)(?!\d)", _shared(records, _DATE_KEYS) or "")
    return Metadata(
        title=_shared(records, _TITLE_KEYS) or (PurePath(name).stem if len(records) > 1 else None),
        authors=tuple(filter(None, [_shared(records, ("author", "authors", "作者"))])),
        year=int(year[1]) if year else None,
        language=language.split("-")[0].lower() if language else None,
        issuer=_shared(records, _ISSUER_KEYS),
        url=_shared(records, _URL_KEYS),
    )


def _shared(records: Sequence[Record], keys: Sequence[str]) -> str | None:
    values = {_field(record, keys) for record in records}
    return values.pop() if len(values) == 1 else None


def _field(record: Record, keys: Sequence[str]) -> str | None:
    for key in keys:
        value = record.get(key)
        if isinstance(value, (str, int)) and not isinstance(value, bool) and (text := " ".join(str(value).split())):
            return text
    return None
