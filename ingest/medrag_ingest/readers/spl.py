"""Reads Structured Product Labels (HL7 v3 XML): sections with their LOINC codes, lists, tables, the product's names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from medrag.vocabulary import Language
from medrag_ingest.parsed import ParsedDocument
from medrag_ingest.raw import RawFile
from medrag_ingest.readers import loinc
from medrag_ingest.readers.guard import Options, lost_characters, parse_options, read_bytes, refuse
from medrag_ingest.readers.markup import (
    Dialect,
    FlowWriter,
    Role,
    children_with_paths,
    inline_text,
    local_name,
)
from medrag_ingest.readers.tables import TableTooWide

__all__ = ["NAMESPACE", "SplOptions", "read_spl"]

#: SPL's default namespace. XPath locators stand without it: every name in them is of this namespace.
NAMESPACE: Final = "urn:hl7-org:v3"
#: Real labels nest below 40 deep.
MAX_DEPTH: Final = 200
_ROLES: Final[dict[str, Role]] = {
    **dict.fromkeys(
        ("text", "paragraph", "excerpt", "highlight", "thead", "tbody", "tfoot", "tr", "td", "th"),
        "container",
    ),
    "list": "list",
    "item": "item",
    "caption": "caption",
    "table": "table",
    "br": "break",
    "footnote": "footnote",
    "footnoteRef": "footnote_ref",
    "renderMultiMedia": "image",
    "sup": "sup",
    "sub": "sub",
}
#: Active ingredients: by strength of the base, of the moiety, of the reference, and the class older labels use.
_ACTIVE: Final = frozenset({"ACTIB", "ACTIM", "ACTIR", "ACTI"})


_HL7_DATE = re.compile(r"(\d{4})(?:(0[1-9]|1[0-2])(?:(0[1-9]|[12]\d|3[01])\d*)?)?(?![0-9])")
_CHUNK: Final = 256 * 1024


class SplOptions(Options):
    """``product_section`` writes the product's names as the first section of the text."""

    language: Language = "en"
    product_section: bool = True


@dataclass(frozen=True, slots=True)
class _Product:
    """What a label says of its products, each name once, in order."""

    names: tuple[str, ...]
    generics: tuple[str, ...]
    ingredients: tuple[str, ...]
    labeler: str

    @property
    def title(self) -> str:
        """``Product (generic)``; "" where the label names neither."""
        generic = ", ".join(self.generics or self.ingredients)
        name = ", ".join(self.names[:1]) or generic
        return f"{name} ({generic})" if generic and generic.casefold() != name.casefold() else name


def read_spl(raw: RawFile, options: Mapping[str, object]) -> Iterator[ParsedDocument]:
    """One label; its key is the set id, its date the effective date. Raises DocumentRefused on any DOCTYPE."""
    chosen = parse_options(SplOptions, options, "spl")
    root = _parse(raw)
    set_id = _attribute(root, "setId", "root")
    if not set_id:
        raise refuse(raw, "the label has no set id", field="/document/setId/@root")
    product = _product(root)
    writer = FlowWriter(Dialect(_ROLES, footnote_of=_footnotes(root)))
    try:
        _write_label(writer, root, product if chosen.product_section else None)
    except TableTooWide as error:
        raise refuse(raw, str(error)) from error
    text, blocks, segments = writer.builder.finish()
    if not text:
        raise refuse(raw, "the label holds no text")
    yield ParsedDocument(
        key=set_id,
        title=product.title or _words(root, "title") or f"Drug label {set_id}",
        text=text,
        blocks=blocks,
        segments=segments,
        raw_member=raw.member,
        language=chosen.language,
        publisher=product.labeler or None,
        published=_date(_attribute(root, "effectiveTime", "value")),
        url=f"https://dailymed.nlm.nih.gov/dailymed/drugInfo.cfm?setid={set_id}",
        lost_characters=lost_characters(text),
        notes=dict(writer.notes),
    )


def _parse(raw: RawFile) -> Element:
    """The document element. Raises DocumentRefused naming the line."""
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import XMLParser

    parser = XMLParser(target=_BoundedTree(raw), forbid_dtd=True)
    data = read_bytes(raw)
    try:
        for start in range(0, len(data), _CHUNK):
            parser.feed(data[start : start + _CHUNK])
        root = parser.close()
    except DefusedXmlException as error:
        problem = f"a DOCTYPE or entity declaration ({type(error).__name__}): labels have none, bombs have"
        raise refuse(raw, problem, line=parser.parser.CurrentLineNumber) from error
    except ParseError as error:
        raise refuse(raw, f"not well-formed XML: {error}", line=error.position[0]) from error
    except (LookupError, ValueError) as error:
        raise refuse(raw, f"its declared encoding cannot be read: {error}") from error
    if root.tag != f"{{{NAMESPACE}}}document":
        raise refuse(raw, f"the root element is {root.tag!r}, not an SPL document of namespace {NAMESPACE}")
    return root


