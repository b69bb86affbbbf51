"""Measures the labels of hand-written statements about documents: faithful statements and near misses."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from sinkqa.eval.answering.labelling import labelling
from sinkqa.eval.data.lines import read_lines, shorten
from sinkqa.eval.errors import MalformedData, NothingToMeasure
from sinkqa.eval.ranking.running import OnProgress, quiet
from sinkqa.index.models.encoder import Encoder
from sinkqa.service.grounding.guard import Label
from sinkqa.service.grounding.verifying import Entailment

STATEMENTS = Path(__file__).parents[1] / "questions" / "statements.tsv"
"""Our own statements. ``eval/questions/README.md`` describes them."""

Truth = Literal["supported", "contradicted", "unsupported"]

_LANGUAGE = re.compile(r"[a-z]{2}(-[a-z]{2})?")


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence about one document, and whether the document supports it.

    ``language``: of the statement, followed by a hyphen and the document's language if it differs. ``evidence``: the
    words of the document that decide the truth.
    """

    statement_id: str
    truth: Truth
    language: str
    document: str
    text: str
    evidence: str

    @property
    def group(self) -> str:
        """The language, or "across" if the document is in another language."""
        return "across" if "-" in self.language else self.language


@dataclass(frozen=True, slots=True)
class Labelled:
    """A statement with the label it was given."""

    statement: Statement
    given: Label

    @property
    def is_false_support(self) -> bool:
        """Whether a near miss was labelled supported. This must never happen."""
        return self.given == "supported" != self.statement.truth

    @property
    def is_missed(self) -> bool:
        """Whether a faithful statement was not labelled supported."""
        return self.statement.truth == "supported" != self.given


@dataclass(frozen=True, slots=True)
class Row:
    """How often each label was given to the statements of one truth and group. The group "all" has all of them."""

    truth: Truth
    group: str
    given: dict[Label, int]


def read_statements(path: Path = STATEMENTS) -> list[Statement]:
    """Reads the statements of a file, one a line with tabs between: id, truth, language, document, statement, evidence.

    Raises:
        FileMissing: no such file.
        MalformedData: a line does not have this layout, or two lines have the same id.
        NothingToMeasure: it has no statement.
    """
    found: dict[str, Statement] = {}
    for number, line in read_lines(path):
        statement = _statement(line)
        if statement is None or statement.statement_id in found:
            raise MalformedData(
                f"{path}:{number}: expected an id of its own, {' | '.join(get_args(Truth))}, a language (zh, zh-en), "
                f"a document, a statement and its evidence, parted by tabs; got {shorten(line)}"
            )
        found[statement.statement_id] = statement
    if not found:
        raise NothingToMeasure(f"{path}: expected statements, got none; check the file")
    return list(found.values())


def _statement(line: str) -> Statement | None:
    fields = [field.strip() for field in line.split("\t")]
    truth: Truth | None = next((each for each in get_args(Truth) if each in fields[1:2]), None)
    if len(fields) != 6 or not all(fields) or truth is None or not _LANGUAGE.fullmatch(fields[2]):
        return None
    return Statement(fields[0], truth, *fields[2:])


def label_statements(
    statements: Sequence[Statement],
    documents: Sequence[Path],
    judge: Entailment,
    encoder: Encoder,
    *,
    cache: Path | None = None,
    on_progress: OnProgress = quiet,
) -> list[Labelled]:
    """Labels each statement with ``judge`` over a library of ``documents``.

    Raises:
        NothingToMeasure: a statement is about a document that is not in the library.
        IngestError: a path holds no file.
    """
    found: list[Labelled] = []
    with labelling(documents, judge, encoder, cache=cache, on_progress=on_progress) as (library, labelled):
        held = {record.name for record in library.documents()}
        for each in statements:
            if each.document not in held:
                raise NothingToMeasure(
                    f"{each.statement_id} is about {each.document}, which is not in the library; give it as --document"
                )
        for each in statements:
            found.append(Labelled(each, labelled(each.text)))
            on_progress(len(found), len(statements), "judge")
    return found


def tally(labelled: Iterable[Labelled]) -> list[Row]:
    """Counts the labels. Each truth has a row for each group and one for all. "across" comes after the languages."""
    counts = Counter((each.statement.truth, group, each.given) for each in labelled for group in _groups(each))
    groups = sorted({group for _, group, _ in counts}, key=lambda group: (group == "all", group == "across", group))
    present = {(truth, group) for truth, group, _ in counts}
    return [
        Row(truth, group, {given: counts[truth, group, given] for given in get_args(Label)})
        for truth in get_args(Truth)
        for group in groups
        if (truth, group) in present
    ]


def _groups(labelled: Labelled) -> tuple[str, str]:
    return labelled.statement.group, "all"
