"""Fetching: which way is taken, what is verified, and that servers that break, lie or dawdle do no harm."""

from __future__ import annotations

import gzip
import itertools
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from archives import tar_bytes, zip_bytes
from local_server import LocalServer, serving

from medrag.errors import IntegrityError, SourceRefused, SourceUnavailable
from medrag.identifiers import sha256_bytes
from medrag.settings import Settings
from medrag_ingest import wheel as wheel_module
from medrag_ingest.download import Download
from medrag_ingest.fetch import Fetched, fetch_source
from medrag_ingest.manifest import Manifest
from medrag_ingest.pins import Pins
from medrag_ingest.rawstore import RawStore
from medrag_ingest.unpack import raw_files

DATA = random.Random(0).randbytes(200_000)
HASH = sha256_bytes(DATA)


@pytest.fixture
def server() -> Iterator[LocalServer]:
    with serving() as made:
        made.files["/a.bin"] = DATA
        yield made


def card(**source: Any) -> Manifest:
    return Manifest.model_validate(
        {
            "id": "sample", "title": "t", "publisher": "p", "kind": "label", "authority": "label",
            "jurisdiction": "US", "language": "en", "edition": "1", "published": "2020",
            "rights": {"licence": "CC0-1.0", "redistributable": True},
            "sources": [source], "reader": {"name": "text"}, "expect": {"documents": 1},
        }
    )  # fmt: skip


def options(home: Path, **told: Any) -> Settings:
    given: dict[str, Any] = {"home": home, "fetch_allow_private": True, "fetch_timeout_s": 5.0}
    return Settings(**(given | told))


def fetch(made: Manifest, settings: Settings, **told: Any) -> Fetched:
    return fetch_source(made.sources[0], made, settings, RawStore(settings.home), **told)


