"""Decides whether what was found is enough to answer: a logistic rule learnt on the development questions."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from medrag.answer.evidence import Evidence
from medrag.protocols import Encoder

__all__ = ["PACKAGED", "WORDS", "AbstentionRule", "load_rule", "rule_for"]


#: The rule for a shelf searched with vectors of the packaged model, and for any other search: words alone, or words
#: with vectors of a model the rule has never seen.
PACKAGED, WORDS = "packaged", "words"


#: Least `Evidence.asks_words` of a question in which nothing is recognised: nearly one rare word. Everyday words alone
#: ("Who painted The Night Watch?") stand together somewhere on any large shelf.
LEAST_ASKED = 0.2


@dataclass(frozen=True, slots=True)
class AbstentionRule:
    """Answer when the modelled chance that the shelf answers reaches the threshold.

    ``weights`` is by evidence figure; ``learnt`` says on what, and what it scored, so that a changed rule is a
    reviewed file.
    """

    weights: Mapping[str, float]
    bias: float
    threshold: float
    learnt: str

    def chance(self, evidence: Evidence) -> float:
        """The modelled chance, 0..1, that the passages answer the question."""
        total = self.bias + sum(weight * getattr(evidence, name) for name, weight in self.weights.items())
        return 1.0 / (1.0 + math.exp(-total))

    def too_thin(self, evidence: Evidence) -> bool:
        """Whether to abstain.

        A question in which nothing is recognised and hardly a word says what is asked asks for nothing a passage could
        hold.
        """
        empty = not evidence.clinical and evidence.asks_words < LEAST_ASKED
        return empty or self.chance(evidence) < self.threshold


@cache
def load_rule(name: str) -> AbstentionRule:
    """A rule shipped with medrag, ``packaged`` or ``words``, from ``abstention.json``."""
    told = json.loads(files("medrag.answer").joinpath("abstention.json").read_text(encoding="utf-8"))[name]
    return AbstentionRule(told["weights"], told["bias"], told["threshold"], told["learnt"])


def rule_for(encoder: Encoder | None) -> AbstentionRule:
    """The rule that was learnt with this encoder, or with none."""
    known = encoder is not None and encoder.fingerprint.startswith("packaged:")
    return load_rule(PACKAGED if known else WORDS)
