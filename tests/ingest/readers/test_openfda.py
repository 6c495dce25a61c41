"""openFDA partitions are read one label at a time, with sections, tables and pointers."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medrag.errors import DocumentRefused
from medrag_ingest.raw import RawFile
from medrag_ingest.readers import guard
from medrag_ingest.readers.openfda import iter_results
from tests.ingest.readers.laws import outline, read

LABEL = {
    "effective_time": "20240102",
    "set_id": "set-1",
    "drug_interactions": ["7 DRUG INTERACTIONS Keep apart."],
    "drug_interactions_table": [
        "<table><tr><th>With</th><th>Do</th></tr><tr><td>Fentaol</td><td>Stop</td></tr></table>"
    ],
    "warnings_and_cautions": ["5 WARNINGS"],
    "spl_unclassified_section": ["Loose words."],
    "spl_product_data_elements": ["CORDIL starch"],
    "version": "3",
    "openfda": {"brand_name": ["CORDIL"], "generic_name": ["CORDILOL"], "manufacturer_name": ["Maker"]},
}


def test_a_label_by_its_sections() -> None:
    document, other = read(
        "openfda", json.dumps({"meta": {"n": 2}, "results": [LABEL, LABEL | {"set_id": "set-2"}]})
    )
    assert outline(document) == [
        ("paragraph", "Product: CORDIL\nGeneric name: CORDILOL", []),
        ("heading", "Drug Interactions", []),
        ("paragraph", "7 DRUG INTERACTIONS Keep apart.", ["Drug Interactions"]),
        ("table_header", "With | Do", ["Drug Interactions"]),
        ("table_row", "Fentaol | Stop", ["Drug Interactions", "With | Do"]),
        ("heading", "Warnings and Precautions", []),
        ("paragraph", "5 WARNINGS", ["Warnings and Precautions"]),
        ("paragraph", "Loose words.", []),
    ]
    assert [b.code for b in document.blocks] == ["48780-1", *["34073-7"] * 4, "43685-7", "43685-7", None]
    assert (document.key, document.title, document.published) == ("set-1", "CORDIL (CORDILOL)", "2024-01-02")
    assert (document.publisher, document.notes) == ("Maker", {"fields_without_section": 1})
    assert other.segments[3].locator == "/results/1/drug_interactions_table/0"


def test_two_versions_of_a_label_are_two_documents_and_the_same_twice_is_refused() -> None:
    versions = [LABEL | {"id": "v1"}, LABEL | {"id": "v2"}]
    documents = read("openfda", json.dumps({"results": versions}))
    assert [document.key for document in documents] == ["set-1", "set-1/v2"]
    assert {(document.url or "").rpartition("=")[2] for document in documents} == {"set-1"}
    with pytest.raises(DocumentRefused, match="two results"):
        read("openfda", json.dumps({"results": [*versions, LABEL | {"id": "v2"}]}))


def test_labels_without_text_are_counted() -> None:
    empty = {"set_id": "e", "openfda": LABEL["openfda"]}
    results = [empty, LABEL, empty | {"set_id": "f"}]
    document, last = read("openfda", json.dumps({"results": [LABEL | {"set_id": "0"}, *results]}))
    assert "labels_without_text" not in document.notes
    assert (last.key, last.notes["labels_without_text"]) == ("set-1", 2)


@given(
    st.lists(
        st.recursive(st.integers() | st.text(max_size=9), lambda x: st.lists(x, max_size=3)), max_size=8
    ),
    st.data(),
)
def test_results_are_the_same_however_the_file_is_cut(results: list[object], data: st.DataObject) -> None:
    text = json.dumps(
        {"a": [1, {"results": 2}], "results": results, "z": 1.5}, indent=data.draw(st.sampled_from([None, 1]))
    )
    step = data.draw(st.integers(1, 40))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(guard, "_CHUNK", step)
        assert list(iter_results(RawFile.from_bytes("p.json", text.encode()))) == results


class _Endless(io.RawIOBase):
    """A partition of labels that are made as they are read; counts what was asked for."""

    def __init__(self, count: int) -> None:
        self.pieces = self._make(count)
        self.rest = b""
        self.given = 0

    @staticmethod
    def _make(count: int) -> Iterator[bytes]:
        yield b'{"results": ['
        for number in range(count):
            yield (b"," if number else b"") + json.dumps(
                {"set_id": str(number), "boxed_warning": ["x" * 5000]}
            ).encode()
        yield b"]}"

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        while len(self.rest) < size and (piece := next(self.pieces, b"")):
            self.rest += piece
        taken, self.rest = self.rest[:size], self.rest[size:]
        self.given += len(taken)
        return taken


def test_a_label_is_given_before_the_rest_is_read() -> None:
    stream = _Endless(2000)
    results = iter_results(RawFile("p.json", "0" * 64, "", lambda: stream, None))  # type: ignore[arg-type, return-value]
    next(results)
    assert stream.given < 1_000_000
    assert sum(1 for _ in results) == 1999
    assert stream.given > 10_000_000
