"""Packs replacements of single characters into the form SentencePiece and ``tokenizers`` read: a double-array trie.

Each unit is 32 bits (Yata 2012, darts-clone): the label in bits 0-7, "has a leaf" in bit 8, the offset to the children
from bit 10; bit 31 marks a leaf, whose other bits are its value. A child stands at parent xor offset xor label.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping

__all__ = ["pack_charsmap"]

LEAF = 1 << 31
HAS_LEAF = 1 << 8
OFFSET_SHIFT = 10
#: Offsets of 21 bits need no extended form; ours stay far below.
MAX_UNITS = 1 << 21

Node = dict[int, "Node | int"]


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
    """Adds one key; label 0 holds the value of the key that ends there."""
    node = root
    for byte in key:
        child = node.setdefault(byte, {})
        assert isinstance(child, dict)  # noqa: S101  (no key holds a zero byte, so no child is a value)
        node = child
    node[0] = value


def lay_out(root: Node) -> list[int]:
    """The units of the trie, breadth first. No two nodes share an offset, or one would see the other's children; every
    block of 256 is whole, so any label can be looked up in it."""
    units: dict[int, int] = {0: 0}
    queue: list[tuple[int, Node]] = [(0, root)]
    taken: set[int] = set()
    lowest = 1
    for place, node in queue:
        base = next(b for b in range(lowest, MAX_UNITS) if b not in taken and fits(b, node, units))
        taken.add(base)
        lowest = max(lowest, base - 255)
        units[place] |= (base ^ place) << OFFSET_SHIFT | (HAS_LEAF if 0 in node else 0)
        for label, child in node.items():
            if isinstance(child, dict):
                units[base ^ label] = label
                queue.append((base ^ label, child))
            else:
                units[base ^ label] = LEAF | child
    size = (max(units) // 256 + 1) * 256
    return [units.get(place, 0) for place in range(size)]


def fits(base: int, node: Node, units: Mapping[int, int]) -> bool:
    """Whether every child of the node finds its unit free when they are placed from ``base``."""
    return all(base ^ label not in units for label in node)
