"""Measures rankings against judgements with ir-measures. Every judged query gets a value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sinkqa.eval.data.trec import Qrels, ScoredDoc

MEASURES = ("nDCG@10", "R@5", "R@20", "RR@10")
LOWER_IS_BETTER = ("wrong-document citations", "unanswerable answered", "length")
"""The measures for which less is better, including those of answers."""


def measure(
    qrels: Qrels, run: Mapping[str, Sequence[ScoredDoc]], *, measures: Sequence[str] = MEASURES
) -> dict[str, dict[str, float]]:
    """Returns values, 0..1, by measure and judged query. A judged query without results scores 0.

    The order of the ranking counts. trec_eval would instead order equal scores by document id.

    Raises:
        ValueError: ir-measures knows no such measure.
    """
    import ir_measures as ir

    try:
        wanted = [ir.parse_measure(name) for name in measures]
    except (NameError, ValueError, SyntaxError) as error:
        raise ValueError(f"expected measures of ir-measures such as nDCG@10, got {measures}") from error
    values = {str(each): dict.fromkeys(qrels, 0.0) for each in wanted}
    judged = [ir.Qrel(query, doc, rel) for query, docs in qrels.items() for doc, rel in docs.items()]
    found = [
        ir.ScoredDoc(query, each.doc_id, -float(rank))
        for query, ranking in run.items()
        if query in qrels
        for rank, each in enumerate(ranking)
    ]
    if judged and found:
        for metric in ir.iter_calc(wanted, judged, found):
            values[str(metric.measure)][metric.query_id] = metric.value
    return values