def files_under(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def kept_raw(home: Path) -> set[str]:
    return {name for name in files_under(home) if name.startswith("raw")}


@pytest.mark.network
def test_a_file_comes_over_the_network_once(home: Path, server: LocalServer) -> None:
    made, settings, seen = card(url=server.url("/a.bin"), sha256=HASH), options(home), []
    first = fetch(made, settings, progress=lambda have, total: seen.append((have, total)))
    assert (first.origin, first.sha256, first.bytes, first.name) == ("network", HASH, len(DATA), "a.bin")
    assert first.path == home / "raw" / HASH
    assert first.path.read_bytes() == DATA
    assert seen[-1] == (len(DATA), len(DATA))
    assert fetch(made, settings).origin == "raw"
    assert len(server.asked) == 1
    _, headers = server.asked[0]
    assert headers["accept-encoding"] == "identity"
    assert headers["host"] == f"127.0.0.1:{server.port}"
    assert not [name for name in files_under(home) if name.endswith((".part", ".json"))]


@pytest.mark.network
def test_a_cut_connection_is_gone_on_with(home: Path, server: LocalServer) -> None:
    server.cuts = [70_000, 50_000]
    assert fetch(card(url=server.url("/a.bin"), sha256=HASH), options(home)).bytes == len(DATA)
    ranges = [headers.get("range") for _, headers in server.asked]
    assert ranges[0] is None
    assert all(told and told.startswith("bytes=") for told in ranges[1:])
    assert server.asked[1][1]["if-range"] == '"v1"'


@pytest.mark.network
def test_a_later_run_goes_on_where_an_earlier_one_failed(home: Path, server: LocalServer) -> None:
    download = Download(server.url("/a.bin"), home / "parts" / "x.part", options(home), pause_s=0)
    server.cuts = [20_000] * 4
    with pytest.raises(SourceUnavailable, match="tried 4 times"):
        download.run()
    held = download.part.stat().st_size
    assert 0 < held < len(DATA)
    assert download.run().read_bytes() == DATA
    assert server.asked[-1][1]["range"] == f"bytes={held}-"


@pytest.mark.network
def test_a_file_that_changed_meanwhile_is_fetched_anew(home: Path, server: LocalServer) -> None:
    part = home / "parts" / "x.part"
    part.parent.mkdir()
    part.write_bytes(b"old beginning")
    part.with_suffix(".json").write_text(json.dumps({"url": server.url("/a.bin"), "validator": '"v0"'}))
    assert Download(server.url("/a.bin"), part, options(home)).run().read_bytes() == DATA
    assert server.asked[0][1]["range"] == "bytes=13-"


@pytest.mark.network
@pytest.mark.parametrize(("ranges", "etag"), [(False, '"v1"'), (True, None), (True, 'W/"weak"')])
def test_servers_without_ranges_or_validators_are_asked_for_all(
    home: Path, server: LocalServer, ranges: bool, etag: str | None
) -> None:
    server.ranges, server.etag, server.cuts = ranges, etag, [1000]
    assert fetch(card(url=server.url("/a.bin"), sha256=HASH), options(home)).sha256 == HASH
    if etag != '"v1"':
        assert "range" not in server.asked[1][1]


@pytest.mark.network
def test_a_complete_part_is_not_trusted_when_the_server_has_no_more(home: Path, server: LocalServer) -> None:
    part = home / "parts" / "x.part"
    part.parent.mkdir()
    part.write_bytes(DATA)
    part.with_suffix(".json").write_text(json.dumps({"url": server.url("/a.bin"), "validator": '"v1"'}))
    assert Download(server.url("/a.bin"), part, options(home), pause_s=0).run().read_bytes() == DATA


@pytest.mark.network
def test_a_wrong_hash_is_refused_with_both_and_nothing_is_kept(home: Path, server: LocalServer) -> None:
    wrong = "0" * 64
    with pytest.raises(SourceRefused) as caught:
        fetch(card(url=server.url("/a.bin"), sha256=wrong), options(home))
    assert HASH in str(caught.value)
    assert wrong in str(caught.value)
    assert "a.bin" in str(caught.value)
    assert kept_raw(home) == set()
    assert not [name for name in files_under(home) if name.endswith(".part")]


@pytest.mark.network
@pytest.mark.parametrize("announce", [True, False])
def test_more_bytes_than_allowed_are_refused(home: Path, server: LocalServer, announce: bool) -> None:
    server.announce = announce
    with pytest.raises(SourceRefused, match="bytes"):
        fetch(card(url=server.url("/a.bin"), sha256=HASH), options(home, fetch_max_bytes=100_000))
    with pytest.raises(SourceRefused, match="bytes"):
        fetch(card(url=server.url("/a.bin"), sha256=HASH, size=1000), options(home))
    assert kept_raw(home) == set()


@pytest.mark.network
def test_a_silent_server_is_given_up(home: Path, server: LocalServer) -> None:
    server.silence = 1.0
    settings = options(home, fetch_timeout_s=0.1)
    with pytest.raises(SourceUnavailable, match="nothing came for"):
        Download(server.url("/a.bin"), home / "x.part", settings, pause_s=0).run()


@pytest.mark.network
def test_a_dripping_server_is_given_up(home: Path, server: LocalServer) -> None:
    server.drip = 0.02
    settings = options(home, fetch_timeout_s=1.0, fetch_total_s=0.3)
    with pytest.raises(SourceUnavailable, match="not complete after"):
        Download(server.url("/a.bin"), home / "x.part", settings, pause_s=0).run()


@pytest.mark.network
def test_a_busy_server_is_asked_again_and_a_missing_file_is_not(home: Path, server: LocalServer) -> None:
    server.statuses = [503, 429]
    assert (
        Download(server.url("/a.bin"), home / "x.part", options(home), pause_s=0).run().read_bytes() == DATA
    )
    server.asked.clear()
    with pytest.raises(SourceUnavailable, match="answered 404"):
        Download(server.url("/none"), home / "y.part", options(home), pause_s=0).run()
    assert len(server.asked) == 1


@pytest.mark.network
def test_an_encoded_answer_is_refused(home: Path, server: LocalServer) -> None:
    server.files["/z.bin"], server.headers = gzip.compress(bytes(1 << 20)), {"Content-Encoding": "gzip"}
    with pytest.raises(SourceRefused, match="gzip-encoded"):
        fetch(card(url=server.url("/z.bin"), sha256=HASH), options(home))


@pytest.mark.network
def test_redirects_are_followed_five_times(home: Path, server: LocalServer) -> None:
    for n in range(5):
        server.redirects[f"/{n}"] = f"/{n + 1}"
    server.files["/5"] = DATA
    assert fetch(card(url=server.url("/0"), filename="a", sha256=HASH), options(home)).bytes == len(DATA)
    server.redirects["/5"] = "/6"
    with pytest.raises(SourceRefused, match="more than 5 redirects"):
        fetch(card(url=server.url("/0"), filename="a", sha256="1" * 64), options(home))


@pytest.mark.network
def test_the_loopback_is_refused_unless_allowed(home: Path, server: LocalServer) -> None:
    with pytest.raises(SourceRefused, match="private, loopback"):
        fetch(card(url=server.url("/a.bin"), sha256=HASH), options(home, fetch_allow_private=False))
    assert server.asked == []


class Recorded:
    """A transport that answers from a table (bytes, or where it redirects to) and keeps what it was asked."""

    def __init__(self, answers: dict[str, bytes | str]) -> None:
        self.answers = answers
        self.asked: list[httpx.Request] = []

    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self.answer)

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        told = self.answers[f"{request.headers['host']}{request.url.path}"]
        if isinstance(told, str):
            return httpx.Response(302, headers={"location": told})
        return httpx.Response(200, stream=httpx.ByteStream(told))


