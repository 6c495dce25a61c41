"""Kappa against published examples and its laws; agreement of two sources counted by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_graph import ANSM, NDFRT, small_drawing

from medrag_graph.agreement import LEVELS, compare_sources
from medrag_graph.kappa import greatest_kappa, kappa, weighted_kappa
from medrag_graph.report_text import agreement_lines

#: Four levels, up to 50 pairs a cell.
TABLES = st.lists(st.lists(st.integers(0, 50), min_size=4, max_size=4), min_size=4, max_size=4)


def test_worked_examples() -> None:
    # 20 yes/yes, 5 yes/no, 10 no/yes, 15 no/no: (0.70 - 0.50) / (1 - 0.50).
    assert kappa([[20, 5], [10, 15]]) == pytest.approx(0.40)
    # Three levels: seen 0.7, chance 0.34; with linear weights seen 0.825, chance 0.56.
    table = [[4, 1, 0], [1, 2, 1], [1, 0, 0]]
    seen, rows, columns = 0.6, (5, 4, 1), (6, 3, 1)
    chance = sum(a * b for a, b in zip(rows, columns, strict=True)) / 100
    assert kappa(table) == pytest.approx((seen - chance) / (1 - chance))
    assert greatest_kappa(table) == pytest.approx((0.9 - chance) / (1 - chance))


def test_who_never_varies_has_no_kappa() -> None:
    assert kappa([[5, 0], [0, 0]]) is None
    assert kappa([[0, 0], [0, 0]]) is None
    assert greatest_kappa([[0, 0], [0, 0]]) is None


@given(TABLES)
def test_laws_of_kappa(table: list[list[int]]) -> None:
    turned = [list(column) for column in zip(*table, strict=True)]
    plain, weighted, most = kappa(table), weighted_kappa(table), greatest_kappa(table)
    assert kappa(turned) == pytest.approx(plain) if plain is not None else kappa(turned) is None
    for value in (plain, weighted, most):
        assert value is None or value <= 1 + 1e-9
    if plain is not None and most is not None:
        assert plain <= most + 1e-9
    whole = [[n if i == j else 0 for j, n in enumerate(row)] for i, row in enumerate(table)]
    assert kappa(whole) is None or kappa(whole) == pytest.approx(1)
    assert weighted_kappa(whole) is None or weighted_kappa(whole) == pytest.approx(1)


def test_two_sources_are_compared_over_the_drugs_both_hold() -> None:
    drawing = small_drawing()
    told = compare_sources(drawing.data(), ANSM, NDFRT)
    # Warfarin, ibuprofen, amlodipine: the thesaurus grades warfarin and ibuprofen through two classes, the list itself.
    assert (told.drugs, told.pairs) == (3, 3)
    assert (told.named_by_one, told.named_by_other, told.named_by_both) == (1, 1, 1)
    assert (told.by_class_one, told.by_class_other) == (1, 0)
    assert told.listed_kappa == pytest.approx(1)
    cell = told.levels[LEVELS.index("major")][LEVELS.index("moderate")]
    assert (told.graded_by_both, cell) == (1, 1)
    assert "n = 3" in " ".join(agreement_lines(told))


def test_a_level_that_names_its_drugs_is_compared_for_those_alone() -> None:
    drawing = small_drawing()
    drawing.claim("medrag:nsaids", "rxnorm:17767", "contraindicated", condition="avec l'ibuprofène")
    drawing.claim("rxnorm:3355", "rxnorm:17767", "moderate", NDFRT)
    kept = compare_sources(drawing.data(), ANSM, NDFRT)
    drawing.claim("medrag:nsaids", "rxnorm:17767", "contraindicated")
    whole = compare_sources(drawing.data(), ANSM, NDFRT)
    # Diclofenac with amlodipine is named by the class as a whole, not by the level that is ibuprofen's.
    assert (kept.named_by_both, whole.named_by_both) == (1, 2)
    assert whole.named_by_one == kept.named_by_one + 1
