"""Reads MedQuAD: one document per XML file that answers a question, its questions as headings over their answers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from medrag.records import Span
from medrag_ingest.parsed import ParsedDocument, RawName, TextBuilder
from medrag_ingest.raw import RawFile
from medrag_ingest.readers.checked import load_xml, no_options, unforeseen

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

__all__ = ["read_medquad"]


@dataclass(frozen=True, slots=True)
class _Layout:
    """The names one of the collection's three layouts uses."""

    focus: str
    pairs: str
    pair: str
    question: str
    answer: str
    source: str
    cui: str
    group: str


_NOW = _Layout(
    "Focus", "QAPairs", "QAPair", "Question", "Answer", "source", ".//UMLS//CUI", ".//UMLS//SemanticGroup"
)
#: Four NINDS files keep the layout the collection was first written in; its authors' count of answers, 16,407,
#: leaves their 16 pairs out.
_OLD = _Layout(
    "doctitle-focus", "qaPairs", "pair", "question", "answer", "corpus", "umls/cui", "umls/semanticGroup"
)
_LAYOUTS: Final[Mapping[str, _Layout]] = {"Document": _NOW, "DiseaseFile": _NOW, "doc": _OLD}

#: The collections' own abbreviations, spelt out as the collection's paper does (Ben Abacha and Demner-Fushman 2019).
_SITES: Final[Mapping[str, str]] = {
    "CancerGov": "National Cancer Institute",
    "CDC": "Centers for Disease Control and Prevention",
    "GARD": "Genetic and Rare Diseases Information Center",
    "GHR": "Genetics Home Reference",
    "MPlusHealthTopics": "MedlinePlus Health Topics",
    "NHLBI": "National Heart, Lung, and Blood Institute",
    "NIDDK": "National Institute of Diabetes and Digestive and Kidney Diseases",
    "NIHSeniorHealth": "NIHSeniorHealth",
    "NINDS": "National Institute of Neurological Disorders and Stroke",
}

# The pages' structure survived as white space only: a line break, a list's "-" after a gap, a gap of three
# spaces and more after a sentence's end, or of five anywhere. Smaller gaps stand inside sentences.
_BREAK = re.compile(r"\s*\n\s*|\s{2,}(?=-\s)|(?<=[.!?:;)\]\"”])\s{3,}|\s{5,}")
_ITEM = re.compile(r"-\s+")
#: The scrape dropped letters outside ASCII; this link text, whose letter is certain, is how the loss is counted.
_LOST = re.compile(r"\bEspaol\b|\ufffd")


def read_medquad(raw: RawFile, options: Mapping[str, object]) -> Iterator[ParsedDocument]:
    """At most one document of one XML file, keyed by the file's path; none where every answer is empty.

    The answers of three collections were removed by the authors (MedlinePlus's copyright). Notes count answers and
    empty answers. Locators are XPath ``substring()`` calls, 1-based as XPath counts. Raises DocumentRefused for an
    unknown layout, a DOCTYPE or XML that is not well-formed. No options.
    """
    no_options(options, "medquad")
    root = load_xml(raw)
    if root.tag not in _LAYOUTS:
        unforeseen(raw, f"the root element {root.tag!r} is none of {', '.join(_LAYOUTS)}", field="/")
    document = _read_file(raw, root, _LAYOUTS[root.tag])
    if document is not None:
        yield document


def _read_file(raw: RawFile, root: Element, layout: _Layout) -> ParsedDocument | None:
    builder = TextBuilder()
    notes: Counter[str] = Counter()
    for n, pair in enumerate(root.iterfind(f"{layout.pairs}/{layout.pair}"), 1):
        _write_pair(raw, builder, pair, layout, f"/{root.tag}/{layout.pairs}/{layout.pair}[{n}]", notes)
    if not notes["answers"]:
        return None
    if layout is _OLD:
        notes["answers_in_old_layout"] = notes["answers"]
    text, blocks, segments = builder.finish()
    focus = " ".join((root.findtext(layout.focus) or "").split())
    notes["no_focus"] += not focus
    source = root.get(layout.source, "")
    return ParsedDocument(
        key=raw.member or raw.name,
        title=focus or text.split("\n", 1)[0],
        text=text,
        blocks=blocks,
        segments=segments,
        raw_member=raw.member,
        publisher=_SITES.get(source, source) or None,
        url=root.get("url") or None,
        lost_characters=len(_LOST.findall(text)),
        names=_names(root, layout, focus, notes),
        notes=dict(+notes),
    )


def _write_pair(
    raw: RawFile, builder: TextBuilder, pair: Element, layout: _Layout, path: str, notes: Counter[str]
) -> None:
    question, answer = pair.find(layout.question), pair.find(layout.answer)
    words = " ".join((question.text or "").split()) if question is not None else ""
    if question is None or answer is None or len(question) or len(answer) or not words:
        unforeseen(raw, "a question and its answer, both of plain text, were expected", field=path)
    told = answer.text or ""
    if not told.strip():
        notes["answers_empty"] += 1
        return
    notes["answers"] += 1
    builder.heading(words, 1, locator=f"{path}/{layout.question}")
    _write_answer(builder, told, f"{path}/{layout.answer}")


def _write_answer(builder: TextBuilder, told: str, path: str) -> None:
    """Paragraphs and list items; white space inside one becomes single spaces, no other character changes."""
    before: tuple[str, Span] | None = None
    intro: tuple[Span, ...] = ()
    for start, end in _pieces(told):
        words = " ".join(told[start:end].split())
        locator = f"substring({path}, {start + 1}, {end - start})"
        if _ITEM.match(words):
            if before is not None:
                intro = (before[1],) if before[0].endswith(":") else ()
            builder.write("list_item", words, locator=locator, separator="\n", scope=intro)
            before = None
        else:
            before = words, builder.write("paragraph", words, locator=locator)
            intro = ()


def _pieces(told: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in (*_BREAK.finditer(told), None):
        end = match.start() if match else len(told)
        if told[start:end].strip(" \t\r\n-"):
            yield start, end
        start = match.end() if match else end


def _names(root: Element, layout: _Layout, focus: str, notes: Counter[str]) -> tuple[RawName, ...]:
    """The focus and its synonyms, where exactly one UMLS concept is given: with several, which is meant is not said."""
    cuis = [cui.text.strip() for cui in root.iterfind(layout.cui) if cui.text and cui.text.strip()]
    if len(set(cuis)) != 1 or not focus:
        notes["focus_of_several_concepts"] += len(set(cuis)) > 1
        return ()
    kind = "disease" if (root.findtext(layout.group) or "").strip() == "Disorders" else "other"
    codes = {"umls": cuis[0]}
    found = [" ".join((item.text or "").split()) for item in root.iterfind(".//Synonyms/Synonym")]
    synonyms = [text for text in dict.fromkeys(found) if text and text != focus]
    return (
        RawName(f"umls:{cuis[0]}", kind, focus, "en", "preferred", codes),
        *(RawName(f"umls:{cuis[0]}", kind, text, "en", "synonym", codes) for text in synonyms),
    )
