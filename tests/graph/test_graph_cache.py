"""A kept graph that is damaged, cut short or of other editions is told of and built again, never served."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from medrag.catalogue import Catalogue
from medrag.errors import GraphUnavailable, IntegrityError
from medrag.records import Edition
from medrag_graph import cache
from medrag_graph.cache import graph_file, graph_key, kept_graph, sweep_graphs
from medrag_graph.graph_file import read_graph, write_graph
from medrag_graph.model import GraphConcept, GraphData
from tests.graph.small_sources import Entry, Source, open_catalogue, write_sources

SMALL = GraphData(
    "s_1",
    (GraphConcept("x:1", "drug", "xenol", {"zh": ("线路\u2028分隔",)}),),
    (),
    (),
    {"xenol": ("x:1",), "线路": ("x:1", "x:2")},
)
DAY = date(2020, 1, 1)
ONE = Edition("a@1", "a", "1", "2020", DAY, DAY, "0" * 64, "1" * 64)
OTHER = Edition("b@1", "b", "1", "2020", DAY, DAY, "0" * 64, "2" * 64)


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    file = tmp_path / "g.graph"
    write_graph(file, "k", SMALL)
    return file


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    held = open_catalogue(tmp_path)
    write_sources(
        held,
        [
            Source("v", (Entry.of("drugbank:DB90001", "Zorbafarin"),)),
            Source("w", (Entry.of("w:1", "Other"),)),
        ],
    )
    yield held
    held.close()


def editions(catalogue: Catalogue) -> list[Edition]:
    return [state.edition for state in catalogue.editions()]


def test_what_was_written_is_read_under_the_name_asked_for(kept: Path) -> None:
    assert read_graph(kept, "k", "s_1") == SMALL
    assert read_graph(kept, "k", "s_2") == replace(SMALL, snapshot="s_2")
    assert read_graph(kept.with_name("none"), "k", "s_1") is None


def test_equal_graphs_are_equal_bytes_and_nothing_else_is_left(kept: Path) -> None:
    again = kept.with_name("again")
    write_graph(again, "k", replace(SMALL, names=dict(reversed(SMALL.names.items()))))
    assert again.read_bytes() == kept.read_bytes()
    assert sorted(file.name for file in kept.parent.iterdir()) == ["again", "g.graph"]


def test_a_file_of_another_key_is_refused(kept: Path) -> None:
    with pytest.raises(IntegrityError, match=r"g\.graph"):
        read_graph(kept, "other", "s_1")


def test_every_cut_and_every_changed_byte_is_refused(kept: Path) -> None:
    whole = kept.read_bytes()
    for at in range(len(whole)):
        for told in (whole[:at], whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]):
            kept.write_bytes(told)
            with pytest.raises(IntegrityError):
                read_graph(kept, "k", "s_1")


def test_a_key_is_of_the_editions_and_what_builds_them(monkeypatch: pytest.MonkeyPatch) -> None:
    assert graph_key([ONE, OTHER]) == graph_key([OTHER, ONE])
    others = (
        [ONE],
        [replace(ONE, content_sha256="3" * 64), OTHER],
        [replace(ONE, manifest_sha256="4"), OTHER],
    )
    keys = {graph_key(item) for item in ([ONE, OTHER], *others)}
    assert len(keys) == 4
    monkeypatch.setattr(cache, "GRAPH_VERSION", cache.GRAPH_VERSION + 1)
    cache.makers.cache_clear()
    try:
        assert graph_key([ONE]) not in keys
    finally:
        monkeypatch.undo()
        cache.makers.cache_clear()


def test_medrag_s_own_tables_are_a_part_of_the_key() -> None:
    from importlib.resources import files

    names = {name for name, _ in cache.tables_in(files("medrag.lexicon"))}
    assert {"drugs.csv", "classes.csv", "diseases.csv"} <= names
    assert any("/" in name for name, _ in cache.tables_in(files("medrag_graph")))


def test_a_damaged_file_is_told_of_once_and_built_again(catalogue: Catalogue, tmp_path: Path) -> None:
    held, told = editions(catalogue), list[str]()
    first = kept_graph(tmp_path, catalogue, held, "s_1", told.append)
    file = graph_file(tmp_path, graph_key(held))
    whole = file.read_bytes()
    for damage in (b"nothing", whole[:-5], b""):
        file.write_bytes(damage)
        assert kept_graph(tmp_path, catalogue, held, "s_1", told.append) == first
        assert file.read_bytes() == whole
    assert len(told) == 3
    assert all(str(file) in item and "built again" in item for item in told)


def test_each_set_of_editions_has_its_own_graph(catalogue: Catalogue, tmp_path: Path) -> None:
    one, two = editions(catalogue)
    both = kept_graph(tmp_path, catalogue, [one, two], "s_1", pytest.fail)
    alone = kept_graph(tmp_path, catalogue, [one], "s_1", pytest.fail)
    assert "zorbafarin" in both.names
    assert "other" in both.names
    assert "other" not in alone.names
    assert len(list((tmp_path / "graph").iterdir())) == 2


def test_a_home_that_cannot_be_written_is_said_to_be_so(catalogue: Catalogue, tmp_path: Path) -> None:
    (tmp_path / "graph").write_text("not a folder")
    told: list[str] = []
    with pytest.raises(GraphUnavailable, match="kept"):
        kept_graph(tmp_path, catalogue, editions(catalogue), "s_1", told.append)


def test_a_sweep_leaves_what_is_named_and_nothing_else(catalogue: Catalogue, tmp_path: Path) -> None:
    one, two = editions(catalogue)
    for some in ([one], [two]):
        kept_graph(tmp_path, catalogue, some, "s_1", pytest.fail)
    (tmp_path / "graph" / f"{graph_key([one])}.graph.77.new").write_bytes(b"half")
    (tmp_path / "graph" / "s_old-123.graph").write_bytes(b"an older version's")
    gone = sweep_graphs(tmp_path, {graph_key([one])})
    assert len(gone) == 3
    assert [file.stem for file in (tmp_path / "graph").iterdir()] == [graph_key([one])]
