"""Applies a page's own style rules to its elements: hiding, striking, numbering."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

# fmt: off
_TRACKED = frozenset({
    "display", "visibility", "opacity", "font-size", "text-decoration-line", "list-style-type", "left", "top",
    "text-indent", "clip", "clip-path", "position", "color", "background-color", "content",
})
# fmt: on
_TELLING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|line-through|list-style|counters?\(|opacity\s*:\s*0|font-size\s*:\s*0|"
    r":\s*-\d{3,}(?:\.\d+)?(?:px|em|rem|pt)|clip(?:-path)?\s*:|(?<![-\w])color\s*:\s*(?:#fff|white|rgb)",
    re.IGNORECASE,
)
_ZERO = re.compile(r"[-+]?0*\.?0+(?:px|pt|em|rem|%)?")
_FAR_OFF = re.compile(r"-\d{3,}(?:\.\d+)?(?:px|pt|em|rem)|-\d{3,}%")
_CLIPPED = re.compile(r"rect\(\s*(?:0|1px)[\s,pxauto01]*\)|inset\(\s*(?:50|100)%.*\)")
_WHITE = re.compile(r"#fff(?:fff)?|white|rgb\(\s*255\s*,\s*255\s*,\s*255\s*\)")
_LIST_STYLE = re.compile(r"(?:upper|lower|cjk|simp|trad|japanese|korean|hiragana|katakana|arabic|decimal)[\w-]*|none|"
                         r"disc|circle|square|hebrew|armenian|georgian|\"[^\"]*\"|'[^']*'")  # fmt: skip
_BEFORE = re.compile(r"::?before\s*$")
_PASSING = re.compile(r":(?:hover|focus|active|visited|link|target|checked|open|focus-\w+|indeterminate)\b(?!-)|::")
_NAME = re.compile(r"[.#](-?[A-Za-z_][\w-]*)")
_NEGATED = re.compile(r":(?:not|is|where|has)\([^)]*\)|\[[^\]]*\]")
_NAMED = re.compile(r'\b(?:class|id)="([^"]*)"')
_SCREEN_PX = 1280  # width of the screen for which a page is read
_REVEALED = re.compile(r"\b(?:wow|aos\w*|animate\w*|fade\w*|reveal\w*|lazy\w*|slide\w*|scroll\w*)\b", re.IGNORECASE)
_MAX_RULES = 20_000
_MAX_SHEET = 1_000_000  # characters
_MAX_MATCHES = 100_000
_MAX_SELECTORS = 4_000  # those tried on the tree; a page of hostile rules must not hold up the library


class Look(NamedTuple):
    """The appearance of an element. ``hidden`` and ``struck`` apply to all of it.

    ``list_style`` is the CSS value or "".
    """

    hidden: bool = False
    struck: bool = False
    list_style: str = ""


_PLAIN = Look()
_Values = dict[str, tuple[tuple[bool, int, int, int], str]]  # property: (its weight in the cascade, value)
Attributes = Mapping[str, str | None]


class HtmlStyles:
    """The appearance of the elements below ``root``, from style sheets and the elements' own styles.

    Only simple rules for the screen count, and no rules for animation or the mouse. Style sheets in other files are
    unknown. ``has_rules``: one of the page's own rules hides, strikes or numbers something. Source of the cascade: CSS
    Cascading and Inheritance 4, section 6.
    """

    def __init__(self, root: LexborNode) -> None:
        self._values: dict[int, _Values] = {}
        self._before: dict[int, str] = {}
        self._matches = 0
        self._root = root
        self._has_ground = False
        sheets = [node for node in root.css("style") if _on_screen(node.attributes.get("media") or "")]
        texts = [text for node in sheets if _TELLING.search(text := node.text(deep=True))]
        if texts and sum(map(len, texts)) <= _MAX_SHEET:
            self._has_ground = any("background" in text for text in texts)
            self._match(root, _rules(tuple(texts)))
        self.has_rules = bool(self._values or self._before)

    def look(self, node: LexborNode, attributes: Attributes) -> Look:
        """Returns the appearance of an element, without the effects of its parents."""
        found = self._values.get(node.mem_id) if self._values else None
        style = attributes.get("style")
        if not found and not (style and _TELLING.search(style)):
            return _PLAIN
        values = dict(found or {})
        for name, (important, value) in _declared(style or "").items():
            _put(values, name, (important, 1, 0, 0), value)
        return self._look_of({name: value for name, (_, value) in values.items()}, node, attributes)

    def before(self, node: LexborNode) -> str:
        """Returns the counter text that a rule sets before an element, as ``"(" counter(c) ")"``; "" if none does."""
        return self._before.get(node.mem_id, "")

    def _match(self, root: LexborNode, rules: Sequence[tuple[str, Mapping[str, tuple[bool, str]]]]) -> None:
        """Applies rules that hide, strike or number something, then those that undo this for the same elements."""
        tried = 0
        present = _names_in(root)
        for selectors, values in rules:
            if "counter" in values.get("content", (False, ""))[1]:
                self._count(root, selectors, values["content"][1])
        for telling in (True, False):
            at_stake = {name for values in self._values.values() for name in values}
            for order, (selectors, values) in enumerate(rules):
                if _is_telling(values) is not telling or not (telling or at_stake.intersection(values)):
                    continue
                for selector in _simple(selectors):
                    if "\\" not in selector and not present.issuperset(_NAME.findall(_NEGATED.sub("", selector))):
                        continue
                    tried += 1
                    if tried > _MAX_SELECTORS or self._matches > _MAX_MATCHES:
                        return
                    self._apply(root, selector, values, order, new=telling)

    def _count(self, root: LexborNode, selectors: str, content: str) -> None:
        for selector in selectors.split(","):
            bare = _BEFORE.sub("", selector.strip())
            if bare != selector.strip() and not _PASSING.search(bare):
                self._before.update((node.mem_id, content) for node in _selected(root, bare))

    def _apply(
        self, root: LexborNode, selector: str, values: Mapping[str, tuple[bool, str]], order: int, *, new: bool
    ) -> None:
        rank = _specificity(selector)
        selected = _selected(root, selector)
        self._matches += len(selected)
        for node in selected:
            if new or node.mem_id in self._values:
                kept = self._values.setdefault(node.mem_id, {})
                for name, (important, value) in values.items():
                    _put(kept, name, (important, 0, rank, order), value)

    def _look_of(self, values: Mapping[str, str], node: LexborNode, attributes: Attributes) -> Look:
        faded = _ZERO.fullmatch(values.get("opacity", "1")) is not None or values.get("visibility") == "hidden"
        hidden = (
            values.get("display") == "none"
            or values.get("visibility") == "collapse"
            or (faded and not _REVEALED.search(attributes.get("class") or ""))
            or (_ZERO.fullmatch(values.get("font-size", "1")) is not None and not _has_elements(node))
            or _is_off_screen(values)
            or (self._is_white(values) and not self._is_on_a_ground(node))
        )
        return Look(hidden, "line-through" in values.get("text-decoration-line", ""), values.get("list-style-type", ""))

    def _is_white(self, values: Mapping[str, str]) -> bool:
        return _WHITE.fullmatch(values.get("color", "")) is not None and "background-color" not in values

    def _is_on_a_ground(self, node: LexborNode) -> bool:
        """Whether white text may be on a dark ground, as far as the page itself shows."""
        return self._has_ground or _is_painted(node) or self._root.css_first("link[rel=stylesheet]") is not None


def _names_in(root: LexborNode) -> set[str]:
    """Every class and id of a page. A selector that needs another one selects nothing."""
    named = _NAMED.findall(root.html or "")
    return {name for names in named for name in names.split()}


def _put(values: _Values, name: str, weight: tuple[bool, int, int, int], value: str) -> None:
    if name not in values or values[name][0] <= weight:
        values[name] = (weight, value)


def _is_off_screen(values: Mapping[str, str]) -> bool:
    placed = values.get("position") in ("absolute", "fixed")
    if placed and any(_FAR_OFF.fullmatch(values.get(side, "")) for side in ("left", "top")):
        return True
    clipped = any(_CLIPPED.fullmatch(values.get(name, "")) for name in ("clip", "clip-path"))
    return (placed and clipped) or _FAR_OFF.fullmatch(values.get("text-indent", "")) is not None


def _is_painted(node: LexborNode) -> bool:
    """Whether an element has its own background colour, as far as attributes show."""
    parent: LexborNode | None = node
    while parent is not None:
        attributes = parent.attributes
        if "bgcolor" in attributes or "background" in (attributes.get("style") or "") or "background" in attributes:
            return True
        parent = parent.parent
    return False


def _has_elements(node: LexborNode) -> bool:
    child = node.child
    while child is not None:
        if child.is_element_node and child.tag != "br":
            return True
        child = child.next
    return False


@lru_cache(maxsize=16)  # the pages of one site share a style sheet
def _rules(texts: tuple[str, ...]) -> Sequence[tuple[str, Mapping[str, tuple[bool, str]]]]:
    """(selectors, values) of all rules for a screen, in order; none of a sheet nested absurdly deep."""
    try:
        return list(islice(_rules_in(texts), _MAX_RULES))
    except RecursionError:
        return ()


def _rules_in(texts: Sequence[str]) -> Iterator[tuple[str, Mapping[str, tuple[bool, str]]]]:
    import tinycss2

    todo: list[Any] = []
    for text in reversed(texts):
        todo += reversed(tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True))
    while todo:
        rule = todo.pop()
        if rule.type == "qualified-rule":
            if values := _declared(tinycss2.serialize(rule.content)):
                yield tinycss2.serialize(rule.prelude).strip(), values
        elif rule.type == "at-rule" and rule.content and _holds(rule):
            todo += reversed(tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True))


def _holds(rule: Any) -> bool:
    import tinycss2

    if rule.lower_at_keyword == "media":
        return _on_screen(tinycss2.serialize(rule.prelude))
    return rule.lower_at_keyword in ("supports", "layer")


def _on_screen(media: str) -> bool:
    """Whether a list of media queries matches a wide colour screen."""
    return not media.strip() or any(_query_holds(query.strip().lower()) for query in media.split(","))


def _query_holds(query: str) -> bool:
    parts = re.split(r"\s+and\s+", query.removeprefix("only "))
    return all(part in ("all", "screen") or _feature_holds(part) for part in parts)


def _feature_holds(part: str) -> bool:
    found = re.fullmatch(r"\(\s*(min|max)-width\s*:\s*([\d.]+)(px|em|rem)\s*\)", part)
    if found is None:
        return False
    width = float(found[2]) * (1 if found[3] == "px" else 16)
    return width <= _SCREEN_PX if found[1] == "min" else width >= _SCREEN_PX


@lru_cache(maxsize=4096)
def _declared(text: str) -> Mapping[str, tuple[bool, str]]:
    """The tracked properties of a declaration block: whether each is important, and its value in lower case."""
    import tinycss2

    values: dict[str, tuple[bool, str]] = {}
    for item in tinycss2.parse_blocks_contents(text, skip_comments=True, skip_whitespace=True):
        if item.type != "declaration":
            continue
        try:
            written = tinycss2.serialize(item.value).strip().lower()
        except RecursionError:  # brackets nested absurdly deep
            continue
        name, value = _longhand(item.lower_name, written)
        if name in _TRACKED and (item.important or not values.get(name, (False,))[0]):
            values[name] = (item.important, value)
    return values


def _longhand(name: str, value: str) -> tuple[str, str]:
    if name == "text-decoration":
        return "text-decoration-line", value
    if name == "list-style":
        found = _LIST_STYLE.search(value)
        return "list-style-type", found[0] if found else ""
    return ("background-color", value) if name in ("background", "background-image") else (name, value)


def _is_telling(values: Mapping[str, tuple[bool, str]]) -> bool:
    return any(_TELLING.search(f"{name}:{value}") for name, (_, value) in values.items())


def _simple(selectors: str) -> Iterator[str]:
    """The selectors of a list that do not depend on the user's actions."""
    for selector in re.split(r",(?![^(\[]*[)\]])", selectors):
        if selector.strip() and not _PASSING.search(selector):
            yield selector.strip()


def _selected(root: LexborNode, selector: str) -> Sequence[LexborNode]:
    from selectolax.lexbor import SelectolaxError

    try:
        return root.css(selector)
    except (SelectolaxError, ValueError):  # a selector that the parser does not know
        return ()


def _specificity(selector: str) -> int:
    """Weight of a selector: names, then classes, attributes and states, then tags."""
    names = len(re.findall(r"#[\w-]+", selector))
    classes = len(re.findall(r"\.[\w-]+|\[[^\]]*\]|:(?!not|is|where)[\w-]+", selector))
    tags = len(re.findall(r"(?:^|[\s>+~(])[A-Za-z][\w-]*", selector))
    return 10_000 * names + 100 * classes + tags
