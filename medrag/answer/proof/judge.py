"""An optional second judge of a statement: a CrossEncoder trained on inference, heard only to withhold more.

What the proof withholds stays withheld whatever the judge says. Its words of a missing model go into an answer's limits.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from medrag.errors import MedragError, ModelUnavailable
from medrag.settings import Settings

__all__ = ["Absent", "Judge", "NliJudge", "judge_of"]

REMEDY: Final = (
    "Set MEDRAG_JUDGE to a sentence-transformers CrossEncoder folder or hub id with a contradiction label."
)
#: Code points of the quotes and of the statement that are read; the model cuts at its own token limit.
MOST_CHARACTERS: Final = 8192


class Judge(Protocol):
    """Says of a proved statement whether its quotes speak against it. Thread-safe."""

    @property
    def limit(self) -> str:
        """What an answer's limits say of it; empty when it judged."""
        ...

    def disagrees(self, statement: str, quotes: Sequence[str]) -> bool:
        """Whether the statement is to be withheld. Raises `ModelUnavailable`."""
        ...


@dataclass(frozen=True, slots=True)
class Absent:
    """A judge that was asked for and cannot be had: it withholds nothing and says so."""

    limit: str

    def disagrees(self, statement: str, quotes: Sequence[str]) -> bool:
        return False


class NliJudge:
    """A CrossEncoder whose labels name a contradiction; ``at`` is the probability from which it disagrees."""

    limit = ""

    def __init__(self, name: str, at: float = 0.5, *, offline: bool = False) -> None:
        self.name, self.at = name, at
        self.lock = threading.Lock()
        self.model = load(name, offline)
        self.label = contradiction_of(self.model, name)

    def disagrees(self, statement: str, quotes: Sequence[str]) -> bool:
        """Whether the quotes, read as one text, contradict the statement."""
        return self.contradiction(statement, quotes) >= self.at

    def contradiction(self, statement: str, quotes: Sequence[str]) -> float:
        """The probability, 0 to 1, that the quotes contradict the statement. Raises `ModelUnavailable`."""
        import numpy as np

        premise = " ".join(quotes)[:MOST_CHARACTERS]
        with self.lock:
            scores = self.model.predict(
                [(premise, statement[:MOST_CHARACTERS])], apply_softmax=True, show_progress_bar=False
            )
        told = float(np.asarray(scores)[0][self.label])
        if not np.isfinite(told):
            raise ModelUnavailable(f"the judge {self.name} gave a value that is not finite", remedy=REMEDY)
        return told


def judge_of(settings: Settings) -> Judge | None:
    """The judge the settings name; None when they name none, `Absent` when it cannot be had and is not required.

    Raises `ModelUnavailable` when it cannot be had and ``judge_required`` is set.
    """
    if not settings.judge:
        return None
    try:
        return NliJudge(settings.judge, settings.judge_at, offline=settings.offline)
    except MedragError as missing:
        if settings.judge_required:
            raise
        return Absent(f"the second judge was not heard: {missing}")


def load(name: str, offline: bool) -> Any:
    """The model. Raises `ModelUnavailable` when it is missing, damaged or no CrossEncoder."""
    try:
        from sentence_transformers import CrossEncoder
    except ImportError as missing:
        raise ModelUnavailable("sentence-transformers is not installed", remedy=REMEDY) from missing
    try:
        return CrossEncoder(name, local_files_only=offline, trust_remote_code=False)
    except (OSError, ValueError, KeyError, RuntimeError) as missing:
        raise ModelUnavailable(
            f"the judge {name} cannot be loaded: {type(missing).__name__}", remedy=REMEDY
        ) from missing


def contradiction_of(model: Any, name: str) -> int:
    """Which of its labels is the contradiction. Raises `ModelUnavailable` when none is."""
    labels = {str(label).casefold(): int(at) for at, label in model.config.id2label.items()}
    if "contradiction" not in labels:
        raise ModelUnavailable(f"the judge {name} has no label contradiction", remedy=REMEDY)
    return labels["contradiction"]
