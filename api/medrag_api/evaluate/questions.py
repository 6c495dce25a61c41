"""Runs written questions on an open shelf: does the passage that answers come up, and is silence kept where it should be?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from medrag.answer.service import Question, ask
from medrag.records import Passage
from medrag.retrieve.search import search
from medrag.settings import Settings
from medrag.shelf import OpenShelf
from medrag.text.indexed import index_text

__all__ = [
    "Abstention",
    "HitRate",
    "measure_abstention",
    "measure_held_out",
    "measure_hits",
    "read_questions",
]


@dataclass(frozen=True, slots=True)
class HitRate:
    """Share of questions whose answer is among the first k passages, by language, and those missed."""

    k: int
    rate: Mapping[str, float]
    missed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Abstention:
    """How often silence was kept: over questions the shelf does not answer, and over those it does."""

    unanswerable: int
    abstained_rightly: int
    answerable: int
    abstained_wrongly: int
    by_kind: Mapping[str, tuple[int, int]]
    wrong: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "unanswerable": self.unanswerable,
            "abstained_rightly": self.abstained_rightly,
            "answerable": self.answerable,
            "abstained_wrongly": self.abstained_wrongly,
            "by_kind": {kind: list(counts) for kind, counts in self.by_kind.items()},
        }

    def as_text(self) -> str:
        """Counts alone: the questions are held out, and which of them went wrong is not for who mends the rule."""
        kinds = (f"  {kind}: {right} of {all}" for kind, (right, all) in self.by_kind.items())
        return "\n".join(
            [
                f"abstained on {self.abstained_rightly} of {self.unanswerable} unanswerable",
                *kinds,
                f"abstained on {self.abstained_wrongly} of {self.answerable} answerable",
            ]
        )


def read_questions(path: Path) -> list[dict[str, Any]]:
    """The questions of a file; the fields are told in ``tests/quality/README.md``."""
    return list(yaml.safe_load(path.read_text(encoding="utf-8"))["questions"])


def measure_hits(
    shelf: OpenShelf, questions: Sequence[Mapping[str, Any]], settings: Settings, k: int = 5
) -> HitRate:
    """Searches each question and looks for a passage of a right document that holds every token it must."""
    met: dict[str, list[bool]] = defaultdict(list)
    missed = []
    for item in questions:
        hits = search(shelf, item["question"], settings, limit=k).hits
        found = any(answers(shelf, hit.passage, item["answers"]) for hit in hits)
        met[item["language"]].append(found)
        if not found:
            missed.append(item["id"])
    return HitRate(k, {lang: sum(told) / len(told) for lang, told in met.items()}, tuple(missed))


def answers(shelf: OpenShelf, passage: Passage, wanted: Iterable[Mapping[str, Any]]) -> bool:
    """Whether a passage is one of those that answer."""
    document = shelf.catalogue.document(passage.document)
    work = passage.edition.split("@", 1)[0]
    words = squeeze(index_text(document.title, passage, document.text))
    return any(
        work == item["work"]
        and document.key == item["document"]
        and all(squeeze(token) in words for token in item["must_contain"])
        for item in wanted
    )


def squeeze(text: str) -> str:
    return " ".join(text.casefold().split())


def measure_held_out(path: Path, settings: Settings) -> Abstention:
    """The questions of a file asked of the published shelf of the settings, which should be the starter shelf."""
    from medrag_api.wiring import reading_shelf

    with reading_shelf(settings) as shelf:
        return measure_abstention(shelf, read_questions(path), settings)


def measure_abstention(
    shelf: OpenShelf, questions: Sequence[Mapping[str, Any]], settings: Settings
) -> Abstention:
    """Asks every question; a refusal counts as silence."""
    right, wrong = 0, []
    kinds: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for item in questions:
        silent = ask(shelf, Question(item["question"]), settings).status in ("abstained", "refused")
        if not item["answerable"]:
            right += silent
            kinds[item["kind"]][0] += silent
            kinds[item["kind"]][1] += 1
        if silent == item["answerable"]:
            wrong.append(item["id"])
    answerable = [item for item in questions if item["answerable"]]
    lost = len([item for item in answerable if item["id"] in wrong])
    told = {kind: (counts[0], counts[1]) for kind, counts in sorted(kinds.items())}
    return Abstention(len(questions) - len(answerable), right, len(answerable), lost, told, tuple(wrong))
