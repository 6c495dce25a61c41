"""The audit log: one chain whoever writes, and every change of it is found."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import delete, update

from medrag.catalogue import Catalogue
from medrag.catalogue.audit import Act, Audit, Use, usage
from medrag.catalogue.schema import audit, audit_head

SECRET = b"s" * 32


@pytest.fixture
def catalogue(url: str) -> Iterator[Catalogue]:
    opened = Catalogue(url)
    yield opened
    opened.close()


def acts(count: int, who: str = "k0") -> list[Act]:
    return [Act("2026-01-01T00:00:00", who, f"POST /ask {n}", "s_1", "200") for n in range(count)]


def test_writers_at_once_make_one_chain(catalogue: Catalogue) -> None:
    def write(who: str) -> None:
        for act in acts(10, who):
            Audit(catalogue, SECRET).add([act])

    threads = [threading.Thread(target=write, args=(f"k{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    chain = Audit(catalogue, SECRET).verify()
    assert (chain.problem, chain.records) == ("", 40)


def test_use_is_counted_by_caller_and_day_with_what_was_refused(catalogue: Catalogue) -> None:
    told = [
        ("2026-01-01T09:00:00", "a", "200"),
        ("2026-01-01T10:00:00", "a", "422"),
        ("2026-01-02T00:00:00", "b", "503"),
    ]
    Audit(catalogue, SECRET).add([Act(at, who, "POST /ask", "s_1", outcome) for at, who, outcome in told])
    assert usage(catalogue) == [Use("b", "2026-01-02", 1, 1), Use("a", "2026-01-01", 2, 1)]
    assert usage(catalogue, most=1) == [Use("b", "2026-01-02", 1, 1)]


CHANGES: dict[str, Callable[[], Any]] = {
    "a field": lambda: update(audit).where(audit.c.seq == 3).values(who="k9"),
    "a hash": lambda: update(audit).where(audit.c.seq == 3).values(hash="f" * 64),
    "one taken out": lambda: delete(audit).where(audit.c.seq == 3),
    "the end cut off": lambda: delete(audit).where(audit.c.seq > 3),
    "the head moved": lambda: update(audit_head).values(seq=4),
    "all taken out": lambda: delete(audit),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_found(catalogue: Catalogue, change: str) -> None:
    log = Audit(catalogue, SECRET)
    log.add(acts(5))
    assert log.verify().problem == ""
    with catalogue.writing() as connection:
        connection.execute(CHANGES[change]())
    assert log.verify().problem != ""


def test_an_end_cut_off_with_its_head_is_found_by_who_noted_it(catalogue: Catalogue) -> None:
    log = Audit(catalogue, SECRET)
    log.add(acts(3))
    early = log.verify()
    log.add(acts(2))
    late = log.verify()
    with catalogue.writing() as connection:
        connection.execute(delete(audit).where(audit.c.seq > 3))
        connection.execute(update(audit_head).values(seq=early.seq, hash=early.hash))
    assert log.verify((early.seq, early.hash)).problem == ""
    assert log.verify((late.seq, late.hash)).problem != ""


def test_without_the_secret_no_record_can_be_added(catalogue: Catalogue) -> None:
    Audit(catalogue, SECRET).add(acts(2))
    Audit(catalogue, b"x" * 32).add(acts(1))
    assert Audit(catalogue, SECRET).verify().problem == "record 3 is not as it was written"
