"""JSON records become documents whose blocks carry pointers."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medrag.errors import DocumentRefused
from medrag_ingest.readers.strict_json import escape, follow
from tests.ingest.readers.laws import outline, read, read_one

VALUES = st.recursive(
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)
    | st.integers()
    | st.booleans()
    | st.none(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("a/~b", max_size=3), inner, max_size=3)
    ),
    max_leaves=12,
)


def test_all_of_a_record_is_read_with_its_pointers() -> None:
    long = "A long text. " * 12
    document = read_one(
        "json", json.dumps({"name": "Cordil", "doses": ["5 mg", "10 mg"], "use": {"how/why": long}})
    )
    assert outline(document) == [
        ("paragraph", "name: Cordil", []),
        ("heading", "doses", []),
        ("list_item", "5 mg", ["doses"]),
        ("list_item", "10 mg", ["doses"]),
        ("heading", "use", []),
        ("heading", "how/why", ["use"]),
        ("paragraph", long.strip(), ["use", "how/why"]),
    ]
    assert [s.locator for s in document.segments][-2:] == ["/use/how~1why", "/use/how~1why"]


def test_records_keys_titles_and_fields_by_option() -> None:
    data = json.dumps(
        {"all": [{"id": 1, "t": "One", "body": "words"}, {"id": 2, "t": "Two", "body": "more"}]}
    )
    first, second = read("json", data, records="all", key="id", title="t", text=["body"], name="f.json")
    assert (first.key, first.title, first.text, first.segments[0].locator) == (
        "1",
        "One",
        "body: words",
        "/all/0/body",
    )
    assert second.key == "2"
    assert [d.key for d in read("json", data, records="all", name="f.json")] == [
        "f.json#/all/0",
        "f.json#/all/1",
    ]


def test_a_key_must_be_there_once() -> None:
    with pytest.raises(DocumentRefused, match="two records have the key '1'"):
        read("json", '[{"id": 1}, {"id": 1}]', key="id")
    with pytest.raises(DocumentRefused, match="no key"):
        read("json", '[{"id": true}]', key="id")


def test_json_lines_are_located_by_line() -> None:
    first, second = read("jsonl", '{"t": "a"}\n\n{"t": "b"}', name="f.jsonl")
    assert (first.key, first.segments[0].locator) == ("f.jsonl#1", "lines:1-1")
    assert (second.key, second.segments[0].locator) == ("f.jsonl#3", "lines:3-3")


@given(VALUES)
def test_every_pointer_leads_to_its_words(value: object) -> None:
    data = json.dumps({"v": value, "anchor": "x"})
    document = read_one("json", data)
    for block, segment in zip(document.blocks, document.segments, strict=True):
        if block.kind != "heading":
            found = follow(json.loads(data), segment.locator)
            words = str(found).lower() if isinstance(found, bool) else str(found)
            assert document.text[block.start : block.end].endswith(words.strip())


@given(st.text("a~/01"))
def test_escaped_keys_are_followed(key: str) -> None:
    assert follow({key: 1}, f"/{escape(key)}") == 1
