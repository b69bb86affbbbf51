"""Response models of trails, derived from the engine's own records."""

from __future__ import annotations

from sinkqa.service.interfaces.deriving import model_of
from sinkqa.service.interfaces.references_schemas import ResolutionOut
from sinkqa.service.interfaces.schemas import StandingOut
from sinkqa.service.references.trail import (
    ClaimTrail,
    NamedBy,
    PolicyTrail,
    StatingPassage,
    Trail,
    TrailSubject,
)

__all__ = ["ResolutionOut", "StandingOut", "TrailOut"]  # the first two must be made before

TrailSubjectOut = model_of(TrailSubject, "TrailSubjectOut")
StatingPassageOut = model_of(StatingPassage, "StatingPassageOut")
NamedByOut = model_of(NamedBy, "NamedByOut")
PolicyTrailOut = model_of(PolicyTrail, "PolicyTrailOut")
ClaimTrailOut = model_of(ClaimTrail, "ClaimTrailOut")
TrailOut = model_of(Trail, "TrailOut")
