"""A cached graph that is damaged, cut short or of another version is refused and built again."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from medrag.errors import IntegrityError
from medrag_graph.cache import cached_graph, graph_file, load_graph, save_graph
from medrag_graph.model import GraphConcept, GraphData
from tests.graph.small_sources import Entry, Source, open_catalogue, write_sources

SMALL = GraphData(
    "s_1", (GraphConcept("x:1", "drug", "xenol", {"zh": ("线路\u2028分隔",)}),), (), (), {"xenol": ("x:1",)}
)


def test_a_line_separator_in_a_name_survives(tmp_path: Path) -> None:
    save_graph(SMALL, tmp_path / "g.gz")
    assert load_graph(tmp_path / "g.gz") == SMALL


@pytest.mark.parametrize("keep", [0, 5, 40, -3])
def test_a_file_cut_short_is_refused(tmp_path: Path, keep: int) -> None:
    path = tmp_path / "g.gz"
    save_graph(SMALL, path)
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(IntegrityError, match=r"g\.gz"):
        load_graph(path)


def test_a_changed_word_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "g.gz"
    save_graph(SMALL, path)
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes()).replace(b"xenol", b"xenon")))
    with pytest.raises(IntegrityError, match="built again"):
        load_graph(path)


def test_a_damaged_cache_is_built_again(tmp_path: Path) -> None:
    catalogue = open_catalogue(tmp_path)
    editions = write_sources(catalogue, [Source("v", (Entry.of("drugbank:DB90001", "Zorbafarin"),))])
    first = cached_graph(catalogue, editions, "s_1", tmp_path)
    path = graph_file(tmp_path, editions, "s_1")
    path.write_bytes(b"nothing")
    assert cached_graph(catalogue, editions, "s_1", tmp_path) == first
    assert load_graph(path) == first
    catalogue.close()


def test_other_editions_are_another_file(tmp_path: Path) -> None:
    assert graph_file(tmp_path, ["a@1"], "s_1") != graph_file(tmp_path, ["a@2"], "s_1")
    assert graph_file(tmp_path, ["a@1", "b@1"], "s_1") == graph_file(tmp_path, ["b@1", "a@1"], "s_1")
