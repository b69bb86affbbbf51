"""Named errors of the last stage: what a caller of the engine can do something about.

SinkQAError
└── ServiceError
    ├── InvalidQuestion    invalid-question    nothing to ask, or far too much
    └── InvalidSetting     invalid-setting     a setting or option out of its range
"""

from __future__ import annotations

from ingest.errors import SinkQAError


class ServiceError(SinkQAError):
    """Root of the service's errors."""

    code = "service-error"


class InvalidQuestion(ServiceError):
    """The question holds no word, or is longer than any question."""

    code = "invalid-question"


class InvalidSetting(ServiceError):
    """A setting or an option is out of its stated range."""

    code = "invalid-setting"
