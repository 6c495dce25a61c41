"""Files nobody may be harmed by: each is made when it is asked for, under the name it is handed in by."""

from __future__ import annotations

import gzip
import io
import os
import stat
import sys
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

__all__ = ["CARDS", "HOSTILE", "make"]

MILLION: Final = 1_000_000
NAMESPACE: Final = 'xmlns="urn:hl7-org:v3"'
CARD: Final = """id: hostile
title: T
publisher: P
kind: guideline
authority: digest
jurisdiction: INT
language: en
edition: "1"
published: "2024-01-01"
rights: {{licence: CC0-1.0, redistributable: true}}
sources: [{{file: {file}, sha256: {sha256}}}]
reader: {{name: markdown}}
expect: {{documents: 1}}
"""


def laughs() -> str:
    """The XML bomb: 10^9 words out of a page."""
    levels = "".join(
        f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' if n else '<!ENTITY l0 "ha">' for n in range(10)
    )
    return f"<?xml version='1.0'?><!DOCTYPE d [{levels}]><document {NAMESPACE}><title>&l9;</title></document>"


def blow_up() -> str:
    """One long entity, called often."""
    return f'<!DOCTYPE d [<!ENTITY a "{"a" * 100_000}">]><document {NAMESPACE}>{"&a;" * 50_000}</document>'


def outside(what: str) -> str:
    return f'<!DOCTYPE d [<!ENTITY x SYSTEM "{what}">]><document {NAMESPACE}><title>&x;</title></document>'


def deep_xml() -> str:
    return f"<document {NAMESPACE}>{'<section>' * MILLION}{'</section>' * MILLION}</document>"


def deep_json() -> str:
    return '{"a":' * MILLION + "1" + "}" * MILLION


def wide_table() -> str:
    cell = '<td colspan="1000" rowspan="60000">dose</td>'
    return f"<html><body><table>{f'<tr>{cell * 200}</tr>' * 300}</table></body></html>"


