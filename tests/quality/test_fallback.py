"""A model that is down, slow or lying costs an answer nothing but its time: the sources' words come, cited, or their silence."""

from __future__ import annotations

import statistics
from pathlib import Path

import pytest
from scripted_lies import liar
from scripted_models import Behaviour, refused_url, serving, slow

from medrag.answer.records import Answer
from medrag.answer.service import Question, ask
from medrag.backends import Models
from medrag.backends.config import ModelSettings
from medrag.settings import Settings, load_settings
from medrag.shelf import OpenShelf
from medrag_api.evaluate.questions import read_questions
from medrag_api.wiring import open_models, open_shelf, open_workshop
from medrag_ingest.cards import starter_cards
from medrag_ingest.pipeline import ingest

HERE = Path(__file__).parent
#: Seconds models may hold an answer up here.
BUDGET_S = 0.5
QUESTIONS = 200
Shelf = tuple[OpenShelf, Settings]


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory, wheels: Path) -> Shelf:
    home = tmp_path_factory.mktemp("fallback")
    settings = load_settings(home=home, mirror=(wheels,), encoder="none", model_wait_s=BUDGET_S)
    assert ingest(list(starter_cards().values()), open_workshop(settings), lambda *_: None).published
    return open_shelf(settings), settings


def asked(shelf: Shelf, models: Models | None) -> list[Answer]:
    """The first answerable questions."""
    questions = [q for q in read_questions(HERE / "abstention_test.yaml") if q["answerable"]][:QUESTIONS]
    answerer = "extractive" if models is None else "auto"
    return [ask(shelf[0], Question(q["question"], answerer), shelf[1], models=models) for q in questions]


def measured(name: str, shelf: Shelf, models: Models, quoted: list[Answer]) -> None:
    told = asked(shelf, models)
    #: What the model took of each answer: all that is not done for an extractive one too.
    added = [answer.timings_ms["model"] for answer in told if "model" in answer.timings_ms]
    same = sum(a.text == b.text and a.citations == b.citations for a, b in zip(told, quoted, strict=True))
    cited = sum(bool(a.statements) for a in told)
    print(
        f"{name:6} {len(told)} questions, {cited} cited, {same} as the extractive answer; "
        f"added ms: median {statistics.median(added):.0f}, p99 {statistics.quantiles(added, n=100)[98]:.0f}, "
        f"most {max(added):.0f}"
    )
    assert len(told) == QUESTIONS
    assert same == len(told)
    assert all(a.degraded for a in told if a.statements)


def models_at(shelf: Shelf, url: str) -> Models:
    """One model whose breaker stays shut, so that every question waits for it; loaded before it is measured."""
    told = {"only": ModelSettings(url=url, breaker_failures=1000, retries=0)}
    models = open_models(shelf[1].model_copy(update={"models": told}))
    ask(shelf[0], Question("What is the dose of metformin at an eGFR of 35?"), shelf[1], models=models)
    return models


@pytest.mark.slow
@pytest.mark.network
def test_a_model_that_fails_in_any_way_gives_the_sources_words(shelf: Shelf) -> None:
    quoted = asked(shelf, None)
    measured("down", shelf, models_at(shelf, refused_url()), quoted)
    ways: dict[str, Behaviour] = {"slow": slow("x" * 100, first=30.0), "lying": liar()}
    for name, behaviour in ways.items():
        with serving(behaviour) as server:
            measured(name, shelf, models_at(shelf, server.url), quoted)
