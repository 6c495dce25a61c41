"""``medrag eval``: runs the sets asked for and lays their scores side by side with those kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from medrag.index.encoders import open_encoder
from medrag.settings import Settings
from medrag_api.evaluate.beir import read_set
from medrag_api.evaluate.kept import Drift, compare, read_kept, write_kept
from medrag_api.evaluate.lies import LiesReport, measure_lies
from medrag_api.evaluate.retrieval import MEASURES, Scores, measure_set

__all__ = ["EvalReport", "run_eval"]

#: The suite that is no retrieval set, its file and how many lies are told.
LIES, TRUTHS, MOST_LIES = "lies", "truths.yaml", 10_000


@dataclass(frozen=True, slots=True)
class EvalReport:
    """Scores of every set, where they differ from the reviewed ones, and the lies if they were asked for."""

    sets: tuple[Scores, ...]
    drifts: tuple[Drift, ...]
    compared: bool
    lies: LiesReport | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "sets": [
                {
                    "name": told.name,
                    "documents": told.documents,
                    "queries": told.queries,
                    "scores": {name: dict(scores) for name, scores in told.scores.items()},
                    "encoded": told.encoded,
                    "seconds": {name: round(spent, 2) for name, spent in told.seconds.items()},
                }
                for told in self.sets
            ],
            "compared": self.compared,
            "drifts": [
                {"set": d.set, "ranking": d.ranking, "measure": d.measure, "kept": d.kept, "now": d.now}
                for d in self.drifts
            ],
            **({"lies": self.lies.as_json()} if self.lies else {}),
        }

    def as_text(self) -> str:
        parts = [table(told) for told in self.sets]
        parts += [f"{d.set} {d.ranking} {d.measure}: was {d.kept:.4f}, is {d.now:.4f}" for d in self.drifts]
        if self.lies is not None:
            parts.append(self.lies.as_text())
        if self.sets and self.compared and not self.drifts:
            parts.append("As the kept scores say.")
        return "\n\n".join(parts)


def run_eval(
    names: Sequence[str],
    data: Path,
    settings: Settings,
    progress: Callable[[str, int, int | None], None],
    *,
    scores_file: Path | None = None,
    keep: bool = False,
) -> EvalReport:
    """Measures the sets. ``scores_file`` holds the reviewed scores; ``keep`` writes this run's into it.

    The name ``lies`` is no retrieval set: it tells the lies made of ``data/truths.yaml`` to the proof.
    """
    lies = measure_lies(data / TRUTHS, MOST_LIES, progress) if LIES in names else None
    names = [name for name in names if name != LIES]
    if not names:
        return EvalReport((), (), False, lies)
    encoder = open_encoder(settings)
    told = []
    for name in names:
        held = read_set(data, name)
        told.append(
            measure_set(held, settings, encoder, lambda stage, done, total: progress(stage, done, total))
        )
    drifts: list[Drift] = []
    if scores_file is not None:
        kept = read_kept(scores_file)
        drifts = [drift for scores in told for drift in compare(kept, scores)]
        if keep:
            for scores in told:
                write_kept(scores_file, scores)
    return EvalReport(tuple(told), tuple(drifts), scores_file is not None, lies)


def table(told: Scores) -> str:
    """One line a ranking, one column a measure."""
    width = max(len(name) for name in told.scores)
    lines = [f"{told.name}: {told.documents} documents, {told.queries} queries"]
    lines.append(f"{'':{width}}  " + "  ".join(f"{measure:>8}" for measure in MEASURES))
    for name, scores in told.scores.items():
        lines.append(f"{name:{width}}  " + "  ".join(f"{scores[measure]:8.4f}" for measure in MEASURES))
    return "\n".join(lines)
