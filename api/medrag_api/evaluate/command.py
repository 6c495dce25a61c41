"""``medrag eval``: runs the sets asked for and lays their scores side by side with those kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol

from medrag.index.encoders import open_encoder
from medrag.settings import Settings
from medrag_api.evaluate.beir import read_set
from medrag_api.evaluate.dialogue import measure_dialogues
from medrag_api.evaluate.injections import measure_injections
from medrag_api.evaluate.kept import Drift, compare, read_kept, write_kept
from medrag_api.evaluate.lies import measure_lies
from medrag_api.evaluate.paraphrases import measure_paraphrases
from medrag_api.evaluate.privacy import PLANTED, measure_privacy
from medrag_api.evaluate.questions import measure_held_out
from medrag_api.evaluate.refusals import measure_refusals
from medrag_api.evaluate.retrieval import MEASURES, Scores, measure_set

__all__ = ["EvalReport", "run_eval"]

Progress = Callable[[str, int, int | None], None]


class SuiteReport(Protocol):
    """What a suite that is no retrieval set tells."""

    def as_json(self) -> dict[str, Any]: ...

    def as_text(self) -> str: ...


#: The suites that are no retrieval sets: name, its file or folder under --data, what measures it.
SUITES: Final[Mapping[str, tuple[str, Callable[[Path, Progress, Settings], SuiteReport]]]] = {
    "injections": ("injections.yaml", lambda path, progress, _: measure_injections(path, progress)),
    "lies": ("truths", lambda path, progress, _: measure_lies(path, progress=progress)),
    "dialogue": ("dialogues.yaml", lambda path, *_: measure_dialogues(path)),
    "abstention": ("abstention_dev2.yaml", lambda path, _, settings: measure_held_out(path, settings)),
    "abstention_fresh": ("abstention_fresh.yaml", lambda path, _, settings: measure_held_out(path, settings)),
    "paraphrases": ("paraphrases.yaml", lambda path, _, settings: measure_paraphrases(path, settings)),
    "privacy": ("identifiers.yaml", lambda path, progress, _: measure_privacy(path, PLANTED, progress)),
    "refusals": ("refusals.yaml", lambda path, progress, _: measure_refusals(path, progress)),
}


@dataclass(frozen=True, slots=True)
class EvalReport:
    """Scores of every set, where they differ from the reviewed ones, and what other suites told."""

    sets: tuple[Scores, ...]
    drifts: tuple[Drift, ...]
    compared: bool
    suites: Mapping[str, SuiteReport] = field(default_factory=dict)

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
            **{name: told.as_json() for name, told in self.suites.items()},
        }

    def as_text(self) -> str:
        parts = [table(told) for told in self.sets]
        parts += [f"{d.set} {d.ranking} {d.measure}: was {d.kept:.4f}, is {d.now:.4f}" for d in self.drifts]
        parts += [told.as_text() for told in self.suites.values()]
        if self.sets and self.compared and not self.drifts:
            parts.append("As the kept scores say.")
        return "\n\n".join(parts)


def run_eval(
    names: Sequence[str],
    data: Path,
    settings: Settings,
    progress: Progress,
    *,
    scores_file: Path | None = None,
    keep: bool = False,
) -> EvalReport:
    """Measures the sets. ``scores_file`` holds the reviewed scores; ``keep`` writes this run's into it.

    The names of `SUITES` are no retrieval sets: each reads its own file of ``data``.
    """
    suites = {
        name: measure(data / file, progress, settings)
        for name, (file, measure) in SUITES.items()
        if name in names
    }
    names = [name for name in names if name not in SUITES]
    if not names:
        return EvalReport((), (), False, suites)
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
    return EvalReport(tuple(told), tuple(drifts), scores_file is not None, suites)


def table(told: Scores) -> str:
    """One line a ranking, one column a measure."""
    width = max(len(name) for name in told.scores)
    lines = [f"{told.name}: {told.documents} documents, {told.queries} queries"]
    lines.append(f"{'':{width}}  " + "  ".join(f"{measure:>8}" for measure in MEASURES))
    for name, scores in told.scores.items():
        lines.append(f"{name:{width}}  " + "  ".join(f"{scores[measure]:8.4f}" for measure in MEASURES))
    return "\n".join(lines)
