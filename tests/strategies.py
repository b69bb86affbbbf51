"""Hypothesis strategies named by what they make: hostile_text(), documents(), passages()."""

from __future__ import annotations

from hypothesis import strategies as st

from sinkqa.ingest.document import Block, Cell, Document, Metadata, Page, Span, Table
from sinkqa.ingest.passage import Passage
from sinkqa.ingest.splitting.splitter import split

_SNIPPETS = (
    "森林是陆地上最大的碳库。",
    "草原恢复面积为 3.5 万公顷，占 12%的目标。",
    "《湿地办法》第九条规定：“不得填埋！违者受罚。”",
    "（一）种树；（二）护林；",
    "Forests store carbon. See Art. 9 and No. 12 (2020).",
    "long-\nterm stor-\nage of car⁃\nbon, soft\u00adhyphen",
    "森林の炭素を測る。「計画。」を定める。",
    "林業碳匯⼈⻋",
    "line\r\nbreak\r\n\r\nnext\u2028line",
    "e\u0301 n\u0303 \u1112\u1161\u11ab ｶﾞ İ ﷺ",
    "𠀀𠀁😀👩\u200d🌾",
    "\x00\x01\x7f\ufeff\u200b",
    "\ud800\udc00",
    "  \t\u3000\u00a0 ",
    "((((“““《《《",
    "...!!!。。。；；；",
    "x" * 70,
    "碳" * 90,
)


def hostile_text(max_size: int = 12) -> st.SearchStrategy[str]:
    """Mixed scripts, surrogates, combining marks, controls, hyphens and line ends, unbalanced brackets, long words."""
    piece = st.sampled_from(_SNIPPETS) | st.text(max_size=20) | st.characters(codec=None)
    return st.lists(piece, max_size=max_size).map("".join)


class _Writer:
    """Lays pieces of text down one after the other and remembers where."""

    def __init__(self) -> None:
        self.text = ""
        self.blocks: list[Block] = []

    def put(self, text: str, gap: str = "\n") -> Span:
        start = len(self.text)
        self.text += text + gap
        return Span(start, start + len(text))


@st.composite
def _tables(draw: st.DrawFn, writer: _Writer) -> Block:
    texts = st.lists(hostile_text(2), max_size=2)
    rows, columns = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    first = len(writer.text)

    def spans() -> tuple[Span, ...]:
        return tuple(writer.put(text) for text in draw(texts))

    caption = spans()
    cells = []
    for row in range(rows):
        for column in range(columns):
            tall = draw(st.integers(1, 2)) if column == 0 else 1
            cells.append(Cell(row, column, spans(), row_span=tall))
    table = Table(
        cells=tuple(cells),
        n_rows=rows,
        n_columns=columns,
        header_rows=draw(st.integers(0, 1)),
        label_columns=draw(st.integers(0, columns)),
        caption=caption,
        notes=spans(),
        loose=spans(),
        label=draw(st.none() | st.just("表1")),
    )
    return Block("table", (Span(first, len(writer.text)),), table=table)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """Documents of any structure over hostile text: sections, lists, tables, footnotes inside paragraphs, furniture."""
    writer = _Writer()
    kinds = ("heading", "paragraph", "paragraph", "list_item", "table", "caption", "footnote", "furniture")
    for kind in draw(st.lists(st.sampled_from(kinds), max_size=12)):
        if kind == "table":
            writer.blocks.append(draw(_tables(writer)))
            continue
        spans = [writer.put(draw(hostile_text()))]
        if draw(st.integers(0, 4)) == 0:  # interrupted, as by the foot of a page
            writer.blocks.append(Block("footnote", (writer.put(draw(hostile_text(3))),)))
            spans.append(writer.put(draw(hostile_text(4))))
        writer.blocks.append(Block(kind, tuple(spans), level=draw(st.integers(0, 3))))
    blocks = draw(st.permutations(writer.blocks)) if draw(st.integers(0, 9)) == 0 else writer.blocks
    border = draw(st.integers(0, len(writer.text)))
    return Document(
        name="generated",
        content=writer.text.encode("utf-8", "surrogatepass"),
        media_type="text/plain",
        text=writer.text,
        pages=(Page(1, 0, border), Page(2, border, len(writer.text))),
        blocks=tuple(blocks),
        metadata=Metadata(language=draw(st.sampled_from((None, "zh", "en", "ja")))),
    )


@st.composite
def passages(draw: st.DrawFn) -> Passage:
    """Passages as the splitter makes them."""
    return draw(st.sampled_from(draw(documents().map(split).filter(bool))))
