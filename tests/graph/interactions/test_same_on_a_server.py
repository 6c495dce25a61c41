"""A report from the Bolt server equals the report from memory, byte for byte."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator

import pytest
from asking import ask
from small_graph import DRUGS, SNAPSHOT, Drawing, TextSources

from medrag_graph.stores import MemoryGraph
from medrag_graph.stores.address import read_address
from medrag_graph.stores.bolt import BoltGraph

pytestmark = pytest.mark.bolt
REGIMENS, MANY = 40, 5000


@pytest.fixture(scope="module")
def bolt(bolt_url: str, drawing: Drawing) -> Iterator[BoltGraph]:
    home = BoltGraph(read_address(bolt_url))
    home.load(drawing.data())
    yield home
    home.close()


@pytest.mark.parametrize("regimens", [REGIMENS, pytest.param(MANY, marks=pytest.mark.slow)])
def test_random_regimens(bolt: BoltGraph, memory: MemoryGraph, sources: TextSources, regimens: int) -> None:
    chance = random.Random(20201001)
    assert bolt.snapshot() == SNAPSHOT
    for _ in range(regimens):
        names = [chance.choice((en.split("|")[-1], zh, fr)) for _, en, zh, fr in chance.sample(DRUGS, 5)]
        told = {
            "patient": {"age_years": chance.randint(20, 90), "egfr_ml_min_1_73m2": chance.randint(10, 110)},
            "conditions": chance.sample(["胃溃疡", "heart failure"], chance.randint(0, 2)),
            "language": chance.choice(("en", "zh", "fr")),
        }
        one = json.dumps(ask(bolt, sources, *names, **told).as_json(), ensure_ascii=False)
        other = json.dumps(ask(memory, sources, *names, **told).as_json(), ensure_ascii=False)
        assert one == other
        assert json.loads(one)["complete"]


def test_a_server_that_stops_is_source_unavailable(
    bolt_url: str, drawing: Drawing, sources: TextSources
) -> None:
    home = BoltGraph(read_address(bolt_url))
    home.close()
    report = ask(home, sources, "warfarin", "ibuprofen")
    assert not report.complete
    assert [item.outcome for item in report.pairs] == ["source_unavailable"]
