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
#: Most memory of the Java machine for its objects: the graph of the whole mirror fits.
HEAP = "1g"


def serve(root: str, http_port: int, bolt_port: int) -> None:
    import arcadedb_embedded as arcadedb
    from arcadedb_embedded.jvm import start_jvm

    start_jvm(heap_size=HEAP)
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


class BoltServer:
    """A server on ports of its own; stopped and started again it holds what it held."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.ports = (free_port(), free_port())
        self.url = f"bolt://root:{PASSWORD}@127.0.0.1:{self.ports[1]}/{DATABASE}"
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Returns when the server is up."""
        command = [sys.executable, __file__, str(self.root), *map(str, self.ports)]
        with (self.root / "server.log").open("a") as log:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True, cwd=self.root
            )
        wait_ready(self._process)
        self.wait_known()

    def wait_known(self, seconds: float = 60.0) -> None:
        """Until the server knows who asks: for some seconds it reads its security file, and refuses what is valid. Asked
        too often meanwhile it shuts the asker out for longer."""
        import neo4j
        from neo4j.exceptions import ClientError

        until = time.monotonic() + seconds
        while True:
            with neo4j.GraphDatabase.driver(
                f"bolt://127.0.0.1:{self.ports[1]}", auth=("root", PASSWORD)
            ) as driver:
                try:
                    driver.execute_query("RETURN 1", database_=DATABASE)
                    return
                except ClientError:
                    assert time.monotonic() < until, "the Bolt server does not know its user"
            time.sleep(2)

    def stop(self) -> None:
        """Closes the server's input, at which it ends; kills it when that is not enough."""
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin is not None
        process.stdin.close()
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def running(root: Path) -> Iterator[BoltServer]:
    """A server that is up."""
    server = BoltServer(root)
    try:
        server.start()
        yield server
    finally:
        server.stop()


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
