"""What every document must hold to, and short views of one for assertions."""

from __future__ import annotations

from sinkqa.ingest.document import Block, Document, Table


def assert_sound(document: Document) -> None:
    """Each non-space character stands in exactly one block; spans and pages are in order and within the text."""
    text = document.text
    owner = [0] * len(text)
    for block in document.blocks:
        assert block.spans
        for start, end in block.spans:
            assert 0 <= start < end <= len(text)
            assert not text[start].isspace() and not text[end - 1].isspace()
            for at in range(start, end):
                owner[at] += 1
        if block.table is not None:
            assert_table(block, block.table)
    for letter, times in zip(text, owner, strict=True):
        assert times <= 1
        assert times == 1 or letter.isspace()
    starts = [block.spans[0].start for block in document.blocks]
    assert starts == sorted(starts)
    assert document.pages[0].start == 0 and document.pages[-1].end == len(text)
    for page, following in zip(document.pages, document.pages[1:], strict=False):
        assert page.end == following.start


def assert_table(block: Block, table: Table) -> None:
    """Cells lie inside the block and the grid, and no two claim the same place."""
    whole = block.spans[0]
    taken = set()
    for cell in table.cells:
        for span in cell.spans:
            assert whole.start <= span.start < span.end <= whole.end
        for row in range(cell.row, cell.row + cell.row_span):
            for column in range(cell.column, cell.column + cell.column_span):
                assert (row, column) not in taken
                assert row < table.n_rows and column < table.n_columns
                taken.add((row, column))


def texts(document: Document, kind: str) -> list[str]:
    """Texts of all blocks of a kind."""
    return [spell(document, block) for block in document.blocks if block.kind == kind]


def headings(document: Document) -> list[tuple[int, str]]:
    """(level, text) of all headings."""
    return [(block.level, spell(document, block)) for block in document.blocks if block.kind == "heading"]


def tables(document: Document) -> list[Table]:
    """All tables."""
    return [block.table for block in document.blocks if block.table is not None]


def grid(document: Document, table: Table) -> dict[tuple[int, int], str]:
    """(row, column) → text of the cells that are not empty."""
    return {
        (cell.row, cell.column): " ".join(document.text[start:end] for start, end in cell.spans)
        for cell in table.cells
        if cell.spans
    }


def spell(document: Document, block: Block) -> str:
    """The text of a block."""
    return " … ".join(document.text[start:end] for start, end in block.spans)
