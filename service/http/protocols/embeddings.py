"""OpenAI's embeddings, made by the encoder that the library's search uses."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, BeforeValidator, Field
from starlette.responses import Response

from sinkqa.service.errors import InvalidText
from sinkqa.service.http.encoding import Json
from sinkqa.service.http.guards.access import READS
from sinkqa.service.http.protocols.openai import REFUSED, LibrariesOf
from sinkqa.service.http.protocols.openai_schemas import MODEL, tokens
from sinkqa.service.interfaces.schemas import Text, whole

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MOST_TEXTS, _MOST_CHARS = 2048, 32_000


def _texts(given: object) -> object:
    """What is said of texts that do not fit: which one, and what to do; the type alone would say it less well."""
    texts = [given] if isinstance(given, str) else given
    if not isinstance(texts, list) or not texts:
        raise ValueError(f"expected a text or a list of texts, got {'an empty list' if texts == [] else _kind(given)}")
    if len(texts) > _MOST_TEXTS:
        raise ValueError(f"expected at most {_MOST_TEXTS} texts, got {len(texts)}; send the others in a next request")
    for at, text in enumerate(texts):
        if isinstance(text, int | float | list) and not isinstance(text, bool):
            raise ValueError(
                "expected a text or a list of texts, got numbers: tokens of another model mean nothing here; send the "
                "texts themselves (LangChain's OpenAIEmbeddings: check_embedding_ctx_length=False)"
            )
        if not isinstance(text, str) or not text.strip():
            raise ValueError(f"text {at}: expected words, got {'none' if isinstance(text, str) else _kind(text)}")
        if len(text) > _MOST_CHARS:
            raise ValueError(f"text {at}: expected at most {_MOST_CHARS} characters, got {len(text)}; send parts of it")
        whole(text)
    return given


def _kind(given: object) -> str:
    kinds = {dict: "an object", bool: "true or false", type(None): "null", list: "a list"}
    return kinds.get(type(given), "a number")


_Text = Annotated[Text, Field(min_length=1, max_length=_MOST_CHARS)]


class EmbeddingRequest(BaseModel):
    """Texts to make vectors of."""

    model: Text = Field(
        description="`sinkqa`, `sinkqa/` and the name of a collection, or the encoder's own name.", examples=[MODEL]
    )
    input: Annotated[
        _Text | Annotated[list[_Text], Field(min_length=1, max_length=_MOST_TEXTS)], BeforeValidator(_texts)
    ] = Field(description="A text, or a list of texts; no tokens.", examples=["carbon sink offset limit"])
    encoding_format: Literal["float", "base64"] | None = Field(
        "float", description="`base64`: float32 numbers, the lowest byte first."
    )
    dimensions: int | None = Field(None, strict=True, ge=1, description="Only the encoder's own number.")

    @property
    def texts(self) -> list[str]:
        """Each text, in order."""
        return [self.input] if isinstance(self.input, str) else self.input


class EmbeddingOut(BaseModel):
    """The vector of one text."""

    object: Literal["embedding"]
    index: int = Field(description="The place of its text in `input`, from 0.")
    embedding: list[float] | str = Field(
        description="Of length 1; all zero where the encoder knows no word of the text."
    )


class CountedOut(BaseModel):
    """An estimate: four bytes of UTF-8 for each token."""

    prompt_tokens: int
    total_tokens: int


class EmbeddingsOut(BaseModel):
    """Vectors, in the order of the texts."""

    object: Literal["list"]
    data: list[EmbeddingOut]
    model: str
    usage: CountedOut


router = APIRouter(tags=["openai"], dependencies=[READS], responses=REFUSED)


@router.post(
    "/v1/embeddings",
    operation_id="create_embeddings",
    summary="Give the vectors of texts, by the encoder that searches use",
    responses={200: {"model": EmbeddingsOut, "description": "A vector for each text, in order."}},
)
def create_embeddings(body: EmbeddingRequest, libraries: LibrariesOf) -> Response:
    """Texts with the same meaning have similar vectors, also across Chinese and English. Compare by dot product."""
    engine = libraries.encoding(body.model).engine
    if body.dimensions not in (None, engine.dim):
        raise InvalidText(
            f"dimensions: expected {engine.dim}, those of the encoder {engine.encoder_name}, got {body.dimensions}; "
            "leave it out"
        )
    write = _packed if body.encoding_format == "base64" else _plain
    data = [
        {"object": "embedding", "index": at, "embedding": write(vector)}
        for at, vector in enumerate(engine.embed(body.texts))
    ]
    read = tokens(*body.texts)
    counted = {"prompt_tokens": read, "total_tokens": read}
    return Json({"object": "list", "data": data, "model": body.model, "usage": counted})


def _plain(vector: NDArray[Any]) -> list[float]:
    numbers: list[float] = vector.tolist()
    return numbers


def _packed(vector: NDArray[Any]) -> str:
    return base64.b64encode(vector.astype("<f4").tobytes()).decode()
