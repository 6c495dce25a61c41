"""Runs a parser of foreign bytes in a process of its own, with limits on memory, time and what it may say back.

The child is a fresh interpreter that reads an order and the bytes from its standard input and answers in JSON, never in
pickle: a parser that a hostile file has taken over can then lie about a document, and do nothing else to this process.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import IO, Any, Final

__all__ = ["Bounds", "Confined", "ParserFailed", "Refusal", "confine", "serve_once"]

_MB: Final = 1 << 20
SERVE: Final = "from medrag_ingest.confine import serve_once; serve_once()"
#: Exit status of a child that ran out of memory and could still say so.
OUT_OF_MEMORY: Final = 97
#: Exit status of a child that was to be without a network on a system that cannot take it away.
NOT_UNPLUGGED: Final = 98


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a child may use."""

    #: Address space in bytes; what is really used is less.
    memory: int = 512 * _MB
    #: Processor seconds.
    cpu: int = 60
    #: Seconds by the clock.
    wall: float = 120.0
    #: Bytes of its answer.
    answer: int = 256 * _MB
    #: Whether it may open connections; False where the parser is not of this house.
    network: bool = True


class Refusal(ValueError):
    """What a parser raises to refuse a document in words of its own; ``remedy`` says what to do."""

    def __init__(self, problem: str, remedy: str = "") -> None:
        super().__init__(problem)
        self.problem, self.remedy = problem, remedy


class ParserFailed(Exception):
    """The child gave no answer. ``reason`` is for a person."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Confined:
    """A child's answer: the parser's result, or its refusal."""

    result: Mapping[str, Any] | None
    refused: str = ""
    remedy: str = ""


def confine(parser: str, data: bytes, order: Mapping[str, Any], bounds: Bounds) -> Confined:
    """``parser`` (``module:function``) over the bytes, in a child. Raises ParserFailed when it crashed or went past its
    bounds. The parser takes ``(data, order)`` and returns what JSON can hold."""
    head = json.dumps({"parser": parser, "order": dict(order), "bytes": len(data)}).encode() + b"\n"
    with tempfile.TemporaryFile() as told:
        child = _start(told, bounds)
        try:
            child.communicate(head + data, timeout=bounds.wall)
        except subprocess.TimeoutExpired as error:
            raise ParserFailed(f"it was not read within {bounds.wall:.0f} seconds") from error
        finally:
            _end(child)
        if child.returncode != 0:
            raise ParserFailed(_why(child.returncode, bounds))
        if told.tell() > bounds.answer or os.fstat(told.fileno()).st_size > bounds.answer:
            raise ParserFailed(f"its text is longer than {bounds.answer // _MB} MB")
        told.seek(0)
        return _answer(told)


def _start(told: IO[bytes], bounds: Bounds) -> subprocess.Popen[bytes]:
    environment = {
        # Only what Python needs: no address, key or home of ours is for a parser to see.
        "PATH": os.environ.get("PATH", os.defpath),
        "PYTHONPATH": os.pathsep.join(path or os.curdir for path in sys.path),
        "LANG": "C.UTF-8",
        "MEDRAG_BOUNDS": json.dumps([bounds.memory, bounds.cpu, bounds.answer, bounds.network]),
        "OMP_NUM_THREADS": "2",
    }
    return subprocess.Popen(  # noqa: S603  our own interpreter, our own words
        [sys.executable, "-c", SERVE],
        stdin=subprocess.PIPE,
        stdout=told,
        stderr=subprocess.DEVNULL,
        env=environment,
        start_new_session=True,
    )


def _end(child: subprocess.Popen[bytes]) -> None:
    """Ends the child and whatever it started."""
    if child.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def _why(code: int, bounds: Bounds) -> str:
    if code in (-signal.SIGXCPU, -signal.SIGKILL):
        return (
            f"it needs more than {bounds.cpu} seconds of the processor, or was stopped for the memory it took"
        )
    if code == OUT_OF_MEMORY:
        return f"it needs more than {bounds.memory // _MB} MB of memory"
    if code == NOT_UNPLUGGED:
        return "this system cannot keep a parser from the network"
    return f"the parser broke on it ({f'signal {-code}' if code < 0 else f'exit {code}'})"


def _answer(told: IO[bytes]) -> Confined:
    try:
        answer = json.load(told)
        result, refused, remedy = answer["result"], str(answer["refused"]), str(answer["remedy"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ParserFailed("the parser's answer cannot be read") from error
    return Confined(result if isinstance(result, dict) else None, refused, remedy)


def take_network() -> None:
    """Ends this process where the network cannot be taken from it."""
    from medrag_ingest.unplugged import NoFilter, unplug

    try:
        unplug()
    except NoFilter:
        os._exit(NOT_UNPLUGGED)


def serve_once() -> None:
    """What the child does: bounds itself, reads its order, answers, ends."""
    memory, cpu, answer, network = json.loads(os.environ["MEDRAG_BOUNDS"])
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (answer + _MB, answer + _MB))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    if not network:
        take_network()
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a library that prints must not speak into the answer
    head = json.loads(sys.stdin.buffer.readline())
    data = sys.stdin.buffer.read(head["bytes"])
    module, _, name = head["parser"].partition(":")
    told: dict[str, Any] = {"result": None, "refused": "", "remedy": ""}
    try:
        told["result"] = getattr(import_module(module), name)(data, head["order"])
    except Refusal as refusal:
        told.update(refused=refusal.problem, remedy=refusal.remedy)
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    out.write(json.dumps(told, ensure_ascii=False).encode("utf-8", "backslashreplace"))
    out.close()
    # Destructors of a library that a hostile file has upset are not worth running.
    os._exit(0)
