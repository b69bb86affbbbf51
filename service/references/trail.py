"""Defines a trail: from a claim to the passages that state it, the policies they name, and the clauses of these.

Each field's ``Annotated`` type carries a text that describes the field, here and in the OpenAPI document.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from sinkqa.service.answer import Citation, Standing, plain
from sinkqa.service.grounding.guard import Finding
from sinkqa.service.references.resolution import Resolution

SubjectKind = Literal["claim", "passage", "document"]
Nearness = Literal["claim", "row", "sentence", "paragraph", "section", "itself", "document"]
PolicyLabel = Literal["supported", "likely", "partly", "contradicted", "silent", "missing", "untested", "named"]
StatingLabel = Literal["supported", "likely", "partly", "contradicted", "near"]
TrailEnd = Literal["supported", "likely", "partly", "contradicted", "silent", "missing", "untested", "unnamed"]

_NEARNESS = (
    "Where the policy is named: in the `claim`, in the same `row` of a table, `sentence`, `paragraph` or `section` as "
    "the passage that states the claim; `itself`: the passage stands in the policy; `document`: anywhere in it."
)
_LABEL = (
    "`supported`: whole sentences of the policy say it. `likely`: a clause comes near in other words or in another "
    "language, and has all amounts, years and names and nothing that turns the meaning: read it. `partly`: a clause "
    "is near, but does not bear out the elements in `findings`. `contradicted`: a clause says otherwise. `silent`: the "
    "policy is in the library and was searched, and no clause says so. `missing`: the policy is not in the library. "
    "`untested`: time ran out. `named`: no claim was tested."
)
_END = (
    "The best end of all policies, in the order of `PolicyTrail.label`; `silent`: policies are in the library, and "
    "none says it; `missing`: all policies named are missing; `unnamed`: no policy is named."
)


@dataclass(frozen=True, slots=True)
class TrailSubject:
    """What a trail begins with: a claim, a passage or a document."""

    kind: SubjectKind
    text: Annotated[str, "The claim as given, the text of the passage, or the title of the document."]
    passage_id: str | None = None
    doc_id: str | None = None
    title: Annotated[str | None, "Of the passage's document, or of the document."] = None


@dataclass(frozen=True, slots=True)
class StatingPassage:
    """A passage that states the claim, or states the contrary, with the check of its quote."""

    citation: Annotated[int, "The number of its quote."]
    doc_id: str
    title: str
    label: Annotated[StatingLabel, "As for policies; `near`: none states it, and this one of a paper comes nearest."]
    support: Annotated[float, "0-1, for ranking only."]
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class CitingDocument:
    """A document that names a policy, with the quote in which it does."""

    doc_id: str
    title: str
    name: Annotated[str, "The policy's name as it is written there."]
    citation: Annotated[int, "The number of the quote."]


@dataclass(frozen=True, slots=True)
class PolicyTrail:
    """A policy that a claim rests on: where it is named, which document it is, and what this document says."""

    name: Annotated[str, "As it is written where it is named."]
    nearness: Annotated[Nearness, _NEARNESS]
    named_in: Annotated[tuple[int, ...], "The numbers of the quotes that name it; empty for the claim itself."]
    resolution: Annotated[Resolution, "The document that is meant, or that the library lacks it."]
    label: Annotated[PolicyLabel, _LABEL]
    says: Annotated[str, "The label in words, in the trail's language."]
    doc_id: Annotated[str | None, "The document that was searched."] = None
    title: Annotated[str, "Of the document; of a missing one, its known title or its name."] = ""
    original: Annotated[str | None, "If the document is a digest, what it was made from."] = None
    address: Annotated[str | None, "Where the original is published, if that is known."] = None
    standing: Annotated[Standing | None, "Whether it is in force on the trail's date."] = None
    tested: Annotated[str, "The statement that was compared with it: the claim without the words that name it."] = ""
    support: float = 0.0
    findings: tuple[Finding, ...] = ()
    citations: Annotated[tuple[int, ...], "The clauses that the label rests on; empty unless one was found."] = ()
    nearest: Annotated[tuple[int, ...], "Of a silent policy, the clause that comes nearest. It is no support."] = ()
    cited_by: Annotated[tuple[CitingDocument, ...], "Documents of the library that name the policy."] = ()
    n_cited_by: Annotated[int, "How many there are in all."] = 0


@dataclass(frozen=True, slots=True)
class ClaimTrail:
    """The trail of one statement."""

    claim: str
    end: Annotated[TrailEnd, _END]
    says: Annotated[str, "The end in words, in the trail's language."]
    stated_by: Annotated[tuple[StatingPassage, ...], "Best first; empty if no passage states it."] = ()
    policies: Annotated[tuple[PolicyTrail, ...], "Nearest first."] = ()
    left_out: Annotated[int, "Further policies that were named and not followed."] = 0


@dataclass(frozen=True, slots=True)
class Trail:
    """From claims to the clauses that they rest on. Each step has its check and its quotes."""

    subject: TrailSubject
    language: Annotated[str, "Of the words in `says` and `notes`: `zh` or `en`."]
    as_of: Annotated[str, "The date for which the standing of policies is told, as YYYY-MM-DD."]
    claims: Annotated[tuple[ClaimTrail, ...], "One for each statement; empty for a document."]
    citations: Annotated[tuple[Citation, ...], "Every quote of the trail, each read again from the store."]
    policies: Annotated[tuple[PolicyTrail, ...], "For a document: the documents that it names."] = ()
    cited_by: Annotated[tuple[CitingDocument, ...], "For a document: the documents that name it."] = ()
    n_cited_by: int = 0
    standing: Annotated[Standing | None, "For a document: whether it is in force."] = None
    notes: Annotated[tuple[str, ...], "What was left out, in the trail's language."] = ()
    generation: Annotated[int, "Number of changes to the library when this was made."] = 0
    timings_ms: dict[str, float] = dataclasses.field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """The JSON form, the same for the command line, HTTP and MCP."""
        return dataclasses.asdict(self, dict_factory=plain)
