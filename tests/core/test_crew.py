"""Workers give what this process would, in order; what they raise arrives whole; they end with their parent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from array import array
from collections.abc import Callable, Iterator
from pathlib import Path

import crew_work
import pytest

from medrag.crew import Bounds, Crew, WorkerLost
from medrag.errors import DocumentRefused, Place, Unavailable
from medrag.identifiers import sha256_text
from medrag.text.tokens import token_id, tokenize


@pytest.fixture
def crew() -> Iterator[Crew]:
    made = Crew(2)
    yield made
    made.close()


def test_results_come_in_the_order_of_the_items(crew: Crew) -> None:
    texts = [f"text {n} 二甲双胍" for n in range(60)]
    assert list(crew.map(sha256_text, iter(texts))) == [sha256_text(text) for text in texts]
    assert list(crew.map(tokenize, texts)) == [tokenize(text) for text in texts]
    assert list(crew.map(token_id, [])) == []


def test_items_are_drawn_as_they_are_needed(crew: Crew) -> None:
    drawn: list[int] = []

    def items() -> Iterator[str]:
        for n in range(1000):
            drawn.append(n)
            yield str(n)

    found = crew.map(sha256_text, items())
    assert next(found) == sha256_text("0")
    assert len(drawn) < 100
    found.close()  # type: ignore[attr-defined]


def test_what_a_worker_raises_keeps_its_place(crew: Crew) -> None:
    with pytest.raises(DocumentRefused) as caught:
        list(crew.map(crew_work.refuse, ["a.xml"]))
    assert caught.value.place == Place("a.xml", 7, "title")
    assert caught.value.remedy == "Mend it" and caught.value.problem == "torn"
    assert list(crew.map(sha256_text, ["still at work"])) == [sha256_text("still at work")]


def test_a_worker_that_prints_does_not_spoil_the_answers(crew: Crew) -> None:
    assert list(crew.map(crew_work.chatter, ["a", "b"])) == ["a", "b"]


def test_words_travel_as_arrays(crew: Crew) -> None:
    found = list(crew.map(crew_work.lengths_as_array, ["warfarin and ibuprofen", ""]))
    assert found == [array("I", [8, 3, 9]), array("I")]


def test_a_worker_that_dies_is_told(crew: Crew) -> None:
    with pytest.raises(Unavailable, match="worker process ended"):
        list(crew.map(crew_work.die, [1]))


@pytest.mark.parametrize(
    ("work", "item", "bounds", "why"),
    [
        (crew_work.hoard, 900, Bounds(memory=500), "more than 500 MB of memory"),
        (crew_work.spin, 0, Bounds(cpu=1), "more than 1 seconds of the processor"),
        (crew_work.wait_long, 0, Bounds(wall=1.0), "more than 1 seconds"),
        (crew_work.die, 1, Bounds(), "it broke"),
    ],
)
def test_a_worker_past_its_bounds_is_ended_and_the_next_goes_on(
    work: Callable[[object], object], item: int, bounds: Bounds, why: str
) -> None:
    crew = Crew(1, bounds)
    try:
        told = list(crew.map(work, [item], lambda one, lost: f"{one}: {lost.reason}"))
        assert str(told[0]).startswith(f"{item}: ") and why in str(told[0])
        assert list(crew.map(sha256_text, ["still at work"])) == [sha256_text("still at work")]
    finally:
        crew.close()


def test_a_worker_cannot_have_its_parent_do_things(crew: Crew, tmp_path: Path) -> None:
    with pytest.raises(WorkerLost, match="nothing that can be read"):
        list(crew.map(crew_work.answer_trick, [str(tmp_path / "made")]))
    assert not (tmp_path / "made").exists()


def test_a_stream_comes_one_at_a_time_and_its_worker_is_kept(crew: Crew) -> None:
    assert list(crew.stream(crew_work.count, 4)) == [0, 1, 2, 3]
    found = crew.stream(crew_work.count, 10**9)
    assert [next(found), next(found)] == [0, 1]
    found.close()  # type: ignore[attr-defined]
    seen = []
    with pytest.raises(WorkerLost, match="signal 11"):
        for number in crew.stream(crew_work.count_and_die, 3):
            seen.append(number)
    assert seen == [0, 1, 2]


def test_without_workers_the_work_is_done_here() -> None:
    assert list(Crew(0).map(crew_work.process, [1, 2])) == [os.getpid()] * 2


def test_a_closed_crew_starts_again(crew: Crew) -> None:
    first = set(crew.map(crew_work.process, range(8)))
    crew.close()
    crew.close()
    assert first.isdisjoint(crew.map(crew_work.process, range(8)))


PARENT = """
import sys
import crew_work
from medrag.crew import Crew
crew = Crew(2)
print(*set(crew.map(crew_work.process, range(8))), flush=True)
sys.stdin.read()
"""


def test_workers_of_a_killed_parent_go() -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )
    assert parent.stdout is not None
    workers = [int(pid) for pid in parent.stdout.readline().split()]
    assert workers
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    for _ in range(200):
        if not any(alive(pid) for pid in workers):
            return
        time.sleep(0.05)
    raise AssertionError(f"workers {workers} outlive their parent")


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
