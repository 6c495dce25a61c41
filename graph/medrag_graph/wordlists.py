"""Turns a paragraph of words into a set of them, so that closed lists can be read as prose."""

from __future__ import annotations

__all__ = ["listed"]


def listed(*paragraphs: str) -> frozenset[str]:
    """The words of the paragraphs, which white space parts."""
    return frozenset(word for paragraph in paragraphs for word in paragraph.split())
