"""Kept conversations: their owner's alone, for a while, one turn at a time; on disk nothing of them can be read."""

from __future__ import annotations

import base64
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from medrag.catalogue import Catalogue
from medrag.catalogue.conversations import StoredConversations
from medrag.dialogue.keeping import Conversations, MemoryConversations, load_dialogue
from medrag.dialogue.records import Dialogue
from medrag.dialogue.seal import Seal, read_key
from medrag.dialogue.turn import take_turn
from medrag.errors import ConversationBusy, IntegrityError, NotFound, UsageError

KEY = bytes(range(32))


class Clock:
    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    with closing(Catalogue(f"sqlite:///{tmp_path / 'catalogue.db'}", create=True)) as held:
        yield held


@pytest.fixture(params=["memory", "disk"])
def store(request: pytest.FixtureRequest, clock: Clock, catalogue: Catalogue) -> Conversations:
    if request.param == "memory":
        return MemoryConversations(60, 3, clock)
    return StoredConversations(catalogue, Seal(KEY), 60, clock)


def said(dialogue: Dialogue, words: str = "78岁男性，服用华法林") -> Dialogue:
    return take_turn(dialogue, words).dialogue


def test_what_is_put_is_got(store: Conversations) -> None:
    kept = store.open("key-1")
    after = store.put(kept, said(kept.dialogue), "key-1")
    assert store.get(kept.id, "key-1") == after
    assert after.dialogue.value("age_years") == 78.0


def test_another_owners_is_not_there(store: Conversations) -> None:
    kept = store.open("key-1")
    for act in (store.get, store.delete):
        with pytest.raises(NotFound, match="no conversation of that id"):
            act(kept.id, "key-2")
    with pytest.raises(NotFound):
        store.put(kept, said(kept.dialogue), "key-2")
    assert store.get(kept.id, "key-1") == kept


def test_it_ends_some_time_after_the_last_turn(store: Conversations, clock: Clock) -> None:
    kept = store.open("")
    clock.now += 59
    kept = store.put(kept, said(kept.dialogue), "")
    clock.now += 59
    assert store.get(kept.id, "").dialogue.turns == 1
    clock.now += 2
    with pytest.raises(NotFound):
        store.get(kept.id, "")


def test_deleted_is_gone(store: Conversations) -> None:
    kept = store.open("")
    store.delete(kept.id, "")
    with pytest.raises(NotFound):
        store.get(kept.id, "")
    with pytest.raises(NotFound):
        store.put(kept, said(kept.dialogue), "")


def test_of_two_turns_at_once_one_is_told_so(store: Conversations) -> None:
    kept = store.open("")
    one, other = store.get(kept.id, ""), store.get(kept.id, "")
    store.put(one, said(one.dialogue), "")
    with pytest.raises(ConversationBusy, match="came between"):
        store.put(other, said(other.dialogue, "on lithium"), "")
    assert store.get(kept.id, "").dialogue.value("age_years") == 78.0


def test_memory_holds_so_many_and_no_more(clock: Clock) -> None:
    store = MemoryConversations(60, 3, clock)
    opened = [store.open("") for _ in range(5)]
    with pytest.raises(NotFound):
        store.get(opened[1].id, "")
    assert store.get(opened[2].id, "") == opened[2]


def test_many_threads_lose_no_turn() -> None:
    store = MemoryConversations(600, 1000)
    kept = store.open("")

    def speak() -> None:
        for _ in range(10):
            while True:
                held = store.get(kept.id, "")
                try:
                    store.put(held, said(held.dialogue, "eGFR 28"), "")
                    break
                except ConversationBusy:
                    continue

    threads = [threading.Thread(target=speak) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.get(kept.id, "").dialogue.turns == 40


def test_nothing_on_disk_can_be_read(catalogue: Catalogue, tmp_path: Path) -> None:
    store = StoredConversations(catalogue, Seal(KEY), 60)
    kept = store.open("key-secret")
    store.put(kept, said(kept.dialogue, "78 year old man on warfarin for gout"), "key-secret")
    bytes_held = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    for word in (b"warfarin", b"gout", b"year old", b"age_years", b"key-secret"):
        assert word not in bytes_held


def test_other_key_other_row_and_changed_bytes_do_not_open(catalogue: Catalogue, tmp_path: Path) -> None:
    store = StoredConversations(catalogue, Seal(KEY), 60)
    one, other = store.open("a"), store.open("a")
    with pytest.raises(IntegrityError, match="does not open"):
        StoredConversations(catalogue, Seal(KEY[::-1]), 60).get(one.id, "a")
    with closing(sqlite3.connect(tmp_path / "catalogue.db")) as connection:
        sealed = "(SELECT sealed FROM conversations WHERE id = ?)"
        connection.execute(f"UPDATE conversations SET sealed = {sealed} WHERE id = ?", (one.id, other.id))
        connection.commit()
    with pytest.raises(IntegrityError, match="does not open"):
        store.get(other.id, "a")


def test_expired_rows_are_swept(catalogue: Catalogue, clock: Clock, tmp_path: Path) -> None:
    store = StoredConversations(catalogue, Seal(KEY), 60, clock)
    store.open("")
    clock.now += 61
    store.open("")
    with closing(sqlite3.connect(tmp_path / "catalogue.db")) as connection:
        assert connection.execute("SELECT count(*) FROM conversations").fetchone() == (1,)


@pytest.mark.parametrize("told", [b"{}", b"[]", b"\xff", b'{"form": 2}', b'{"form": 1, "slots": [{}]}'])
def test_what_is_no_conversation_is_not_read(told: bytes) -> None:
    with pytest.raises(IntegrityError):
        load_dialogue(told)


def test_keys(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(base64.b64encode(KEY).decode() + "\n", encoding="ascii")
    assert read_key("", file) == KEY == read_key(base64.urlsafe_b64encode(KEY).decode(), None)
    for key, path in (("", None), ("short", None), ("c2hvcnQ=", None), ("", tmp_path / "none")):
        with pytest.raises(UsageError) as refused:
            read_key(key, path)
        assert "openssl rand" in refused.value.remedy
