"""Answers medication and guideline questions from sources it can show: the names most programs need, loaded when used."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from medrag.answer.question import Question
    from medrag.answer.records import Answer, Citation, Statement
    from medrag.answer.service import ask
    from medrag.catalogue import Catalogue
    from medrag.errors import MedragError
    from medrag.records import Document, Edition, Passage, Snapshot, Work
    from medrag.retrieve.search import search
    from medrag.settings import Settings, load_settings
    from medrag.shelf import OpenShelf
    from medrag_api.client import AsyncClient, Client

    __version__: str

__all__ = [
    "Answer",
    "AsyncClient",
    "Catalogue",
    "Citation",
    "Client",
    "Document",
    "Edition",
    "MedragError",
    "OpenShelf",
    "Passage",
    "Question",
    "Settings",
    "Snapshot",
    "Statement",
    "Work",
    "ask",
    "load_settings",
    "search",
]

#: Where each name lives; importing medrag itself imports none of them. The clients live at the doors, whose shapes they
#: speak; this table names them, and nothing of the core uses them.
HOMES: Final = {
    "Answer": "medrag.answer.records",
    "AsyncClient": "medrag_api.client",
    "Catalogue": "medrag.catalogue",
    "Citation": "medrag.answer.records",
    "Client": "medrag_api.client",
    "Document": "medrag.records",
    "Edition": "medrag.records",
    "MedragError": "medrag.errors",
    "OpenShelf": "medrag.shelf",
    "Passage": "medrag.records",
    "Question": "medrag.answer.question",
    "Settings": "medrag.settings",
    "Snapshot": "medrag.records",
    "Statement": "medrag.answer.records",
    "Work": "medrag.records",
    "ask": "medrag.answer.service",
    "load_settings": "medrag.settings",
    "search": "medrag.retrieve.search",
}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("medrag")
    if name in HOMES:
        return getattr(import_module(HOMES[name]), name)
    raise AttributeError(f"module 'medrag' has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
