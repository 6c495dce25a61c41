"""Words of everyday language, and what Chinese words mean in English: read from tables made of dictionaries."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from medrag.lexicon.tables import read_table
from medrag.vocabulary import Language

__all__ = ["load_common_words", "load_meanings"]


@cache
def load_common_words() -> Mapping[Language, frozenset[str]]:
    """Words frequent in everyday language, none of medicine's own. Raises `IntegrityError` when the table is damaged."""
    rows = read_table("common.csv", ("language", "words"), required=("language", "words"))
    return {row.one_of("language", ("en", "zh")): frozenset(row.words("words")) for row in rows}


@cache
def load_meanings() -> Mapping[str, tuple[str, ...]]:
    """The English words of a Chinese one, the most frequent first. Raises `IntegrityError` when the table is damaged."""
    rows = read_table("meanings.csv", ("chinese", "english"), required=("chinese", "english"))
    return {row["chinese"]: row.words("english") for row in rows}
