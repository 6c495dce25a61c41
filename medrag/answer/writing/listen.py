"""Listens to a model in a thread of its own, so that no model, however it behaves, holds an answer up beyond its time."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Final

from medrag.errors import ModelUnavailable
from medrag.protocols import AnswerModel, Message

__all__ = ["listen"]

#: Seconds between looks at whether the asker has gone.
LOOK_S: Final = 0.05
#: Pieces that may wait to be read; a model that is faster waits.
WAITING: Final = 256


@dataclass(frozen=True, slots=True)
class Ended:
    """The reply is over. ``problem``: why it is not whole."""

    problem: ModelUnavailable | None


def listen(
    model: AnswerModel, messages: Sequence[Message], seconds: float, gone: threading.Event | None
) -> Generator[str, None, None]:
    """The pieces of the reply. Raises ModelUnavailable: also after ``seconds``, whatever the model does, and once ``gone``
    is set. Closing it, or its end, stops the call."""
    pieces: queue.Queue[str | Ended] = queue.Queue(WAITING)
    over = threading.Event()
    deadline = time.monotonic() + seconds
    caller = threading.Thread(
        target=call, args=(model, messages, seconds, over, pieces), name="medrag-model", daemon=True
    )
    caller.start()
    try:
        while True:
            piece = wait(pieces, deadline, gone)
            if isinstance(piece, Ended):
                if piece.problem is not None:
                    raise piece.problem
                return
            yield piece
    finally:
        over.set()


def wait(pieces: queue.Queue[str | Ended], deadline: float, gone: threading.Event | None) -> str | Ended:
    while True:
        if gone is not None and gone.is_set():
            raise ModelUnavailable("whoever asked has gone")
        left = deadline - time.monotonic()
        if left <= 0:
            raise ModelUnavailable("the model took longer than the answer may")
        try:
            return pieces.get(timeout=min(left, LOOK_S))
        except queue.Empty:
            continue


def call(
    model: AnswerModel,
    messages: Sequence[Message],
    seconds: float,
    over: threading.Event,
    pieces: queue.Queue[str | Ended],
) -> None:
    """Passes the reply on until it ends or nobody listens. What a model raises besides its own error is not told: its words
    may hold the question."""
    problem: ModelUnavailable | None = None
    try:
        for piece in model.write(messages, seconds, over):
            if not hand(pieces, str(piece), over):
                return
    except ModelUnavailable as error:
        problem = error
    except Exception:  # noqa: BLE001  a model is foreign code in a thread of its own; its failure is told, not its words
        problem = ModelUnavailable("the model failed in a way it does not declare")
    hand(pieces, Ended(problem), over)


def hand(pieces: queue.Queue[str | Ended], piece: str | Ended, over: threading.Event) -> bool:
    """False when nobody listens any more."""
    while not over.is_set():
        try:
            pieces.put(piece, timeout=LOOK_S)
        except queue.Full:
            continue
        return True
    return False
