"""Of several processes one may do what only one may, on both databases; who dies makes way; readers see one step."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime

from medrag.catalogue import Catalogue
from medrag.catalogue.answers import Answers, KeptAnswer
from medrag.catalogue.jobs import Jobs
from medrag.records import Snapshot

HOLD = """
import sys, time
from medrag.catalogue import Catalogue
with Catalogue(sys.argv[1]).alone("shelf") as mine:
    print(mine, flush=True)
    time.sleep(600)
"""


def test_who_is_killed_lets_the_next_in(url: str) -> None:
    catalogue = Catalogue(url)
    holder = subprocess.Popen([sys.executable, "-c", HOLD, url], stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None and holder.stdout.readline() == "True\n"
    with catalogue.alone("shelf") as mine:
        assert not mine
    with catalogue.alone("another") as mine:
        assert mine
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    holder.stdout.close()
    for _ in range(200):  # a server notices a torn connection a moment later
        with catalogue.alone("shelf") as mine:
            if mine:
                break
        threading.Event().wait(0.05)
    assert mine
    catalogue.close()


def at_once(url: str, work: object, count: int = 6) -> list[object]:
    """What ``work(catalogue, number)`` gives in threads that begin together, each with an engine of its own."""
    barrier, told = threading.Barrier(count), [None] * count

    def run(number: int) -> None:
        catalogue = Catalogue(url)
        barrier.wait()
        told[number] = work(catalogue, number)  # type: ignore[operator]
        catalogue.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return list(told)


def test_of_two_jobs_one_runs_whoever_claims(url: str) -> None:
    catalogue = Catalogue(url)
    jobs = Jobs(catalogue)
    for _ in range(5):
        for kind in ("publish", "publish"):
            jobs.add(kind, {})
        taken = [job for job in at_once(url, lambda held, n: Jobs(held).claim(f"w{n}")) if job is not None]
        assert len(taken) == 1 and len(jobs.running()) == 1
        jobs.end(jobs.running()[0].id, "done")
    catalogue.close()


def test_one_answer_given_by_all_workers_at_once_is_kept_once(url: str) -> None:
    Catalogue(url).close()
    told = datetime.now(UTC).isoformat()
    for name in ("a", "b", "c"):
        given = KeptAnswer(name, told, "s_1", (), (), "f" * 64, "extractive", "0" * 64, None, {}, "{}")
        at_once(url, lambda held, _, given=given: Answers(held, most=10, days=30).keep([given]))
    catalogue = Catalogue(url)
    assert [Answers(catalogue, most=10, days=30).get(name).body for name in ("a", "b", "c")] == ["{}"] * 3
    catalogue.close()


def test_readers_never_see_a_moment_without_a_snapshot(url: str) -> None:
    catalogue, stop, seen = Catalogue(url), threading.Event(), set[str | None]()
    made = [
        Snapshot(f"s_{n}", datetime(2026, 1, n + 1, tzinfo=UTC), ("e@1",), f"i{n}", "", n) for n in range(2)
    ]
    catalogue.publish(made[0])

    def read() -> None:
        while not stop.is_set():
            current = catalogue.current()
            seen.add(current.id if current else None)

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(40):
        catalogue.publish(made[number % 2])
    stop.set()
    reader.join()
    assert seen <= {"s_0", "s_1"}
    catalogue.close()
