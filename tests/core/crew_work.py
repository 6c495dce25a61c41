"""What the tests of the crew have its workers do."""

from __future__ import annotations

import os

from medrag.errors import DocumentRefused, Place

__all__ = ["chatter", "die", "process", "refuse"]


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
