"""Our own names for every code a rule can yield, in English, Chinese and French, from the table beside this file."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from medrag.lexicon.tables import parse_table
from medrag.vocabulary import Language
from medrag_graph.pddi.fold import fold

__all__ = ["class_word", "label", "load_labels"]

_COLUMNS = ("code", "en", "zh", "fr")


@cache
def load_labels() -> Mapping[str, Mapping[Language, str]]:
    """Code -> language -> label. Raises `IntegrityError` with file, line and column when the table is damaged."""
    text = files("medrag_graph.pddi").joinpath("labels.csv").read_text(encoding="utf-8")
    rows = parse_table(text, "medrag_graph/pddi/labels.csv", _COLUMNS, required=_COLUMNS)
    table: dict[str, Mapping[Language, str]] = {}
    for row in rows:
        if row["code"] in table:
            row.refuse("code", f"{row['code']!r} stands twice")
        table[row["code"]] = MappingProxyType({"en": row["en"], "zh": row["zh"], "fr": row["fr"]})
    return MappingProxyType(table)


def label(code: str, language: Language) -> str:
    """The label of ``code``. Raises KeyError for a code the table lacks; the tests hold that no rule yields one."""
    return load_labels()[code][language]


def class_word(words: str, language: Language) -> str | None:
    """Our name for a general word a text uses for a drug ("l'opiacé"); None where the table has none."""
    row = load_labels().get(f"word.{fold(words).text}")
    return row[language] if row else None
