"""What is quoted answers, comes with the heading or header row it needs, and is nothing but quotes."""

from __future__ import annotations

from pathlib import Path

from answer_shelf import build

from medrag.answer.compose import Composed, compose
from medrag.answer.units import cut_units
from medrag.answer.verify import is_joined
from medrag.retrieve.search import search
from medrag.settings import Settings
from medrag.shelf import OpenShelf

Shelf = tuple[OpenShelf, Settings]


def composed(shelf: Shelf, question: str) -> Composed:
    result = search(shelf[0], question, shelf[1])
    return compose(shelf[0], result.plan, result.hits)


def test_a_list_item_comes_with_its_heading(shelf: Shelf) -> None:
    told = composed(shelf, "From what eGFR may an SGLT2 inhibitor be started?")
    said = next(s for s in told.statements if "Threshold" in s.text)
    assert "20 mL/min/1.73 m²" in said.text
    assert 0 <= told.text.find("SGLT2 inhibitors › ") < said.end
    assert not said.text.startswith(("#", "-"))


def test_a_table_row_comes_with_its_header_row(shelf: Shelf) -> None:
    told = composed(shelf, "metformin dose at eGFR 30-44")
    said = next(s for s in told.statements if "1000 mg" in s.text)
    assert "| eGFR | Dose of metformin |" in told.text
    assert told.text.index("| eGFR | Dose of metformin |") < told.text.index(said.text) + len(said.text)


def test_statements_are_their_quotes_and_offsets_hold(shelf: Shelf) -> None:
    told = composed(shelf, "How are metformin and SGLT2 inhibitors used at a low eGFR?")
    quotes = {c.n: c.exact for c in told.citations}
    assert len(told.statements) >= 2
    for statement in told.statements:
        assert told.text[statement.start : statement.end] == statement.text
        assert is_joined(statement.text, [quotes[n] for n in statement.citations])


def test_a_heading_is_shown_once_for_the_units_below_it(shelf: Shelf) -> None:
    told = composed(shelf, "When to start and stop an SGLT2 inhibitor in kidney disease by eGFR?")
    assert told.text.count("SGLT2 inhibitors") <= 1


def test_the_licence_limits_the_length_of_a_quote(home: Path, tmp_path: Path) -> None:
    shelf = build(home, tmp_path / "cards", limit="40")
    told = composed(shelf, "From what eGFR may an SGLT2 inhibitor be started?")
    assert all(c.end - c.start <= 40 for c in told.citations)


def test_units_hold_every_word_of_a_passage_but_headings(shelf: Shelf) -> None:
    catalogue = shelf[0].catalogue
    for edition in shelf[0].editions:
        for document, passages in catalogue.read_edition(edition):
            for passage in passages:
                spans = [unit.span for unit in cut_units(document, passage)]
                assert spans == sorted(spans)
                assert all(passage.start <= s.start < s.end <= passage.end for s in spans)
                assert all(s.of(document.text) == s.of(document.text).strip() for s in spans)


def test_no_hits_give_no_text(shelf: Shelf) -> None:
    result = search(shelf[0], "metformin", shelf[1])
    assert compose(shelf[0], result.plan, ()) == Composed("", (), ())
