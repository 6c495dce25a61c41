"""The reviewed scores: what each ranking scored when it was last looked at, and how far a run is from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from medrag_api.evaluate.retrieval import Scores

__all__ = ["TOLERANCE", "Drift", "compare", "read_kept", "write_kept"]

#: Scores may differ this much between machines: vectors in another precision move a few ranks.
TOLERANCE = 0.005

Kept = dict[str, dict[str, dict[str, float]]]


@dataclass(frozen=True, slots=True)
class Drift:
    """A score that is not what was kept."""

    set: str
    ranking: str
    measure: str
    kept: float
    now: float


def read_kept(path: Path) -> Kept:
    """Set to ranking to measure to score; nothing is kept where there is no file."""
    if not path.is_file():
        return {}
    return dict(yaml.safe_load(path.read_text(encoding="utf-8")) or {})


def write_kept(path: Path, scores: Scores) -> None:
    """Puts a run's scores in the file, beside those of other sets; a person reviews the difference."""
    kept = read_kept(path)
    kept[scores.name] = {name: dict(told) for name, told in scores.scores.items()}
    head = "# Retrieval scores as last reviewed, written by `medrag eval ... --keep`; a change is a reviewed line.\n"
    path.write_text(head + yaml.safe_dump(kept, sort_keys=True), encoding="utf-8")


def compare(kept: Kept, scores: Scores) -> list[Drift]:
    """Every kept score of the set that this run missed by more than the tolerance, better or worse."""
    wanted: Mapping[str, Mapping[str, float]] = kept.get(scores.name, {})
    return [
        Drift(scores.name, ranking, measure, was, scores.scores[ranking][measure])
        for ranking, measures in wanted.items()
        if ranking in scores.scores
        for measure, was in measures.items()
        if abs(scores.scores[ranking][measure] - was) > TOLERANCE
    ]
