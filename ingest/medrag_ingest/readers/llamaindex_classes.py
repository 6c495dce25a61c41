"""Which classes of LlamaIndex a card may name as its reader, and what it may tell each of them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Final

from medrag.errors import ManifestRefused, Place

__all__ = ["KNOWN_CLASSES", "check_reader"]

#: The readers of files that LlamaIndex and its package ``llama-index-readers-file`` bring: class to the arguments a card
#: may give. None of these names a file, a folder, an address or code, so that a card reads its own sources and no more.
KNOWN_CLASSES: Final[Mapping[str, frozenset[str]]] = {
    "llama_index.core.SimpleDirectoryReader": frozenset({"encoding"}),
    "llama_index.core.readers.json.JSONReader": frozenset(
        {"levels_back", "collapse_length", "ensure_ascii", "is_jsonl", "clean_json"}
    ),
    "llama_index.readers.file.CSVReader": frozenset({"concat_rows"}),
    "llama_index.readers.file.DocxReader": frozenset(),
    "llama_index.readers.file.EpubReader": frozenset(),
    "llama_index.readers.file.FlatReader": frozenset(),
    "llama_index.readers.file.HTMLTagReader": frozenset({"tag", "ignore_no_id"}),
    "llama_index.readers.file.HWPReader": frozenset(),
    "llama_index.readers.file.IPYNBReader": frozenset({"concatenate"}),
    "llama_index.readers.file.MarkdownReader": frozenset({"remove_hyperlinks", "remove_images", "separator"}),
    "llama_index.readers.file.MboxReader": frozenset({"max_count"}),
    "llama_index.readers.file.PDFReader": frozenset({"return_full_document"}),
    "llama_index.readers.file.RTFReader": frozenset(),
    "llama_index.readers.file.XMLReader": frozenset({"tree_level_split"}),
}
DOTTED: Final = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+", re.ASCII)


def check_reader(
    name: str, options: Mapping[str, object], *, allowed: Collection[str], offline: bool
) -> None:
    """Looks at a card's reader before anything is fetched for it. Raises ManifestRefused for a class or an argument that is
    not allowed, and for a network that is wanted where the operator allows none."""
    if name != "llamaindex":
        return
    arguments = options.get("arguments", {})
    given = [str(argument) for argument in arguments] if isinstance(arguments, Mapping) else []
    path = str(options.get("class", ""))
    check_class(path, given, allowed=allowed)
    if options.get("network") and (offline or path not in allowed):
        raise refusal(
            "network",
            "connections are allowed to no reader here" if offline else f"no connection is allowed to {path}",
            "The operator allows a class in MEDRAG_READER_CLASSES, where MEDRAG_OFFLINE is not set",
        )


def check_class(name: str, arguments: Collection[str], *, allowed: Collection[str]) -> None:
    """Raises ManifestRefused for a class that is neither known nor ``allowed`` by the operator, and for an argument a known
    class is not given. Whoever allows a class has looked at what its arguments do, and all of them may be given."""
    if not DOTTED.fullmatch(name):
        raise refusal("class", "the dotted path of a class is wanted")
    if name in allowed:
        return
    if name not in KNOWN_CLASSES:
        raise refusal(
            "class",
            f"{name} is not a reader that is allowed",
            f"Allowed are: {', '.join(KNOWN_CLASSES)}; the setting MEDRAG_READER_CLASSES may allow others",
        )
    if unknown := sorted(set(arguments) - KNOWN_CLASSES[name]):
        known = ", ".join(sorted(KNOWN_CLASSES[name])) or "none"
        raise refusal(f"arguments.{unknown[0]}", "a card does not give it", f"Arguments of {name}: {known}.")


def refusal(field: str, problem: str, remedy: str = "") -> ManifestRefused:
    place = Place(field=f"reader.options.{field}")
    return ManifestRefused(f"the reader 'llamaindex' cannot use this: {problem}", place=place, remedy=remedy)
