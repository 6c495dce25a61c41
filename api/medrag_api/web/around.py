"""Lays out what stands around a drug in the graph: the graver, the nearer; every name on a line of its own."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from medrag.vocabulary import SEVERITY_ORDER, Language
from medrag_api.review_words import SEVERITIES
from medrag_api.web.check_view import SHAPES
from medrag_api.web.words import ConsoleLanguage, words_in

__all__ = ["Node", "around", "lay_out"]

Json = Mapping[str, Any]
#: How far out each group stands, as a share of the whole radius.
RADII: Final[Mapping[str, float]] = {
    "contraindicated": 0.45,
    "major": 0.58,
    "moderate": 0.71,
    "unknown": 0.84,
    "minor": 0.97,
    "class": 0.6,
    "condition": 0.8,
}
#: Names of one group in the picture; the list beside it has them all.
MOST: Final = 14
#: Points between two names, and the half width of the picture that is not names.
STEP: Final = 22
RADIUS: Final = 250
#: Points a name may take beside its node.
NAME: Final = 235
#: Longest name written out, in characters.
LONGEST: Final = 28


@dataclass(frozen=True, slots=True)
class Node:
    """A neighbour with its place, in points from the middle. ``side`` is 1 to the right, -1 to the left."""

    id: str
    name: str
    group: str
    shape: str
    x: float
    y: float
    side: int
    walks: bool


def around(card: Json, language: ConsoleLanguage) -> dict[str, Any]:
    """The groups of a card's neighbours, gravest first, and their picture."""
    groups = groups_of(card, language)
    return {"groups": groups, **lay_out(groups)}


def groups_of(card: Json, language: Language) -> list[dict[str, Any]]:
    """Each group: its key, word and shape, and its members by name, each once."""
    w = words_in("zh" if language == "zh" else "en")
    seen: set[str] = set()
    told = []
    for severity in SEVERITY_ORDER:
        members = fresh((row["other"] for row in card["interactions"].get(severity, ())), seen)
        told.append(group(severity, SEVERITIES[severity][language], SHAPES[severity], members))
    told.append(group("class", w.classes, "◇", fresh(card["classes"], seen)))
    told.append(group("condition", w.stated_of, "□", fresh((c["other"] for c in card["conditions"]), seen)))
    return [item for item in told if item["members"]]


def group(key: str, word: str, shape: str, members: list[Json]) -> dict[str, Any]:
    walks = key != "condition"
    return {"key": key, "word": word, "shape": shape, "members": members, "walks": walks}


def fresh(others: Any, seen: set[str]) -> list[Json]:
    """Those not placed in a graver group, by name."""
    kept: dict[str, Json] = {}
    for other in others:
        if other["id"] not in seen:
            kept.setdefault(other["id"], other)
    seen |= set(kept)
    return sorted(kept.values(), key=lambda item: (item["name"].casefold(), item["id"]))


def lay_out(groups: Sequence[Json]) -> dict[str, Any]:
    """Places every shown name: the first half of them down the right side, the rest up the left. No two of one side share a
    line, so that no name covers another."""
    shown = [(item, member) for item in groups for member in item["members"][:MOST]]
    half = math.ceil(len(shown) / 2)
    tall = max(half, 6) * STEP / 2
    nodes = [
        *(placed(item, member, at, half, tall, 1) for at, (item, member) in enumerate(shown[:half])),
        *(
            placed(item, member, len(shown) - half - 1 - at, len(shown) - half, tall, -1)
            for at, (item, member) in enumerate(shown[half:])
        ),
    ]
    width, height = 2 * (RADIUS + NAME), 2 * (tall + STEP)
    left_out = sum(max(0, len(item["members"]) - MOST) for item in groups)
    box = f"{-width / 2:.0f} {-height / 2:.0f} {width:.0f} {height:.0f}"
    return {"nodes": nodes, "box": box, "left_out": left_out}


def placed(item: Json, member: Json, at: int, count: int, tall: float, side: int) -> Node:
    """Line ``at`` of ``count`` on a side; further out in the middle of the side than at its ends, as on a circle."""
    y = (at - (count - 1) / 2) * STEP
    bend = math.sqrt(max(0.0, 1 - (y / (tall * 1.12)) ** 2))
    x = side * max(46.0, RADIUS * RADII[item["key"]] * (0.45 + 0.55 * bend))
    name = str(member["name"])
    short = name if len(name) <= LONGEST else name[: LONGEST - 1] + "…"
    return Node(
        member["id"], short, item["key"], item["shape"], round(x, 1), round(y, 1), side, item["walks"]
    )
