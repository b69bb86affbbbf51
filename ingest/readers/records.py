"""Reads JSON and JSON Lines records. Each record is a section with all its words."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePath

from sinkqa.ingest.document import Document, Metadata
from sinkqa.ingest.errors import UnsupportedFormat
from sinkqa.ingest.readers.decoding.charset import decode
from sinkqa.ingest.readers.html.visible.leftout import LeftOut
from sinkqa.ingest.readers.json_lines import parse
from sinkqa.ingest.readers.markdown import markdown_pieces
from sinkqa.ingest.readers.pieces.draft import Grid, GridCell, Piece, compose
from sinkqa.ingest.readers.pieces.outline import outline
from sinkqa.ingest.readers.sheets.rows import row_pieces
from sinkqa.ingest.structure.tables.grid_shape import grid_shape

Record = Mapping[str, object]

_TEXT_KEYS = ("text", "content", "body", "fulltext", "full_text", "正文", "内容", "全文", "article_text", "markdown",
              "md", "passage", "contents", "description")  # fmt: skip
_TITLE_KEYS = ("title", "标题", "题名", "name", "headline", "名称")
_URL_KEYS = ("url", "source_url", "link", "official_url", "网址", "链接")
_DATE_KEYS = ("date", "publish_date", "published", "pub_date", "issued", "year", "发布日期", "发布时间", "日期", "年份")
_ISSUER_KEYS = ("issuer", "publisher", "source_detail", "source_name_cn", "发布机构", "发文机关", "来源", "source_name")
_LANGUAGE_KEYS = ("lang", "language", "语言")
_AUTHOR_KEYS = ("author", "authors", "作者")
_KNOWN = {*_TITLE_KEYS, *_URL_KEYS, *_DATE_KEYS, *_ISSUER_KEYS, *_LANGUAGE_KEYS, *_AUTHOR_KEYS, "source_name_en"}
_HEADING_KEYS = (
    "heading", "subject", "caption", "label", "term", "section", "chapter", "article", "条号",
    "章节", "条款", "题目", "主题",
)  # fmt: skip
_QUESTION_KEYS = ("question", "q", "query", "prompt", "instruction", "问题", "问", "提问")
_ANSWER_KEYS = ("answer", "answers", "a", "response", "output", "reply", "答案", "答", "回答", "回复")
_MARKUP = re.compile(r"^(?:#{1,6} |\|.+\||[*-] |\d+\. |```)|\*\*|\]\(|<(?:p|br|table|div)\b", re.MULTILINE)
_NO_WORDS = re.compile(
    r"\w+://\S+|www\.\S+|\S+@\S+\.\w+|\d{4}[-/.]\d\d?[-/.]\d\d?(?:[T ][\d:.+Z-]*)?"  # none, addresses, dates
    r"|(?=\S*\d)[\w+/=.:#-]{8,}|(?=\S*[+/=])[A-Za-z0-9+/=]{24,}|(?:[\w.~-]*[/\\])+[\w.~-]*|[A-Za-z]+(?:[_.][\w.]+)+",
    re.ASCII,
)  # ids, hashes, base64, paths and other names of things for programs
_LETTER = re.compile(r"[^\W\d_]")
_NO_CONTENT = re.compile(
    r"(?:.*[_.-])?(?:ids?|uuid|guid|hash|md5|sha\d*|etag|tokens?|checksum|slug|type|role|embeddings?|vectors?|scores?|offset|index|length|at|time"
    r"|timestamp|path|mime|version|lat|lon|lng)|id[A-Z]\w*|\w+Id",
    re.IGNORECASE,
)  # fields that programs speak to each other with
_HAN = re.compile("[\u3400-\u9fff]")
_MIN_HAN, _MIN_WORDS = 8, 4  # of prose beside a field that is known to hold the text
_MOST_NAMED = 8
_DEEPEST = 40
_DEEPER = "what is nested deeper"
_LONGEST_VALUE = 200  # characters of a cell, where records are rows of a table
_MAX_QUESTION = 600
_CN = "一二三四五六七八九十百零〇"
# Where a flattened Chinese text began a new line: chapters, articles, and numbered headings after a full stop or space.
_BREAKS = re.compile(
    rf"(?:(?<=[。；：！？\s])|(?<=[^\s第条款项、，和及与至]))\s*(?=第[{_CN}]+章\s)"
    rf"|(?<=[。；：！？\s）])\s*(?=第[{_CN}]+[条节]\s)"
    rf"|(?<=[。：！？\s）])\s*(?=[{_CN}]{{1,3}}、)"
    rf"|(?<=[。；：！？\s）])\s*(?=（[{_CN}]{{1,3}}）(?![项款、和至]))"
    r"|(?<=[^\s第款项条，、])(?=（一）(?![项款、和至]))"
)


@dataclass(slots=True)
class _Left:
    """Parts of records without words: field names in order, and the number of records with nothing else.

    ``unshown`` counts text that the markup hides.
    """

    fields: dict[str, None] = field(default_factory=dict)
    empty: int = 0
    unshown: LeftOut = field(default_factory=LeftOut)


def read_records(content: bytes, name: str) -> Document:
    """Reads objects, arrays of objects or strings, or one value a line. The source text is their words in order.

    Field names identify titles, dates, addresses and languages. Similar flat records with numbers become a table.
    Invalid lines and fields without words are left out and named.

    Raises:
        UnreadableDocument: it is not valid JSON. The message gives the place of the error.
        UnsupportedFormat: it is JSON, but no record contains words.
    """
    text, warnings = decode(content, name)
    value, told = parse(text, name)
    records, top = _records(value)
    left = _Left()
    table = _rows(value) or [*filter(None, [_table(records)])]
    pieces = list(table)
    for record in () if table else records:
        found = _record_pieces(record, left, depth=0, alone=len(records) == 1 and top is None)
        left.empty += not any(piece.kind != "heading" for piece in found)
        pieces += found
    if not any(piece.kind != "heading" for piece in pieces):
        keys = ", ".join(_TEXT_KEYS[:5])
        if _DEEPER in left.fields:
            raise UnsupportedFormat(
                f"{name}: JSON with words only below {_DEEPEST} nested objects; export it less nested"
            )
        raise UnsupportedFormat(f"{name}: JSON without text; expected objects with one of {keys}; name the field so")
    if top is not None:
        pieces = [*_record_pieces(top, left, depth=0, alone=True), *pieces]
    if left.empty:
        told.append(f"{left.empty} of {len(records)} records hold no text")
    if left.fields:
        more = f" and {len(left.fields) - _MOST_NAMED} more" if len(left.fields) > _MOST_NAMED else ""
        told.append(f"fields left out as they hold no prose: {', '.join([*left.fields][:_MOST_NAMED])}{more}")
    if isinstance(value, dict) and value.get("type") == "FeatureCollection":
        told.append("the shapes of a map are not read, only what is said of them")
    return compose(
        pieces,
        name=name,
        content=content,
        media_type="application/json",
        metadata=_metadata([top] if top else records, name),
        warnings=[*warnings, *(f"{name}: {each}" for each in told), *left.unshown.warnings()],
    )


def _records(value: object) -> tuple[list[Record], Record | None]:
    """The records, and the object around them if it has words itself."""
    if isinstance(value, list):
        return [item if isinstance(item, dict) else {"": item} for item in value if item not in (None, "")], None
    if not isinstance(value, dict):
        return ([{"": value}] if isinstance(value, str) else []), None
    lists = {key: item for key, item in value.items() if isinstance(item, list) and _is_records(item)}
    if len(lists) != 1:
        return [value], None
    (key, items), *_ = lists.items()
    around = {other: item for other, item in value.items() if other != key}
    if key == "features":
        items = [item.get("properties") or {} for item in items]
    said = _record_pieces(around, _Left(), depth=0, alone=True)
    return [item for item in items if isinstance(item, dict)], around if said else None


def _is_records(items: Sequence[object]) -> bool:
    return bool(items) and 2 * sum(isinstance(item, dict) for item in items) > len(items)


def _table(records: Sequence[Record]) -> Piece | None:
    """Flat records with the same fields, short values and numbers among them, as the rows of a table."""
    if len(records) < 2:
        return None
    keys = [*dict.fromkeys(key for record in records for key in record)]
    same = sum(len(record) for record in records) >= 0.8 * len(keys) * len(records)
    values = [value for record in records for value in record.values()]
    flat = all(value is None or isinstance(value, (str, int, float)) for value in values)
    if not (same and flat and len(keys) > 1) or any(len(str(value)) > _LONGEST_VALUE for value in values):
        return None
    counted = sum(isinstance(value, (int, float)) and not isinstance(value, bool) for value in values)
    if counted < len(records) or any(key.lower() in _TEXT_KEYS for key in keys):
        return None
    rows = [keys, *([_spelt(record.get(key)) for key in keys] for record in records)]
    shape = grid_shape(rows[:200])
    cells = tuple(GridCell(row, at, text) for row, texts in enumerate(rows) for at, text in enumerate(texts))
    return Piece("table", "", grid=Grid(cells, len(rows), len(keys), 1, shape.label_columns))


def _rows(value: object) -> list[Piece]:
    """Lists of values, the first with the names of the columns, as the rows of a table."""
    if not isinstance(value, list) or len(value) < 2 or not all(isinstance(row, list) for row in value):
        return []
    flat = all(item is None or isinstance(item, (str, int, float)) for row in value for item in row)
    rows = [[_spelt(item) for item in row] for row in value] if flat else []
    return row_pieces(rows) if any(_has_words(text) for row in rows for text in row) else []


def _spelt(value: object) -> str:
    return "" if value is None else json.dumps(value) if isinstance(value, (bool, float)) else str(value).strip()


def _record_pieces(record: Record, left: _Left, *, depth: int, alone: bool) -> list[Piece]:
    """A heading with the record's title (the document's title if it is the only record), then its words in order."""
    if depth > _DEEPEST:
        left.fields[_DEEPER] = None
        return []
    title = _field(record, _TITLE_KEYS)
    level = min(depth + (0 if alone else 1), 6)
    fields = {key: value for key, value in record.items() if key.lower() not in _KNOWN}
    if not title and (key := _heading_key(fields)):
        title = " ".join(str(fields.pop(key)).split())
    pieces = _exchange(fields)
    has_text = any(isinstance(fields.get(key), str) and str(fields[key]).strip() for key in fields if _is_text(key))
    worded = not has_text and any(isinstance(value, str) and _has_words(value) for value in fields.values())
    for key, value in fields.items():
        if (
            worded
            and isinstance(value, (int, float))
            and not isinstance(value, bool)
            and not _NO_CONTENT.fullmatch(key)
        ):
            pieces.append(Piece("paragraph", f"{key}: {value}"))
            continue
        pieces += _value_pieces(key, value, left, depth=depth, level=level, strict=has_text)
    if title:
        pieces = [piece for piece in pieces if piece.kind != "heading" or piece.level != level or piece.text != title]
    return [Piece("heading", title, level=level), *pieces] if title else pieces


def _heading_key(fields: Record) -> str | None:
    """The field that names a record without a title."""
    return next(
        (
            key
            for key, value in fields.items()
            if isinstance(value, str)
            and 0 < len(value.strip()) <= _LONGEST_VALUE
            and (key.lower() in _HEADING_KEYS or key.endswith(("名称", "标题", "编号")))
        ),
        None,
    )


def _has_words(text: str) -> bool:
    return _LETTER.search(text) is not None and not _NO_WORDS.fullmatch(text.strip())


def _is_text(key: str) -> bool:
    return key.lower() in _TEXT_KEYS


def _exchange(fields: dict[str, object]) -> list[Piece]:
    """A question and its answer as one paragraph, removed from the fields: neither says much alone."""
    question = next((key for key in fields if key.lower() in _QUESTION_KEYS and isinstance(fields[key], str)), None)
    answer = next((key for key in fields if key.lower() in _ANSWER_KEYS and isinstance(fields[key], str)), None)
    if question is None or answer is None:
        return []
    asked, said = str(fields[question]).strip(), str(fields[answer]).strip()
    if not asked or not said or len(asked) > _MAX_QUESTION:
        return []
    del fields[question], fields[answer]
    first, *more = re.split(r"\n\s*\n", said)
    return [Piece("paragraph", f"{asked}\n{first}"), *(Piece("paragraph", part) for part in more)]


def _value_pieces(key: str, value: object, left: _Left, *, depth: int, level: int, strict: bool) -> list[Piece]:
    """The words of one field. ``strict`` takes only prose, if another field is known to hold the text."""
    if value in (None, "", [], {}):
        return []
    if isinstance(value, str):
        if _is_text(key) or not key or _is_prose(value):
            return _prose_pieces("" if _is_text(key) or len(value) > _LONGEST_VALUE else key, value, left, level)
        if not strict and _has_words(value) and not _NO_CONTENT.fullmatch(key):
            return [Piece("paragraph", f"{key}: {' '.join(value.split())}")]
    elif isinstance(value, dict):
        found = _record_pieces(value, left, depth=depth + 1, alone=False)
        return (
            [Piece("heading", key, level=min(level + 1, 6)), *found] if found and found[0].kind != "heading" else found
        )
    elif isinstance(value, list):
        return _list_pieces(key, value, left, depth=depth, level=level, strict=strict)
    left.fields[key or "values"] = None
    return []


def _list_pieces(
    key: str, items: Sequence[object], left: _Left, *, depth: int, level: int, strict: bool
) -> list[Piece]:
    if _is_records(items):
        records = [item for item in items if isinstance(item, dict)]
        if table := _table(records):
            return [replace(table, grid=replace(table.grid, caption=key)) if table.grid else table]
        return [piece for each in records for piece in _record_pieces(each, left, depth=depth + 1, alone=False)]
    texts = [item.strip() for item in items if isinstance(item, str) and _has_words(item)]
    if not texts:
        left.fields[key or "values"] = None
        return []
    if any(map(_is_prose, texts)) or _is_text(key):
        return [piece for text in texts for piece in _prose_pieces("", text, left, level)]
    if strict:
        left.fields[key] = None
        return []
    return [Piece("paragraph", f"{key}: {'; '.join(texts)}" if key else "; ".join(texts))]


def _is_prose(text: str) -> bool:
    if not _has_words(text):
        return False
    return len(_HAN.findall(text)) >= _MIN_HAN or len(re.findall(r"[^\W\d_]{2,}", text)) >= _MIN_WORDS


def _prose_pieces(key: str, text: str, left: _Left, level: int) -> list[Piece]:
    """The text under its headings. ``key`` comes before it if it names its meaning."""
    pieces = outline(markdown_pieces(text, left.unshown) if _MARKUP.search(text) else _plain_pieces(text))
    pieces = [
        replace(piece, level=min(max(piece.level, 1) + level, 6)) if piece.kind == "heading" else piece
        for piece in pieces
    ]
    if key and pieces and pieces[0].kind == "paragraph":
        pieces[0] = replace(pieces[0], text=f"{key}: {pieces[0].text}")
    return pieces


def _plain_pieces(text: str) -> list[Piece]:
    """Paragraphs of plain text. A text flattened to one long line is cut where its numbering restarts."""
    paragraphs: list[str] = []
    for line in re.split(r"\n[ \t\r]*\n" if re.search(r"\n[ \t\r]*\n", text) else r"\n", text.replace("\r\n", "\n")):
        paragraphs += _BREAKS.split(line) if len(line) > 200 else [line]
    return [Piece("paragraph", part.strip()) for part in paragraphs if part and part.strip()]


def _metadata(records: Sequence[Record], name: str) -> Metadata:
    """Metadata of the only record; of a collection, values that all records share."""
    language = _shared(records, _LANGUAGE_KEYS)
    year = re.match(r"(1[5-9]\d\d|20\d\d)(?!\d)", _shared(records, _DATE_KEYS) or "")
    return Metadata(
        title=_shared(records, _TITLE_KEYS) or (PurePath(name).stem if len(records) > 1 else None),
        authors=tuple(filter(None, [_shared(records, _AUTHOR_KEYS)])),
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
