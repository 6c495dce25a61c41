"""Models for tests that say what they are given to say: through the Protocol, in this process."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from medrag.errors import ModelUnavailable
from medrag.protocols import AnswerModel, Message

LINE = re.compile(r"(?m)^(e[0-9a-f]{8})\| (.*)$")

#: Makes a reply, piece by piece, of the messages.
Speech = Callable[[Sequence[Message]], Iterator[str]]


@dataclass
class SpokenModel:
    """Says what ``speech`` makes of the messages; ``pause`` seconds before each piece."""

    speech: Speech
    name: str = "spoken"
    context_tokens: int = 8192
    reply_tokens: int = 1024
    on_this_machine: bool = True
    pause: float = 0.0
    heard: list[Sequence[Message]] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)

    @property
    def fingerprint(self) -> str:
        return f"spoken:{self.name}"

    def count_tokens(self, text: str) -> int:
        return len(text.encode()) // 3 + 1

    def write(
        self, messages: Sequence[Message], seconds: float, stop: threading.Event | None = None
    ) -> Iterator[str]:
        self.heard.append(messages)
        for piece in self.speech(messages):
            if self.pause:
                time.sleep(self.pause)
            if stop is not None and stop.is_set():
                self.stopped.set()
                return
            yield piece


class Named:
    """The models of a test, as the operator's settings would give them."""

    def __init__(self, *models: AnswerModel) -> None:
        self.models = models

    def pick(self, answerer: str) -> Sequence[AnswerModel]:
        if answerer == "extractive":
            return ()
        return tuple(m for m in self.models if answerer in ("auto", "model", m.name))


def lines_of(messages: Sequence[Message]) -> list[tuple[str, str]]:
    """(id, line) of the evidence a model was shown."""
    return [(found[1], found[2]) for found in LINE.finditer(messages[-1].content)]


def said(text: str, *cites: tuple[str, str]) -> str:
    """A statement as a model writes it."""
    told = {"text": text, "cites": [{"id": known, "exact": exact} for known, exact in cites]}
    return json.dumps(told, ensure_ascii=False) + "\n"


def quoting(word: str, text: str | None = None) -> Speech:
    """Says ``text``, or the line itself, of the first line that holds ``word``."""

    def speech(messages: Sequence[Message]) -> Iterator[str]:
        known, line = next(pair for pair in lines_of(messages) if word in pair[1])
        yield said(text or line, (known, line))

    return speech


def words(*pieces: str) -> Speech:
    return lambda _: iter(pieces)


def down(_: Sequence[Message]) -> Iterator[str]:
    raise ModelUnavailable("refused")
    yield ""
