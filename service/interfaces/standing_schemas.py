"""Models of the standing of a document, and of the date that it is asked for."""

from __future__ import annotations

import datetime
import re
from typing import Annotated

from pydantic import BeforeValidator, Field

from sinkqa.service.interfaces.deriving import model_of
from sinkqa.service.references.standings import DocumentStanding

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def as_date(given: object) -> object:
    """A whole date in digits, and neither a number nor a time: pydantic would take these for dates too."""
    if given is None or (isinstance(given, str) and _DATE.fullmatch(given)):
        return given
    raise ValueError("expected a date as YYYY-MM-DD")


AsOf = Annotated[
    datetime.date | None,
    BeforeValidator(as_date),
    Field(description="The day that is asked about, as YYYY-MM-DD; default: today.", examples=["2024-05-01"]),
]
DocumentStandingOut = model_of(DocumentStanding, "DocumentStandingOut")
