"""Archives: what is read of sound ones, and that hostile ones are refused before they do harm."""

from __future__ import annotations

import bz2
import gzip
import io
import itertools
import lzma
import random
import stat
import struct
import tarfile
import tracemalloc
import zipfile
import zlib
from pathlib import Path

import pytest
from archives import tar_bytes, tar_entry, write, zip_bytes, zip_entry
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from medrag.errors import SourceRefused, SourceUnavailable
from medrag_ingest.archive import Limits, archive_kind, open_archive
from medrag_ingest.members import chosen

TWO: list[tuple[str | tarfile.TarInfo, bytes]] = [("a/one.txt", b"first"), ("a/b/two.txt", b"second")]
ZIPS = {name: data for name, data in TWO if isinstance(name, str)}


def contents(path: Path, limits: Limits | None = None, **told: object) -> dict[str, bytes]:
    found = {}
    for file in open_archive(path, limits, **told):  # type: ignore[arg-type]
        with file.open() as stream:
            found[file.member] = stream.read()
        assert len(found[file.member]) == file.size
    return found


def refusal(path: Path, words: str, limits: Limits | None = None, **told: object) -> SourceRefused:
    with pytest.raises(SourceRefused, match=words) as caught:
        contents(path, limits, **told)
    assert path.name in str(caught.value)
    return caught.value


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_tars_of_every_packing_are_read_whatever_they_are_called(tmp_path: Path, mode: str) -> None:
    path = write(tmp_path, tar_bytes([tar_entry("a", tarfile.DIRTYPE), ("x", b""), *TWO][1:], mode), "a.zip")
    assert contents(path) == {"x": b"", **ZIPS}


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_long_and_foreign_names_are_read(tmp_path: Path, form: int) -> None:
    name = "é" * 20 + "/" + "x" * 80 + ".txt"
    path = tmp_path / "t.tar"
    with tarfile.open(path, "w", format=form, encoding="utf-8") as archive:
        info = tarfile.TarInfo(name)
        info.size = 1
        archive.addfile(info, io.BytesIO(b"x"))
    assert contents(path) == {name: b"x"}


def test_zips_are_read(tmp_path: Path) -> None:
    path = write(
        tmp_path, zip_bytes([(zip_entry("a/", stat.S_IFDIR | 0o755), b""), *ZIPS.items()]), "x.tar.gz"
    )
    assert contents(path) == ZIPS


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_a_single_compressed_file_is_its_member(tmp_path: Path, pack: object) -> None:
    path = write(tmp_path, pack(b"id\tname\n"), "list.tsv.gz")  # type: ignore[operator]
    assert contents(path) == {"list.tsv": b"id\tname\n"}


def test_members_stay_readable_after_the_archive(tmp_path: Path) -> None:
    path = write(tmp_path, tar_bytes(TWO))
    files = list(open_archive(path, sha256="f" * 64, name="two.tar.gz"))
    path.unlink()
    assert [file.open().read() for file in files] == [b"first", b"second"]
    assert (files[0].name, files[0].sha256) == ("two.tar.gz", "f" * 64)


def test_a_large_member_is_streamed_from_the_zip(tmp_path: Path) -> None:
    data = random.Random(1).randbytes(300_000)
    path = write(tmp_path, zip_bytes({"big.json": data}))
    (file,) = open_archive(path, Limits(held_bytes=1000))
    for _ in range(2):
        with file.open() as stream:
            assert stream.read(10) + stream.read() == data
    with file.open() as stream:
        assert b"".join(stream) == data


def test_a_damaged_large_member_is_told_while_it_is_read(tmp_path: Path) -> None:
    data = bytearray(zip_bytes({"big.json": random.Random(1).randbytes(300_000)}))
    data[150_000] ^= 0xFF
    (file,) = open_archive(write(tmp_path, bytes(data)), Limits(held_bytes=1000))
    with file.open() as stream, pytest.raises(SourceRefused, match="damaged"):
        list(stream)


