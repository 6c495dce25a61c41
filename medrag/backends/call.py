"""One call to an endpoint, as the thread that makes it sees it: pieces, or a failure, never an exception or its words."""

from __future__ import annotations

import socket
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from medrag.backends.classes import load_class, make_llm, takes_client
from medrag.backends.config import ModelSettings
from medrag.backends.counting import bound_tokens
from medrag.backends.failures import CLIENT_ERRORS, UNREACHED, Failure, failure_of
from medrag.backends.wire import Line, open_client
from medrag.errors import ModelUnavailable
from medrag.protocols import Message

if TYPE_CHECKING:
    from llama_index.core.llms import LLM, ChatResponse

__all__ = ["Call", "Heard", "Outcome"]


@dataclass(frozen=True, slots=True)
class Heard:
    """A piece of a reply: its words, whether it belongs to a reply that says when it is done, whether it is done, and the
    tokens sent and received where the endpoint counts them."""

    text: str
    tells_end: bool = False
    ended: bool = False
    counted: tuple[int, int] | None = None


@dataclass(slots=True)
class Outcome:
    """What has come of a call so far, as its caller sees it."""

    failure: Failure | None = None
    words: list[str] = field(default_factory=list)
    length: int = 0
    begun: bool = False
    tells_end: bool = False
    ended: bool = False
    counted: tuple[int, int] | None = None

    def take(self, heard: Heard | Failure) -> str:
        """The words of a piece, which may be none."""
        if isinstance(heard, Failure):
            self.failure = heard
            return ""
        self.begun = True
        self.words.append(heard.text)
        self.length += len(heard.text)
        self.tells_end |= heard.tells_end
        self.ended |= heard.ended
        self.counted = heard.counted or self.counted
        return heard.text

    def lacking(self) -> Failure | None:
        """What is missing from a call that ended: everything, or its end. A model that says it is done and has said
        nothing has answered: prompts may ask for that where the evidence does not."""
        if not self.begun or not (self.tells_end or self.length):
            return Failure("what it sends is no reply")
        return Failure("its reply broke off") if self.tells_end and not self.ended else None

    def tokens(self, sent: int) -> tuple[int, int]:
        """Sent and received: the endpoint's count, else the bounds."""
        return self.counted or (sent, bound_tokens("".join(self.words)))


@dataclass(frozen=True, slots=True)
class Call:
    """What is asked, of which model, over which line; the reply must be whole by ``whole``, of the monotonic clock."""

    settings: ModelSettings
    model: str
    key: str
    line: Line
    messages: Sequence[Message]
    whole: float
    direct: bool

    def pieces(self) -> Iterator[Heard | Failure]:
        """The reply as it comes; a failure, if there is one, is the last."""
        try:
            if self.direct and "llama_index.core" not in sys.modules:
                knock(self.settings.url, self.settings.connect_s)
            kind = load_class(self.settings.llm_class)
            if takes_client(kind):
                yield from self.over_line(kind)
            else:
                yield from stream(make_llm(kind, self.settings, self.model, self.key, None), self.messages)
        except ModelUnavailable as error:
            yield Failure(error.problem, error.remedy)
        except ConnectionRefusedError:
            yield UNREACHED
        except CLIENT_ERRORS as error:
            yield self.told(error)
        except library_errors() as error:
            yield self.told(error)
        if self.line.problem:
            yield Failure(self.line.problem)

    def over_line(self, kind: type[LLM]) -> Iterator[Heard]:
        left = max(0.01, self.whole - time.monotonic())
        connect = min(self.settings.connect_s, left)
        with open_client(self.line, connect, left, keyed=bool(self.key), direct=self.direct) as client:
            yield from stream(make_llm(kind, self.settings, self.model, self.key, client), self.messages)

    def told(self, error: BaseException) -> Failure:
        return Failure(self.line.problem) if self.line.problem else failure_of(error)


def knock(url: str, seconds: float) -> None:
    """Raises ConnectionRefusedError where nothing listens at an address of this machine: known before the libraries are
    loaded, which takes seconds, so that a command whose endpoint is down does not wait for them."""
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    socket.create_connection((parts.hostname or "", port), seconds).close()


def library_errors() -> tuple[type[Exception], ...]:
    """The errors of the client libraries, which are imported only where a call is made."""
    import httpx
    import openai

    return (openai.OpenAIError, httpx.HTTPError, httpx.StreamError, httpx.InvalidURL)


def stream(llm: LLM, messages: Sequence[Message]) -> Iterator[Heard]:
    """What a llama-index object streams for these messages."""
    from llama_index.core.llms import ChatMessage

    said = [ChatMessage(role=message.role, content=message.content) for message in messages]
    for response in llm.stream_chat(said):
        yield heard_in(response)


def heard_in(response: ChatResponse) -> Heard:
    """Words, end and count of one piece. ``raw`` is the library's own object; what has no ``choices`` tells no end."""
    raw: Any = response.raw
    choices = getattr(raw, "choices", None)
    usage = getattr(raw, "usage", None)
    counted = (usage.prompt_tokens, usage.completion_tokens) if choices is not None and usage else None
    ended = any(getattr(choice, "finish_reason", None) for choice in choices or ())
    return Heard(response.delta or "", choices is not None, ended, counted)
