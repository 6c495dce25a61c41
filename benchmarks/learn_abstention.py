"""Learns the abstention rule on the development questions and tells what it does with authors it has not seen.

    python benchmarks/learn_abstention.py --home HOME [--words] [--write] [--heldout FILE]

HOME holds the starter shelf and nothing else. Ridge logistic regression over the evidence figures, standardised, on the
questions of every author in ``AUTHORS``; the starter questions, all answerable, are learnt from but not counted. An author's
questions are judged by a model that has learnt from the others' alone, each in turn: a rule fits the manner of those it was
learnt on, and ten folds of one author's questions hide that. The threshold is where, over these rotations, the two kinds of
error are equally frequent. ``--write`` puts the rule into ``medrag/answer/abstention.json``; ``--heldout`` counts what it
does with questions it has not seen and tells nothing else of them.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from medrag.answer.evidence import Evidence, weigh_evidence
from medrag.answer.refuse import refusal_kind
from medrag.retrieve.search import search
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
}
#: Inverse strength of the ridge; 0.03 to 1 differ by less than a question in a hundred over the rotations.
STRENGTH = 0.1
NEEDS_VECTORS = ("cosine", "near", "fall")
#: Ruled on before the learnt weights are asked.
RULED = ("clinical", "recall", "known")


def figures(
    shelf: OpenShelf, settings: Any, file: Path
) -> tuple[np.ndarray, np.ndarray, list[dict[str, Any]]]:
    """(evidence, answerable, question) of every question that is not refused."""
    rows, labels, asked = [], [], []
    for item in read_questions(file):
        if refusal_kind(item["question"]) is not None:
            continue
        result = search(shelf, item["question"], settings)
        evidence = weigh_evidence(shelf, result)
        rows.append([getattr(evidence, name) for name in Evidence.names_of_figures()])
        labels.append(int(item.get("answerable", True)))
        asked.append(item)
    return np.array(rows, float), np.array(labels), asked


def new_model() -> Any:
    return make_pipeline(
        StandardScaler(), LogisticRegression(C=STRENGTH, max_iter=2000, class_weight="balanced")
    )


def by_others(x: np.ndarray, y: np.ndarray, authors: np.ndarray, also: np.ndarray) -> np.ndarray:
    """The chance given to each question by a model that has seen no question of its author.

    ``also`` are rows of answerable questions every model learns from.
    """
    chances = np.zeros(len(y))
    for author in dict.fromkeys(authors):
        ask = authors == author
        model = new_model().fit(np.vstack([x[~ask], also]), np.append(y[~ask], np.ones(len(also))))
        chances[ask] = model.predict_proba(x[ask])[:, 1]
    return chances


def even_threshold(chances: np.ndarray, y: np.ndarray) -> float:
    """Where as large a share of the unanswerable is answered as of the answerable is not."""
    grid = np.arange(0.3, 0.8, 0.01)
    gaps = [abs(np.mean(chances[y == 0] >= cut) - np.mean(chances[y == 1] < cut)) for cut in grid]
    return round(float(grid[int(np.argmin(gaps))]), 2)


def told(name: str, right: np.ndarray, labels: np.ndarray) -> str:
    silent = int(right[labels == 0].sum()), int((labels == 0).sum())
    spoke = int(right[labels == 1].sum()), int((labels == 1).sum())
    return f"{name}: abstained on {silent[0]} of {silent[1]} unanswerable, answered {spoke[0]} of {spoke[1]} answerable"


def by_kind(asked: list[dict[str, Any]], right: np.ndarray) -> list[str]:
    kinds = Counter(item.get("kind", "answerable") for item in asked)
    good = Counter(item.get("kind", "answerable") for item, ok in zip(asked, right, strict=True) if ok)
    return [f"  {kind}: {good[kind]} of {count}" for kind, count in sorted(kinds.items())]


def rule_of(model: Any, names: list[str], threshold: float, learnt: str) -> dict[str, Any]:
    """The model as plain numbers over the figures as they are, not standardised."""
    scaler, line = model[0], model[1]
    weights = line.coef_[0] / scaler.scale_
    bias = float(line.intercept_[0] - (weights * scaler.mean_).sum())
    return {
        "learnt": learnt,
        "bias": round(bias, 4),
        "threshold": threshold,
        "weights": {name: round(float(weight), 4) for name, weight in zip(names, weights, strict=True)},
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
    parser.add_argument("--heldout", type=Path, help="questions to count on, never to learn from")
    options = parser.parse_args()
    settings = load_settings(home=options.home, encoder="none" if options.words else None)
    shelf = open_shelf(settings)
    figured = Evidence.names_of_figures()
    names = [n for n in figured if n not in RULED and not (options.words and n in NEEDS_VECTORS)]
    columns = [figured.index(name) for name in names]
    parts = {
        author: [figures(shelf, settings, QUESTIONS / file) for file in files]
        for author, files in AUTHORS.items()
    }
    every = [part for told in parts.values() for part in told]
    x, y = np.vstack([part[0][:, columns] for part in every]), np.concatenate([part[1] for part in every])
    authors = np.array([author for author, told in parts.items() for part in told for _ in part[2]])
    also = figures(shelf, settings, QUESTIONS / "starter_questions.yaml")[0][:, columns]
    chances = by_others(x, y, authors, also)
    threshold = even_threshold(chances, y)
    right = (chances >= threshold) == (y == 1)
    learnt = told("judged by models that had seen none of the author's questions", right, y)
    print(learnt)
    for author, told_by in parts.items():
        one = authors == author
        asked = [item for part in told_by for item in part[2]]
        print(told(author, right[one], y[one]), *by_kind(asked, right[one]), sep="\n")
    model = new_model().fit(np.vstack([x, also]), np.append(y, np.ones(len(also))))
    rule = rule_of(model, names, threshold, learnt)
    print(json.dumps(rule, indent=2))
    if options.heldout:
        t, ty, unseen = figures(shelf, settings, options.heldout)
        right = (model.predict_proba(t[:, columns])[:, 1] >= threshold) == (ty == 1)
        print(told("held out", right, ty), *by_kind(unseen, right), sep="\n")
    if options.write:
        write_rule("words" if options.words else "packaged", rule)


if __name__ == "__main__":
    main()
