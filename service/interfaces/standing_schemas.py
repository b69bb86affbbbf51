"""Models of the standing of a document."""

from __future__ import annotations

from sinkqa.service.interfaces.deriving import model_of
from sinkqa.service.references.standings import DocumentStanding

DocumentStandingOut = model_of(DocumentStanding, "DocumentStandingOut")