def zip_of(members: Mapping[str, bytes]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return held.getvalue()


def linked_zip() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        link = zipfile.ZipInfo("notes.md")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    return held.getvalue()


def office(member: str, size: int, root: str) -> bytes:
    """An Office document whose one part is ``size`` bytes of nothing."""
    kinds = (
        '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
    )
    body = f"<{root}>".encode() + b" " * size + f"</{root}>".encode()
    return zip_of({"[Content_Types].xml": kinds.encode(), member: body})


def pdf(pages: int, trailer: str = "") -> bytes:
    """A PDF of empty pages, its table of objects exact."""
    body, at = bytearray(b"%PDF-1.4\n"), list[int]()

    def put(text: str) -> None:
        at.append(len(body))
        body.extend(f"{len(at)} 0 obj\n{text}\nendobj\n".encode())

    put("<</Type/Catalog/Pages 2 0 R>>")
    kids = " ".join(f"{number} 0 R" for number in range(3, pages + 3))
    put(f"<</Type/Pages/Count {pages}/Kids[{kids}]>>")
    for _ in range(pages):
        put("<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]>>")
    table = len(body)
    lines = "".join(f"{offset:010} 00000 n \n" for offset in at)
    body.extend(f"xref\n0 {len(at) + 1}\n0000000000 65535 f \n{lines}".encode())
    body.extend(f"trailer\n<</Size {len(at) + 1}/Root 1 0 R{trailer}>>\nstartxref\n{table}\n%%EOF\n".encode())
    return bytes(body)


def encrypted_pdf() -> bytes:
    key = "00" * 32
    locked = f"/Encrypt<</Filter/Standard/V 2/R 3/Length 128/P -44/O<{key}>/U<{key}>>>"
    return pdf(1, f"{locked}/ID[<{'11' * 16}><{'11' * 16}>]")


#: What a document holds, by the name it is handed in by.
CONTENT: Final[dict[str, Callable[[], bytes | str]]] = {
    "empty.txt": lambda: b"",
    "blank.md": lambda: b" \n\t\n" * 100,
    "laughs.xml": laughs,
    "blow-up.xml": blow_up,
    "outside-file.xml": lambda: outside("file:///etc/passwd"),
    "outside-net.xml": lambda: outside("http://127.0.0.1:9/x"),
    "outside-dtd.xml": lambda: f'<!DOCTYPE d SYSTEM "http://127.0.0.1:9/d"><document {NAMESPACE}/>',
    "deep.xml": deep_xml,
    "other-root.xml": lambda: "<letters><a>b</a></letters>",
    "torn.xml": lambda: f"<document {NAMESPACE}><title>Warf",
    "deep.json": deep_json,
    "deep.jsonl": lambda: '{"a": 1}\n' + deep_json() + "\n",
    "torn.json": lambda: '{"a": [1, 2',
    "twice.json": lambda: '{"a": 1, "a": NaN}',
    "long-number.json": lambda: '{"a": ' + "9" * MILLION + "}",
    "half-character.json": lambda: '{"title": "\\ud800", "text": "dose \\udfff"}',
    "long-line.txt": lambda: "dose " * MILLION,
    "nul.txt": lambda: "Take one\0 tablet.\n",
    "utf16.txt": lambda: "Take one tablet.\n".encode("utf-16-le"),
    "half-character.md": lambda: b"# Dose\n\nTake \xed\xa0\x80 one.\n",
    "latin1.csv": lambda: "drug,note\nlithium,caf\xe9\n".encode("latin-1"),
    "wide.csv": lambda: ",".join(f"c{n}" for n in range(MILLION)) + "\n" + "1," * MILLION + "\n",
    "open-quote.csv": lambda: 'drug,dose\n"' + "a,b\n" * 3 * MILLION,
    "ragged.csv": lambda: "drug,dose\n" + "a,b,c,d\n" * 10,
    "deep.html": lambda: "<html><body>" + "<div>" * MILLION + "dose" + "</div>" * MILLION,
    "unseen.html": lambda: "<html><body><script>alert('x')</script><style>p {}</style></body></html>",
    "spans.html": wide_table,
    "picture.txt": lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40,
    "program.md": lambda: Path(sys.executable).read_bytes()[:100_000],
    "squeezed.csv": lambda: gzip.compress(b"a,b\n" * 10 * MILLION),
    "bomb.zip": lambda: zip_of({"notes.md": b"\0" * 200 * MILLION}),
    "climbing.docx": lambda: zip_of({"../../../notes.md": b"# Dose\n", "[Content_Types].xml": b"<Types/>"}),
    "bomb.docx": lambda: office("word/document.xml", 500 * MILLION, "document"),
    "bomb.xlsx": lambda: office("xl/workbook.xml", 500 * MILLION, "workbook"),
    "torn.pdf": lambda: pdf(3)[:200],
    "locked.pdf": encrypted_pdf,
    "nothing.pdf": lambda: pdf(50_000),
    "not-a.pdf": lambda: "Take one tablet.\n",
    "old.doc": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 5000,
}


def huge(path: Path) -> Path:
    """1 GB in one line, which takes no room on the disk."""
    with path.open("wb") as stream:
        stream.truncate(1 << 30)
    return path


def piped(path: Path) -> Path:
    os.mkfifo(path)
    return path


def linked(path: Path, to: str) -> Path:
    path.symlink_to(to)
    return path


def named(path: Path) -> Path:
    path.write_text("# Dose\n\nTake one tablet.\n")
    return path


def foldered(path: Path) -> Path:
    path.mkdir()
    return path


#: What is no plain file, or has a name or size no document has.
ODD: Final[dict[str, Callable[[Path], Path]]] = {
    "folder.txt": foldered,
    "pipe.txt": piped,
    "device.txt": lambda path: linked(path, "/dev/zero"),
    "unreadable.txt": lambda path: linked(path, "/proc/self/mem"),
    "loop.txt": lambda path: linked(path, path.name),
    "absent.txt": lambda path: path,
    "gigabyte-line.txt": huge,
    "escape\x1b[2J.md": named,
    "new\nline.md": named,
    "turned\u202edm.txt": named,
    "n" * 400 + ".md": lambda path: path,
}


def card_of(folder: Path, data: bytes) -> str:
    from medrag.identifiers import sha256_bytes

    (folder / "source.zip").write_bytes(data)
    return CARD.format(file="source.zip", sha256=sha256_bytes(data)).replace(
        "sources: [{", 'sources: [{members: ["*.md", "**/*.md"], '
    )


#: Cards that come from elsewhere.
CARDS: Final[dict[str, Callable[[Path], str]]] = {
    "anchors.yaml": lambda _: "a0: &a0 [x, x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12)
    ),
    "tag.yaml": lambda _: 'title: !!python/object/apply:os.system ["true"]\n',
    "deep.yaml": lambda _: "a: " + "[" * 100_000 + "]" * 100_000,
    "links.yaml": lambda folder: card_of(folder, linked_zip()),
    "climbing.yaml": lambda folder: card_of(folder, zip_of({"../../notes.md": b"# Dose\n"})),
    "bomb.yaml": lambda folder: card_of(folder, zip_of({"notes.md": b"\0" * 200 * MILLION})),
}  # fmt: skip
HOSTILE: Final = (*CONTENT, *ODD, *CARDS)


def make(name: str, folder: Path) -> Path:
    """The file, in a folder of its own."""
    path = folder / name
    if name in ODD:
        return ODD[name](path)
    told = CARDS[name](folder) if name in CARDS else CONTENT[name]()
    path.write_bytes(told if isinstance(told, bytes) else told.encode("utf-8"))
    return path