@pytest.mark.parametrize(
    ("pattern", "name", "fits"),
    [
        ("*.txt", "a.txt", True),
        ("*.txt", "b/a.txt", False),
        ("*/*.txt", "b/a.txt", True),
        ("**/*.txt", "a.txt", True),
        ("**/*.txt", "c/b/a.txt", True),
        ("a/**", "a/b/c", True),
        ("a?[0-9].x", "ab3.x", True),
        ("a[!0-9]", "a3", False),
        ("a[*]b", "a*b", True),
        ("a.b", "axb", False),
    ],
)
def test_patterns(pattern: str, name: str, fits: bool) -> None:
    assert chosen(name, (pattern,)) is fits


def test_patterns_count_from_the_root(tmp_path: Path) -> None:
    members: list[tuple[str | tarfile.TarInfo, bytes]] = [("repo-1/a/x.txt", b"1"), ("repo-1/x.txt", b"2")]
    packed, repacked = (
        write(tmp_path, tar_bytes(members), "p"),
        write(tmp_path, tar_bytes([("a/x.txt", b"1")]), "r"),
    )
    for path in (packed, repacked):
        assert contents(path, members=("a/*.txt",), root="repo-1") == {"a/x.txt": b"1"}


@pytest.mark.parametrize(
    "name",
    [
        "/etc/passwd",
        "../up",
        "a/../../up",
        "C:/x",
        "c:x",
        "a\\b",
        "..\\up",
        "a\nb",
        "a\x1bb",
        "x" * 1025,
        "a!/b",
    ],
)
def test_names_that_reach_out_or_mislead_are_refused(tmp_path: Path, name: str) -> None:
    refusal(write(tmp_path, zip_bytes([(name, b"x")]), "z"), "named")
    refusal(write(tmp_path, tar_bytes([(name, b"x")]), "t"), "named")


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE]
)
def test_links_and_devices_in_a_tar_are_refused(tmp_path: Path, kind: bytes) -> None:
    refusal(write(tmp_path, tar_bytes([("a", b"x"), (tar_entry("b", kind, "a"), b"")])), "link, device")


@pytest.mark.parametrize("mode", [stat.S_IFLNK, stat.S_IFCHR, stat.S_IFIFO, stat.S_IFSOCK])
def test_links_and_devices_in_a_zip_are_refused(tmp_path: Path, mode: int) -> None:
    refusal(write(tmp_path, zip_bytes([(zip_entry("b", mode | 0o777), b"/etc/passwd")])), "link or device")


def test_encrypted_members_are_refused(tmp_path: Path) -> None:
    data = bytearray(zip_bytes({"a": b"x"}))
    at = data.rfind(b"PK\x01\x02")
    data[6] |= 1
    data[at + 8] |= 1
    refusal(write(tmp_path, bytes(data)), "encrypted")


def test_two_members_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate"):
        doubled = zip_bytes([("a", b"1"), ("a", b"2")])
    refusal(write(tmp_path, doubled, "z"), "two members")
    refusal(write(tmp_path, tar_bytes([("a", b"1"), ("./a", b"2")]), "t"), "two members")


def test_the_limits_on_members_bytes_and_size(tmp_path: Path) -> None:
    noise = random.Random(2).randbytes(5000)
    members: list[tuple[str | tarfile.TarInfo, bytes]] = [(str(n), noise) for n in range(10)]
    for path in (
        write(tmp_path, tar_bytes(members), "t"),
        write(tmp_path, zip_bytes([(str(name), data) for name, data in members]), "z"),
    ):
        assert len(contents(path, Limits(members=10))) == 10
        refusal(path, "more than 9 members", Limits(members=9))
        refusal(path, "more than 49999 bytes", Limits(total_bytes=49_999))
        refusal(path, "more than 4999 bytes", Limits(member_bytes=4999))


def zeros(size: int) -> bytes:
    """A gzip of so many zeros, made without holding them."""
    packer, piece = zlib.compressobj(9, zlib.DEFLATED, 31), bytes(1 << 20)
    return b"".join(packer.compress(piece) for _ in range(size >> 20)) + packer.flush()


