"""Finds the well-spaced form of a text of the ANSM thesaurus that lost the space at its line breaks."""

from __future__ import annotations

__all__ = ["lost_spaces", "spaced_in"]


def lost_spaces(text: str, description: str) -> bool:
    """True when ``description`` does not hold ``text`` word by word, whatever the line breaks."""
    return " ".join(text.split()) not in " ".join(description.split())


def spaced_in(text: str, description: str) -> str | None:
    """The stretch of ``description`` that equals ``text`` once white space is ignored, verbatim; None without one.

    The wheel's JSON was cut out of a PDF twice: the fields lost the space at some line breaks ("laposologie"), the
    description of the same entry kept its line breaks ("la \\nposologie").
    """
    wanted = "".join(text.split())
    kept = [at for at, character in enumerate(description) if not character.isspace()]
    start = "".join(description[at] for at in kept).find(wanted)
    if start < 0 or not wanted:
        return None
    return description[kept[start] : kept[start + len(wanted) - 1] + 1]
