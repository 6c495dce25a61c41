"""Packs replacements of single characters into the form SentencePiece and ``tokenizers`` read: a double-array trie.

Each unit is 32 bits (Yata 2012, darts-clone): the label in bits 0-7, "has a leaf" in bit 8, the offset to the children
from bit 10; bit 31 marks a leaf, whose other bits are its value. A child stands at parent xor offset xor label.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["pack_charsmap"]

LEAF = 1 << 31
HAS_LEAF = 1 << 8
OFFSET_SHIFT = 10
#: Offsets of 21 bits need no extended form; ours stay far below.
MAX_UNITS = 1 << 21


@dataclass(slots=True)
class Node:
    """Children by their byte, and where the replacement stands when a key ends here."""

    children: dict[int, Node] = field(default_factory=dict)
    value: int | None = None

    def labels(self) -> list[int]:
        """Those of the units that hang from this node; label 0 is the leaf with the value."""
        return [*([] if self.value is None else [0]), *self.children]


def pack_charsmap(replacements: Mapping[int, str]) -> bytes:
    """uint32 size of the trie in bytes, the trie, then the replacements, each ended by a NUL."""
    texts, root = bytearray(), Node()
    places: dict[str, int] = {}
    for point, text in sorted(replacements.items()):
        if text not in places:
            places[text] = len(texts)
            texts += text.encode() + b"\0"
        insert(root, chr(point).encode(), places[text])
    units = lay_out(root)
    return struct.pack(f"<I{len(units)}I", 4 * len(units), *units) + bytes(texts)


def insert(root: Node, key: bytes, value: int) -> None:
    """Adds one key."""
    node = root
    for byte in key:
        node = node.children.setdefault(byte, Node())
    node.value = value


def lay_out(root: Node) -> list[int]:
    """The units of the trie, breadth first. No two nodes share an offset, or one would see the other's children; every
    block of 256 is whole, so any label can be looked up in it."""
    units: dict[int, int] = {0: 0}
    taken: set[int] = set()
    queue: list[tuple[int, Node]] = [(0, root)]
    lowest = 1
    for place, node in queue:
        if not node.labels():
            continue
        base = next(b for b in range(lowest, MAX_UNITS) if b not in taken and fits(b, node, units))
        taken.add(base)
        lowest = max(lowest, base - 255)
        units[place] |= (base ^ place) << OFFSET_SHIFT
        if node.value is not None:
            units[place] |= HAS_LEAF
            units[base] = LEAF | node.value
        for label, child in node.children.items():
            units[base ^ label] = label
            queue.append((base ^ label, child))
    size = (max(units) // 256 + 1) * 256
    return [units.get(place, 0) for place in range(size)]


def fits(base: int, node: Node, units: Mapping[int, int]) -> bool:
    """Whether every unit of the node finds its place free when they are placed from ``base``."""
    return all(base ^ label not in units for label in node.labels())
