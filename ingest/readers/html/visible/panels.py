"""Finds closed panels of a page, which a control opens, and hidden parts that nobody sees.

A closed panel is content, because the user can open it: an answer under its question, a tab, a folded annex. Hidden
text without a control is not content.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

Attributes = Mapping[str, str | None]

_CONTROLS = "[aria-controls],[data-target],[data-bs-target],a[href^='#'],[onclick]"
_TARGETS = ("aria-controls", "data-target", "data-bs-target", "href")
_QUOTED = re.compile(r"""["']#?([\w:.-]+)["']""")
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_PASSING_ROLES = frozenset({"dialog", "alertdialog", "menu", "menubar", "tooltip", "listbox", "alert", "status"})
_PASSING = re.compile(
    r"modal.*|.*-modal|dialog.*|popup.*|pop-?over.*|lightbox.*|overlay.*|off-?canvas.*|tool-?tip.*|drop-?down.*|toast.*|"
    r".*cookie.*|print(?:-only)?|.*-menu|snackbar.*"
)
_UNSEEN = re.compile(r"sr-only|visually-?hidden|screen-?reader(?:-\w+)*|a11y-hidden|u-hidden-visually|assistive-text")
_CLOSED = re.compile(r"d-none|hidden|is-hidden|u-hidden|hide|modal")
_SHOWN = re.compile(r"show|in|open|is-(?:open|active)|(?:d-(?:sm|md|lg|xl)-|(?:sm|md|lg|xl):)(?!none|hidden)[\w-]+")
_FOLDS = re.compile(
    r"(?<![a-z])(?:accordion|collaps|toggl|expand|disclos|spoiler|trigger|"
    r"(?:fold(?:ed|able)?|faqs?|question|tabs?|panels?)(?![a-z]))",
    re.IGNORECASE,
)
_SAYS_NOTHING = re.compile(
    r"(?:show|read|view|see|learn|load)?\s*(?:more|less|all|details?|answers?)|expand(?: all)?|collapse(?: all)?|"
    r"toggle.*|open|close|menu|next|previous|copy|edit|search|share|print|×|展开.*|收起.*|折叠.*|更多|查看.{0,4}|显示.{0,4}|关闭|打开|"
    r"[\W\d_]*",
    re.IGNORECASE,
)
_MORE = re.compile(
    r"(?:(?:read|show|see|view|load)\s+)?(?:more|all|the rest|full text)\s*[…»>.]*|"
    r"展开.{0,4}|(?:查看|阅读|显示)?(?:全文|更多|全部)",
    re.IGNORECASE,
)
_MAX_TITLE = 200
_MAX_DECORATION = 40  # characters; a longer part that is kept from screen readers is no ornament
_MAX_WRAPPED = 4  # elements round a control that hold nothing else
_PANEL_TAGS = frozenset({"div", "section", "ul", "ol", "p", "dl", "table", "article", "dd"})
_PHRASING = frozenset({"span", "i", "b", "em", "strong", "a", "svg", "img", "small", "sup", "sub"})


class Controls:
    """The controls of a page, and the part that each opens. They are looked up only if a page has a closed part."""

    def __init__(self, root: LexborNode) -> None:
        self._root = root
        self._by_target: dict[str, LexborNode] | None = None
        self._fields: dict[str, LexborNode] | None = None

    def opener(self, node: LexborNode, attributes: Attributes) -> LexborNode | None:
        """Returns the control that opens a closed part: one that names the part, or one right before it."""
        if _is_passing(node.tag or "", attributes):
            return None
        return self._named(node, attributes) or _before(node) or _after(node)

    def title_of(self, node: LexborNode, attributes: Attributes) -> LexborNode | None:
        """Returns the control whose words are the heading of a part, if nothing else on the page gives that heading."""
        control = self._named(node, attributes)
        if control is None or _is_heading(control) or _beside(control) == node:
            return None
        title = _words(control)
        first = node.css_first("h1,h2,h3,h4,h5,h6")
        return None if not says_something(title) or (first is not None and _words(first) == title) else control

    def field(self, name: str) -> LexborNode | None:
        """The field of a form that has this id."""
        if self._fields is None:
            fields = self._root.css("input[id],select[id],textarea[id]")
            self._fields = {field.attributes.get("id") or "": field for field in fields}
        return self._fields.get(name)

    def is_labelled(self, field: LexborNode) -> bool:
        """Whether something on the page labels a field."""
        if field.parent is not None and field.parent.tag in ("label", "td", "th", "p", "li", "dd"):
            return True
        before = field.prev
        if before is not None and (
            before.tag == "label" or (before.is_text_node and (before.text_content or "").strip())
        ):
            return True
        name = field.attributes.get("id")
        if name is None or not re.fullmatch(r"[\w-]+", name):
            return False
        return self._root.css_first(f'label[for="{name}"]') is not None

    def _named(self, node: LexborNode, attributes: Attributes) -> LexborNode | None:
        if self._by_target is None:
            self._by_target = {}
            for control in self._root.css(_CONTROLS):
                for target in _targets(control.attributes):
                    self._by_target.setdefault(target, control)
        found = self._by_target.get(attributes.get("id") or "")
        return found or (_tab_of(node) if attributes.get("role") == "tabpanel" else None)


def is_closed(tag: str, attributes: Attributes) -> bool:
    """Whether an element's own attribute says that it is not shown."""
    if "hidden" in attributes:
        return (attributes.get("hidden") or "").lower() != "until-found"
    return attributes.get("aria-hidden") == "true" or (tag == "dialog" and "open" not in attributes)


def closing_name(classes: Sequence[str]) -> bool:
    """Whether well-known classes say that an element is not shown."""
    if hearing_name(classes):
        return True
    return any(map(_CLOSED.fullmatch, classes)) and not any(map(_SHOWN.fullmatch, classes))


def hearing_name(classes: Sequence[str]) -> bool:
    """Whether well-known classes say that an element is for screen readers alone."""
    return any(map(_UNSEEN.fullmatch, classes))


def is_panel(attributes: Attributes) -> bool:
    """Whether an element may be a part that a control elsewhere opens."""
    if attributes.get("role") == "tabpanel":
        return True
    return "id" in attributes and (
        "hidden" in attributes or "style" in attributes or attributes.get("role") == "region"
    )


def is_decoration(node: LexborNode, tag: str, attributes: Attributes) -> bool:
    """Whether an element is decoration hidden from screen readers: an icon, a second form of a formula."""
    if attributes.get("aria-hidden") != "true":
        return False
    return tag in _PHRASING or len(node.text(deep=True).strip()) < _MAX_DECORATION


def panel_of(node: LexborNode, attributes: Attributes) -> LexborNode | None:
    """Returns the part after a button or a label that may open it, if its words name a part."""
    if "aria-haspopup" in attributes or not says_something(_words(node)):
        return None
    panel = _beside(node)
    if panel is None or panel.tag not in _PANEL_TAGS or _is_passing(panel.tag or "", panel.attributes):
        return None
    return None if panel.attributes.get("role") == "navigation" else panel


def folds(control: LexborNode) -> bool:
    """Whether the control's own attributes say that it opens and closes a part."""
    attributes = control.attributes
    says = " ".join(filter(None, map(attributes.get, ("class", "data-toggle", "data-bs-toggle", "role"))))
    return "aria-expanded" in attributes or _FOLDS.search(says) is not None


def says_something(title: str) -> bool:
    """Whether a control's words name a part instead of an action."""
    return 2 <= len(title) <= _MAX_TITLE and _SAYS_NOTHING.fullmatch(title) is None


def _is_passing(tag: str, attributes: Attributes) -> bool:
    """Whether an element only appears briefly: a dialogue, a menu, a hint."""
    if tag == "dialog" or attributes.get("role") in _PASSING_ROLES:
        return True
    names = [*(attributes.get("class") or "").lower().split(), (attributes.get("id") or "").lower()]
    return any(map(_PASSING.fullmatch, names))


def _targets(attributes: Attributes) -> list[str]:
    named = [target for key in _TARGETS for target in (attributes.get(key) or "").split()]
    return [*(target.removeprefix("#") for target in named), *_QUOTED.findall(attributes.get("onclick") or "")]


def _tab_of(panel: LexborNode) -> LexborNode | None:
    """The tab of a panel: if there are as many tabs as panels, the one at the panel's position."""
    parent = panel.parent
    for _ in range(_MAX_WRAPPED):
        if parent is None:
            return None
        tabs, panels = parent.css("[role=tab]"), parent.css("[role=tabpanel]")
        if tabs:
            places = [other.mem_id for other in panels]
            return tabs[places.index(panel.mem_id)] if len(tabs) == len(panels) else tabs[0]
        parent = parent.parent
    return None


def _after(node: LexborNode) -> LexborNode | None:
    """The control right after a part that is folded at the end of a text: "read more"."""
    parent = node.parent
    after = _beside(node)
    if after is None and parent is not None and parent.tag == "p" and _is_last(node):
        after = _beside(parent)
    if after is None or after.tag not in ("button", "a", "span"):
        return None
    return after if _MORE.fullmatch(_words(after)) else None


def _is_last(node: LexborNode) -> bool:
    after = node.next
    return after is None or (after.next is None and not (after.text_content or "").strip())


def _heads_a_row_of_panels(heading: LexborNode, panel: LexborNode) -> bool:
    """Whether a heading is one of several that each precede a part of the same kind."""
    parent = panel.parent
    kind = (panel.tag, panel.attributes.get("class"), "hidden" in panel.attributes)
    count = 0
    for other in _elements(parent) if parent is not None else ():
        following = _beside(other) if other.tag == heading.tag else None
        if following is not None:
            attributes = following.attributes
            count += (following.tag, attributes.get("class"), "hidden" in attributes) == kind
    return count > 1


def _elements(parent: LexborNode) -> list[LexborNode]:
    return [child for child in parent.iter() if child.is_element_node]


def _before(node: LexborNode) -> LexborNode | None:
    """The control right before a closed part, or right after a part that is folded inside a text."""
    parent = node.parent
    if parent is not None and parent.tag == "details":
        return parent
    before = _beside(node, forward=False)
    if before is None:
        return None
    if before.tag in ("button", "summary", "label") or (before.tag != "details" and _ends_in_control(before, node)):
        return before
    names = " ".join(
        filter(None, (part.attributes.get("class") for part in (before, node, parent) if part is not None))
    )
    is_head = before.tag in (*_HEADINGS, "dt", "a", "p", "div", "header") and len(_words(before)) <= _MAX_TITLE
    attributes = before.attributes
    acts = "onclick" in attributes or "aria-expanded" in attributes or attributes.get("role") in ("button", "tab")
    if is_head and (acts or _FOLDS.search(names)):
        return before
    return before if before.tag in _HEADINGS and _heads_a_row_of_panels(before, node) else None


def _ends_in_control(head: LexborNode, panel: LexborNode) -> bool:
    """Whether a short part holds a control that opens no part inside it."""
    control = head.css_first("button,[role=button]")
    return control is not None and len(_words(head)) <= _MAX_TITLE and _beside(control) in (None, panel)


def _beside(node: LexborNode, *, forward: bool = True) -> LexborNode | None:
    """The next or previous element. For a control alone in its parent, that of the parent."""
    for _ in range(_MAX_WRAPPED):
        found = node.next if forward else node.prev
        while found is not None and not found.is_element_node:
            if found.is_text_node and (found.text_content or "").strip():
                return None
            found = found.next if forward else found.prev
        parent = node.parent
        if found is not None or not forward or parent is None or parent.tag == "body" or _words(parent) != _words(node):
            return found
        node = parent
    return None


def _is_heading(node: LexborNode) -> bool:
    parent: LexborNode | None = node
    for _ in range(4):
        if parent is None:
            return False
        if parent.tag in _HEADINGS or parent.tag in ("summary", "dt") or parent.attributes.get("role") == "heading":
            return True
        parent = parent.parent
    return False


def _words(node: LexborNode) -> str:
    return " ".join(node.text(deep=True).split())
