"""Runs a real Bolt/openCypher server in a process of its own until its standard input closes."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

#: Of the throwaway server alone; it binds the loopback interface.
PASSWORD = "not-a-secret-1"
DATABASE = "medrag"


def serve(root: str, http_port: int, bolt_port: int) -> None:
    import arcadedb_embedded as arcadedb

    server = arcadedb.create_server(
        root_path=root,
        root_password=PASSWORD,
        config={
            "host": "127.0.0.1",
            "http_port": http_port,
            "server_plugins": "Bolt:com.arcadedb.bolt.BoltProtocolPlugin",
            "bolt_port": bolt_port,
        },
    )
    server.start()
    server.create_database(DATABASE)
    print("ready", flush=True)
    sys.stdin.read()
    server.stop()


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port: int = held.getsockname()[1]
        return port


@contextmanager
def running(root: Path) -> Iterator[str]:
    """The URL of a server that is up. It is stopped by closing its input, and killed when that is not enough."""
    http_port, bolt_port = free_port(), free_port()
    command = [sys.executable, __file__, str(root), str(http_port), str(bolt_port)]
    with (root / "server.log").open("w") as log:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True, cwd=root
        )
        try:
            wait_ready(process)
            yield f"bolt://root:{PASSWORD}@127.0.0.1:{bolt_port}/{DATABASE}"
        finally:
            assert process.stdin is not None
            process.stdin.close()
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def wait_ready(process: subprocess.Popen[str], seconds: float = 120.0) -> None:
    assert process.stdout is not None
    until = time.monotonic() + seconds
    for line in process.stdout:
        if line.strip() == "ready":
            return
        assert time.monotonic() < until, "the Bolt server did not start in time"
    raise AssertionError("the Bolt server stopped before it was ready")


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
