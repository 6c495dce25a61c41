"""Conversations in the catalogue's database, SQLite and PostgreSQL alike."""

from __future__ import annotations

import pytest

from medrag.catalogue import Catalogue
from medrag.catalogue.conversations import StoredConversations
from medrag.dialogue.seal import Seal
from medrag.dialogue.turn import take_turn
from medrag.errors import ConversationBusy, NotFound

KEY = bytes(range(32))


def test_two_workers_share_a_conversation(url: str) -> None:
    one, other = (StoredConversations(Catalogue(url), Seal(KEY), 60) for _ in range(2))
    kept = one.open("key")
    first = take_turn(kept.dialogue, "78岁男性，服用华法林").dialogue
    one.put(kept, first, "key")
    seen = other.get(kept.id, "key")
    assert seen.dialogue == first
    other.put(seen, take_turn(first, "不是78岁，是68岁").dialogue, "key")
    assert one.get(kept.id, "key").dialogue.value("age_years") == 68.0
    with pytest.raises(ConversationBusy):
        one.put(seen, first, "key")
    one.delete(kept.id, "key")
    with pytest.raises(NotFound):
        other.get(kept.id, "key")
