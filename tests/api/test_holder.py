"""The holder follows the pointer, never closes a shelf under a reader, and serves nothing it cannot stand for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sample_shelf import KIDNEY, NOTES

from medrag.errors import IndexUnavailable, MedragError, Unavailable
from medrag.index import open_store
from medrag.records import Document
from medrag.settings import Settings
from medrag_api.holder import ShelfHolder
from medrag_api.wiring import open_shelf

Put = Callable[..., Document]


def watch_closing(shelf: Any, closed: list[str]) -> None:
    """Notes when a shelf is closed, by way of its own index."""
    close = shelf.index.close
    shelf.index.close = lambda: (closed.append(shelf.snapshot.id), close())


def test_a_reader_keeps_its_shelf_and_the_last_one_closes_it(settings: Settings, put_edition: Put) -> None:
    put_edition(NOTES, "1", "2020-01-01", KIDNEY[:1])
    holder, closed = ShelfHolder(settings, every_s=3600), []
    with holder.reading() as old:
        watch_closing(old, closed)
        put_edition(NOTES, "2", "2021-01-01", KIDNEY)
        holder.refresh()
        with holder.reading() as fresh:
            assert fresh.snapshot.id != old.snapshot.id
            assert [edition.label for edition in fresh.in_force()] == ["2"]
        assert [edition.label for edition in old.in_force()] == ["1"]
        assert old.index.count() == 1
        assert closed == []
    assert closed == [old.snapshot.id]
    holder.close()


def test_an_unmoved_pointer_opens_nothing(stocked: Settings) -> None:
    holder, told = ShelfHolder(stocked, every_s=3600), []
    holder.on_change = lambda snapshot, problem: told.append(snapshot)
    with holder.reading() as first:
        holder.refresh()
        with holder.reading() as second:
            assert first is second
    assert told == [first.snapshot.id]
    holder.close()


def test_a_snapshot_that_cannot_be_opened_is_said_and_mended_without_a_restart(
    settings: Settings, put_edition: Put
) -> None:
    put_edition(NOTES, "1", "2020-01-01", KIDNEY[:1])
    holder = ShelfHolder(settings, every_s=3600)
    with holder.reading() as shelf:
        first = shelf.snapshot.id
    put_edition(NOTES, "2", "2021-01-01", KIDNEY)
    index = open_shelf(settings)
    folder = settings.home / "index" / index.snapshot.index
    index.close(), index.catalogue.close()
    folder.rename(folder.with_name("away"))
    holder.refresh()
    with pytest.raises(IndexUnavailable), holder.reading():
        pass
    folder.with_name("away").rename(folder)
    holder.refresh()
    with holder.reading() as shelf:
        assert shelf.snapshot.id != first
    holder.close()


def test_the_pointer_is_followed_without_being_asked(settings: Settings, put_edition: Put) -> None:
    import threading

    put_edition(NOTES, "1", "2020-01-01", KIDNEY[:1])
    holder, moved = ShelfHolder(settings, every_s=0.01), threading.Event()
    with holder.reading():
        pass

    def told(_snapshot: str, _problem: MedragError | None) -> None:
        moved.set()

    holder.on_change = told
    put_edition(NOTES, "2", "2021-01-01", KIDNEY)
    assert moved.wait(60)
    holder.close()


def test_a_closed_holder_lends_nothing(stocked: Settings) -> None:
    holder = ShelfHolder(stocked, every_s=3600)
    with holder.reading():
        pass
    holder.close()
    with pytest.raises(Unavailable), holder.reading():
        pass


def test_nothing_published_names_the_remedy(settings: Settings) -> None:
    open_store(settings)
    with pytest.raises(Unavailable) as caught:
        open_shelf(settings)
    assert caught.value.remedy == "Run: medrag try"
