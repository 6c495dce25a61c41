"""Finds a quote in its passage: as it stands, or after a declared levelling of its form with a map back."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from medrag.answer.proof.records import Placed

__all__ = ["levelled", "place_quote"]

#: Marks that differ between keyboards and typesetters and never in meaning.
SAME = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201b\u2032\u0060\u00b4", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u00ab\u00bb\u2033\u300c\u300d", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\uff0d", "-"),
        "\u3002": ".",
        "\u3001": ",",
    }
)
#: Invisible characters: soft hyphen, zero-width, byte order mark.
DROPPED = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff")


def place_quote(exact: str, passage: str) -> Placed | None:
    """Where the quote stands; None when it does not, also after NFKC, white space, quotes, hyphens and width.

    Letters, digits and their case must agree; an empty quote stands nowhere.
    """
    if not exact.strip():
        return None
    at = find_whole(exact, passage)
    if at is not None:
        return Placed(at, at + len(exact), exact, False)
    wanted = levelled(exact)[0].strip()
    held, origin = levelled(passage)
    at = find_whole(wanted, held) if wanted else None
    if at is None:
        return None
    start, end = origin[at], origin[at + len(wanted) - 1] + 1
    return Placed(start, end, passage[start:end], True)


def find_whole(wanted: str, held: str) -> int | None:
    """The first place where the words stand whole: "5 mg" is not in "15 mg", nor "able" in "unable"."""
    at = held.find(wanted)
    while at >= 0:
        end = at + len(wanted)
        if not joined(held[at - 1 : at], wanted[0]) and not joined(wanted[-1], held[end : end + 1]):
            return at
        at = held.find(wanted, at + 1)
    return None


def joined(left: str, right: str) -> bool:
    """Whether two neighbouring characters belong to one Latin word or number."""
    return bool(left and right) and left.isascii() and right.isascii() and left.isalnum() and right.isalnum()


def levelled(text: str) -> tuple[str, Sequence[int]]:
    """The text in one form, and for each of its characters the offset it came from. White space beside Han is none."""
    out: list[str] = []
    origin: list[int] = []
    for at, char in enumerate(text):
        if char in DROPPED:
            continue
        if char.isspace():
            if out and out[-1] != " ":
                out.append(" ")
                origin.append(at)
            continue
        for piece in unicodedata.normalize("NFKC", char).translate(SAME):
            out.append(piece)
            origin.append(at)
    return "".join(out), origin
