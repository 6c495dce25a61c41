"""Decides whether what was found is enough to answer: a logistic rule learnt on the development questions."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from medrag.answer.evidence import Evidence

__all__ = ["AbstentionRule", "load_rule"]


@dataclass(frozen=True, slots=True)
class AbstentionRule:
    """Answer when the modelled chance that the shelf answers reaches the threshold.

    ``figures`` names the evidence figures the weights belong to; ``learnt_on`` says where the numbers came from and
    what they scored, so that a changed rule is a reviewed file.
    """

    figures: tuple[str, ...]
    weights: tuple[float, ...]
    bias: float
    threshold: float
    learnt_on: str

    def chance(self, evidence: Evidence) -> float:
        """The modelled chance, 0..1, that the passages answer the question."""
        told = dict(zip(Evidence.names_of_figures(), evidence.vector(), strict=True))
        total = self.bias + sum(w * told[name] for name, w in zip(self.figures, self.weights, strict=True))
        return 1.0 / (1.0 + math.exp(-total))

    def too_thin(self, evidence: Evidence) -> bool:
        """Whether to abstain."""
        return self.chance(evidence) < self.threshold


@cache
def load_rule() -> AbstentionRule:
    """The rule shipped with medrag, from ``abstention.json``."""
    told = json.loads(files("medrag.answer").joinpath("abstention.json").read_text(encoding="utf-8"))
    names = tuple(told["weights"])
    return AbstentionRule(
        names, tuple(told["weights"].values()), told["bias"], told["threshold"], told["learnt_on"]
    )
