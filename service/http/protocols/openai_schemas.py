"""The fields of OpenAI's requests that SinkQA uses. All other fields are accepted and ignored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from pydantic import BaseModel, Field, field_validator

from sinkqa.service.http.protocols.filters import FILTER
from sinkqa.service.interfaces.dates import AsOf
from sinkqa.service.interfaces.schemas import K, Share, Switch, Text, UpTo50

MODEL = "sinkqa"


class Part(BaseModel):
    """A part of a message. Only text parts are read."""

    type: str = Field(examples=["text"])
    text: Text | None = None


class Turn(BaseModel):
    """A message of the conversation. Only the user's messages count."""

    type: str | None = None
    role: str | None = Field(None, examples=["user"])
    content: Text | list[Part] | None = Field(None, examples=["北京试点的CCER抵销比例上限是多少？"])

    @property
    def text(self) -> str:
        """Its text parts, joined."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content if part.text)
        return self.content or ""


class StreamOptions(BaseModel):
    """Optional content of a stream besides the answer."""

    include_usage: Switch | None = None


class Asking(BaseModel):
    """The fields that both ways of asking share. Ours, ``k``, ``as_of`` and ``generate``, are extra fields."""

    model: Text = Field(description="`sinkqa`, or `sinkqa/` and the name of a collection.", examples=[MODEL])
    stream: Switch | None = False
    k: K = None
    as_of: AsOf = None
    generate: Switch = Field(False, description="Let the language model that is set write; every sentence is checked.")


class ChatRequest(Asking):
    """A conversation. Its last question is answered."""

    messages: list[Turn] = Field(min_length=1, description="The user's last message is the question.")
    n: Literal[1] | None = Field(1, description="Only 1: the library has one answer.")
    stream_options: StreamOptions | None = None

    @field_validator("messages")
    @classmethod
    def _asks(cls, messages: list[Turn]) -> list[Turn]:
        return _asking(messages)


class ResponseRequest(Asking):
    """A question, alone or as the last turn of a conversation."""

    input: Text | list[Turn] = Field(
        description="The question, or messages of which the user's last is the question.",
        examples=["北京试点的CCER抵销比例上限是多少？"],
    )
    previous_response_id: None = Field(None, description="Not kept here: send the turns before in `input`.")

    @field_validator("input")
    @classmethod
    def _asks(cls, given: str | list[Turn]) -> str | list[Turn]:
        _asking(_turns(given))
        return given

    @property
    def turns(self) -> list[Turn]:
        """The messages."""
        return _turns(self.input)


def asked(turns: Sequence[Turn]) -> list[str]:
    """The user's messages, in order. The last one is the question."""
    return [turn.text for turn in turns if turn.role == "user" and turn.text.strip()]


def tokens(*texts: str) -> int:
    """An estimate: four bytes of UTF-8 for each token. No model reads the texts, and nothing is charged."""
    return -(-sum(len(text.encode("utf-8", "replace")) for text in texts) // 4)


def _turns(given: str | list[Turn]) -> list[Turn]:
    return [Turn(role="user", content=given)] if isinstance(given, str) else given


def _asking(turns: list[Turn]) -> list[Turn]:
    """Checks that at least one message is the user's, and that the user's last message has text."""
    last = next((turn for turn in reversed(turns) if turn.role == "user"), None)
    if last is None:
        raise ValueError("expected a message of the role user, got none; the last of them is the question")
    if not last.text.strip():
        kinds = (
            sorted({part.type for part in last.content} - {"text", "input_text"})
            if isinstance(last.content, list)
            else []
        )
        got = f"only {', '.join(kinds)[:80]}" if kinds else "none"
        raise ValueError(f"expected text in the user's last message, got {got}; images, sound and files are not read")
    return turns


class RankingOptions(BaseModel):
    """Limits for the results to return."""

    score_threshold: Share | None = None


class VectorSearchRequest(BaseModel):
    """A search in a collection, with the fields of a search in a vector store."""

    query: Text | list[Text] = Field(description="Words to look for.", examples=["carbon sink offset limit"])
    max_num_results: UpTo50 | None = 10
    filters: dict[str, Any] | None = Field(
        None,
        description="`eq` or `in` on doc_id, language, jurisdiction or type; `eq`, `gte`, `lte`, `gt` or `lt` on year; "
        "`and` of these.",
        examples=[{"type": "eq", "key": "language", "value": "zh"}],
        json_schema_extra=FILTER,
    )
    ranking_options: RankingOptions | None = None

    @property
    def words(self) -> str:
        """The query. Several queries are joined into one."""
        return self.query if isinstance(self.query, str) else " ".join(self.query)


class Refusal(BaseModel):
    """An error in the format of OpenAI's clients."""

    message: str
    type: Literal[
        "invalid_request_error", "authentication_error", "permission_error", "rate_limit_error", "server_error"
    ]
    param: str | None
    code: str | None


class Refused(BaseModel):
    """Why a request failed, in the format of OpenAI's clients."""

    error: Refusal
