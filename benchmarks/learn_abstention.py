"""Learns the abstention rule on the development questions and tells what it scores on those never tuned on.

    python benchmarks/learn_abstention.py --home HOME [--words] [--write]

HOME holds the starter shelf and nothing else. Ridge logistic regression over the evidence figures, standardised; the
threshold is one half. ``--write`` puts the rule into ``medrag/answer/abstention.json``.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict
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
RULES = ROOT / "medrag" / "answer" / "abstention.json"
#: Inverse strength of the ridge; 0.1, 1 and 10 differ by less than a question in a hundred in cross-validation.
STRENGTH = 1.0
NEEDS_VECTORS = ("agreement", "peak", "cosine")
#: Ruled on before the learnt weights are asked.
RULED = ("clinical",)


def figures(
    shelf: OpenShelf, settings: Any, file: str
) -> tuple[np.ndarray, np.ndarray, list[dict[str, Any]]]:
    """(evidence, answerable, question) of every question that is not refused."""
    rows, labels, asked = [], [], []
    for item in read_questions(ROOT / "tests" / "quality" / file):
        if refusal_kind(item["question"]) is not None:
            continue
        result = search(shelf, item["question"], settings)
        evidence = weigh_evidence(shelf, result)
        rows.append([getattr(evidence, name) for name in Evidence.names_of_figures()])
        labels.append(int(item["answerable"]))
        asked.append(item)
    return np.array(rows, float), np.array(labels), asked


def told(name: str, right: np.ndarray, labels: np.ndarray) -> str:
    silent = int(right[labels == 0].sum()), int((labels == 0).sum())
    spoke = int(right[labels == 1].sum()), int((labels == 1).sum())
    return f"{name}: abstained on {silent[0]} of {silent[1]} unanswerable, answered {spoke[0]} of {spoke[1]} answerable"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--words", action="store_true", help="learn the rule for words alone")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    settings = load_settings(home=options.home, encoder="none" if options.words else None)
    shelf = open_shelf(settings)
    names = [
        n
        for n in Evidence.names_of_figures()
        if n not in RULED and not (options.words and n in NEEDS_VECTORS)
    ]
    columns = [Evidence.names_of_figures().index(name) for name in names]
    x, y, _ = figures(shelf, settings, "abstention_dev.yaml")
    t, ty, asked = figures(shelf, settings, "abstention_test.yaml")
    x, t = x[:, columns], t[:, columns]
    model = make_pipeline(StandardScaler(), LogisticRegression(C=STRENGTH, max_iter=2000))
    lines = [told("ten-fold on development", cross_val_predict(model, x, y, cv=10) == y, y)]
    model.fit(x, y)
    right = model.predict(t) == ty
    lines.append(told("test", right, ty))
    kinds, missed = Counter(q["kind"] for q in asked if not q["answerable"]), Counter[str]()
    missed.update(q["kind"] for q, ok in zip(asked, right, strict=True) if not ok and not q["answerable"])
    print(*lines, *(f"  {kind}: {n - missed[kind]} of {n}" for kind, n in sorted(kinds.items())), sep="\n")
    scaler, line = model[0], model[1]
    weights = line.coef_[0] / scaler.scale_
    bias = float(line.intercept_[0] - (weights * scaler.mean_).sum())
    rule = {
        "learnt": "; ".join(lines),
        "bias": round(bias, 4),
        "threshold": 0.5,
        "weights": {name: round(float(weight), 4) for name, weight in zip(names, weights, strict=True)},
    }
    print(json.dumps(rule, indent=2))
    if options.write:
        rules = json.loads(RULES.read_text(encoding="utf-8")) if RULES.is_file() else {}
        rules = {key: value for key, value in rules.items() if key in ("packaged", "words")}
        rules["words" if options.words else "packaged"] = rule
        RULES.write_text(json.dumps(rules, indent=2, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
