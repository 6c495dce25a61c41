"""A disk that refuses one call: the n-th write, fsync, rename or allocation below a folder fails, whichever library makes it.

Linux hands each such call of a child to its parent before it is done (seccomp user notification, kernel 5.5), so that
Python, SQLite and the search engine's own code are all met. What the engine writes through mapped memory is no call and
cannot be refused this way.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import platform
import select
import socket
import struct
import sys
from collections.abc import Callable
from pathlib import Path

__all__ = ["WORKS_HERE", "run_refusing"]

#: x86-64 numbers of calls, with the argument that is the file they change; None: the call names paths.
CALLS: dict[int, int | None] = {
    1: 0,  # write
    18: 0,  # pwrite64
    20: 0,  # writev
    296: 0,  # pwritev
    328: 0,  # pwritev2
    40: 0,  # sendfile
    326: 2,  # copy_file_range
    74: 0,  # fsync
    75: 0,  # fdatasync
    77: 0,  # ftruncate
    285: 0,  # fallocate
    82: None,  # rename
    264: None,  # renameat
    316: None,  # renameat2
}
#: <linux/seccomp.h>, <linux/filter.h>
SECCOMP, FILTER_MODE, NEW_LISTENER, NO_NEW_PRIVILEGES = 317, 1, 8, 38
LOAD, EQUAL, RETURN, ALLOW, ASK = 0x20, 0x15, 0x06, 0x7FFF0000, 0x7FC00000
RECEIVE, SEND, GO_ON = 0xC0502100, 0xC0182101, 1


def run_refusing(
    start: Callable[[Callable[[], None]], int], home: Path, refused: int, error: int
) -> tuple[int, int]:
    """Runs a child whose call number ``refused`` (1-based) below ``home`` fails; (exit code, calls counted).

    ``start`` forks, has the child call what it is given before its work, and gives the parent the child's number.
    """
    ours, theirs = socket.socketpair()
    pid = start(lambda: hand_over(ours, theirs))
    theirs.close()
    with ours:
        _, handles, *_ = socket.recv_fds(ours, 1, 1)
    if not handles:
        raise OSError(errno.ENOSYS, "calls cannot be watched here")
    try:
        counted = watch(handles[0], home, refused, error)
    finally:
        os.close(handles[0])
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), counted


def hand_over(ours: socket.socket, theirs: socket.socket) -> None:
    """In the child: asks for its calls to be watched and hands the watch to the parent."""
    ours.close()
    lines = [(LOAD, 0, 0, 0)]
    lines += [(EQUAL, len(CALLS) - at, 0, number) for at, number in enumerate(CALLS)]
    lines += [(RETURN, 0, 0, ALLOW), (RETURN, 0, 0, ASK)]
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *line) for line in lines))
    program = ctypes.create_string_buffer(struct.pack("HxxxxxxQ", len(lines), ctypes.addressof(code)))
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    handle = libc.syscall(SECCOMP, FILTER_MODE, NEW_LISTENER, program)
    if handle < 0:
        theirs.close()
        return
    socket.send_fds(theirs, [b"."], [handle])
    os.close(handle)
    theirs.close()


def watch(handle: int, home: Path, refused: int, error: int) -> int:
    """Answers the child's calls until it has ended; how many were counted."""
    counted, below = 0, f"{home}/"
    poll = select.poll()
    poll.register(handle, select.POLLIN)
    while True:
        if any(told & select.POLLHUP for _, told in poll.poll()):
            return counted
        asked = bytearray(80)
        try:
            fcntl.ioctl(handle, RECEIVE, asked)
        except OSError as gone:
            if gone.errno in (errno.ENOENT, errno.EINTR):
                continue
            raise
        identifier, pid, _, number = struct.unpack_from("QIIi", asked)
        ours = meant(pid, number, struct.unpack_from("6Q", asked, 32), below)
        counted += ours
        fails = ours and counted == refused
        answer = struct.pack("QqiI", identifier, 0, -error if fails else 0, 0 if fails else GO_ON)
        try:
            fcntl.ioctl(handle, SEND, bytearray(answer))
        except OSError as gone:
            if gone.errno != errno.ENOENT:
                raise


def meant(pid: int, number: int, arguments: tuple[int, ...], below: str) -> bool:
    """Whether the call changes a file below the folder; renames are all counted."""
    at = CALLS[number]
    if at is None:
        return True
    try:
        return str(Path(f"/proc/{pid}/fd/{arguments[at] & 0xFFFFFFFF}").readlink()).startswith(below)
    except OSError:
        return False


def try_to_watch() -> bool:
    """Whether this machine lets a parent watch its child's calls: some containers do not."""
    if sys.platform != "linux" or platform.machine() != "x86_64":
        return False
    try:
        return run_refusing(start_nothing, Path("/nowhere"), 0, errno.EIO)[0] == 0
    except OSError:
        return False


def start_nothing(watched: Callable[[], None]) -> int:
    pid = os.fork()
    if pid == 0:
        watched()
        os._exit(0)
    return pid


WORKS_HERE = try_to_watch()
