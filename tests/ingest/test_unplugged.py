"""The filter that takes the network: said in the kernel's words, and what a system without one is told."""

from __future__ import annotations

import os
import struct
from types import SimpleNamespace

import pytest

from medrag_ingest import unplugged
from medrag_ingest.confine import Bounds, ParserFailed, confine
from medrag_ingest.unplugged import MACHINES, NoFilter, filter_of, unplug

OFF = Bounds(memory=512 << 20, cpu=5, wall=20.0, network=False)


def answer(machine: int, called: int, at: str = "x86_64") -> int:
    """What the filter answers a call, run by the rules of the kernel's classic BPF."""
    steps = list(struct.iter_unpack("=HBBI", filter_of(*MACHINES[at])))
    at_step, held = 0, 0
    while True:
        code, yes, no, told = steps[at_step]
        at_step += 1
        if code == unplugged.LOAD:
            held = {unplugged.NUMBER_AT: called, unplugged.MACHINE_AT: machine}[told]
        elif code == unplugged.RETURN:
            return int(told)
        else:
            at_step += yes if (held == told if code == unplugged.IF_EQUAL else held >= told) else no


@pytest.mark.parametrize("at", sorted(MACHINES))
def test_sockets_and_rings_are_refused_and_all_else_is_not(at: str) -> None:
    machine, socket = MACHINES[at]
    assert answer(machine, socket, at) == answer(machine, unplugged.IO_URING_SETUP, at) == unplugged.REFUSE
    assert answer(machine, unplugged.X32 + socket, at) == unplugged.REFUSE
    others = set(range(460)) - {socket, unplugged.IO_URING_SETUP}
    assert {answer(machine, number, at) for number in others} == {unplugged.ALLOW}
    assert answer(0x40000003, 102, at) == unplugged.KILL


def test_the_child_has_no_sockets_but_pairs() -> None:
    told = confine("confined_work:reach", b"", {}, OFF)
    assert told.result == {"socket": "PermissionError", "pair": "works"}
    assert confine("confined_work:reach", b"", {}, Bounds()).result == {"socket": "works", "pair": "works"}


def test_a_system_without_the_filter_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "uname", lambda: SimpleNamespace(machine="vax"))
    with pytest.raises(NoFilter, match="vax"):
        unplug()


def test_a_child_that_keeps_its_network_does_not_parse(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("medrag_ingest.confine.SERVE", NO_FILTER)
    with pytest.raises(ParserFailed, match="cannot keep a parser from the network"):
        confine("confined_work:count", b"", {}, OFF)


NO_FILTER = """
import medrag_ingest.unplugged as unplugged
unplugged.MACHINES.clear()
from medrag_ingest.confine import serve_once
serve_once()
"""
