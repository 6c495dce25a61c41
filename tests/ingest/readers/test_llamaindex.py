"""LlamaIndex readers on a card: real ones read in the child, and what they give keeps every law of a document."""

from __future__ import annotations

import importlib
import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from laws import outline, read, read_one
from small_cards import check_laws, find, open_small, quiet, write_raw

from medrag.errors import DocumentRefused, ManifestRefused
from medrag_ingest.manifest import Manifest
from medrag_ingest.pipeline import ingest
from medrag_ingest.readers.llamaindex_classes import KNOWN_CLASSES

JSON = "llama_index.core.readers.json.JSONReader"
FOLDER = "llama_index.core.SimpleDirectoryReader"
ROWS = [{"drug": "metformin", "rule": "Stopped below 30. 😀"}, {"drug": "colchicine", "rule": "Halved."}]
LINES = "\n".join(json.dumps(row, ensure_ascii=False) for row in ROWS)


@pytest.mark.slow
def test_each_document_of_the_reader_is_one() -> None:
    arguments = {"is_jsonl": True, "ensure_ascii": False}
    told = read("llamaindex", LINES, "rules.jsonl", **{"class": JSON, "arguments": arguments})
    assert [document.key for document in told] == ["rules.jsonl#1", "rules.jsonl#2"]
    assert told[0].text == '"drug": "metformin",\n"rule": "Stopped below 30. 😀"'
    assert [segment.locator for segment in told[1].segments] == [f"part:2;chars:0-{len(told[1].text)}"]


@pytest.mark.slow
def test_joined_they_are_one_document_whose_offsets_hold() -> None:
    options = {"class": JSON, "arguments": {"is_jsonl": True}, "joined": True, "title": "Rules"}
    told = read_one("llamaindex", LINES, "rules.jsonl", **options)
    assert (told.key, told.title, len(told.segments)) == ("rules.jsonl", "Rules", 2)
    assert told.text[told.segments[1].start :].startswith('"drug": "colchicine"')


def test_markdown_keeps_its_structure() -> None:
    text = "# Gout\r\n\r\nHalve colchicine.\r\n\r\n- in kidney disease\r\n"
    told = read_one("llamaindex", text, "gout.md", **{"class": FOLDER, "texts": "markdown"})
    assert told.title == "Gout" and "\r" not in told.text
    assert [kind for kind, *_ in outline(told)] == ["heading", "paragraph", "list_item"]
    assert told.blocks[1].section == ("Gout",)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("data", "options", "words"),
    [
        (b"{", {"class": JSON}, "JSONReader could not read it: JSONDecodeError"),
        (b'{"a": "b"}', {"class": "llama_index.readers.nowhere.Reader"}, "not installed here"),
        (b'{"a": "b"}', {"class": "reaching_reader.Plain"}, "not a LlamaIndex reader"),
        (b"secret", {"class": "reaching_reader.BreakingReader"}, "could not read it: RuntimeError"),
        (b"[" * 100_000, {"class": JSON}, "gave no text|could not read it"),
        ("naïve".encode("latin-1"), {"class": FOLDER}, "could not read it"),
        (b"[]", {"class": JSON}, "gave no text"),
        (b" ", {"class": JSON}, "empty"),
    ],
)
def test_what_cannot_be_read_is_refused_without_its_words(
    data: bytes, options: dict[str, Any], words: str
) -> None:
    with pytest.raises(DocumentRefused) as caught:
        read("llamaindex", data.decode("latin-1").encode("latin-1"), "a.txt", **options)
    assert any(part in str(caught.value) for part in words.split("|")), caught.value
    assert "secret" not in str(caught.value)


def test_options_that_are_none_are_refused() -> None:
    with pytest.raises(ManifestRefused, match=r"options\.cure"):
        read("llamaindex", "{}", "a.json", **{"class": JSON, "cure": 1})
    with pytest.raises(ManifestRefused, match=r"options\.class"):
        read("llamaindex", "{}", "a.json")