NAMES = {"good.example": ["93.184.215.14"], "other.example": ["1.1.1.1"], "inner.example": ["10.0.0.7"]}


def resolve(host: str, port: int) -> list[str]:
    return NAMES[host]


def test_the_checked_address_is_connected_to_with_the_name_kept(home: Path) -> None:
    net = Recorded(
        {
            "good.example/a.bin": "https://other.example:8443/b",
            "other.example:8443/b": DATA,
        }
    )
    made = card(url="https://good.example/a.bin", sha256=HASH)
    got = fetch(made, options(home, fetch_allow_private=False), resolve=resolve, transport=net.transport())
    assert got.bytes == len(DATA)
    assert [str(request.url) for request in net.asked] == [
        "https://93.184.215.14/a.bin",
        "https://1.1.1.1:8443/b",
    ]
    assert [request.extensions["sni_hostname"] for request in net.asked] == ["good.example", "other.example"]


def test_a_name_that_changes_its_address_does_not_get_in(home: Path) -> None:
    """DNS rebinding: the address that was checked is the one connected to, whatever DNS says later."""
    answers = itertools.chain([["93.184.215.14"]], itertools.repeat(["127.0.0.1"]))
    net = Recorded({"rebind.example/a.bin": DATA})
    made = card(url="http://rebind.example/a.bin", sha256=HASH)
    settings = options(home, fetch_allow_private=False)
    fetch(made, settings, resolve=lambda host, port: next(answers), transport=net.transport())
    assert [request.url.host for request in net.asked] == ["93.184.215.14"]


@pytest.mark.parametrize(
    "target",
    [
        "https://inner.example/x", "https://127.0.0.1/x", "https://[::1]/x", "https://[::ffff:7f00:1]/x",
        "https://169.254.169.254/latest/meta-data", "http://2130706433/x", "file:///etc/passwd", "gopher://x/",
        "https://user:pw@other.example/x", "http://other.example/x",
    ],
)  # fmt: skip
def test_redirects_to_forbidden_places_are_refused(home: Path, target: str) -> None:
    net = Recorded({"good.example/a.bin": target})
    made = card(url="https://good.example/a.bin", sha256=HASH)
    with pytest.raises(SourceRefused):
        fetch(made, options(home, fetch_allow_private=False), resolve=resolve, transport=net.transport())
    assert len(net.asked) == 1
    assert kept_raw(home) == set()


