"""Learns the abstention rule on the development questions and tells what it does with authors it has not seen.

    python benchmarks/learn_abstention.py --home HOME [--words] [--write]

HOME holds the starter shelf and nothing else. Ridge logistic regression over the evidence figures, standardised, on the
questions of every author in ``AUTHORS``; the starter questions, all answerable, are learnt from but not counted. No figure may
count against its meaning: what is better evidence never makes an answer less likely. Each question is learnt from twice, once
as it is read today and once as it would be read had nobody yet entered half of the diseases and terms that only its author
names. An author's questions are judged in that second reading by a model that has learnt from the others' alone, each author in
turn: names and terms were entered with these questions in view, and an author not yet met brings names not yet entered. The
threshold is where, over these rotations, the two kinds of error are equally frequent. ``--write`` puts the rule into
``medrag/answer/abstention.json``.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize

from medrag.answer.evidence import LESS_IS_BETTER, ONLY_TELLS, Evidence, weigh_evidence
from medrag.answer.refuse import refusal_kind
from medrag.retrieve.relevance import judge
from medrag.retrieve.search import SearchResult, search
from medrag.settings import load_settings
from medrag.shelf import OpenShelf
from medrag_api.evaluate.questions import read_questions
from medrag_api.wiring import open_shelf

ROOT = Path(__file__).resolve().parent.parent
QUESTIONS = ROOT / "tests" / "quality"
RULES = ROOT / "medrag" / "answer" / "abstention.json"
#: Files of questions by who wrote them.
AUTHORS = {
    "first": ("abstention_dev.yaml", "abstention_test.yaml"),
    "second": ("abstention_dev2.yaml",),
    "third": ("abstention_voices.yaml",),
    "fourth": ("abstention_rounds.yaml",),
}
ALSO = "starter_questions.yaml"
#: Inverse strength of the ridge; 0.03 to 0.3 differ by less than half a question in a hundred over the rotations.
STRENGTH = 0.1
#: Share of the names only one author uses that is taken for unknown.
UNKNOWN = 0.5
NEEDS_VECTORS = ("cosine", "near")


@dataclass(frozen=True, slots=True)
class Asked:
    """Questions of one author that are not refused: evidence as read today and as read with names unknown."""

    items: Sequence[Mapping[str, Any]]
    today: np.ndarray
    unknown: np.ndarray
    answerable: np.ndarray


@dataclass(frozen=True, slots=True)
class Model:
    """A logistic model over standardised figures."""

    mean: np.ndarray
    scale: np.ndarray
    weights: np.ndarray
    bias: float

    def chances(self, x: np.ndarray) -> np.ndarray:
        return np.asarray(1.0 / (1.0 + np.exp(-(((x - self.mean) / self.scale) @ self.weights + self.bias))))


def searched(shelf: OpenShelf, settings: Any, file: str) -> Iterator[tuple[Mapping[str, Any], SearchResult]]:
    for item in read_questions(QUESTIONS / file):
        if refusal_kind(item["question"]) is None:
            yield item, search(shelf, item["question"], settings)


def terms_of(result: SearchResult) -> set[str]:
    return {m.thing.id for m in result.plan.mentions if m.thing.kind not in ("drug", "class")}


def without(shelf: OpenShelf, result: SearchResult, unknown: set[str]) -> SearchResult:
    """The result as if these things were not in the lexicon; what was found stays."""
    kept = tuple(m for m in result.plan.mentions if m.thing.id not in unknown)
    plan = replace(result.plan, mentions=kept)
    read = shelf.read(result.relevance)
    return replace(result, plan=plan, relevance={key: judge(plan, told) for key, told in read.items()})


def figures(shelf: OpenShelf, results: Sequence[SearchResult], names: Sequence[str]) -> np.ndarray:
    told = [weigh_evidence(shelf, result) for result in results]
    return np.array([[getattr(evidence, name) for name in names] for evidence in told], float)


def read_authors(shelf: OpenShelf, settings: Any, names: Sequence[str]) -> dict[str, Asked]:
    """Every author's questions; "" are the starter questions, whose names stay known."""
    found = {
        author: [pair for file in files for pair in searched(shelf, settings, file)]
        for author, files in AUTHORS.items()
    }
    found[""] = list(searched(shelf, settings, ALSO))
    terms = {
        author: set().union(*(terms_of(result) for _, result in pairs)) for author, pairs in found.items()
    }
    asked = {}
    for author, pairs in found.items():
        others = set().union(*(told for name, told in terms.items() if name != author))
        own = sorted(terms[author] - others) if author else []
        unknown = {term for term in own if random.Random(term).random() < UNKNOWN}
        results = [result for _, result in pairs]
        asked[author] = Asked(
            [item for item, _ in pairs],
            figures(shelf, results, names),
            figures(shelf, [without(shelf, result, unknown) for result in results], names),
            np.array([int(item.get("answerable", True)) for item, _ in pairs]),
        )
    return asked


