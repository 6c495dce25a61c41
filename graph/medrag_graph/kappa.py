"""Cohen's kappa of two raters over one table of counts: plain, weighted, and the most its totals allow."""

from __future__ import annotations

from collections.abc import Callable, Sequence

__all__ = ["greatest_kappa", "kappa", "weighted_kappa"]

#: Rows are the first rater's levels, columns the second's, in the same order; cells are counts.
Table = Sequence[Sequence[int]]
#: (row, column) to how far the two agree, 0 to 1.
Weight = Callable[[int, int], float]


def kappa(table: Table) -> float | None:
    """Agreement beyond chance, every disagreement alike (Cohen, Educ Psychol Meas 1960;20:37-46).

    None where the table is empty or chance alone agrees wholly, which is when neither rater ever varies.
    """
    return agreed(table, lambda i, j: float(i == j))


def weighted_kappa(table: Table) -> float | None:
    """As :func:`kappa` for ordered levels, with linear weights: next levels half-agree in three, and so on
    (Cohen, Psychol Bull 1968;70:213-20)."""
    steps = max(len(table) - 1, 1)
    return agreed(table, lambda i, j: 1 - abs(i - j) / steps)


def greatest_kappa(table: Table) -> float | None:
    """The kappa of the best table with the same totals: below 1 where the raters use the levels unequally
    (Cohen 1960, kappa max)."""
    n, rows, columns = totals(table)
    if n == 0:
        return None
    seen = sum(min(row, column) for row, column in zip(rows, columns, strict=True)) / n
    chance = sum(row * column for row, column in zip(rows, columns, strict=True)) / n**2
    return None if chance == 1 else (seen - chance) / (1 - chance)


def agreed(table: Table, weight: Weight) -> float | None:
    n, rows, columns = totals(table)
    if n == 0:
        return None
    span = range(len(table))
    seen = sum(weight(i, j) * table[i][j] for i in span for j in span) / n
    chance = sum(weight(i, j) * rows[i] * columns[j] for i in span for j in span) / n**2
    return None if chance == 1 else (seen - chance) / (1 - chance)


def totals(table: Table) -> tuple[int, list[int], list[int]]:
    rows = [sum(row) for row in table]
    return sum(rows), rows, [sum(column) for column in zip(*table, strict=True)]