def test_offline_says_so_at_once_and_opens_nothing(home: Path, tmp_path: Path) -> None:
    def never(host: str, port: int) -> list[str]:
        raise AssertionError("asked")

    settings = options(home, offline=True, mirror=(tmp_path / "gone",))
    with pytest.raises(SourceUnavailable, match="offline") as caught:
        fetch(card(url="https://good.example/a.bin", sha256=HASH), settings, resolve=never)
    assert "gone (absent)" in str(caught.value)
    assert "MEDRAG_MIRROR" in caught.value.remedy


def test_mirrors_come_before_the_network(home: Path, tmp_path: Path) -> None:
    mirror = tmp_path / "mirror"
    mirror.mkdir()
    (mirror / "called-otherwise").write_bytes(DATA)
    settings = options(home, offline=True, mirror=(mirror,))
    got = fetch(card(url="https://good.example/a.bin", sha256=HASH), settings)
    assert (got.origin, got.path.parent) == ("mirror", home / "raw")
    assert files_under(mirror) == {"called-otherwise"}


def test_a_damaged_raw_file_is_not_served(home: Path, tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(DATA)
    made = card(file=str(tmp_path / "a.bin"), sha256=HASH)
    fetch(made, options(home)).path.write_bytes(b"spoilt")
    with pytest.raises(IntegrityError):
        fetch(made, options(home))


def test_a_file_source_is_checked(home: Path, tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(DATA)
    assert fetch(card(file=str(tmp_path / "a.bin"), sha256=HASH), options(home)).origin == "file"
    with pytest.raises(SourceRefused, match=HASH):
        fetch(card(file=str(tmp_path / "a.bin"), sha256="2" * 64), options(home))
    with pytest.raises(SourceUnavailable, match="no such file"):
        fetch(card(file=str(tmp_path / "none"), sha256="2" * 64), options(home))


def test_a_licensed_file_is_told_how_to_get_and_then_found(home: Path) -> None:
    made = card(instructions="Order it from\nthe publisher.", filename="book.xml", sha256=HASH)
    with pytest.raises(SourceUnavailable, match="Order it from the publisher"):
        fetch(made, options(home))
    (home / "licensed").mkdir()
    (home / "licensed" / "book.xml").write_bytes(DATA)
    assert fetch(made, options(home)).origin == "mirror"


def test_a_moving_source_is_pinned_at_its_first_fetch(home: Path) -> None:
    net = Recorded({"good.example/a.zip": DATA})
    made, settings = (
        card(url="https://good.example/a.zip", pin="first_fetch"),
        options(home, fetch_allow_private=False),
    )
    got = fetch(made, settings, resolve=resolve, transport=net.transport())
    pin = Pins(home).get("sample@1", "a.zip")
    assert pin is not None
    assert (pin.sha256, pin.bytes, pin.source) == (HASH, len(DATA), "https://good.example/a.zip")
    assert fetch(made, settings, resolve=resolve, transport=net.transport()).origin == "raw"
    got.path.unlink()
    net.answers["good.example/a.zip"] = b"newer"
    with pytest.raises(SourceRefused, match="moved on"):
        fetch(made, settings, resolve=resolve, transport=net.transport())


def test_a_moving_source_offline_is_pinned_from_a_mirror_by_name(home: Path, tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "a.zip").write_bytes(DATA)
    made = card(url="https://good.example/a.zip", pin="first_fetch")
    assert fetch(made, options(home, offline=True, mirror=(tmp_path / "m",))).origin == "mirror"
    assert Pins(home).get("sample@1", "a.zip") is not None


def test_unreadable_pins_are_told(home: Path) -> None:
    (home / "pins.json").write_text("{")
    with pytest.raises(IntegrityError, match="pins"):
        fetch(card(url="https://good.example/a.zip", pin="first_fetch"), options(home, offline=True))


MEMBERS_HASH = sha256_bytes(f"{sha256_bytes(b'1')}  a/x.txt\n{sha256_bytes(b'2')}  b/y.txt\n".encode())


def repository(**told: Any) -> Manifest:
    repacked = tar_bytes([("b/y.txt", b"2"), ("a/x.txt", b"1")], "w:xz")
    fields = {
        "url": "https://good.example/repo.tar.gz", "root": "repo-1", "members": ["*/*.txt"],
        "members_sha256": MEMBERS_HASH, "repacked": {"filename": "small.tar.xz", "sha256": sha256_bytes(repacked)},
    }  # fmt: skip
    return card(**(fields | told))


def test_an_archive_of_unstable_packing_goes_by_its_members(home: Path) -> None:
    first = tar_bytes([("repo-1/a/x.txt", b"1"), ("repo-1/b/y.txt", b"2"), ("repo-1/readme", b"0")])
    second = zip_bytes({"repo-1/b/y.txt": b"2", "repo-1/a/x.txt": b"1"})
    for packed in (first, second):
        folder = home / sha256_bytes(packed)[:6]
        net = Recorded({"good.example/repo.tar.gz": packed})
        made, settings = repository(), options(folder, fetch_allow_private=False)
        got = fetch(made, settings, resolve=resolve, transport=net.transport())
        assert [file.member for file in raw_files(got.path, made.sources[0])]
        assert fetch(made, settings).origin == "raw"


def test_another_packing_in_a_mirror_serves(home: Path, tmp_path: Path) -> None:
    (tmp_path / "small.tar.xz").write_bytes(tar_bytes([("b/y.txt", b"2"), ("a/x.txt", b"1")], "w:xz"))
    made = repository()
    got = fetch(made, options(home, offline=True, mirror=(tmp_path,)))
    assert (got.origin, got.name) == ("mirror", "small.tar.xz")
    assert {file.member for file in raw_files(got.path, made.sources[0])} == {"a/x.txt", "b/y.txt"}


@pytest.mark.parametrize(
    "packed", [tar_bytes([("repo-1/a/x.txt", b"3"), ("repo-1/b/y.txt", b"2")]), b"<html>"]
)
def test_other_members_are_refused(home: Path, packed: bytes) -> None:
    net = Recorded({"good.example/repo.tar.gz": packed})
    with pytest.raises(SourceRefused):
        fetch(
            repository(), options(home, fetch_allow_private=False), resolve=resolve, transport=net.transport()
        )
    assert kept_raw(home) == set()


def test_a_pattern_that_chooses_nothing_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(zip_bytes({"a.md": b"1"}))
    made = card(file=str(path), sha256=HASH, members=["*.md", "*.json"])
    with pytest.raises(SourceRefused, match=r"no member is called \*\.json"):
        list(raw_files(path, made.sources[0]))


def test_a_plain_file_is_one_raw_file(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"plain")
    (file,) = raw_files(path, card(file=str(path), sha256=HASH).sources[0], sha256=HASH)
    assert (file.name, file.member, file.size, file.sha256) == ("a.txt", "", 5, HASH)


def test_a_wheel_source_goes_the_wheels_way(home: Path, tmp_path: Path) -> None:
    data = zip_bytes({"pkg/a.md": b"# A"})
    (tmp_path / "pkg-1.0-py3-none-any.whl").write_bytes(data)
    told = {
        "requirement": "pkg==1.0", "filename": "pkg-1.0-py3-none-any.whl",
        "sha256": sha256_bytes(data), "members": ["pkg/*.md"],
    }  # fmt: skip
    made = card(wheel=told)
    got = fetch(made, options(home, offline=True, mirror=(tmp_path,)))
    assert got.origin == "mirror"
    assert wheel_module.read_member(got.path, "pkg/a.md") == b"# A"
