"""No statement passes whose quote is not, character for character, what the catalogue holds."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from medrag.answer.compose import Composed, compose
from medrag.answer.records import Citation, Statement
from medrag.answer.verify import is_joined, verify_statements
from medrag.retrieve.search import search
from medrag.settings import Settings
from medrag.shelf import OpenShelf

Shelf = tuple[OpenShelf, Settings]


def composed(shelf: Shelf) -> Composed:
    result = search(shelf[0], "metformin dose at eGFR 30-44", shelf[1])
    return compose(shelf[0], result.plan, result.hits)


def reasons(shelf: Shelf, told: Composed, citations: tuple[Citation, ...]) -> set[str]:
    verdict = verify_statements(shelf[0].catalogue, told.statements, citations, shelf[0].editions)
    assert len(verdict.kept) + len(verdict.withheld) == len(told.statements)
    return {item.reason for item in verdict.withheld}


def test_what_was_composed_stands(shelf: Shelf) -> None:
    told = composed(shelf)
    assert told.statements
    assert reasons(shelf, told, told.citations) == set()


def spoil(citation: Citation, kind: str) -> Citation:
    source = citation.source
    if kind == "quote":
        return replace(citation, exact=citation.exact[:-1] + "x")
    if kind == "place":
        return replace(citation, start=citation.start + 1, end=citation.end + 1)
    if kind == "outside":
        return replace(citation, end=10_000_000)
    gone = replace(source.document, id="d_000000000000000000000000")
    return replace(citation, source=replace(source, document=gone))


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("quote", "the quote is not what stands at the cited place"),
        ("place", "the quote is not what stands at the cited place"),
        ("outside", "the cited place lies outside the document"),
        ("document", "the cited document is not held"),
    ],
)
def test_a_spoilt_citation_withholds_what_leans_on_it(shelf: Shelf, kind: str, reason: str) -> None:
    told = composed(shelf)
    spoilt = tuple(spoil(c, kind) for c in told.citations)
    assert reasons(shelf, told, spoilt) == {reason}


def test_an_edition_not_in_force_is_not_cited(shelf: Shelf) -> None:
    told = composed(shelf)
    verdict = verify_statements(shelf[0].catalogue, told.statements, told.citations, ["house-kidney@0"])
    assert {item.reason for item in verdict.withheld} == {
        "the cited edition is not in force in this snapshot"
    }


def test_words_beside_the_quotes_are_withheld(shelf: Shelf) -> None:
    told = composed(shelf)
    more = tuple(replace(s, text=s.text + " and more") for s in told.statements)
    assert reasons(shelf, replace(told, statements=more), told.citations) == {
        "the words are not those of the quotes"
    }


@pytest.mark.parametrize("numbers", [(), (99,)])
def test_a_statement_leans_on_citations_that_exist(shelf: Shelf, numbers: tuple[int, ...]) -> None:
    told = composed(shelf)
    bare = replace(told, statements=(Statement("x", 0, 1, numbers, "verbatim"),))
    assert len(reasons(shelf, bare, told.citations)) == 1


def test_a_longer_quote_than_the_licence_allows_is_withheld(shelf: Shelf) -> None:
    told = composed(shelf)
    catalogue = shelf[0].catalogue
    work = catalogue.work("house-kidney")
    catalogue.put_work(replace(work, rights=replace(work.rights, max_quote_chars=3)))
    assert all("the licence allows" in reason for reason in reasons(shelf, told, told.citations))


@given(quotes=st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=4), data=st.data())
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_joined_quotes_are_recognised_and_nothing_else(quotes: list[str], data: st.DataObject) -> None:
    joiners = [data.draw(st.sampled_from([" › ", "\n"])) for _ in quotes[1:]]
    text = quotes[0] + "".join(j + q for j, q in zip(joiners, quotes[1:], strict=True))
    assert is_joined(text, quotes)
    assert not is_joined(text + "x", quotes)
    assert not is_joined("x" + text, quotes) or ("x" + text).startswith(quotes[0])
