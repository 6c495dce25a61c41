"""Reads one PDF as a document: the parsing is done by a confined child, whose answer is checked here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any, Final, Literal, get_args

from medrag.records import Block, Segment, Span
from medrag.vocabulary import BlockKind, Language
from medrag_ingest.confine import Bounds, Confined, ParserFailed, confine
from medrag_ingest.parsed import ParsedDocument
from medrag_ingest.raw import RawFile
from medrag_ingest.readers.doubts import count_lost
from medrag_ingest.readers.guard import Options, check_characters, parse_options, read_bytes, refuse
from medrag_ingest.readers.pdf.ocr import is_installed
from medrag_ingest.report import ParseReport

__all__ = ["PARSER", "PdfOptions", "is_pdf", "read_pdf"]

PARSER: Final = "medrag_ingest.readers.pdf.inside:parse"
#: PDF allows its mark anywhere in the first 1,024 bytes (ISO 32000-1, annex H, note 13).
MARK: Final = b"%PDF-"
MARK_WITHIN: Final = 1024
#: The largest held PDF label takes 150 MB of address space and 3 s; ten times that is a guideline of 1,000 pages.
TEXT_BOUNDS: Final = Bounds(memory=512 << 20, cpu=120, wall=240.0)
#: The OCR engine maps 2 GB, uses 400 MB, and takes 2 s a page.
OCR_BOUNDS: Final = Bounds(memory=6 << 30, cpu=3600, wall=3600.0)
_KINDS: Final = frozenset(get_args(BlockKind))
#: What DailyMed prints at the end of a label: the month of its last revision.
_REVISED: Final = re.compile(r"Revised:\s*(0?[1-9]|1[0-2])/((?:19|20)\d\d)\b")
_REMEDY: Final = "Open it in a viewer; if it shows, print it to a new PDF and ingest that"


class PdfOptions(Options):
    """``ocr``: ``auto`` recognises pages that are pictures where OCR is installed; ``off`` never; ``on`` wants it."""

    key: str | None = None
    title: str | None = None
    language: Language | None = None
    ocr: Literal["auto", "on", "off"] = "auto"
    tables: bool = True


def is_pdf(head: bytes) -> bool:
    """Whether a file's first bytes are a PDF's, whatever it is called."""
    return MARK in head[: MARK_WITHIN + len(MARK)]


def read_pdf(raw: RawFile, options: Mapping[str, object]) -> Iterator[ParsedDocument]:
    """One document with page and place of every line, and its parse report. Raises DocumentRefused, ManifestRefused."""
    chosen = parse_options(PdfOptions, options, "pdf")
    data = read_bytes(raw)
    if not is_pdf(data):
        raise refuse(
            raw, "it does not begin as a PDF does", remedy="Name the reader for what it is on a card"
        )
    if chosen.ocr == "on" and not is_installed():
        raise refuse(raw, "OCR is wanted and not installed", remedy="pip install 'medrag[ocr]'")
    told = _parsed(raw, data, chosen)
    yield _document(raw, chosen, told)


def _parsed(raw: RawFile, data: bytes, chosen: PdfOptions) -> Mapping[str, Any]:
    order = {"key": chosen.key or raw.path, "tables": chosen.tables}
    told = _ask(raw, data, order, TEXT_BOUNDS)
    if "scans" not in told:
        return told
    if chosen.ocr != "off" and is_installed():
        return _ask(raw, data, {**order, "ocr": True}, OCR_BOUNDS)
    return _ask(raw, data, {**order, "without_ocr": True}, TEXT_BOUNDS)


def _ask(raw: RawFile, data: bytes, order: Mapping[str, Any], bounds: Bounds) -> Mapping[str, Any]:
    try:
        answer: Confined = confine(PARSER, data, order, bounds)
    except ParserFailed as error:
        raise refuse(raw, error.reason, remedy=_REMEDY) from error
    if answer.result is None:
        raise refuse(raw, answer.refused, remedy=answer.remedy)
    return answer.result


def _document(raw: RawFile, chosen: PdfOptions, told: Mapping[str, Any]) -> ParsedDocument:
    """The child's answer as a document. Raises DocumentRefused where it is not what a sound child says."""
    try:
        text = str(told["text"])
        blocks = tuple(_block(item) for item in told["blocks"])
        segments = tuple(Segment(int(start), int(end), str(where)) for start, end, where in told["segments"])
        report = ParseReport.from_json(told["report"])
        notes = {str(name): int(count) for name, count in told["notes"].items()}
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise refuse(raw, "the parser's answer cannot be read", remedy=_REMEDY) from error
    check_characters(raw, text)
    return ParsedDocument(
        key=chosen.key or raw.path,
        title=chosen.title or report.title or PurePosixPath(raw.path).stem,
        text=text,
        blocks=blocks,
        segments=segments,
        raw_member=raw.member,
        language=chosen.language,
        published=_revised(text),
        lost_characters=count_lost(text),
        notes={"pages": len(report.pages), **notes},
        report=report,
    )


def _revised(text: str) -> str | None:
    """``2025-07`` where the text ends as a label does; the last such line is the label's, not the leaflet's."""
    found = _REVISED.findall(text)
    return f"{found[-1][1]}-{int(found[-1][0]):02d}" if found else None


def _block(item: list[Any]) -> Block:
    kind, start, end, section, code, page, scope = item
    if kind not in _KINDS:
        raise ValueError(kind)
    spans = tuple(Span(int(begin), int(stop)) for begin, stop in scope)
    path = tuple(str(part) for part in section)
    return Block(kind, int(start), int(end), path, None if code is None else str(code), int(page), spans)
