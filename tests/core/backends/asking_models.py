"""Asks a model that settings name and tells how it went."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from medrag.backends.named import models_of
from medrag.backends.open_model import OpenModel
from medrag.errors import ModelUnavailable
from medrag.protocols import Message
from medrag.settings import Settings

#: What must never be told: it stands in every question asked here, and in every key.
QUESTION = "SECRETQUESTION: 患者张三 takes warfarin"
KEY = "sk-SECRETKEY"
MESSAGES = (Message("system", "Be short."), Message("user", QUESTION))


@dataclass(frozen=True)
class Told:
    """What came: words, the problem, and how long it took."""

    words: str
    problem: str
    seconds: float


def model(url: str, clock: Callable[[], float] = time.monotonic, **options: Any) -> OpenModel:
    """The model ``m`` of settings that name only it."""
    options = {"url": url, "key": KEY, "total_s": 5, "backoff_s": 0.01, **options}
    return models_of(Settings(models={"m": options}), clock).pick("m")[0]


def ask(chosen: OpenModel, seconds: float = 5.0, stop: threading.Event | None = None) -> Told:
    begun, words, problem = time.monotonic(), "", ""
    try:
        for piece in chosen.write(MESSAGES, seconds, stop):
            words += piece
    except ModelUnavailable as error:
        problem = str(error)
        assert error.__cause__ is None
        assert error.__context__ is None
    return Told(words, problem, time.monotonic() - begun)