def learn(asked: Sequence[Asked], names: Sequence[str]) -> Model:
    """Fits both readings of the questions; both answers weigh alike; no figure counts against its meaning."""
    x = np.vstack([part for one in asked for part in (one.today, one.unknown)])
    y = np.concatenate([one.answerable for one in asked for _ in range(2)])
    mean, scale = x.mean(0), x.std(0)
    scale[scale == 0.0] = 1.0
    z, sign = (x - mean) / scale, 2 * y - 1
    share = np.where(y == 1, len(y) / (2 * (y == 1).sum()), len(y) / (2 * (y == 0).sum())) * STRENGTH

    def loss(line: np.ndarray) -> tuple[float, np.ndarray]:
        margin = sign * (z @ line[:-1] + line[-1])
        slope = -share * sign / (1.0 + np.exp(margin))
        ridge = float(line[:-1] @ line[:-1]) / 2
        return float((share * np.logaddexp(0.0, -margin)).sum()) + ridge, np.append(
            z.T @ slope + line[:-1], slope.sum()
        )

    bounds = [bound_of(name) for name in names] + [(None, None)]
    found = minimize(
        loss, np.zeros(len(names) + 1), jac=True, bounds=bounds, method="L-BFGS-B", options={"maxiter": 2000}
    )
    return Model(mean, scale, found.x[:-1], float(found.x[-1]))


def bound_of(name: str) -> tuple[float | None, float | None]:
    if name in ONLY_TELLS:
        return None, None
    return (None, 0.0) if name in LESS_IS_BETTER else (0.0, None)


def even_threshold(chances: np.ndarray, y: np.ndarray) -> float:
    """Where as large a share of the unanswerable is answered as of the answerable is not."""
    grid = np.arange(0.3, 0.8, 0.01)
    gaps = [abs(np.mean(chances[y == 0] >= cut) - np.mean(chances[y == 1] < cut)) for cut in grid]
    return round(float(grid[int(np.argmin(gaps))]), 2)


def told(name: str, right: np.ndarray, labels: np.ndarray) -> str:
    silent = int(right[labels == 0].sum()), int((labels == 0).sum())
    spoke = int(right[labels == 1].sum()), int((labels == 1).sum())
    return f"{name}: abstained on {silent[0]} of {silent[1]} unanswerable, answered {spoke[0]} of {spoke[1]} answerable"


def by_kind(items: Sequence[Mapping[str, Any]], right: np.ndarray) -> list[str]:
    kinds = Counter(item.get("kind", "answerable") for item in items)
    good = Counter(item.get("kind", "answerable") for item, ok in zip(items, right, strict=True) if ok)
    return [f"  {kind}: {good[kind]} of {count}" for kind, count in sorted(kinds.items())]


def rule_of(model: Model, names: Sequence[str], threshold: float, learnt: str) -> dict[str, Any]:
    """The model as plain numbers over the figures as they are, not standardised; what counts for nothing is left out."""
    weights = model.weights / model.scale
    kept = {name: round(float(weight), 4) for name, weight in zip(names, weights, strict=True)}
    return {
        "learnt": learnt,
        "bias": round(model.bias - float((weights * model.mean).sum()), 4),
        "threshold": threshold,
        "weights": {name: weight for name, weight in kept.items() if weight},
    }


def write_rule(name: str, rule: dict[str, Any]) -> None:
    rules = json.loads(RULES.read_text(encoding="utf-8")) if RULES.is_file() else {}
    rules = {key: value for key, value in rules.items() if key in ("packaged", "words")} | {name: rule}
    RULES.write_text(json.dumps(rules, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--words", action="store_true", help="learn the rule for words alone")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    settings = load_settings(home=options.home, encoder="none" if options.words else None)
    names = [n for n in Evidence.names_of_figures() if not (options.words and n in NEEDS_VECTORS)]
    asked = read_authors(open_shelf(settings), settings, names)
    chances = {
        author: learn([one for name, one in asked.items() if name != author], names).chances(
            asked[author].unknown
        )
        for author in AUTHORS
    }
    labels = np.concatenate([asked[author].answerable for author in AUTHORS])
    threshold = even_threshold(np.concatenate(list(chances.values())), labels)
    right = {author: (chances[author] >= threshold) == (asked[author].answerable == 1) for author in AUTHORS}
    name = "judged by models that had seen none of the author's questions, half of the author's own names unknown"
    learnt = told(name, np.concatenate(list(right.values())), labels)
    print(learnt)
    for author in AUTHORS:
        print(
            told(author, right[author], asked[author].answerable),
            *by_kind(asked[author].items, right[author]),
            sep="\n",
        )
    rule = rule_of(learn(list(asked.values()), names), names, threshold, learnt)
    print(json.dumps(rule, indent=2))
    if options.write:
        write_rule("words" if options.words else "packaged", rule)


if __name__ == "__main__":
    main()
