"""Opens the place where the settings keep conversations, once, when the first is spoken in."""

from __future__ import annotations

import threading
from typing import Final

from starlette.requests import Request

from medrag.catalogue import Catalogue
from medrag.dialogue.keeping import Conversations, MemoryConversations
from medrag.errors import Place, Unavailable, UsageError
from medrag.settings import Settings

__all__ = ["Keeper", "owner_of"]

#: The owner where callers are not told apart.
NOBODY: Final = ""


class Keeper:
    """The conversations of one process. ``several``: whether other processes answer at the same address."""

    def __init__(self, settings: Settings, *, several: bool = False) -> None:
        self._settings, self._several = settings, several
        self._store: Conversations | None = None
        self._catalogue: Catalogue | None = None
        self._lock = threading.Lock()

    def store(self) -> Conversations:
        """Raises UsageError (switched off, no key), Unavailable (memory of one process among several, no catalogue)."""
        with self._lock:
            if self._store is None:
                self._store = self._open()
            return self._store

    def _open(self) -> Conversations:
        settings = self._settings
        if settings.conversations == "off":
            raise UsageError("consultations are switched off here", place=Place(field="conversation_id"))
        if settings.conversations == "disk":
            return self._on_disk()
        if self._several:
            raise Unavailable(
                "several workers answer here, and each would remember only its own turns",
                remedy="Set MEDRAG_CONVERSATIONS=disk with a key, or serve with one worker",
            )
        return MemoryConversations(settings.conversations_ttl_s, settings.conversations_most)

    def _on_disk(self) -> Conversations:
        from medrag.catalogue.conversations import StoredConversations
        from medrag.dialogue.seal import Seal, read_key

        settings = self._settings
        try:
            key = read_key(settings.conversations_key.get_secret_value(), settings.conversations_key_file)
        except UsageError as error:
            # Whoever asks cannot mend it, and is told so; the operator is told when the server starts.
            raise Unavailable(
                f"consultations cannot be kept here: {error.problem}", remedy="Tell who runs this server"
            ) from error
        self._catalogue = Catalogue(settings.catalogue, create=False)
        return StoredConversations(self._catalogue, Seal(key), settings.conversations_ttl_s)

    def close(self) -> None:
        if self._catalogue is not None:
            self._catalogue.close()


def owner_of(request: Request) -> str:
    """Who speaks: the id of the key the request came with, where callers have keys."""
    return str(getattr(request.state, "key_id", NOBODY) or NOBODY)
