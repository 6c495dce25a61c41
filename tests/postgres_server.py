"""Runs a PostgreSQL cluster of our own where its programs are installed, and gives every home a database in it."""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

__all__ = ["PostgresServer", "give_every_home_a_database", "programs", "running"]


def programs() -> Path | None:
    """The folder of initdb and pg_ctl, newest version first."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    beside = shutil.which("initdb")
    return found[0].parent if found else Path(beside).parent if beside else None


def unprivileged() -> dict[str, int]:
    """PostgreSQL refuses to run as root: then its own user runs it."""
    if os.getuid() != 0:
        return {}
    user = pwd.getpwnam("postgres")
    return {"user": user.pw_uid, "group": user.pw_gid}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class PostgresServer:
    """A cluster on a port of its own; it speaks to this machine alone and forgets everything at its end."""

    def __init__(self, found: Path, folder: Path) -> None:
        self.programs, self.folder, self.port = found, folder, free_port()
        self._migrated = False
        self.run: dict[str, Any] = {"check": True, "capture_output": True, **unprivileged()}

    def start(self) -> None:
        """Words are sorted by a language's rules, as a hospital's server would: what relies on another order shows."""
        make = [
            self.programs / "initdb",
            "-D",
            self.folder / "data",
            "-U",
            "medrag",
            "-A",
            "trust",
            "-E",
            "UTF8",
        ]
        language = ["--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US"]
        if subprocess.run([*make, *language], **self.run | {"check": False}).returncode != 0:
            subprocess.run(make, **self.run)
        told = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        start = [self.programs / "pg_ctl", "-D", self.folder / "data", "-o", told]
        quiet = self.run | {"capture_output": False, "stdout": subprocess.DEVNULL}
        subprocess.run([*start, "-l", self.folder / "log", "-w", "start"], **quiet)

    def stop(self) -> None:
        stop = [self.programs / "pg_ctl", "-D", self.folder / "data", "-m", "immediate", "stop"]
        subprocess.run(stop, **self.run)

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://medrag@127.0.0.1:{self.port}/{database}"

    def database(self, name: str, like: str = "template1") -> str:
        """The address of a database of that name, which is made where it is missing; ``like`` another, row for row."""
        from sqlalchemy import create_engine, text

        engine = create_engine(self.url().replace("postgresql://", "postgresql+pg8000://"))
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            there = text("SELECT 1 FROM pg_database WHERE datname = :name")
            if connection.execute(there, {"name": name}).first() is None:
                ending = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :like"
                connection.execute(text(ending), {"like": like})
                connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{like}"'))
        engine.dispose()
        return self.url(name)

    def ready(self, name: str) -> str:
        """As :meth:`database`, with the tables of an empty catalogue: migrated once, then copied."""
        from medrag.catalogue import Catalogue

        if not self._migrated:
            Catalogue(self.database("ready")).close()
            self._migrated = True
        return self.database(name, "ready")

    def copy(self, url: str, home: Path) -> str:
        """The database of a home that was copied: as the first one's is now."""
        return self.database(self.name_of(home), url.rpartition("/")[2])

    def of_home(self, home: Path) -> str:
        """The database that stands in place of a home's catalogue.db."""
        return self.ready(self.name_of(home))

    def name_of(self, home: Path) -> str:
        return "home_" + hashlib.sha256(str(home).encode()).hexdigest()[:16]


@contextmanager
def running() -> Iterator[PostgresServer | None]:
    """A server for the length of the block; None where PostgreSQL is not installed."""
    found = programs()
    if found is None:
        yield None
        return
    folder = Path(tempfile.mkdtemp(prefix="medrag-pg-"))
    if who := unprivileged():
        os.chown(folder, who["user"], who["group"])
    server = PostgresServer(found, folder)
    try:
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def give_every_home_a_database(server: PostgresServer) -> None:
    """Whatever settings are read from now on in this process name a database of their home's own, unless they name one."""
    from medrag.settings import Settings

    before = Settings.settings_customise_sources

    def sources(cls: type, settings_cls: type, init_settings: Any, **rest: Any) -> tuple[Any, ...]:
        held = before(settings_cls, init_settings, **rest)
        home = init_settings.init_kwargs.get("home") or os.environ.get("MEDRAG_HOME")
        return (*held, lambda: {"catalogue_url": server.of_home(Path(home))}) if home else held

    Settings.settings_customise_sources = classmethod(sources)  # type: ignore[assignment]
