"""A backup put back gives the same shelf, answers, keys and log; one that is not whole, or not a backup, changes nothing."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import shutil
import tarfile
from collections.abc import Callable, Iterator
from contextlib import closing, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from guarded import give_key
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from sample_shelf import BLOOD, LEAFLETS, add_edition, copy_home
from sqlalchemy import select

from medrag.catalogue import Catalogue
from medrag.catalogue.alerts import AlertCard, AlertCounts, Alerts
from medrag.catalogue.audit import Act
from medrag.catalogue.conversations import StoredConversations
from medrag.catalogue.copying import RESTORED
from medrag.catalogue.jobs import Jobs
from medrag.catalogue.schema import metadata
from medrag.dialogue.seal import Seal
from medrag.errors import InputRefused, MedragError, ShelfBusy, Unavailable
from medrag.index.encoders.cache import VectorCache
from medrag.index.folder import describe_files
from medrag.settings import Settings
from medrag_api.backup.account import ACCOUNT
from medrag_api.backup.making import make_backup
from medrag_api.backup.restoring import restore
from medrag_api.backup.unpacking import unpack
from medrag_api.cli import main
from medrag_api.security.callers import KeyRing
from medrag_api.security.log import audit_of
from medrag_api.wiring import open_workshop

QUESTION = "At what eGFR is metformin stopped?"
SEAL = Seal(bytes(range(32)))


def command(settings: Settings, *words: str) -> Result:
    env = {"MEDRAG_CATALOGUE_URL": settings.catalogue_url or None}
    told = [*words, "--home", str(settings.home)]
    return CliRunner().invoke(main, told, standalone_mode=False, env=env)


def said(settings: Settings, *words: str) -> Any:
    """What a command answers, but for how long it took."""
    told = json.loads(command(settings, *words, "--json").stdout)
    told.pop("timings_ms", None)
    return told


def rows(settings: Settings) -> dict[str, list[str]]:
    with closing(Catalogue(settings.catalogue)) as catalogue, catalogue.standing_still() as connection:
        return {
            table.name: sorted(
                repr(tuple(row)) for row in connection.execute(select(table)) if row[0] != RESTORED
            )
            for table in metadata.sorted_tables
        }


def files(settings: Settings) -> dict[str, Any]:
    """What stands beside the rows: bytes of sources, indexes by their content, the secret, the pins."""
    home = settings.home
    kept = [*home.glob("raw/*"), home / "secret", home / "pins.json", *home.glob("incoming/*/*")]
    held = {str(path.relative_to(home)): path.read_bytes() for path in kept if path.is_file()}
    return {**held, "index": describe_files(home / "index")}


@pytest.fixture
def house(standing_copy: Settings) -> Settings:
    """A shelf in use: keys, acts, an answer kept, a conversation, counts of alerts, a job that runs, a source, a vector."""
    give_key(standing_copy, "ask", "check", tenant="acme")
    with closing(Catalogue(standing_copy.catalogue)) as catalogue:
        log = audit_of(standing_copy, catalogue)
        log.add(
            [Act(datetime.now(UTC).isoformat(), "local", f"POST /ask {n}", "s_1", "200") for n in range(5)]
        )
        kept = StoredConversations(catalogue, SEAL, 3600).open("somebody")
        jobs = Jobs(catalogue)
        jobs.add("publish", {"editions": []}, "job_" + "a" * 24)
        jobs.claim("a-machine-that-is-gone:7")
        card = AlertCard("0" * 36, "drug_drug", "major", "warning", ("a_1",))
        Alerts(catalogue).count({("2026-01-02", "order-sign"): AlertCounts(3, 1)}, {card: 1})
    workshop = open_workshop(standing_copy)
    with closing(workshop.catalogue):
        workshop.raw.put_stream([b"a source, ", b"as it was fetched"])
    (standing_copy.home / "pins.json").write_text("{}\n", "utf-8")
    incoming = standing_copy.home / "incoming" / ("job_" + "a" * 24)
    incoming.mkdir(parents=True)
    (incoming / "notes 1.txt").write_text("Sent with a job.", "utf-8")
    assert command(standing_copy, "ask", QUESTION, "--keep").exit_code == 0
    assert kept.id.startswith("c")
    return standing_copy


@pytest.fixture
def elsewhere(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str], Settings]:
    """An empty home whose catalogue is a file, or a database of a real PostgreSQL."""

    def make(kind: str, name: str = "elsewhere") -> Settings:
        home = tmp_path / name
        url = request.getfixturevalue("postgres").of_home(home) if kind == "postgres" else ""
        return Settings(home=home, encoder="hash", catalogue_url=url)

    return make


@pytest.fixture
def saved(house: Settings, tmp_path: Path) -> Path:
    return make_backup(house, tmp_path / "saved.tar.gz").file


KINDS = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_put_back_is_what_was_there(
    house: Settings, saved: Path, elsewhere: Callable[..., Settings], tmp_path: Path, kind: str
) -> None:
    if kind == "sqlite" and house.catalogue_url:
        pytest.skip("this run gives every home a database of a server")
    asks = [("ask", QUESTION), ("check", "warfarin", "ibuprofen"), ("search", "metformin eGFR")]
    before = [said(house, *words) for words in asks]
    there = elsewhere(kind)
    assert restore(there, saved).notes == ()
    assert not (there.home / "restoring").exists()
    again, was = rows(there), rows(house)
    assert "'running'" in was.pop("jobs")[0] and "restored from a backup" in again.pop("jobs")[0]
    # A command that asked left its act in the log of the first.
    assert {name: again[name] for name in was} == was
    assert files(there) == files(house)
    assert [said(there, *words) for words in asks] == before
    with closing(Catalogue(there.catalogue)) as catalogue:
        assert audit_of(there, catalogue).verify().problem == ""
        audit_of(there, catalogue).add([Act("2026-01-02", "local", "more", "", "200")])
        assert audit_of(there, catalogue).verify().problem == ""
        assert [job.state for job in Jobs(catalogue).last()] == ["queued"]
    # And from there back into a file.
    (there.home / "secret").chmod(0o600)
    second = make_backup(there, tmp_path / "second.tar.gz").file
    last = elsewhere("sqlite", "last")
    restore(last, second)
    assert rows(last) == rows(there) and files(last) == files(there)


def test_keys_open_what_they_opened(
    house: Settings, tmp_path: Path, elsewhere: Callable[..., Settings]
) -> None:
    text, key = give_key(house, "ask")
    file = make_backup(house, tmp_path / "k.tar.gz").file
    assert text.encode() not in gzip.decompress(file.read_bytes())
    assert file.stat().st_mode & 0o077 == 0
    there = elsewhere("sqlite")
    restore(there, file)
    for settings in (house, there):
        ring = KeyRing(settings)
        ring.refresh()
        caller = ring.caller_of(text)
        ring.close()
        assert caller is not None and caller.id == key.id


def test_the_command_line_says_what_it_did(house: Settings, tmp_path: Path, elsewhere: Any) -> None:
    file = tmp_path / "by-command.tar.gz"
    told = said(house, "backup", str(file))
    assert told["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest() and told["rows"]["editions"] == 2
    assert command(house, "backup", str(file)).exit_code == 2
    there = elsewhere("sqlite")
    wrong = command(there, "restore", str(file), "--sha256", "0" * 64)
    assert wrong.exit_code == 3 and not (there.home / "catalogue.db").exists()
    done = said(there, "restore", str(file), "--sha256", told["sha256"])
    assert done["snapshot"] == told["snapshot"] and done["notes"] == []


def test_a_home_that_holds_something_is_kept_unless_it_may_go(
    house: Settings, saved: Path, settings: Settings
) -> None:
    workshop = open_workshop(settings)
    with closing(workshop.catalogue):
        add_edition(workshop.catalogue, LEAFLETS, "1", "2021-01-01", BLOOD)
        gone = workshop.raw.put_stream([b"of the shelf that goes"]).path
    give_key(settings, "ask")
    before = rows(settings), files(settings)
    with pytest.raises(MedragError, match="holds a shelf already"):
        restore(settings, saved)
    assert (rows(settings), files(settings)) == before
    restore(settings, saved, replace=True)
    assert rows(settings)["editions"] == rows(house)["editions"] and files(settings) == files(house)
    assert not gone.exists()
    with closing(Catalogue(settings.catalogue)) as catalogue:
        assert audit_of(settings, catalogue).verify().problem == ""


def test_vectors_come_along_and_those_there_stay(
    saved: Path, house: Settings, tmp_path: Path, settings: Settings
) -> None:
    import numpy as np

    one, other = np.ones(4, dtype=np.float32), np.zeros(4, dtype=np.float32)
    VectorCache(house.home / "vectors.db").put_many("e", {b"1" * 32: one})
    VectorCache(settings.home / "vectors.db").put_many("e", {b"2" * 32: other})
    restore(settings, make_backup(house, tmp_path / "v.tar.gz").file, replace=True)
    assert set(VectorCache(settings.home / "vectors.db").get_many("e", [b"1" * 32, b"2" * 32])) == {
        b"1" * 32,
        b"2" * 32,
    }


def test_it_waits_for_who_writes_and_says_who(house: Settings, tmp_path: Path) -> None:
    workshop = open_workshop(house)
    with (
        closing(workshop.catalogue),
        workshop.writing("a long ingest"),
        pytest.raises(ShelfBusy, match="a long ingest"),
    ):
        make_backup(house, tmp_path / "busy.tar.gz", wait_s=0.1)
    assert not list(tmp_path.glob("*busy*"))


def test_a_damaged_source_is_not_backed_up(house: Settings, tmp_path: Path) -> None:
    next((house.home / "raw").iterdir()).write_bytes(b"damaged")
    with pytest.raises(MedragError, match="sha256"):
        make_backup(house, tmp_path / "damaged.tar.gz")
    assert not list(tmp_path.glob("*damaged*"))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, reviewing: Settings) -> bytes:
    """A backup's bytes, to be spoilt."""
    home = tmp_path_factory.mktemp("spoilt") / "home"
    copy_home(reviewing.home, home)
    settings = reviewing.model_copy(update={"home": home})
    return make_backup(settings, home.parent / "whole.tar.gz").file.read_bytes()


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A backup without an index, whose megabytes of zeros take their time: works that wait to be published."""
    settings = Settings(home=tmp_path_factory.mktemp("bare") / "home", encoder="none")
    workshop = open_workshop(settings)
    with closing(workshop.catalogue):
        add_edition(workshop.catalogue, LEAFLETS, "1", "2021-01-01", BLOOD)
        workshop.raw.put_stream([b"a source"])
    give_key(settings, "ask")
    return make_backup(settings, settings.home.parent / "bare.tar.gz").file.read_bytes()


@given(data=st.data())
@examples(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_archive_that_was_cut_or_altered_is_refused_or_the_same(
    bare: bytes, tmp_path: Path, data: st.DataObject
) -> None:
    """Ten bytes of gzip's own header, its time and system, say nothing of what is inside. In a run of one byte, zeros say,
    another bit of the packed stream may mean the same: then every file must be what it was."""
    at = data.draw(st.integers(10, len(bare) - 1))
    cut = data.draw(st.booleans())
    flipped = bytes([bare[at] ^ data.draw(st.integers(1, 255))])
    file = tmp_path / "spoilt.tar.gz"
    file.write_bytes(bare[:at] if cut else bare[:at] + flipped + bare[at + 1 :])
    into = emptied(tmp_path / "into")
    try:
        unpack(file, into)
    except InputRefused:
        return
    assert not cut
    file.write_bytes(bare)
    as_it_was = emptied(tmp_path / "as-it-was")
    unpack(file, as_it_was)
    assert describe_files(into) == describe_files(as_it_was)


def emptied(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder


Members = list[tuple[tarfile.TarInfo, bytes]]


def members(whole: bytes) -> Members:
    with tarfile.open(fileobj=io.BytesIO(whole), mode="r:gz") as archive:
        return [(info, archive.extractfile(info).read()) for info in archive]  # type: ignore[union-attr]


def packed(parts: Members, after: bytes = b"") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for info, told in parts:
            archive.addfile(info, io.BytesIO(told))
    return gzip.compress(out.getvalue() + after, 1)


def named(
    name: str, told: bytes = b"", kind: bytes = tarfile.REGTYPE, link: str = ""
) -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.size, info.type, info.linkname = len(told), kind, link
    return info, told


def account_with(parts: Members, change: Callable[[dict[str, Any]], None]) -> Members:
    """The same archive with another account of itself."""
    told = json.loads(parts[0][1])
    change(told)
    return [named(ACCOUNT, json.dumps(told).encode()), *parts[1:]]


def with_file(parts: Members, member: tuple[tarfile.TarInfo, bytes], told_as: str | None = None) -> Members:
    """One more file, of which the account tells too."""
    name = told_as or member[0].name
    entry = {"name": name, "bytes": len(member[1]), "sha256": hashlib.sha256(member[1]).hexdigest()}
    return [*account_with(parts, lambda told: told["files"].append(entry)), member]


def rewritten(parts: Members, name: str, change: Callable[[bytes], bytes]) -> Members:
    """Another content of a file, of which the account tells as if it were right."""
    made = [(named(info.name, change(told)) if info.name == name else (info, told)) for info, told in parts]
    content = {info.name: told for info, told in made}

    def agree(told: dict[str, Any]) -> None:
        for entry in told["files"]:
            held = content[entry["name"]]
            entry |= {"bytes": len(held), "sha256": hashlib.sha256(held).hexdigest()}

    return account_with(made, agree)


def index_file(parts: Members) -> str:
    return next(info.name for info, told in parts if info.name.startswith("index/") and told.strip(b"\0"))


def without_files(parts: Members, ending: str) -> Members:
    """Files are left out, of which the account tells nothing."""

    def forget(told: dict[str, Any]) -> None:
        told["files"] = [entry for entry in told["files"] if not entry["name"].endswith(ending)]

    return [part for part in account_with(parts, forget) if not part[0].name.endswith(ending)]


HOSTILE: dict[str, Callable[[Members], Members]] = {
    "a path that climbs": lambda parts: with_file(parts, named("../../escaped", b"x")),
    "a path that climbs below a folder": lambda parts: with_file(parts, named("index/a/../../../escaped", b"x")),
    "an absolute path": lambda parts: with_file(parts, named("/tmp/medrag-escaped", b"x")),
    "a file of no home": lambda parts: with_file(parts, named("settings.toml", b"x")),
    "a hidden file": lambda parts: with_file(parts, named("index/a/.ssh", b"x")),
    "a link": lambda parts: with_file(parts, named("pins.json", b"", tarfile.SYMTYPE, "/etc/passwd")),
    "a hard link": lambda parts: with_file(parts, named("pins.json", b"", tarfile.LNKTYPE, "secret")),
    "a device": lambda parts: with_file(parts, named("pins.json", b"", tarfile.CHRTYPE)),
    "a named pipe": lambda parts: with_file(parts, named("pins.json", b"", tarfile.FIFOTYPE)),
    "a folder": lambda parts: with_file(parts, named("incoming", b"", tarfile.DIRTYPE)),
    "a file more than is told": lambda parts: [*parts, named("pins.json", b"{}")],
    "a file twice": lambda parts: with_file(with_file(parts, named("pins.json", b"{}")), named("pins.json", b"{}")),
    "another name than was told": lambda parts: with_file(parts, named("vectors.db", b"x"), "pins.json"),
    "a file less": lambda parts: parts[:-1],
    "files in another order": lambda parts: [parts[0], *reversed(parts[1:])],
    "no account": lambda parts: parts[1:],
    "an account that is not first": lambda parts: [*parts[1:], parts[0]],
    "an account that is no account": lambda parts: [named(ACCOUNT, b"[]"), *parts[1:]],
    "an account with a field nobody knows": lambda parts: account_with(parts, lambda told: told.update(run="x")),
    "a newer format": lambda parts: account_with(parts, lambda told: told.update(format=2)),
    "a newer schema": lambda parts: account_with(parts, lambda told: told.update(revision="9999")),
    "a table nobody knows": lambda parts: with_file(
        account_with(parts, lambda told: told["tables"].append({"name": "sqlite_x", "columns": ["a"], "rows": 0})),
        named("tables/sqlite_x.jsonl"),
    ),
    "a column nobody knows": lambda parts: account_with(
        parts, lambda told: told["tables"][0].update(columns=["id; drop table works"])
    ),
    "fewer rows than told": lambda parts: account_with(parts, lambda told: told["tables"][-1].update(rows=99)),
    "rows that are no rows": lambda parts: rewritten(parts, "tables/works.jsonl", lambda _: b"[1]\n"),
    "rows without those they need": lambda parts: rewritten(
        account_with(parts, lambda told: [t.update(rows=0) for t in told["tables"] if t["name"] == "works"]),  # type: ignore[func-returns-value]
        "tables/works.jsonl",
        lambda _: b"",
    ),
    "another snapshot than told": lambda parts: account_with(parts, lambda told: told.update(snapshot="s_x")),
    "a source under another's hash": lambda parts: with_file(parts, named("raw/" + "0" * 64, b"x")),
    "an index that was touched": lambda parts: rewritten(parts, index_file(parts), lambda told: told + b"x"),
    "an index without its end": lambda parts: without_files(parts, "meta.json"),
}  # fmt: skip


@pytest.mark.parametrize("trick", HOSTILE)
def test_an_archive_that_was_made_to_harm_is_refused(
    request: pytest.FixtureRequest, tmp_path: Path, settings: Settings, trick: str
) -> None:
    sound = request.getfixturevalue("whole" if trick.startswith("an index") else "bare")
    file = tmp_path / "hostile.tar.gz"
    file.write_bytes(packed(HOSTILE[trick](members(sound))))
    beside = sorted(path.name for path in tmp_path.iterdir())
    with pytest.raises(InputRefused) as told:
        restore(settings, file)
    assert str(file) in str(told.value) or "hostile" in str(told.value)
    assert not (settings.home / "catalogue.db").exists() and not (settings.home / "restoring").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == beside
    assert not Path("/tmp/medrag-escaped").exists()


def test_an_archive_that_unpacks_to_more_than_the_disk_is_not_begun(
    bare: bytes, tmp_path: Path, settings: Settings
) -> None:
    """What is told is believed only to refuse; what comes is counted against it."""
    parts = account_with(members(bare), lambda told: told["files"][0].update(bytes=1 << 60))
    file = tmp_path / "bomb.tar.gz"
    file.write_bytes(packed(parts))
    with pytest.raises(Unavailable, match="are free"):
        restore(settings, file)
    zeros = rewritten(members(bare), "tables/answers.jsonl", lambda _: b"")
    at = next(n for n, (info, _) in enumerate(zeros) if info.name == "tables/answers.jsonl")
    file.write_bytes(packed([*zeros[:at], named("tables/answers.jsonl", bytes(1 << 26)), *zeros[at + 1 :]]))
    with pytest.raises(InputRefused, match="another file stands"):
        restore(settings, file)


def test_words_after_its_end_are_refused(bare: bytes, tmp_path: Path) -> None:
    file = tmp_path / "long.tar.gz"
    for after in (b"more", gzip.compress(b"more")):
        file.write_bytes(packed(members(bare), after) if after == b"more" else bare + after)
        shutil.rmtree(tmp_path / "into", ignore_errors=True)
        (tmp_path / "into").mkdir()
        with pytest.raises(InputRefused):
            unpack(file, tmp_path / "into")


@pytest.mark.parametrize(
    "told", [b"", b"not a backup", gzip.compress(b"nor this"), gzip.compress(bytes(20_000))]
)
def test_what_is_no_backup_is_said_to_be_none(tmp_path: Path, settings: Settings, told: bytes) -> None:
    file = tmp_path / "none.tar.gz"
    file.write_bytes(told)
    with pytest.raises(InputRefused):
        restore(settings, file)


def test_no_file_no_shelf_and_two_restores_are_said(tmp_path: Path, settings: Settings, bare: bytes) -> None:
    from medrag_api.backup.settling import restoring_alone

    with pytest.raises(MedragError, match="no such file"):
        restore(settings, tmp_path / "nothing.tar.gz")
    # A catalogue of a server is there before anything is in it.
    with nullcontext() if settings.catalogue_url else pytest.raises(MedragError, match="no catalogue"):
        make_backup(settings, tmp_path / "b.tar.gz")
    file = tmp_path / "whole.tar.gz"
    file.write_bytes(bare)
    with restoring_alone(settings.home), pytest.raises(ShelfBusy, match="restoring"):
        restore(settings, file)


def test_an_older_schema_comes_up_to_date(bare: bytes, tmp_path: Path, settings: Settings) -> None:
    """As medrag of revision 0003 would have written it: without what came later."""
    then = {
        "works",
        "golden",
        "editions",
        "documents",
        "passages",
        "concepts",
        "names",
        "assertions",
        "evidence",
    }
    then |= {"runs", "jobs", "snapshots", "publications", "pointers"}

    def is_later(name: str) -> bool:
        return name.startswith("tables/") and name[7:-6] not in then

    def older(told: dict[str, Any]) -> None:
        told["revision"] = "0003"
        told["tables"] = [table for table in told["tables"] if table["name"] in then]
        told["files"] = [entry for entry in told["files"] if not is_later(entry["name"])]
        for table in told["tables"]:
            if table["name"] in ("works", "jobs"):
                table["columns"].remove("tenant")

    def without_last(told: bytes) -> bytes:
        return b"".join(json.dumps(json.loads(line)[:-1]).encode() + b"\n" for line in told.splitlines())

    parts = rewritten(
        rewritten(members(bare), "tables/works.jsonl", without_last), "tables/jobs.jsonl", without_last
    )
    kept = [part for part in account_with(parts, older) if not is_later(part[0].name)]
    file = tmp_path / "older.tar.gz"
    file.write_bytes(packed(kept))
    restore(settings, file)
    with closing(Catalogue(settings.catalogue)) as catalogue:
        assert {work.tenant for work in catalogue.works()} == {""}
        assert audit_of(settings, catalogue).verify().problem == ""


@pytest.fixture(autouse=True)
def no_leftovers() -> Iterator[None]:
    yield
    assert not Path("/tmp/medrag-escaped").exists()
