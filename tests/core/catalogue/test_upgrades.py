"""A catalogue of the first revision, with rows, comes up to the newest on both databases; all of the way or none of it."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from sqlalchemy import Engine, MetaData, inspect, select, text

from medrag.catalogue import Catalogue
from medrag.catalogue.alerts import AlertCard, AlertCounts, Alerts
from medrag.catalogue.engine import open_engine
from medrag.catalogue.jobs import Jobs
from medrag.catalogue.migrate import HEAD, bring_up_to_date, migrate, version_of
from medrag.catalogue.schema import metadata
from medrag.records import Snapshot

TEXT = "Warfarine 😀 et ibuprofène: à éviter."
#: As the code of revision 0001 wrote them.
ROWS: dict[str, dict[str, Any]] = {
    "works": {
        "id": "notes",
        "title": "Notes",
        "publisher": "A house",
        "kind": "label",
        "authority": "label",
        "jurisdiction": "FR",
        "language": "fr",
        "licence": "CC0-1.0",
        "redistributable": True,
    },
    "editions": {
        "id": "notes@1",
        "work": "notes",
        "label": "1",
        "published": "2020",
        "valid_from": "2020-01-01",
        "retrieved": "2026-01-02",
        "manifest_sha256": "0" * 64,
        "content_sha256": "f" * 64,
        "state": "sealed",
        "documents": 1,
        "passages": 1,
        "assertions": 1,
        "names": 1,
    },
    "documents": {
        "id": "d_1",
        "edition": "notes@1",
        "ordinal": 0,
        "key": "a",
        "title": "A note",
        "language": "fr",
        "text": TEXT,
        "sha256": "1" * 64,
        "raw_sha256": "2" * 64,
        "raw_member": "",
        "segments": f'[[0,{len(TEXT)},"chars"]]',
        "blocks": "[]",
        "lost_characters": 0,
    },
    "passages": {
        "id": "p_1",
        "document": "d_1",
        "edition": "notes@1",
        "ordinal": 0,
        "start": 10,
        "end": 25,
        "kind": "prose",
        "section": "[]",
        "scope": "[]",
    },
    "concepts": {"id": "x:1", "edition": "notes@1", "kind": "drug", "name": "warfarine", "codes": "{}"},
    "names": {
        "concept": "x:1",
        "edition": "notes@1",
        "text": "Warfarine",
        "folded": "warfarine",
        "language": "fr",
        "form": "preferred",
    },
    "assertions": {
        "id": "a_1",
        "edition": "notes@1",
        "predicate": "interacts_with",
        "subject": "A",
        "object": "B",
        "severity": "major",
        "native_scale": "ansm",
        "native_level": "x",
        "condition": "",
        "qualifiers": "{}",
    },
    "evidence": {
        "assertion": "a_1",
        "ordinal": 0,
        "document": "d_1",
        "start": 0,
        "end": 9,
        "role": "level",
    },
    "runs": {"id": "r_1", "started": "2026-01-02T00:00:00", "outcome": "done", "receipt": "{}"},
    "snapshots": {
        "id": "s_1",
        "created": "2026-01-02T00:00:00+00:00",
        "editions": '["notes@1"]',
        "index_name": "s_1",
        "encoder": "",
        "passages": 1,
    },
    "publications": {"snapshot": "s_1", "at": "2026-01-02T00:00:00", "action": "publish", "reason": ""},
    "pointers": {"name": "current", "value": "s_1"},
}


def first_revision(url: str) -> Engine:
    """A database as the first code left it."""
    engine = open_engine(url, create=True)
    with engine.begin() as connection:
        migrate(connection, "0001")
        held = MetaData()
        held.reflect(connection)
        for name, row in ROWS.items():
            connection.execute(held.tables[name].insert(), row)
    return engine


def test_the_first_revision_comes_up_with_its_rows(bare_url: str) -> None:
    first_revision(bare_url).dispose()
    catalogue = Catalogue(bare_url)
    assert catalogue.work("notes").tenant == ""
    assert catalogue.passage("p_1").text == TEXT[10:25]
    assert [claim.id for claim in catalogue.assertions_in("notes@1")] == ["a_1"]
    assert [name.text for name in catalogue.names_of(["warfarine"], ["notes@1"])] == ["Warfarine"]
    current = catalogue.current()
    assert current is not None and current.editions == ("notes@1",)
    assert Jobs(catalogue).add("publish", {}).tenant == ""
    Alerts(catalogue).count(
        {("2026-01-02", "order-sign"): AlertCounts(1, 1)},
        {AlertCard("c", "drug_drug", "major", "warning", ("a_1",)): 1},
    )
    assert Alerts(catalogue).burden().per_thousand == 1000
    catalogue.publish(Snapshot("s_2", current.created, ("notes@1",), "s_2", "", 1))
    assert [move.seq for move in catalogue.publications()] == [1, 2]
    catalogue.close()


def test_an_upgrade_that_is_cut_off_leaves_the_old_revision(bare_url: str) -> None:
    engine = first_revision(bare_url)
    with pytest.raises(RuntimeError), engine.begin() as connection:
        migrate(connection, "0006")
        raise RuntimeError
    with engine.connect() as connection:
        assert version_of(connection) == "0001"
        assert not inspect(connection).has_table("keys")
        assert connection.execute(text("SELECT text FROM documents")).scalar() == TEXT
    bring_up_to_date(engine)
    with engine.connect() as connection:
        assert version_of(connection) == HEAD
    engine.dispose()


OPEN = "import sys; from medrag.catalogue import Catalogue; Catalogue(sys.argv[1]).close()"


def test_processes_that_start_together_make_one_catalogue(bare_url: str) -> None:
    first_revision(bare_url).dispose()
    started = [subprocess.Popen([sys.executable, "-c", OPEN, bare_url]) for _ in range(3)]
    assert [process.wait() for process in started] == [0, 0, 0]


def test_words_sort_by_code_point_everywhere(bare_url: str) -> None:
    """A language's rules put a before B and é beside e; then one shelf would give other bytes on another server."""
    Catalogue(bare_url).close()
    engine = open_engine(bare_url, create=False)
    names = ["B", "a", "é", "f", "华", "Z", "_", "-a"]
    with engine.begin() as connection:
        table = metadata.tables["pointers"]
        connection.execute(table.insert(), [{"name": name, "value": "x"} for name in names])
        found = connection.execute(select(table.c.name).order_by(table.c.name)).scalars().all()
    assert found == sorted(names)
    if engine.dialect.name == "postgresql":
        odd = "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' AND "
        odd += "data_type IN ('character varying', 'text') AND collation_name IS DISTINCT FROM 'C'"
        with engine.connect() as connection:
            found = [row for row in connection.execute(text(odd)) if row[0] != "alembic_version"]
        assert found == []
    engine.dispose()
