"""Named errors of the evaluation: what can be wrong with data to measure by, and what to do next.

EvaluationError
├── MalformedData      malformed-data      a line or a field is not in its layout
├── NothingToMeasure   nothing-to-measure  no corpus, no question, or no judgement
├── NotComparable      not-comparable      two results answer different questions, or over different corpora
├── EndpointFailed     endpoint-failed     the endpoint to be measured gave no answers
└── ServerFailed       server-failed       the server to be measured did not start
"""

from __future__ import annotations

from sinkqa.ingest.errors import SinkQAError


class EvaluationError(SinkQAError):
    """Something is wrong with the evaluation data."""

    code = "evaluation-error"


class MalformedData(EvaluationError):
    """A line or a field is not in its layout."""

    code = "malformed-data"


class NothingToMeasure(EvaluationError):
    """There is no corpus, no question, or no judgement."""

    code = "nothing-to-measure"


class NotComparable(EvaluationError):
    """The two results have no question in common, or were found in different corpora."""

    code = "not-comparable"


class EndpointFailed(EvaluationError):
    """The endpoint to be measured answered no question, or not all of them."""

    code = "endpoint-failed"


class ServerFailed(EvaluationError):
    """The server to be measured did not start, or does not answer."""

    code = "server-failed"
