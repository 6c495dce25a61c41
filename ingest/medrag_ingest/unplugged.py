"""Takes the network from this process and from all it will start, by a filter in the kernel that nobody can take off."""

from __future__ import annotations

import ctypes
import errno
import os
import struct
import sys
from typing import Final

__all__ = ["NoFilter", "unplug"]

#: prctl(2): PR_SET_NO_NEW_PRIVS, which lets a process without privileges filter itself, and PR_SET_SECCOMP with a filter.
NO_NEW_PRIVILEGES, SECCOMP, FILTER = 38, 22, 2
#: seccomp(2): what the filter answers.
ALLOW, KILL, REFUSE = 0x7FFF0000, 0x80000000, 0x00050000 | errno.EPERM
#: linux/bpf_common.h: load a word of what is called; jump when it equals, when it is not below; return.
LOAD, IF_EQUAL, IF_NOT_BELOW, RETURN = 0x20, 0x15, 0x35, 0x06
#: struct seccomp_data: where the number of the call and the machine's name stand.
NUMBER_AT, MACHINE_AT = 0, 4
#: io_uring_setup has one number on every machine; through its rings sockets are made without calling socket(2).
IO_URING_SETUP: Final = 425
#: Machine to (audit name, number of socket(2)): asm/unistd_64.h, asm-generic/unistd.h, linux/audit.h.
MACHINES: Final = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}
#: Calls of the x32 interface stand this high among those of x86_64, with numbers of their own.
X32: Final = 0x40000000


class NoFilter(OSError):
    """This system has no such filter, or does not let it be set."""


class Program(ctypes.Structure):
    """struct sock_fprog: a filter's length and where it lies."""

    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def unplug() -> None:
    """From now on socket(2) fails with EPERM, whoever calls it: interpreter, library, program. Pipes, files and pairs of
    sockets inside the process go on working. Raises NoFilter where the network could not be taken."""
    machine = os.uname().machine
    if sys.platform != "linux" or machine not in MACHINES or sys.maxsize < 2**32:
        raise NoFilter(f"no filter is known for {sys.platform} on {machine}")
    code = filter_of(*MACHINES[machine])
    held = ctypes.create_string_buffer(code)
    program = Program(len(code) // 8, ctypes.addressof(held))
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    prctl.argtypes = (ctypes.c_int, ctypes.c_ulong, ctypes.c_ulong, ctypes.c_ulong, ctypes.c_ulong)
    for order in ((NO_NEW_PRIVILEGES, 1, 0), (SECCOMP, FILTER, ctypes.addressof(program))):
        if prctl(*order, 0, 0) != 0:
            raise NoFilter(ctypes.get_errno(), "the filter cannot be set")


def filter_of(machine: int, socket: int) -> bytes:
    """The filter in the kernel's words: eight bytes a step, jumps counted from the step that follows."""
    steps = (
        (LOAD, 0, 0, MACHINE_AT),
        (IF_EQUAL, 1, 0, machine),
        (RETURN, 0, 0, KILL),
        (LOAD, 0, 0, NUMBER_AT),
        (IF_NOT_BELOW, 3, 0, X32),
        (IF_EQUAL, 2, 0, socket),
        (IF_EQUAL, 1, 0, IO_URING_SETUP),
        (RETURN, 0, 0, ALLOW),
        (RETURN, 0, 0, REFUSE),
    )
    return b"".join(struct.pack("=HBBI", *step) for step in steps)
