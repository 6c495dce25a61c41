"""``medrag try``: fills the starter shelf, then asks one English and one Chinese question of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from medrag.answer.service import Question, ask
from medrag_api.reviewing import DeskReviewer
from medrag_api.schemas import answer_json
from medrag_api.wiring import reading_all

if TYPE_CHECKING:
    from collections.abc import Sequence

    from medrag.settings import Settings
    from medrag_ingest.manifest import Manifest
    from medrag_ingest.pipeline import IngestReport
    from medrag_ingest.workshop import Progress

__all__ = ["QUESTIONS", "Trial", "run_trial"]

#: One answered by a guideline digest, one by the French interaction thesaurus, across languages.
QUESTIONS: Final = (
    "When should an SGLT2 inhibitor be started in chronic kidney disease, and at what eGFR?",
    "华法林和布洛芬能一起用吗？",
)


@dataclass(frozen=True, slots=True)
class Trial:
    """What was put on the shelf and what it answered; no answers when nothing could be published."""

    report: IngestReport
    answers: tuple[tuple[str, Mapping[str, Any]], ...]

    def as_json(self) -> dict[str, Any]:
        answers = [{"question": question, "answer": answer} for question, answer in self.answers]
        return {"ingest": self.report.as_json(), "answers": answers}


def run_trial(cards: Sequence[Manifest], settings: Settings, progress: Progress) -> Trial:
    """Ingests the cards and asks the questions; the second time nothing is written. Raises Unavailable."""
    from medrag_api.intake import run_ingest

    report = run_ingest(cards, settings, progress)
    if report.snapshot is None:
        return Trial(report, ())
    with reading_all(settings) as desk:
        reviewer = DeskReviewer(desk)
        told = [
            (text, answer_json(ask(desk.shelf, Question(text), settings, reviewer))) for text in QUESTIONS
        ]
    return Trial(report, tuple(told))
