"""Reads the field block at the top of a Markdown file."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Mapping

_BLOCK = re.compile(
    r"\A(?P<rule>---|\+\+\+)[ \t]*\r?\n(?P<body>.*?)^(?:(?P=rule)|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE
)
_JSON = re.compile(r"\A\{[ \t]*\r?\n.*?^\}[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)
_LINE = re.compile(r"([\w-]+)[ \t]*[:：][ \t]*(.*)")
_ENDED = re.compile(r"(?:\n[ \t]*\n|[.。;；!！?？)）*_])\s*\Z")  # a blank line, or the end of a sentence
_MAX_BLOCK = 65_536
# fmt: off
_KNOWN = frozenset({
    "title", "subtitle", "headline", "name", "date", "author", "authors", "year", "lang", "language", "locale",
    "issuer", "publisher", "institution", "jurisdiction", "url", "source_url", "official_url", "link", "permalink",
    "source", "digest_of", "place", "tags", "tag", "categories", "category", "keywords", "description", "summary",
    "abstract", "layout", "slug", "draft", "weight", "id", "type", "toc", "sidebar", "navbar", "nav", "order", "icon",
    "published", "published_time", "issued", "updated", "modified", "lastmod", "created", "license", "cover", "image",
    "aliases", "alias", "doi", "sidebar_position", "sidebar_label", "pagetitle", "head", "meta", "redirect_from",
    "标题", "题目", "作者", "日期", "发布日期", "来源", "标签", "分类", "机构",
})
# fmt: on
_CHINESE = {"标题": "title", "题目": "title", "作者": "author", "日期": "date", "发布日期": "date", "机构": "issuer"}


def split_fields(text: str) -> tuple[Mapping[str, object], str, list[str]]:
    """Returns the fields at the top of a text, with lower-case names, then the text below them, and warnings.

    A block counts as fields if most names are usual for pages, or if the first is. Otherwise text between two rules
    stays text. The forms are YAML, TOML between +++, and a JSON object.
    """
    text = text.removeprefix("\ufeff")
    found = _BLOCK.match(text) or _JSON.match(text)
    if found is None or found.end() > _MAX_BLOCK:
        return {}, text, []
    body = found.groupdict().get("body")
    fields, warnings = _read(found[0] if body is None else body, found.groupdict().get("rule") or "{")
    if fields is None or not _are_of_a_page(fields):
        return {}, _apart(text, found) if body is not None else text, []
    named = {str(name).lower(): value for name, value in fields.items()}
    return {_CHINESE.get(name, name): value for name, value in named.items()}, text[found.end() :], warnings


def _are_of_a_page(fields: Mapping[object, object]) -> bool:
    known = [str(name).lower() in _KNOWN for name in fields]
    return not known or known[0] or 2 * sum(known) > len(known)


def _read(body: str, form: str) -> tuple[Mapping[object, object] | None, list[str]]:
    import yaml

    parsers: dict[str, Callable[[str], object]] = {"{": json.loads, "+++": tomllib.loads, "---": yaml.safe_load}
    try:
        fields = parsers[form](body)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        lines = _as_they_stand(body) if form == "---" else None
        line = getattr(getattr(error, "problem_mark", None), "line", 0) + 2
        return lines, [f"the fields at the top are no valid YAML (line {line}); they are taken as they stand"]
    if fields is None:
        return {}, []
    return fields if isinstance(fields, dict) else None, []


def _as_they_stand(body: str) -> Mapping[object, object] | None:
    """Names and values of lines that a person reads as fields; None if a line is not one."""
    fields: dict[object, object] = {}
    for line in body.splitlines():
        if not line.strip() or line[0] in " \t-#":  # belongs to the field before
            continue
        found = _LINE.fullmatch(line.rstrip())
        if found is None:
            return None
        fields[found[1]] = found[2].strip("\"' ")
    return fields


def _apart(text: str, found: re.Match[str]) -> str:
    """The text with both rules set apart, so that the second makes no heading of the lines above it.

    It does make one of a short line alone above it, below others.
    """
    lines = found["body"].splitlines()
    if not all(map(str.strip, lines)) and not _ENDED.search(found["body"]):
        return text
    ends = "\n\n" if all(_LINE.match(line) for line in lines if line.strip()) else "\n"
    return f"---\n\n{ends.join(lines)}\n\n---\n\n{text[found.end() :]}"