@pytest.fixture
def port() -> Iterator[int]:
    """A port that answers whoever calls."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


@pytest.mark.parametrize(
    ("network", "told"),
    [
        (False, "PermissionError and refused"),
        pytest.param(True, "reached and reached", marks=pytest.mark.slow),
    ],
)
def test_a_reader_has_the_network_its_card_gives_it(port: int, network: bool, told: str) -> None:
    options = {"class": "reaching_reader.ReachingReader", "network": network}
    assert read_one("llamaindex", str(port), "port.txt", **options).text == told


def card(folder: Path, options: dict[str, Any]) -> Manifest:
    reader = {"name": "llamaindex", "options": options}
    return write_raw(folder, "rules", {"rules.jsonl": LINES.encode()}, {"reader": reader})


def test_a_card_brings_passages_of_its_edition(home: Path, tmp_path: Path) -> None:
    workshop = open_small(home)
    report = ingest([card(tmp_path, {"class": JSON, "arguments": {"is_jsonl": True}})], workshop, quiet)
    assert report.receipts[0].outcome == "staged", report.receipts[0]
    snapshot = workshop.catalogue.current()
    assert snapshot is not None and snapshot.editions == ("rules@2024",)
    assert check_laws(workshop, snapshot) >= 2
    assert "metformin" in find(workshop, "metformin")[0]


@pytest.mark.parametrize(
    ("options", "settings", "field"),
    [
        ({"class": "os.system"}, {}, "class"),
        ({"class": "llama_index.readers.web.SimpleWebPageReader"}, {}, "class"),
        ({"class": "one"}, {}, "class"),
        ({}, {}, "class"),
        ({"class": FOLDER, "arguments": {"input_dir": "/etc"}}, {}, "arguments.input_dir"),
        ({"class": JSON, "network": True}, {}, "network"),
        (
            {"class": "reaching_reader.Plain", "network": True},
            {"reader_classes": ("reaching_reader.Plain",)},
            "network",
        ),
    ],
)
def test_a_card_names_what_is_allowed_or_nothing_is_read(
    home: Path, tmp_path: Path, options: dict[str, Any], settings: dict[str, Any], field: str
) -> None:
    report = ingest([card(tmp_path, options)], open_small(home, **settings), quiet)
    receipt = report.receipts[0]
    assert receipt.outcome == "refused" and receipt.sources == []
    assert f"reader.options.{field}" in json.dumps(receipt.as_json())


@pytest.mark.slow
def test_the_operator_allows_a_class_with_any_arguments(home: Path, tmp_path: Path) -> None:
    allowed = "reaching_reader.BreakingReader"
    workshop = open_small(home, reader_classes=(allowed,))
    report = ingest([card(tmp_path, {"class": allowed})], workshop, quiet)
    assert "RuntimeError" in json.dumps(report.receipts[0].as_json())


def test_no_class_known_takes_a_place_or_code_from_a_card() -> None:
    named = {argument for arguments in KNOWN_CLASSES.values() for argument in arguments}
    assert not {name for name in named if any(part in name for part in ("file", "dir", "path", "url", "fs"))}


@pytest.mark.slow
@pytest.mark.parametrize("path", sorted(KNOWN_CLASSES))
def test_every_class_known_is_there_with_its_arguments(path: str) -> None:
    import inspect

    module, _, name = path.rpartition(".")
    if module.startswith("llama_index.readers."):
        pytest.importorskip(module, reason="llama-index-readers-file is not installed", exc_type=ImportError)
    made = getattr(importlib.import_module(module), name)
    assert KNOWN_CLASSES[path] <= set(inspect.signature(made.__init__).parameters) - {"self"}


@pytest.mark.slow
def test_a_reader_of_the_package_of_file_readers_reads() -> None:
    pytest.importorskip("llama_index.readers.file", exc_type=ImportError)
    options = {"class": "llama_index.readers.file.HTMLTagReader", "arguments": {"tag": "p"}}
    told = read_one("llamaindex", "<p id='a'>Stop metformin.</p><div>x</div>", "a.html", **options)
    assert told.text == "Stop metformin."
