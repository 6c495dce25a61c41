"""The search index: BM25 and dense vectors of passages, embedded in this process or on a Qdrant server."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from medrag.protocols import IndexStore
    from medrag.settings import Settings

__all__ = ["open_store"]


def open_store(settings: Settings) -> IndexStore:
    """The server of ``qdrant_url`` if one is named, else the folder ``index`` under home. Opens no connection yet."""
    if settings.qdrant_url:
        from medrag.index.server import ServerStore

        return ServerStore(settings.qdrant_url, settings.qdrant_key.get_secret_value())
    from medrag.index.edge import EdgeStore

    return EdgeStore(settings.home / "index")
