"""Reads National Guideline Clearinghouse summaries: XML whose fields hold HTML in an attribute."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from html import unescape
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from medrag_ingest.parsed import ParsedDocument, TextBuilder
from medrag_ingest.raw import RawFile
from medrag_ingest.readers.checked import load_xml, no_options, unforeseen
from medrag_ingest.readers.fragments import FragmentWriter
from medrag_ingest.readers.guard import lost_characters

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

__all__ = ["mend_mojibake", "read_ngc"]

# UTF-8 bytes of one character that were read as Latin-1: a lead byte and its continuation bytes.
_TWICE = re.compile(
    "[\u00c2-\u00df][\u0080-\u00bf]|[\u00e0-\u00ef][\u0080-\u00bf]{2}|[\u00f0-\u00f4][\u0080-\u00bf]{3}"
)
#: A symbol font's own code points (bullets), meaningless without the font.
_PRIVATE = re.compile("[\ue000-\uf8ff]")
_MARKUP = re.compile(r"<[a-zA-Z/!]")
_TAG = re.compile(r"<[^>]*>")
_LINK = re.compile(r"href=\"(https?://[^\"\s]+)\"")
_DATE = re.compile(r"(\d{4})(?: ([A-Z][a-z]{2})(?: (\d{1,2}))?)?")
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def read_ngc(raw: RawFile, options: Mapping[str, object]) -> Iterator[ParsedDocument]:
    """One document of one summary, keyed by its file's stem (``ngc-10532``): a heading per section and field.

    The publisher is the developers' names; ``published`` the latest date the release field gives. A field that a
    later section repeats word for word is written once. Notes count fields, repeats, tables, rows and characters
    mended (see ``mend_mojibake``). Raises DocumentRefused for another layout or a DOCTYPE. No options.
    """
    no_options(options, "ngc")
    root = load_xml(raw)
    sections = root.findall("Section")
    if root.tag != "Version" or not sections:
        unforeseen(raw, "the root element Version with sections was expected", field="/")
    yield _Summary(raw, sections).document()


def mend_mojibake(text: str) -> tuple[str, int]:
    """(text, how many runs were mended): UTF-8 that was decoded as Latin-1 is decoded once more.

    Only a run whose bytes are one valid UTF-8 character is touched, so encoding it again gives the run back.
    """
    count = 0

    def mend(match: re.Match[str]) -> str:
        nonlocal count
        try:
            mended = match[0].encode("latin-1").decode("utf-8")
        except UnicodeDecodeError:
            return match[0]
        count += 1
        return mended

    return _TWICE.sub(mend, text), count


class _Summary:
    """The document of one summary while it is written."""

    def __init__(self, raw: RawFile, sections: list[Element]) -> None:
        self._raw = raw
        self._builder = TextBuilder()
        self._notes: Counter[str] = Counter()
        self._fields: dict[str, list[str]] = {}
        for n, section in enumerate(sections, 1):
            self._write_section(section, f"/Version/Section[{n}]")

    def document(self) -> ParsedDocument:
        text, blocks, segments = self._builder.finish()
        title = " ".join(unescape(_TAG.sub(" ", self._one("Guideline Title"))).split())
        if not title:
            unforeseen(self._raw, "a field Guideline Title was expected", field="/Version")
        self._notes["private_use_characters"] += len(_PRIVATE.findall(text))
        link = _LINK.search(self._one("Guideline Availability"))
        return ParsedDocument(
            key=PurePosixPath(self._raw.member or self._raw.name).stem,
            title=title,
            text=text,
            blocks=blocks,
            segments=segments,
            raw_member=self._raw.member,
            publisher="; ".join(self._developers()) or None,
            published=_latest_date(self._one("Date Released")),
            url=link[1] if link else None,
            lost_characters=lost_characters(text),
            notes=dict(+self._notes),
        )

    def _one(self, name: str) -> str:
        return "".join(self._fields.get(name, [])[:1])

    def _developers(self) -> list[str]:
        """The kind of body after the last " - " is left out."""
        return [
            value.rpartition(" - ")[0] or value for value in self._fields.get("Guideline Developer(s)", [])
        ]

    def _write_section(self, section: Element, path: str) -> None:
        opened = False
        for n, field in enumerate(section.findall("Field"), 1):
            name, values = field.get("Name", ""), self._values(field, f"{path}/Field[{n}]")
            if not name or not any(values):
                continue
            self._notes["fields"] += 1
            if self._fields.get(name) == values:
                self._notes["fields_repeated"] += 1
                continue
            self._fields[name] = values
            if not opened:
                self._builder.heading(section.get("Name") or name, 1, locator=f"{path}/@Name")
                opened = True
            self._write_field(section.get("Name"), name, values, f"{path}/Field[{n}]")

    def _values(self, field: Element, path: str) -> list[str]:
        values = []
        for n, item in enumerate(field.findall("FieldValue"), 1):
            value = item.get("Value")
            if value is None:
                unforeseen(self._raw, "an attribute Value was expected", field=f"{path}/FieldValue[{n}]")
            mended, count = mend_mojibake(value)
            self._notes["mojibake_mended"] += count
            self._notes["html_in_attribute"] += bool(_MARKUP.search(value))
            values.append(mended.strip())
        return values

    def _write_field(self, section: str | None, name: str, values: list[str], path: str) -> None:
        if name != section:
            self._builder.heading(name, 2, locator=f"{path}/@Name")
        for n, value in enumerate(values, 1):
            locator = f"{path}/FieldValue[{n}]/@Value"
            words = " ".join(value.split())
            if _MARKUP.search(value):
                writer = FragmentWriter(self._builder, locator, 3, self._notes)
                writer.feed(value)
                writer.finish()
            elif words and len(values) > 1:
                self._builder.write("list_item", words, locator=locator, separator="\n")
            elif words:
                self._builder.write("paragraph", words, locator=locator)


def _latest_date(words: str) -> str | None:
    """ISO 8601 of the latest date in words such as ``2002 Aug (revised 2014 Oct)``."""
    dates = []
    for year, month, day in _DATE.findall(words):
        parts = [year]
        if month in _MONTHS:
            parts.append(f"{_MONTHS.index(month) + 1:02}")
            parts += [f"{int(day):02}"] if day else []
        dates.append("-".join(parts))
    return max(dates, default=None)
