"""What the tests of the crew have its workers do."""

from __future__ import annotations

import os
import signal
import time
from array import array
from collections.abc import Iterator

from medrag.errors import DocumentRefused, Place

__all__ = ["chatter", "die", "lengths_as_array", "process", "refuse"]


def refuse(file: str) -> None:
    raise DocumentRefused("torn", place=Place(file, 7, "title"), remedy="Mend it")


def chatter(word: str) -> str:
    print("a library says hello", flush=True)
    os.write(1, b"and so does its C code\n")
    return word


def die(code: int) -> None:
    os._exit(code)


def process(_: int) -> int:
    return os.getpid()


def hoard(megabytes: int) -> int:
    """Takes memory."""
    return len(bytearray(megabytes << 20))


def spin(_: object) -> None:
    """Never ends."""
    while True:
        pass


def wait_long(_: object) -> None:
    time.sleep(600)


class Trick:
    """What a worker that was taken over could answer: made into a value by a call of its own choice."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (self.path,)


def answer_trick(path: str) -> Trick:
    return Trick(path)


def count(most: int) -> Iterator[int]:
    yield from range(most)


def count_and_die(most: int) -> Iterator[int]:
    yield from range(most)
    os.kill(os.getpid(), signal.SIGSEGV)


def lengths_as_array(words: str) -> array[int]:
    """Numbers as the index's words travel."""
    return array("I", map(len, words.split()))