class _BoundedTree(TreeBuilder):
    """Builds the tree as the parser reads, and refuses one that nests too deep before it is built."""

    def __init__(self, raw: RawFile) -> None:
        super().__init__()
        self._raw = raw
        self._depth = 0

    def start(self, tag: str, attrs: dict[Any, Any], /) -> Element:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise refuse(self._raw, f"elements nest more than {MAX_DEPTH} deep")
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> Element:
        self._depth -= 1
        return super().end(tag)


def _each(root: Element, name: str) -> Iterator[Element]:
    return root.iter(f"{{{NAMESPACE}}}{name}")


def _child(element: Element, *names: str) -> Element | None:
    found: Element | None = element
    for name in names:
        found = found.find(f"{{{NAMESPACE}}}{name}") if found is not None else None
    return found


def _words(element: Element, *names: str) -> str:
    """All words of a descendant, collapsed; "" where it is missing."""
    found = _child(element, *names)
    return " ".join(" ".join(found.itertext()).split()) if found is not None else ""


def _attribute(element: Element, name: str, attribute: str) -> str:
    found = _child(element, name)
    return (found.get(attribute) or "").strip() if found is not None else ""


def _date(value: str) -> str | None:
    """HL7 ``YYYY[MM[DD...]]`` as ISO 8601 of the same precision; None where it is no date."""
    match = _HL7_DATE.match(value)
    return "-".join(part for part in match.groups() if part) if match else None


def _footnotes(root: Element) -> Callable[[Element], Element | None]:
    by_id = {footnote.get("ID"): footnote for footnote in _each(root, "footnote")}
    return lambda reference: by_id.get(reference.get("IDREF"))


def _product(root: Element) -> _Product:
    holders = [
        *_each(root, "manufacturedProduct"),
        *_each(root, "manufacturedMedicine"),
        *_each(root, "partProduct"),
    ]
    generics = [_words(element, "name") for element in _each(root, "genericMedicine")]
    substances = [
        _words(element, "ingredientSubstance", "name")
        for element in _each(root, "ingredient")
        if element.get("classCode") in _ACTIVE
    ]
    substances += [_words(element, "name") for element in _each(root, "activeIngredientSubstance")]
    return _Product(
        names=_once(_words(element, "name") for element in holders),
        generics=_once(generics),
        ingredients=_once(substances),
        labeler=_words(root, "author", "assignedEntity", "representedOrganization", "name"),
    )


def _once(words: Iterable[str]) -> tuple[str, ...]:
    """Each name once, whatever its case, in order."""
    kept = {word.casefold(): word for word in reversed(list(words)) if word}
    return tuple(reversed(kept.values()))


def _write_label(writer: FlowWriter, root: Element, product: _Product | None) -> None:
    title = _child(root, "title")
    if title is not None:
        writer.write("caption", inline_text(title, writer.dialect, writer.notes), "/document/title[1]")
    if product is not None:
        _write_product(writer, root, product)
    body = _child(root, "component", "structuredBody")
    if body is not None:
        _write_components(writer, body, "/document/component[1]/structuredBody[1]", 1, None)


def _write_product(writer: FlowWriter, root: Element, product: _Product) -> None:
    """The product's names as one short paragraph: labels of several makers differ by little else."""
    lines = (
        ("Product", product.names),
        ("Generic name", product.generics),
        ("Active ingredient", product.ingredients),
        ("Labeler", (product.labeler,) if product.labeler else ()),
        ("Label version", tuple(filter(None, [_attribute(root, "versionNumber", "value")]))),
    )
    words = "\n".join(f"{name}: {', '.join(values)}" for name, values in lines if values)
    if words:
        writer.code = loinc.PRODUCT_DATA
        writer.builder.write("paragraph", words, locator="/document", code=writer.code)


def _write_components(writer: FlowWriter, parent: Element, path: str, level: int, code: str | None) -> None:
    for component, component_path in children_with_paths(parent, path):
        if local_name(component) == "component":
            for section, section_path in children_with_paths(component, component_path):
                if local_name(section) == "section":
                    _write_section(writer, section, section_path, level, code)


def _write_section(
    writer: FlowWriter, section: Element, path: str, level: int, inherited: str | None
) -> None:
    code = _section_code(section) or inherited
    writer.code = code
    writer.leave(level)
    for child, child_path in children_with_paths(section, path):
        name = local_name(child)
        if name == "title":
            writer.heading(inline_text(child, writer.dialect, writer.notes), level, child_path)
        elif name in ("text", "excerpt"):
            writer.flow(child, child_path)
    _write_components(writer, section, path, level + 1, code)


def _section_code(section: Element) -> str | None:
    """The section's own LOINC code; None where it has none or one that says nothing of its content."""
    element = _child(section, "code")
    if element is None or element.get("codeSystem", loinc.SYSTEM) != loinc.SYSTEM:
        return None
    code = (element.get("code") or "").strip()
    return code if code and code != loinc.UNCLASSIFIED else None