@pytest.fixture(scope="module")
def bomb(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A gzip stream of 10 GiB of zeros: one deflated GiB, ten gzip members of it."""
    return write(tmp_path_factory.mktemp("bomb"), zeros(256 << 20) * 40, "bomb.txt.gz")


def test_ten_gigabytes_of_zeros_are_refused_in_little_memory(bomb: Path) -> None:
    tracemalloc.start()
    try:
        refusal(bomb, "times as many")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 80 << 20


def test_a_zip_of_zeros_is_refused_by_its_directory(tmp_path: Path) -> None:
    refusal(write(tmp_path, zip_bytes({"a": bytes(4 << 20)})), "times as many")


def test_a_directory_that_lies_about_sizes_does_not_help(tmp_path: Path) -> None:
    data = bytearray(zip_bytes({"a": bytes(4 << 20)}))
    at = data.rfind(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", 1000)
    refusal(write(tmp_path, bytes(data)), "times as many|damaged|larger")


def test_archives_in_archives_in_archives_are_refused(tmp_path: Path) -> None:
    """As 42.zip: sixteen zips of sixteen zips of zeros."""
    inner = zip_bytes({f"{n}.dll": bytes(1 << 19) for n in range(16)})
    middle = zip_bytes([(f"lib {n}.zip", inner) for n in range(16)])
    refusal(
        write(tmp_path, zip_bytes([(f"book {n}.zip", middle) for n in range(16)])),
        "nested more than one level",
    )


def test_nested_bombs_are_refused(tmp_path: Path) -> None:
    inner = zip_bytes({"a.xml": bytes(4 << 20)})
    refusal(write(tmp_path, zip_bytes({"a.zip": inner})), "times as many")


def test_a_quine_like_gzip_in_gzip_is_refused(tmp_path: Path) -> None:
    refusal(write(tmp_path, gzip.compress(gzip.compress(b"x")), "a.gz"), "not opened")


def test_overlapping_members_are_refused(tmp_path: Path) -> None:
    """As Fifield's bombs: several directory entries that share one member's bytes."""
    data = zip_bytes({"a": b"x" * 50})
    at, end = data.rfind(b"PK\x01\x02"), data.rfind(b"PK\x05\x06")
    entry = data[at:end]
    twin = entry[:46] + b"b" + entry[47:]
    record = bytearray(data[end:])
    record[8:12] = struct.pack("<HH", 2, 2)
    record[12:16] = struct.pack("<I", len(entry) + len(twin))
    refusal(write(tmp_path, data[:at] + entry + twin + bytes(record)), "overlap")


def test_a_huge_directory_is_refused_before_it_is_read(tmp_path: Path) -> None:
    data = bytearray(zip_bytes({"a": b"x"}))
    at = data.rfind(b"PK\x05\x06")
    data[at + 12 : at + 16] = struct.pack("<I", 0x7FFFFFFF)
    refusal(write(tmp_path, bytes(data)), "directory of 2147483647 bytes")


def test_a_huge_tar_header_is_refused_before_it_is_read(tmp_path: Path) -> None:
    header = tarfile.TarInfo("././@LongLink")
    header.type, header.size = tarfile.GNUTYPE_LONGNAME, 1 << 33
    refusal(write(tmp_path, header.tobuf(tarfile.GNU_FORMAT) + bytes(2048)), "header of 8589934592 bytes")


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_truncated_tars_are_refused_wherever_they_end(tmp_path: Path, mode: str) -> None:
    whole = tar_bytes([(f"{n}.txt", random.Random(n).randbytes(700)) for n in range(5)], mode)
    end = len(whole) if mode != "w" else 5 * (512 + 1024)  # a plain tar is padded with zeros beyond its end
    for cut in range(600, end - 8, 301):
        refusal(write(tmp_path, whole[:cut]), "damaged|ends after")


def test_a_gzip_whose_checksum_is_wrong_is_refused(tmp_path: Path) -> None:
    whole = bytearray(tar_bytes(TWO))
    whole[-6] ^= 1
    refusal(write(tmp_path, bytes(whole)), "damaged")


def test_truncated_zips_are_refused(tmp_path: Path) -> None:
    whole = zip_bytes(ZIPS)
    for cut in range(4, len(whole), 7):
        refusal(write(tmp_path, whole[:cut]), "damaged")


@pytest.mark.parametrize("data", [b"", b"PK", b"plain text", b"\x1f\x8b", bytes(2048), b"%PDF-1.7"])
def test_what_is_no_archive_is_refused(tmp_path: Path, data: bytes) -> None:
    refusal(write(tmp_path, data), "no archive|damaged")


def test_an_absent_archive_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(SourceUnavailable, match="No such file"):
        contents(tmp_path / "none.zip")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100, deadline=None)
@given(st.data())
def test_a_few_wrong_bytes_never_raise_anything_but_a_refusal(tmp_path: Path, data: st.DataObject) -> None:
    noise = random.Random(5).randbytes(600)
    whole = data.draw(
        st.sampled_from(
            [zip_bytes({"a": noise, "b/c": b"x"}), tar_bytes([("a", noise)]), tar_bytes(TWO, "w")]
        )
    )
    spoilt = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 4))):
        spoilt[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = contents(write(tmp_path, bytes(spoilt)))
    except SourceRefused as error:
        assert error.exit_code == 3
    else:
        assert all(isinstance(piece, bytes) for piece in found.values())


def label_archive(count: int) -> bytes:
    """As DailyMed's: a zip of zips, each a label in XML and a picture."""
    members = []
    for n in range(count):
        inner = {f"{n:08d}.xml": f"<document>{n}</document>".encode(), "picture.jpg": b"\xff\xd8" + bytes(50)}
        members.append((f"prescription/2026_{n:08d}.zip", zip_bytes(inner)))
    return zip_bytes([*members, ("readme.txt", b"about")])


def test_labels_are_reached_inside_their_zips(tmp_path: Path) -> None:
    path = write(tmp_path, label_archive(3))
    found = contents(path, members=("prescription/*.zip!/*.xml",))
    assert list(found) == [f"prescription/2026_{n:08d}.zip!/{n:08d}.xml" for n in range(3)]
    assert found["prescription/2026_00000002.zip!/00000002.xml"] == b"<document>2</document>"
    assert len(contents(path)) == 7
    assert len(contents(path, members=("prescription/*.zip",))) == 3


def test_a_member_that_should_be_a_zip_and_is_not_is_refused(tmp_path: Path) -> None:
    refusal(write(tmp_path, zip_bytes({"a.zip": b"hello"})), "which it is not", members=("*.zip!/*.xml",))


def test_an_office_document_is_one_member(tmp_path: Path) -> None:
    docx = zip_bytes({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"})
    assert archive_kind(write(tmp_path, docx, "a.docx")) == "document"
    assert contents(write(tmp_path, zip_bytes({"a.docx": docx}), "z.zip")) == {"a.docx": docx}


def test_labels_are_streamed_in_flat_memory(tmp_path: Path) -> None:
    path = write(tmp_path, label_archive(600))
    tracemalloc.start()
    try:
        files = open_archive(path, members=("prescription/*.zip!/*.xml",))
        next(files)
        early, _ = tracemalloc.get_traced_memory()
        count = 1 + sum(1 for _ in itertools.islice(files, 550))
        late, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == 551
    assert late < early + (200 << 10)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "count", "size"),
    [
        ("medquad/medquad.tar.gz", 11_277, 36_735_138),
        ("ngc-public-domain/summaries.tar.gz", 43, 4_065_246),
        ("fda-labels-cardio/labels.tar.gz", 182, 2_097_801),
    ],
)
def test_the_mirrors_archives_are_read_whole(shared: Path, name: str, count: int, size: int) -> None:
    files = list(open_archive(shared / "corpora" / name))
    assert (len(files), sum(file.size for file in files)) == (count, size)


def test_zip64_is_read(tmp_path: Path) -> None:
    path = tmp_path / "z.zip"
    with zipfile.ZipFile(path, "w") as archive, archive.open("a.txt", "w", force_zip64=True) as member:
        member.write(b"x" * 100)
    assert contents(path) == {"a.txt": b"x" * 100}
