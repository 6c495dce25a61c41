"""Reads a chat completion request: the last user message is the question; what is not done here is refused or named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from medrag.errors import InputRefused, NotFound, Place, UsageError
from medrag_api.patient import Patient
from medrag_api.requests import MOST_PASSAGES, AskRequest, Day, Filters, validated

__all__ = [
    "IGNORED",
    "MODELS",
    "REFUSED",
    "ChatRequest",
    "ask_of",
    "earlier_turns",
    "ignored",
    "refuse_undone",
]

#: Model names of our own, and the answerer each stands for; any other is the name of a model the operator has configured.
MODELS: Final[Mapping[str, str]] = {"medrag": "auto", "medrag-extractive": "extractive"}

#: Fields of the protocol that change nothing here: an answer is its evidence, the same each time, and is not cut short.
#: Those that were sent are named in the header X-Medrag-Ignored.
IGNORED: Final = (
    "frequency_penalty",
    "logit_bias",
    "logprobs",
    "max_completion_tokens",
    "max_tokens",
    "metadata",
    "parallel_tool_calls",
    "prediction",
    "presence_penalty",
    "prompt_cache_key",
    "prompt_cache_retention",
    "reasoning_effort",
    "safety_identifier",
    "seed",
    "service_tier",
    "store",
    "temperature",
    "top_logprobs",
    "top_p",
    "user",
    "verbosity",
)
#: Fields that ask for something else than an answer, with the values that do not.
REFUSED: Final[Mapping[str, Sequence[Any]]] = {
    "audio": (None,),
    "function_call": (None, "none", "auto"),
    "functions": (None, []),
    "logprobs": (None, False),
    "modalities": (None, ["text"]),
    "n": (None, 1),
    "response_format": (None, {"type": "text"}),
    "stop": (None, []),
    "tool_choice": (None, "none", "auto"),
    "tools": (None, []),
    "web_search_options": (None,),
}

LOOSE: Final = ConfigDict(extra="allow", frozen=True, strict=True)
STRICT: Final = ConfigDict(extra="forbid", frozen=True, strict=True)
#: Turns and characters that are read at most; the body's bound in bytes holds too.
MOST_MESSAGES: Final = 200


class TextPart(BaseModel):
    """One part of a message's content."""

    model_config = LOOSE

    type: Literal["text"]
    text: str


class Message(BaseModel):
    """One message. Of a system, developer or assistant message nothing is used: no one gives orders to the evidence, and
    what a model said before proves nothing."""

    model_config = LOOSE

    role: Literal["system", "developer", "user", "assistant"]
    content: str | Annotated[list[TextPart], Field(max_length=100)] | None = None

    def text(self) -> str:
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content)
        return self.content or ""


class StreamOptions(BaseModel):
    """What a stream holds beside the answer."""

    model_config = LOOSE

    include_usage: bool | None = False


class Beside(BaseModel):
    """What medrag takes beside the question, for clients that can send a field of their own (``extra_body``)."""

    model_config = STRICT

    patient: Annotated[Patient | None, Field(description="Never stored, never logged.")] = None
    as_of: Day | None = None
    filters: Filters = Filters()
    top_k: Annotated[int, Field(ge=1, le=MOST_PASSAGES)] | None = None
    keep_question: bool = False


class ChatRequest(BaseModel):
    """A chat completion as OpenAI's clients ask for it. Fields that are not listed here are taken and named in the
    header `X-Medrag-Ignored` (`temperature`, `max_tokens`, `seed` ...), or refused where they ask for something else than
    an answer: `n` above 1, `tools`, `functions`, `response_format` other than text, `logprobs`, `stop`, `audio`."""

    model_config = ConfigDict(
        **LOOSE,
        json_schema_extra={
            "examples": [
                {
                    "model": "medrag",
                    "messages": [{"role": "user", "content": "At what eGFR is metformin stopped?"}],
                }
            ]
        },
    )

    model: Annotated[str, Field(min_length=1, max_length=100)]
    messages: Annotated[list[Message], Field(min_length=1, max_length=MOST_MESSAGES)]
    stream: bool | None = False
    stream_options: StreamOptions | None = None
    medrag: Beside | None = None


def refuse_undone(asked: ChatRequest) -> None:
    """Raises UsageError naming the first field that asks for what is not done here, or that the protocol does not have."""
    for name, value in (asked.model_extra or {}).items():
        if name in REFUSED and value not in REFUSED[name]:
            raise UsageError(
                "this is not done here", place=Place(field=name), remedy="Leave it out: an answer is one text"
            )
        if name not in REFUSED and name not in IGNORED:
            raise UsageError("there is no such field", place=Place(field=name))


def ignored(asked: ChatRequest) -> list[str]:
    """Names of the fields that were sent and change nothing, in order."""
    told = {name for name in asked.model_extra or {} if name in IGNORED}
    roles = {"messages." + item.role for item in asked.messages if item.role in ("system", "developer")}
    return sorted(told | roles)


def ask_of(asked: ChatRequest, configured: Sequence[str]) -> AskRequest:
    """The question as every door asks it. Raises NotFound (no such model), InputRefused naming the field."""
    if asked.messages[-1].role != "user":
        raise InputRefused(
            "the last message is not the user's",
            place=Place(field="messages"),
            remedy="End with the question; answers of others are not gone on with",
        )
    beside = asked.medrag or Beside()
    told = beside.model_dump(exclude_unset=True)
    return validated(
        AskRequest,
        told | {"question": asked.messages[-1].text(), "answerer": answerer_of(asked.model, configured)},
    )


def answerer_of(model: str, configured: Sequence[str]) -> str:
    if model in MODELS:
        return MODELS[model]
    if model not in configured:
        raise NotFound(
            "no model of that name answers here", place=Place(field="model"), remedy="See: GET /v1/models"
        )
    return model


def earlier_turns(asked: ChatRequest) -> list[str]:
    """What the user said before the question; the assistant's words are left out."""
    turns = [item.text() for item in asked.messages[:-1] if item.role == "user"]
    return [text for text in turns if text.strip()]
