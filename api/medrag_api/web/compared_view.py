"""Arranges what was counted of the sources: a grid of grades for each two of them, and bars of what is joined."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from medrag_api.review_words import SEVERITIES
from medrag_api.web.check_view import SHAPES
from medrag_api.web.words import ConsoleLanguage
from medrag_graph.agreement import LEVELS

__all__ = ["compared_view"]

Json = Mapping[str, Any]
#: Points: a cell of a grid, the room of its words; a bar's line, its greatest width, the room of its words.
CELL, WORDS = 62, 150
LINE, WIDE, LABEL = 30, 300, 270


def compared_view(results: Json, language: ConsoleLanguage) -> dict[str, Any]:
    """Everything the page shows beside the day it was counted."""
    return {
        "levels": [
            {"level": level, "word": SEVERITIES[level][language], "shape": SHAPES[level]} for level in LEVELS
        ],
        "pairs": [pair_view(item) for item in results["agreement"]],
        "grid": {"cell": CELL, "words": WORDS, "width": WORDS + CELL * len(LEVELS), "head": 34},
        "coverage": results["coverage"],
        "bars": coverage_bars(results["coverage"]),
        "unspoken": results["unspoken"],
        "unspoken_count": results["unspoken_count"],
        "conflicts": results["conflicts"],
    }


def pair_view(item: Json) -> dict[str, Any]:
    """Two sources: their table as cells whose ground is the deeper the more pairs stand in it, and their kappas."""
    table: Sequence[Sequence[int]] = item["levels"]
    most = max((count for row in table for count in row), default=0)
    cells = [
        {
            "x": WORDS + CELL * column,
            "y": 34 + CELL * row,
            "count": count,
            "depth": depth(count, most),
            "same": row == column,
            "row": LEVELS[row],
            "column": LEVELS[column],
        }
        for row, counts in enumerate(table)
        for column, count in enumerate(counts)
    ]
    kappas = {key: said(item[key]) for key in item if "kappa" in key}
    return {**item, **kappas, "cells": cells, "height": 34 + CELL * len(table), "table": table}


def depth(count: int, most: int) -> float:
    """Share of the accent's ink, 0 to 0.6, so that the figure above it can be read; by the logarithm, for one cell often
    holds more than all others."""
    return round(0.6 * math.log1p(count) / math.log1p(most), 2) if most else 0.0


def said(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def coverage_bars(rows: Sequence[Json]) -> dict[str, Any]:
    """A bar for each edition and kind of thing it names."""
    lines = [
        {
            "label": f"{row['edition']} · {row['kind']}",
            "y": at * LINE,
            "width": round(WIDE * row["share"], 1),
            "share": f"{100 * row['share']:.0f} %",
        }
        for at, row in enumerate(rows)
    ]
    width = LABEL + WIDE + 60
    return {
        "lines": lines,
        "label": LABEL,
        "wide": WIDE,
        "width": width,
        "height": max(LINE * len(lines), LINE),
    }
