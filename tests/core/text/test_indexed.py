"""The words a passage is indexed under."""

from __future__ import annotations

from medrag.records import Passage, Span
from medrag.text.indexed import CONTEXT_CHARS, index_text

DOCUMENT = "Doses\n\n| eGFR | dose |\n| 30 | 5 mg |"


def passage(text: str, section: tuple[str, ...] = (), scope: tuple[Span, ...] = ()) -> Passage:
    at = max(0, DOCUMENT.find(text))
    return Passage("p_1", "d_1", "w@1", 0, at, at + len(text), text, "prose", section, None, None, scope)


def test_title_section_and_scope_come_once_before_the_text() -> None:
    row = passage("| 30 | 5 mg |", ("Doses",), (Span(0, 5), Span(7, 22)))
    assert index_text("Kidney", row, DOCUMENT) == "Kidney\nDoses\n| eGFR | dose |\n| 30 | 5 mg |"


def test_what_the_passage_says_itself_is_not_put_before_it() -> None:
    whole = passage(DOCUMENT, ("Doses",))
    assert index_text("", whole, DOCUMENT) == DOCUMENT


def test_damage_is_cleaned_in_text_and_context() -> None:
    assert index_text("醫(yī)院", passage("學(xué)會"), DOCUMENT) == "醫院\n學會"


def test_context_is_bounded() -> None:
    text = index_text("word " * 2000, passage("own"), DOCUMENT)
    assert text.endswith("\nown") and len(text) <= CONTEXT_CHARS + 4
