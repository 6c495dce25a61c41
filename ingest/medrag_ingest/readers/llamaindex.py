"""Reads a file by a LlamaIndex reader that the card names: in a confined child, without a network unless the card says so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Final, Literal

from pydantic import Field

from medrag.records import Block, Segment, Span
from medrag.vocabulary import Language
from medrag_ingest.confine import Bounds, ParserFailed, confine
from medrag_ingest.parsed import ParsedDocument
from medrag_ingest.raw import RawFile
from medrag_ingest.readers.guard import (
    Options,
    check_characters,
    lost_characters,
    parse_options,
    read_bytes,
    refuse,
)
from medrag_ingest.readers.markdown import scan_blocks
from medrag_ingest.readers.plain import scan_paragraphs

__all__ = ["PARSER", "LlamaIndexOptions", "read_llamaindex"]

PARSER: Final = "medrag_ingest.readers.llamaindex_inside:parse"
#: llama-index-core with its JSON reader takes 230 MB of address space; readers of files bring pandas or pypdf.
BOUNDS: Final = {
    network: Bounds(memory=2 << 30, cpu=300, wall=600.0, network=network) for network in (False, True)
}
#: The key by which LlamaIndex's readers of pages tell the page.
PAGE: Final = "page_label"
SEPARATOR: Final = "\n\n"


class LlamaIndexOptions(Options):
    """``class``: dotted path of the reader. ``arguments``: of its constructor. ``texts``: how its texts are marked up.
    ``joined``: the documents it gives for a file (pages, rows) are one document. ``title_from``: the metadata that holds
    a document's title. ``network``: the reader may open connections, for a class the operator has allowed."""

    path: str = Field(alias="class")
    arguments: dict[str, Any] = Field(default_factory=dict)
    texts: Literal["plain", "markdown"] = "plain"
    joined: bool = False
    title_from: str = ""
    network: bool = False
    key: str | None = None
    title: str | None = None
    language: Language | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One document as the reader gave it."""

    text: str
    metadata: Mapping[str, Any]
    #: Its place among those of the file, from 1.
    number: int

    @property
    def page(self) -> int | None:
        """The page it says it is."""
        label = str(self.metadata.get(PAGE, ""))
        return int(label) if label.isascii() and label.isdigit() and 0 < int(label) < 100_000 else None


def read_llamaindex(raw: RawFile, options: Mapping[str, object]) -> Iterator[ParsedDocument]:
    """A document for each the reader gives, or one of them all. Raises DocumentRefused, ManifestRefused.

    Which classes are allowed is looked at before a card is staged (see llamaindex_classes.py).
    """
    chosen = parse_options(LlamaIndexOptions, options, "llamaindex")
    parts, notes = parts_of(raw, ask(raw, chosen))
    if not parts:
        raise refuse(
            raw, "the reader gave no text of it", remedy="Look at the card's reader and its arguments"
        )
    if chosen.joined or len(parts) == 1:
        yield document_of(raw, chosen, parts, chosen.key or raw.path, notes)
        return
    for part in parts:
        key = f"{chosen.key or raw.path}#{part.number}"
        yield document_of(raw, chosen, [part], key, notes if part is parts[0] else {})


def ask(raw: RawFile, chosen: LlamaIndexOptions) -> Mapping[str, Any]:
    order = {
        "class": chosen.path,
        "arguments": chosen.arguments,
        "filename": PurePosixPath(raw.path).name or "file",
    }
    try:
        answer = confine(PARSER, read_bytes(raw), order, BOUNDS[chosen.network])
    except ParserFailed as error:
        raise refuse(raw, error.reason, remedy="Name another reader for it on the card") from error
    if answer.result is None:
        raise refuse(raw, answer.refused, remedy=answer.remedy)
    return answer.result


def parts_of(raw: RawFile, told: Mapping[str, Any]) -> tuple[list[Part], dict[str, int]]:
    """What holds text, in order, and a count of what does not. Raises DocumentRefused."""
    try:
        every = [
            Part(lines(str(item["text"])), dict(item["metadata"]), number)
            for number, item in enumerate(told["documents"], start=1)
        ]
        beside = int(told["beside"])
    except (KeyError, TypeError, ValueError) as error:
        raise refuse(raw, "the reader's answer cannot be read") from error
    for part in every:
        check_characters(raw, part.text)
    parts = [part for part in every if part.text.strip()]
    counts = {"empty_documents": len(every) - len(parts), "documents_without_text": beside}
    return parts, {name: count for name, count in counts.items() if count}


def lines(text: str) -> str:
    """With LF line ends, as every canonical text has them."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def document_of(
    raw: RawFile, chosen: LlamaIndexOptions, parts: list[Part], key: str, notes: Mapping[str, int]
) -> ParsedDocument:
    """The texts one after another, each with its own structure; a locator names the part and the place in it."""
    text, blocks, segments, first = "", [], [], ""
    for part in parts:
        start = len(text) + (len(SEPARATOR) if text else 0)
        text += (SEPARATOR if text else "") + part.text
        inside, heading = structure(part.text, chosen.texts)
        first = first or heading
        blocks += [moved(block, start, part.page) for block in inside]
        where = f"part:{part.number};chars:0-{len(part.text)}"
        segments.append(Segment(start, start + len(part.text), where))
    said = parts[0].metadata.get(chosen.title_from) if chosen.title_from else None
    return ParsedDocument(
        key=key,
        title=chosen.title or (str(said).strip() if said else "") or first or PurePosixPath(raw.path).stem,
        text=text,
        blocks=tuple(blocks),
        segments=tuple(segments),
        raw_member=raw.member,
        language=chosen.language,
        lost_characters=lost_characters(text),
        notes=notes,
    )


def structure(text: str, form: str) -> tuple[tuple[Block, ...], str]:
    """The blocks of a text and its first heading."""
    return scan_blocks(text) if form == "markdown" else (scan_paragraphs(text), "")


def moved(block: Block, by: int, page: int | None) -> Block:
    """A block as it stands ``by`` code points further on."""
    scope = tuple(Span(span.start + by, span.end + by) for span in block.scope)
    return Block(
        block.kind, block.start + by, block.end + by, block.section, block.code, page or block.page, scope
    )
