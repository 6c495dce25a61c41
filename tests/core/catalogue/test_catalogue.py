"""The catalogue keeps what it is given, shows nothing half-done, and moves its pointer in one step."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from medrag.catalogue import Catalogue
from medrag.catalogue.engine import open_engine
from medrag.catalogue.migrate import bring_up_to_date
from medrag.catalogue.schema import metadata
from medrag.errors import CatalogueUnavailable, NotFound, UsageError
from medrag.identifiers import content_id, edition_id, sha256_text
from medrag.records import (
    Assertion,
    Block,
    Concept,
    Derived,
    Document,
    Edition,
    Name,
    Passage,
    Rights,
    Segment,
    Snapshot,
    Span,
    Stated,
    Work,
)

WORK = Work(
    "leaflets", "Leaflets", "A house", "label", "label", "FR", "fr", None, Rights("CC0-1.0", None, True, 300)
)


def edition(label: str = "1", published: str = "2020") -> Edition:
    return Edition(
        edition_id("leaflets", label),
        "leaflets",
        label,
        published,
        date(2020, 1, 1),
        date(2026, 1, 2),
        "0" * 64,
    )


def document(text: str, key: str = "a", held: str = "leaflets@1") -> Document:
    segments = (Segment(0, len(text), f"chars:0-{len(text)}"),)
    blocks = (Block("heading", 0, 1), Block("paragraph", 1, len(text), ("H",), "34073-7", 2, (Span(0, 1),)))
    digest = sha256_text(text)
    identifier = content_id("d_", held, key, digest)
    return Document(identifier, held, key, "A leaflet", "fr", text, digest, "1" * 64, "m", segments, blocks)


def passage(doc: Document, start: int, end: int) -> Passage:
    identifier = content_id("p_", doc.id, start, end)
    text = doc.text[start:end]
    return Passage(
        identifier, doc.id, doc.edition, 0, start, end, text, "prose", ("H",), "34073-7", 2, (Span(0, 1),)
    )


@pytest.fixture
def catalogue(url: str) -> Catalogue:
    opened = Catalogue(url)
    opened.put_work(WORK)
    opened.open_edition(edition())
    return opened


TEXT = "華法林 😀 é — Ne pas dépasser 2,5 mg. 不要超过。"


def test_gives_back_what_it_was_given(catalogue: Catalogue) -> None:
    doc = document(TEXT)
    part = passage(doc, 4, 20)
    claim = Assertion(
        "a_1",
        doc.edition,
        "interacts_with",
        "A",
        "B",
        "major",
        "ansm",
        "Association",
        "si",
        {"mechanism": "m"},
        (Stated(doc.id, Span(1, 3), "level"), Derived("mirror", ("a_0",))),
    )
    name = Name("x:1", "Été", "ete", "fr", "preferred", doc.edition)
    catalogue.add_batch(
        doc.edition, [(0, doc, [part])], [claim], [Concept("x:1", "drug", "Été", {"atc": "B"})], [name]
    )
    state = catalogue.seal_edition(doc.edition, "f" * 64)
    assert (state.state, state.documents, state.passages, state.assertions, state.names) == (
        "sealed",
        1,
        1,
        1,
        1,
    )
    assert catalogue.document(doc.id) == doc
    assert catalogue.passage(part.id) == part
    assert catalogue.passages_of([part.id, "p_none"]) == {part.id: part}
    assert list(catalogue.read_edition(doc.edition)) == [(doc, [part])]
    assert list(catalogue.assertions_in(doc.edition)) == [claim]
    assert catalogue.names_of(["ete", "none"], [doc.edition]) == [name]
    assert catalogue.names_of(["ete"], ["leaflets@2"]) == []
    assert catalogue.work("leaflets") == WORK


@given(
    text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1),
    data=st.data(),
)
def test_a_passage_is_the_slice_of_its_document_in_code_points(text: str, data: st.DataObject) -> None:
    catalogue = Catalogue("sqlite://")
    catalogue.put_work(WORK)
    catalogue.open_edition(edition())
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    doc = document(text)
    part = passage(doc, start, end)
    catalogue.add_batch(doc.edition, [(0, doc, [part])])
    assert catalogue.passage(part.id).text == text[start:end]
    catalogue.close()


def test_a_batch_that_fails_leaves_nothing(catalogue: Catalogue) -> None:
    doc = document(TEXT)
    twice = [passage(doc, 4, 20), passage(doc, 4, 20)]
    with pytest.raises(CatalogueUnavailable):
        catalogue.add_batch(doc.edition, [(0, doc, twice)])
    assert catalogue.document_keys(doc.edition) == []


def test_staging_again_starts_clean(catalogue: Catalogue) -> None:
    doc = document(TEXT)
    catalogue.add_batch(doc.edition, [(0, doc, [passage(doc, 4, 20)])])
    catalogue.open_edition(edition())
    assert catalogue.document_keys(doc.edition) == []
    with pytest.raises(NotFound):
        catalogue.document(doc.id)


def test_the_pointer_moves_and_moves_back(catalogue: Catalogue) -> None:
    assert catalogue.current() is None
    first = Snapshot("s_1", datetime(2026, 1, 1, tzinfo=UTC), ("leaflets@1",), "i1", "", 3)
    second = Snapshot("s_2", datetime(2026, 1, 2, tzinfo=UTC), ("leaflets@1", "b@2"), "i2", "e5", 9)
    catalogue.publish(first)
    catalogue.publish(second)
    assert catalogue.current() == second
    catalogue.publish(first, action="rollback", reason="wrong dose")
    assert catalogue.current() == first
    assert catalogue.snapshots() == [first, second]
    moves = [(p.snapshot, p.action, p.reason) for p in catalogue.publications()]
    assert moves == [("s_1", "publish", ""), ("s_2", "publish", ""), ("s_1", "rollback", "wrong dose")]
    catalogue.forget_snapshots(["s_1", "s_2"])
    assert catalogue.snapshots() == [first]


def test_a_missing_catalogue_is_said_not_made(tmp_path: Path) -> None:
    with pytest.raises(CatalogueUnavailable, match="no catalogue"):
        Catalogue(f"sqlite:///{tmp_path / 'none.db'}", create=False)
    assert not (tmp_path / "none.db").exists()


def test_a_catalogue_of_newer_code_is_refused(url: str) -> None:
    Catalogue(url).close()
    engine = open_engine(url, create=False)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(CatalogueUnavailable, match="9999"):
        Catalogue(url)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "catalogue.db").write_bytes(b"not a database at all, only words " * 40)
    with pytest.raises(CatalogueUnavailable):
        Catalogue(f"sqlite:///{tmp_path / 'catalogue.db'}")


@pytest.mark.parametrize("url", ["mysql://h/d", "no url", "oracle://x"])
def test_other_databases_are_refused(url: str) -> None:
    with pytest.raises(UsageError):
        Catalogue(url)


def test_the_migrations_make_the_tables_the_code_reads(bare_url: str) -> None:
    engine = open_engine(bare_url, create=True)
    bring_up_to_date(engine)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


def test_a_server_that_is_not_there_is_said() -> None:
    with pytest.raises(CatalogueUnavailable):
        Catalogue("postgresql://nobody@127.0.0.1:1/none")
