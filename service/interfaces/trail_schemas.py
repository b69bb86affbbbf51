"""Response models of trails, derived from the engine's own records."""

from __future__ import annotations

from sinkqa.service.interfaces.deriving import model_of
from sinkqa.service.interfaces.schemas import StandingOut
from sinkqa.service.references.resolution import Resolution
from sinkqa.service.references.trail import (
    CitingDocument,
    ClaimTrail,
    PolicyTrail,
    StatingPassage,
    Trail,
    TrailSubject,
)

__all__ = ["StandingOut", "TrailOut"]

ResolutionOut = model_of(Resolution, "ResolutionOut")
TrailSubjectOut = model_of(TrailSubject, "TrailSubjectOut")
StatingPassageOut = model_of(StatingPassage, "StatingPassageOut")
CitingDocumentOut = model_of(CitingDocument, "CitingDocumentOut")
PolicyTrailOut = model_of(PolicyTrail, "PolicyTrailOut")
ClaimTrailOut = model_of(ClaimTrail, "ClaimTrailOut")
TrailOut = model_of(Trail, "TrailOut")
