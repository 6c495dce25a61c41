"""MedragRetriever and MedragQueryEngine: LlamaIndex programs get the passages and answers of every other door."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
from review_shelf import ROWS
from served_shelf import serving_shelf

from medrag.errors import InputRefused, QuestionRefused, Unavailable, UsageError
from medrag.settings import Settings
from medrag_api.client import Client
from medrag_api.holder import ShelfHolder
from medrag_api.llamaindex import MedragQueryEngine, MedragRetriever

QUESTION = f"Can {ROWS[0][0]} be taken with {ROWS[0][1]}?"


@pytest.fixture(scope="module")
def client(reviewing: Settings) -> Iterator[Client]:
    with serving_shelf(reviewing) as address, Client(address) as one:
        yield one


@pytest.fixture(scope="module")
def holder(reviewing: Settings) -> Iterator[ShelfHolder]:
    held = ShelfHolder(reviewing)
    yield held
    held.close()


def test_nodes_are_the_passages_of_search(client: Client, holder: ShelfHolder) -> None:
    nodes = MedragRetriever(holder=holder, top_k=3).retrieve("metformin eGFR")
    hits = client.search("metformin eGFR", top_k=3).hits
    assert [(node.node_id, node.score) for node in nodes] == [(hit.passage_id, hit.score) for hit in hits]
    for node in nodes:
        text = client.document_text(node.metadata["document_id"])
        assert text[node.node.start_char_idx : node.node.end_char_idx] == node.text  # type: ignore[attr-defined]
        assert node.metadata["edition"] and node.metadata["title"] in node.node.get_content("llm")  # type: ignore[arg-type]
    assert json.dumps([node.to_dict() for node in nodes])


def test_an_answer_is_the_one_of_ask_with_a_node_for_each_citation(
    client: Client, reviewing: Settings
) -> None:
    with MedragQueryEngine(reviewing, answerer="extractive") as engine:
        told = engine.query(QUESTION)
        other = asyncio.run(engine.aquery(QUESTION))
    plain = client.ask(QUESTION, answerer="extractive")
    assert str(told) == str(other) == plain.answer
    assert told.metadata is not None and told.metadata["id"] == plain.id
    assert [node.text for node in told.source_nodes] == [item.quote.exact for item in plain.citations]
    assert [node.metadata["n"] for node in told.source_nodes] == [item.n for item in plain.citations]
    for node in told.source_nodes:
        text = client.document_text(node.metadata["document_id"])
        assert text[node.node.start_char_idx : node.node.end_char_idx] == node.text  # type: ignore[attr-defined]


def test_a_patient_and_filters_go_along(holder: ShelfHolder) -> None:
    engine = MedragQueryEngine(holder=holder, patient={"age_years": 80}, filters={"languages": ["en"]})
    document: Any = engine.query(QUESTION).metadata
    assert document["interactions"]["findings"]
    assert asyncio.run(MedragRetriever(holder=holder, top_k=1).aretrieve("metformin"))


def test_what_cannot_be_taken_is_refused(holder: ShelfHolder, home: Any) -> None:
    with pytest.raises(QuestionRefused):
        MedragQueryEngine(holder=holder).query(" ")
    with pytest.raises(InputRefused):
        MedragQueryEngine(holder=holder, patient={"age_years": 700}).query("x")
    with pytest.raises(UsageError):
        MedragRetriever(holder=holder, filters={"corpora": ["nowhere"]}).retrieve("x")
    with MedragRetriever(Settings(home=home, encoder="hash")) as empty, pytest.raises(Unavailable):
        empty.retrieve("x")
