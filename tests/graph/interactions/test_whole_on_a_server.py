"""Reviews of random regimens over the graph of the whole mirror: memory and a Bolt server tell the same bytes."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from whole_mirror import NAMES

from medrag.settings import Settings
from medrag_api.desk import Desk
from medrag_api.wiring import open_graph, open_workshop, put_graph, reading_desk
from medrag_graph.interactions import read_regimen, review
from medrag_graph.interactions.patient import LONGEST_NAME
from medrag_ingest.cards import load_cards
from medrag_ingest.keeping import publish
from medrag_ingest.receipt import Receipt
from medrag_ingest.staging import stage_card

pytestmark = [pytest.mark.shared, pytest.mark.slow, pytest.mark.bolt]

REGIMENS = 5000


@pytest.fixture(scope="module")
def settings(shared: Path, wheels: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Of a home with every card that names or joins drugs and diseases, published."""
    home = tmp_path_factory.mktemp("whole")
    made = Settings(home=home, mirror=(wheels, shared / "corpora"), encoder="none", offline=True)
    workshop = open_workshop(made)
    cards = load_cards()
    for name in NAMES:
        stage_card(cards[name], workshop, Receipt("run", name, cards[name].edition_id), lambda *_: None)
    publish(workshop, lambda *_: None)
    workshop.catalogue.close()
    return made


@pytest.fixture(scope="module")
def memory(settings: Settings) -> Iterator[Desk]:
    with reading_desk(settings, open_graph) as desk:
        yield desk


@pytest.fixture(scope="module")
def served(settings: Settings, memory: Desk, bolt_url: str) -> Iterator[Desk]:
    there = settings.model_copy(update={"graph_url": bolt_url})
    shelf = memory.shelf
    put_graph(there, shelf.catalogue, lambda *_: None, tuple(shelf.editions.values()))
    with reading_desk(there, open_graph) as desk:
        yield desk


def regimens(desk: Desk) -> Iterator[dict[str, Any]]:
    """Drugs some source speaks of, under any of their names, now and then with a name nobody holds."""
    chance = random.Random(20201001)
    graph = desk.graph()
    drugs = [graph.concept(item) for item in graph.holding(graph.identifiers("drug"))]
    names = [
        [name for told in drug.names.values() for name in told if len(name) <= LONGEST_NAME] or [drug.name]
        for drug in drugs
        if drug is not None
    ]
    conditions = ["heart failure", "胃溃疡", "insuffisance rénale", "慢性肾病", "epilepsy", "zzz"]
    for _ in range(REGIMENS):
        asked = [chance.choice(held) for held in chance.sample(names, chance.randint(1, 8))]
        odd = [chance.choice(["zzzumab", "warfrin", "Bactrim DS"])] if chance.random() < 0.1 else []
        yield {
            "drugs": asked + odd,
            "conditions": chance.sample(conditions, chance.randint(0, 2)),
            "patient": {"age_years": chance.randint(1, 95), "egfr_ml_min_1_73m2": chance.randint(5, 120)},
            "language": chance.choice(("en", "zh", "fr")),
        }


@pytest.mark.timeout(4 * 3600)
def test_five_thousand_regimens_are_told_alike(memory: Desk, served: Desk) -> None:
    findings = 0
    for told in regimens(memory):
        regimen = read_regimen(told)
        one = json.dumps(review(memory.graph(), regimen, memory.sources).as_json(), ensure_ascii=False)
        other = json.dumps(review(served.graph(), regimen, served.sources).as_json(), ensure_ascii=False)
        assert one == other, told
        report = json.loads(one)
        assert report["complete"]
        findings += len(report["findings"])
    assert findings > REGIMENS
