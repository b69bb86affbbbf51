"""TREC's layout: topics, qrels of four columns, and a collection as JSON lines, TSV or TRECTEXT, in one folder."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from html import unescape
from pathlib import Path

from sinkqa.eval.data.benchmark import RawCollection
from sinkqa.eval.data.layouts.rows import Row, read_corpus, read_queries, rows
from sinkqa.eval.data.lines import read_lines
from sinkqa.eval.data.trec import read_qrels
from sinkqa.eval.errors import MalformedData
from sinkqa.ingest.errors import FileMissing

LOOKS_FOR = (
    "TREC: *topics* or *queries* (.tsv, .jsonl, .xml, .txt), *qrels* of four columns, and *collection*, *corpus* or "
    "*docs* (.jsonl, .tsv, .trectext, .xml, .sgml; a file, or a folder of them)"
)
_MARKED = (".trectext", ".xml", ".sgml", ".sgm", ".txt", "")
_KINDS = (".jsonl", ".tsv", *_MARKED)
_TOPIC = re.compile(r"<top(?:ic)?\b([^>]*)>", re.I)
_NUMBER = re.compile(r"""\b(?:number|id|num|qid)\s*=\s*["']([^"']+)["']""", re.I)
_NUM = re.compile(r"<num>\s*(?:Number:)?\s*([^<\n]+)", re.I)
_ASKED = ("title", "query", "question", "desc")
_DOCNO = re.compile(r"<DOCNO>(.*?)</DOCNO>", re.I | re.S)
_TITLE = re.compile(r"<(TITLE|HEADLINE|HL|TTL|TI)>(.*?)</\1>", re.I | re.S)
_TEXT = re.compile(r"<(TEXT|BODY|CONTENTS)>(.*?)</\1>", re.I | re.S)
_TAG = re.compile(r"</?[A-Za-z][^>]*>")
_LONGEST = 64 * 2**20  # characters of one document: past it an end is missing


def subsets(folder: Path) -> list[str]:
    """Returns one nameless collection if the folder is in this layout, else none."""
    wanted = (_named(folder, "topics", "queries"), _named(folder, "qrels"), _named(folder, *_CORPUS))
    return [""] if all(wanted) else []


_CORPUS = ("collection", "corpus", "docs", "documents")


def read(folder: Path, subset: str, split: str) -> RawCollection:
    """Reads topics, judgements and collection.

    If there are several files of a kind, it reads those named for the split.

    Raises:
        FileMissing: there are several files, and none is of the split.
        MalformedData: see its name.
    """
    topics = _one(_named(folder, "topics", "queries"), split)
    qrels = _one(_named(folder, "qrels"), split)
    corpus = [each for path in _named(folder, *_CORPUS) for each in _within(path)]
    return RawCollection(
        corpus=tuple(read_corpus(row for path in corpus for row in _documents(path))),
        queries=read_queries(_topics(topics)),
        qrels=read_qrels(qrels),
        corpus_files=tuple(corpus),
        query_files=(topics,),
        qrels_files=(qrels,),
    )


def _named(folder: Path, *words: str) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(
        path
        for path in folder.iterdir()
        if any(word in path.name.lower() for word in words)
        and not path.name.startswith(".")
        and (bool(_within(path)) if path.is_dir() else path.suffix in (*_KINDS, ".qrels", ".qrel", ".topics"))
    )


def _within(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    return sorted(each for each in path.rglob("*") if each.is_file() and each.suffix.lower() in _KINDS)


def _one(paths: Sequence[Path], split: str) -> Path:
    files = [path for path in paths if path.is_file()]
    if len(files) == 1:
        return files[0]
    of_split = [path for path in files if split in path.name]
    if len(of_split) == 1:
        return of_split[0]
    names = ", ".join(path.name for path in paths) or "none"
    raise FileMissing(
        f"{paths[0].parent}: expected one file of the split {split!r}, found {names}; name one as --split"
    )


def _documents(path: Path) -> Iterator[Row]:
    if path.suffix.lower() in _MARKED:
        return _marked(path)
    return rows(path, fields=("_id", "text"))


def _topics(path: Path) -> Iterator[Row]:
    if path.suffix == ".jsonl":
        for where, row in rows(path):
            yield where, row if "text" in row or "title" not in row else {**row, "text": row["title"]}
        return
    lines = list(read_lines(path))
    if not any(_TOPIC.search(line) for _, line in lines):
        yield from _tabbed_topics(path, lines)
        return
    text = "\n".join(line for _, line in lines)
    opened = list(_TOPIC.finditer(text))
    ends = [*(each.start() for each in opened[1:]), len(text)]
    numbers = [number for number, _ in lines]
    for topic, end in zip(opened, ends, strict=True):
        body, line = text[topic.end() : end], numbers[text.count("\n", 0, topic.start())]
        number = _NUMBER.search(topic[1]) or _NUM.search(body)
        asked = next((said for name in _ASKED if (said := _said(body, name))), "")
        if not number or not asked:
            what = "<num> or number=" if not number else " or ".join(f"<{name}>" for name in _ASKED)
            raise MalformedData(f"{path}:{line}: expected a topic with {what}, got none; mend it")
        yield f"{path}:{line}", {"_id": unescape(number[1]).strip(), "text": asked}


def _tabbed_topics(path: Path, lines: Iterable[tuple[int, str]]) -> Iterator[Row]:
    for number, line in lines:
        name, tab, text = line.partition("\t")
        if not tab:
            raise MalformedData(f"{path}:{number}: expected a topic's id, a tab and its text, got {line[:80]!r}")
        if not (number == 1 and name.lower() in ("_id", "id", "qid", "query_id", "query-id")):
            yield f"{path}:{number}", {"_id": name.strip(), "text": text.strip()}


def _said(body: str, name: str) -> str:
    """What stands after a tag, to the next one; old topics do not close theirs, and say again what they are."""
    found = re.search(rf"<{name}>\s*(?:Topic:|Description:)?([^<]*)", body, re.I)
    return " ".join(unescape(found[1]).split()) if found else ""


def _marked(path: Path) -> Iterator[Row]:
    """Documents between <DOC> and </DOC>, one at a time."""
    held: list[str] = []
    began, size = 0, 0
    for number, line in read_lines(path):
        if not began and re.search(r"<DOC\b(?!NO)", line, re.I):
            began, size, held = number, 0, []
        if began:
            held.append(line)
            size += len(line)
        ended = re.search(r"</DOC>", line, re.I)
        if began and ended:
            yield f"{path}:{began}", _document("\n".join(held), f"{path}:{began}")
            began = 0
        elif size > _LONGEST:
            break
    if began:
        raise MalformedData(f"{path}:{began}: expected </DOC> after <DOC>, got none; mend the document")


def _document(text: str, where: str) -> dict[str, str]:
    number = _DOCNO.search(text)
    if not number:
        raise MalformedData(f"{where}: expected a document with <DOCNO>, got none; mend it")
    title = _TITLE.search(text)
    bodies = [body for _, body in _TEXT.findall(text)]
    if not bodies:
        rest = _DOCNO.sub(" ", text)
        bodies = [_TITLE.sub(" ", rest, count=1)]
    return {
        "_id": unescape(number[1]).strip(),
        "title": _plain(title[2]) if title else "",
        "text": "\n".join(filter(None, map(_plain, bodies))),
    }


def _plain(text: str) -> str:
    lines = (" ".join(line.split()) for line in unescape(_TAG.sub(" ", text)).splitlines())
    return "\n".join(line for line in lines if line)
