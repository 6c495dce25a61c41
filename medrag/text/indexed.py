"""The words a passage is found by: its own, and those above it that it cannot be read without."""

from __future__ import annotations

from medrag.records import Passage
from medrag.text.damage import clean_damage

__all__ = ["CONTEXT_CHARS", "index_text"]

#: Most characters of title, headings and table header put before a passage's own text: about two passages' worth,
#: so that a runaway heading cannot drown what the passage says.
CONTEXT_CHARS = 2000


def index_text(title: str, passage: Passage, text_of_document: str) -> str:
    """Title, section path and scope, each once and only where the passage does not hold it, then the passage's text.

    Damage by scraping is cleaned. The words are for BM25 and the encoder; they are never quoted.
    """
    above = (title, *passage.section, *(span.of(text_of_document) for span in passage.scope))
    lines: dict[str, None] = {}
    for words in above:
        line = " ".join(clean_damage(words[:CONTEXT_CHARS]).text.split()).lstrip("# ")
        if line and line not in passage.text:
            lines[line] = None
    context = "\n".join(lines)
    if len(context) > CONTEXT_CHARS:
        context = context[:CONTEXT_CHARS].rsplit(None, 1)[0]
    own = clean_damage(passage.text).text
    return f"{context}\n{own}" if context else own
