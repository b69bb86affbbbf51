"""Writes a draft as Markdown."""

from __future__ import annotations

from sinkqa.eval.roundtrip.drafting import Draft, grouped
from sinkqa.eval.roundtrip.truth import Excluded, Grid, Heading, ListItem, Piece, Text, TextRun, Truth, truth_of

_RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def write_markdown(draft: Draft) -> tuple[bytes, Truth]:
    """Writes a draft as Markdown. Returns the file and its truth."""
    writer, truth = _MarkdownWriter(draft), truth_of(draft.pieces)
    parts = [writer.set(piece) for piece in grouped(draft.pieces)]
    parts += [f"[^{mark}]: {text}" for mark, text in writer.notes]
    if "comments" in draft.dress:
        secret = draft.words.either("ask counsel about this", "请法务复核此处")
        parts.insert(3, f"<!-- {secret} -->")
        truth.excluded.append(Excluded(secret, "comments"))
    if "front matter" in draft.dress:
        issuer, title = draft.words.pick("body"), draft.words.title()
        parts.insert(0, f"---\ntitle: {title}: {issuer}\nauthor: {issuer}\n---")
        truth.allowed += [title, issuer]
    if "rules at the top" in draft.dress:
        lead = next(piece for piece in draft.pieces if isinstance(piece, Text))
        first = next(place for place, part in enumerate(parts) if part == writer.set(lead))
        parts = ["---", parts.pop(first), "---", *parts]
        at = next(place for place, unit in enumerate(truth.units) if unit.role == "paragraph")
        truth.units.insert(0, truth.units.pop(at))
    return "\n\n".join(parts).encode(), truth


class _MarkdownWriter:
    def __init__(self, draft: Draft) -> None:
        self.draft, self.notes = draft, list[tuple[str, str]]()
        self.raising = draft.pick("letters", "html", "tex")

    def set(self, piece: Piece | list[ListItem]) -> str:
        """One piece, or a list."""
        if isinstance(piece, Heading):
            return f"{'#' * (piece.level + 1)} {piece.text}"
        if isinstance(piece, Text):
            self.notes += [note for note in piece.notes if note not in self.notes]
            text = "".join(self._of(run) for run in piece.runs)
            return f"> {text}" if "quotes" in self.draft.dress and piece.kind == "plain" else text
        if isinstance(piece, list):
            return self._list(piece)
        return self._grid(piece) if isinstance(piece, Grid) else ""

    def _of(self, run: TextRun) -> str:
        text = run.text
        if run.form == "raised":
            return {"letters": text.translate(_RAISED), "html": f"<sup>{text}</sup>", "tex": f"$^{{{text}}}$"}[
                self.raising
            ]
        if run.form == "lowered":
            return f"<sub>{text}</sub>" if self.raising == "html" else text.translate(_LOWERED)
        if run.form == "fraction":
            top, bottom = text.split("/")
            return f"$\\frac{{{top}}}{{{bottom}}}$" if self.raising == "tex" else text
        forms = {"struck": "~~{}~~", "bold": "**{}**", "mark": "[^{}]"}
        return forms.get(run.form, "{}").format(text)

    def _list(self, items: list[ListItem]) -> str:
        lines = []
        for each in items:
            native = each.style == "decimal" and each.around == "%1."
            text = "".join(self._of(run) for run in each.runs)
            lines.append(f"{'   ' * (each.depth - 1)}{each.mark} {text}{'' if native else '  '}")
        return "\n".join(lines) if all(line[-1] != " " for line in lines) else "\n\n".join(lines)

    def _grid(self, piece: Grid) -> str:
        cells = {(place.row, place.column): place.text for place in piece.places}
        rows = [
            f"| {' | '.join(cells.get((row, column), '') for column in range(piece.n_columns))} |"
            for row in range(piece.n_rows)
        ]
        rows.insert(1, "|" + " --- |" * piece.n_columns)
        return "\n\n".join(part for part in (piece.caption, piece.unit, "\n".join(rows), piece.remark) if part)
