"""Renders Markdown dialects to markup: formulas, notes, boxes and Chinese emphasis."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import lru_cache
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_MAX_NESTING = 100
_MOST_OPENED = 2_000  # brackets of a line: the time of looking for the links grows with their square
_CODE_FENCE = re.compile(r"[ \t]{0,3}(`{3,}|~{3,})")
_LIST = (
    r"\{:?[ \t]*(?:[.#][\w:-]+|[\w-]+=(?:\"[^\"\n]*\"|'[^'\n]*'|[\w.%#-]+))"
    r"(?:[ \t]+(?:[.#][\w:-]+|[\w-]+=(?:\"[^\"\n]*\"|'[^'\n]*'|[\w.%#-]+)))*[ \t]*\}"
)
# Lines and marks that speak to a site generator, not to the reader: fences, @tab, [[toc]], {align="center"}.
_DIRECTIVE = re.compile(rf"[ \t]*(?:@tab\b.*|\[\[?_?toc_?\]?\]|{_LIST}|%%.*%%)[ \t]*", re.IGNORECASE)
_SUSPECT = re.compile(r"[{%@\[]|:::")
_FENCE = re.compile(rf"([ \t]*):{{3,}}[ \t]*(?:(?:[\w-]+[ \t]*)?(?:{_LIST})?)?[ \t]*(.*)")
_HEADING = re.compile(rf"([ \t]{{0,3}}#{{1,6}}[ \t].*?)[ \t]*{_LIST}[ \t]*#*[ \t]*")
_PICTURE = re.compile(rf"(!?\[[^\]\n]*\]\([^)\n]*\)){_LIST}")
_BOX = re.compile(r"([ \t]*>[ \t]*)\[!([\w-]+)\][+-]?[ \t]*(.*)")  # > [!NOTE]
_LETTERED = re.compile(
    r"(?:[a-z][.)]|\([a-z]{1,2}\)|\([ivx]+\))\s|（[一二三四五六七八九十\d]{1,3}）|[①-⑳]|[一二三四五六七八九十]{1,3}、"
)
_WIKI_LINK = re.compile(
    r"!?\[\[(?=[^\[\]\n]{0,200}[^\W\d_])([^\[\]|\n^#]{0,200})(#[^\[\]|\n]{0,200})?(?:\\?\|([^\[\]\n]{1,200}))?\]\](?!\()"
)
# fmt: off
_SIGNS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?<=[A-Za-z)\]])~([0-9A-Za-z+,.\-−]{1,8})~(?![0-9])"), "sub"),  # H~2~O, but not 10~20~30
    (re.compile(r"(?<=[0-9A-Za-z)\]])\^([0-9+\-−]{1,5}|n|[a-z]{2})\^(?![0-9])"), "sup"),
    (re.compile(r"(?<![=!<>A-Za-z0-9])==(?=[^\s=])([^=\n]+?)(?<=[^\s=])==(?![=A-Za-z0-9])"), "mark"),
)
# fmt: on
_STARS = re.compile(r"(?<![*A-Za-z0-9])\*\*(?!\*)|(?<!\*)\*\*(?![*A-Za-z0-9])")
_CJK = re.compile(
    "[\u1100-\u11ff\u2e80-\ua4cf\uac00-\ud7af\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff]"
)


def to_markup(text: str) -> str:
    """Renders Markdown. Formulas between dollar signs stay unchanged, dollar signs included."""
    return str(_parser().render(_without_directives(text)))


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt
    from mdit_py_plugins.admon import admon_plugin
    from mdit_py_plugins.amsmath import amsmath_plugin
    from mdit_py_plugins.dollarmath import dollarmath_plugin
    from mdit_py_plugins.footnote import footnote_plugin

    options = {"html": True, "maxNesting": _MAX_NESTING}
    parser = MarkdownIt("commonmark", options).enable(["table", "strikethrough"])
    parser.inline = _inline_parser()
    parser.configure("commonmark", options).enable(["table", "strikethrough"])
    parser.use(footnote_plugin).use(admon_plugin)
    parser.use(dollarmath_plugin, allow_space=False, allow_digits=False, double_inline=True).use(amsmath_plugin)
    parser.core.ruler.push("signs", _read_signs)
    for kind, form in _FORMULAS.items():
        parser.add_render_rule(kind, _as_it_stands(form))
    return parser


_FORMULAS = {
    "math_inline": "${}$", "math_inline_double": "$${}$$", "math_block": "<p>$${}$$</p>", "amsmath": "<p>{}</p>",
    "math_block_label": "<p>$${}$$ ({label})</p>",
}  # fmt: skip


def _as_it_stands(form: str) -> Callable[..., str]:
    def render(_renderer: object, tokens: Sequence[Token], index: int, *_: object) -> str:
        token = tokens[index]
        return form.format(escape(token.content, quote=False), label=escape(token.info, quote=False))

    return render


def _inline_parser() -> Any:
    """An inline parser that treats a Chinese character beside a mark of emphasis like a space.

    Source of the rule: the amendment "CJK-friendly emphasis" to CommonMark 0.31, section 6.2.
    """
    from markdown_it.parser_inline import ParserInline
    from markdown_it.rules_inline import StateInline
    from markdown_it.rules_inline.state_inline import Scanned

    class State(StateInline):
        def scanDelims(self, start: int, canSplitWord: bool) -> Scanned:
            end = start
            while end < self.posMax and self.src[end] == self.src[start]:
                end += 1
            before = _kind(self.src[start - 1] if start else " ")
            after = _kind(self.src[end] if end < self.posMax else " ")
            if (
                self.src[start] == "*"
                and self.src[start - 1 : start].isdecimal()
                and self.src[end : end + 1].isdecimal()
            ):
                return Scanned(False, False, end - start)  # 5*3 is a product
            opens = after != "space" and (after != "sign" or before != "letter")
            closes = before != "space" and (before != "sign" or after != "letter")
            return Scanned(
                opens and (canSplitWord or not closes or before == "sign"),
                closes and (canSplitWord or not opens or after == "sign"),
                end - start,
            )

    class Parser(ParserInline):
        def parse(self, src: str, md: MarkdownIt, env: Any, tokens: list[Token]) -> list[Token]:
            state = State(src, md, env, tokens)
            self.tokenize(state)
            for rule in self.ruler2.getRules(""):
                rule(state)
            return state.tokens

    return Parser()


def _kind(letter: str) -> str:
    """The kind of a character: "space", "cjk", "sign" (punctuation that is not Chinese) or "letter"."""
    if letter.isspace():
        return "space"
    if _CJK.match(letter):
        return "cjk"
    return "sign" if unicodedata.category(letter)[0] in "PS" else "letter"


def _without_directives(text: str) -> str:
    """The text without directives to a site generator; code is left alone."""
    lines: list[str] = []
    fence = ""
    for line in text.split("\n"):
        found = _CODE_FENCE.match(line)
        if found and (not fence or found[1].startswith(fence)):
            fence = "" if fence else found[1]
        elif not fence and _SUSPECT.search(line):
            line = _plain(line)
        if not fence and line.count("[") > _MOST_OPENED:
            line = line.replace("[", "\\[")
        lines.append(line)
    return "\n".join(lines)


def _plain(line: str) -> str:
    bare = line.rstrip("\r")
    if _DIRECTIVE.fullmatch(bare):
        return ""
    if found := _FENCE.fullmatch(bare):
        return f"\n{found[1]}{found[2]}\n" if found[2] else ""
    if found := _BOX.fullmatch(bare):
        return f"{found[1]}{found[3] or found[2].capitalize()}\n{found[1]}"
    if "{" not in bare:
        return line
    found = _HEADING.fullmatch(bare)
    return found[1] if found else _PICTURE.sub(r"\1", line)


def _read_signs(state: Any) -> None:
    """Raised, lowered and marked words, wiki links, and stars without a partner."""
    for token in state.tokens:
        if token.type != "inline" or not token.children:
            continue
        _part_items(token.children)
        texts = [child for child in token.children if child.type == "text"]
        whole = "".join(child.content for child in texts)
        lonely = len(_STARS.findall(whole))
        drop_stars = lonely > 1 and lonely % 2 == 0 and _CJK.search(whole) is not None
        for child in texts:
            if drop_stars:
                child.content = _STARS.sub("", child.content)
            markup = _marked_up(child.content)
            if markup is not None:
                child.type, child.content = "html_inline", markup


def _part_items(tokens: Sequence[Token]) -> None:
    """Separates two or more lines of a paragraph that have their own letters."""
    breaks = [
        token
        for token, following in pairwise(tokens)
        if token.type == "softbreak" and following.type == "text" and _LETTERED.match(following.content)
    ]
    for token in breaks if len(breaks) > 1 else ():
        token.type, token.tag = "hardbreak", "br"


def _marked_up(text: str) -> str | None:
    if not any(sign in text for sign in ("~", "^", "==", "[[")):
        return None
    markup = escape(_WIKI_LINK.sub(_link_text, text), quote=False)
    for form, tag in _SIGNS:
        markup = form.sub(rf"<{tag}>\1</{tag}>", markup)
    return markup


def _link_text(found: re.Match[str]) -> str:
    if found[0].startswith("!"):
        return ""
    return found[3] or found[1] or (found[2] or "").lstrip("#^")
