"""Runs the jobs of a home one after another, each in a child process; takes over those whose process died."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from typing import Final

import structlog
from pydantic import SecretStr

from medrag.catalogue import Catalogue
from medrag.catalogue.jobs import Job, Jobs
from medrag.errors import CatalogueUnavailable
from medrag.settings import Settings

__all__ = ["JobRunner"]

#: Seconds between looks for work and, while a job runs, for a wish to stop it.
LOOK_S: Final = 0.5
#: Seconds a job gets to stop before its process is killed.
GRACE_S: Final = 10.0

log = structlog.get_logger("medrag.jobs")


class JobRunner:
    """A thread of the server. Several servers over one catalogue share the queue; one job runs at a time."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.owner = f"{socket.gethostname()}:{os.getpid()}"
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="medrag-jobs", daemon=True)
            self._thread.start()

    def wake(self) -> None:
        """There is a new job; the next look is now."""
        self.start()
        self._wake.set()

    def close(self) -> None:
        """Stops; a job that runs goes on where it stopped when a server is started again."""
        self._stop.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(timeout=GRACE_S + 5)

    def _work(self) -> None:
        while not self._stop.is_set():
            self._wake.wait(LOOK_S)
            self._wake.clear()
            try:
                self._look()
            except CatalogueUnavailable as error:
                log.error("jobs_unavailable", problem=error.problem)
                self._stop.wait(5.0)

    def _look(self) -> None:
        if not self.settings.catalogue_url and not (self.settings.home / "catalogue.db").is_file():
            return
        catalogue = Catalogue(self.settings.catalogue, create=False)
        try:
            jobs = Jobs(catalogue)
            if not jobs.open():
                return
            with catalogue.alone("jobs") as mine:
                if mine:
                    self._run_all(jobs)
        finally:
            catalogue.close()

    def _run_all(self, jobs: Jobs) -> None:
        """As the one process that runs jobs: whoever is said to be at work on one has died, on whichever machine."""
        for job in jobs.running():
            jobs.give_back(job.id, f"taken over: the process that ran it, {job.owner}, has died")
            log.warning("job_taken_over", job=job.id)
        while not self._stop.is_set() and (taken := jobs.claim(self.owner)) is not None:
            self._run(jobs, taken)

    def _run(self, jobs: Jobs, job: Job) -> None:
        """Starts the child and waits for it, or for a wish to stop it."""
        child = subprocess.Popen(  # noqa: S603  our own interpreter, our own words
            [sys.executable, "-m", "medrag_api.job_child", job.id],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(path or os.curdir for path in sys.path)},
        )
        assert child.stdin is not None  # noqa: S101  for the type checker; it is a pipe
        child.stdin.write(spoken(self.settings))
        child.stdin.flush()
        with child.stdin:
            self._watch(jobs, job, child)
        if child.returncode != 0 or jobs.get(job.id).state == "running":
            self._tell_end(jobs, jobs.get(job.id), child.returncode)

    def _watch(self, jobs: Jobs, job: Job, child: subprocess.Popen[bytes]) -> None:
        """Waits for the child's end, and sees to it when the job or the server is to stop."""
        asked = 0.0
        while child.poll() is None:
            if self._stop.wait(LOOK_S):
                end(child)
                jobs.give_back(job.id, "the server stopped; it goes on when one is started")
                return
            if jobs.get(job.id).cancel:
                asked += LOOK_S
                if asked > GRACE_S:
                    end(child)

    def _tell_end(self, jobs: Jobs, job: Job, code: int) -> None:
        """The child went without a word: killed, out of memory, or stopped because a person asked."""
        if job.cancel:
            jobs.end(job.id, "cancelled")
            return
        problem = {
            "type": "urn:medrag:problem:job-ended",
            "title": "The job's process ended",
            "status": 500,
            "detail": f"Exit code {code}. What was published stays; asked for again, it goes on where it stopped.",
        }
        jobs.end(job.id, "failed", problem=problem)
        log.error("job_ended", job=job.id, code=code)


def spoken(settings: Settings) -> bytes:
    """The settings as one line, secrets unmasked: it goes through a pipe to our own child."""
    told = {}
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        told[name] = value.get_secret_value() if isinstance(value, SecretStr) else value
    return json.dumps(told, default=str).encode() + b"\n"


def end(child: subprocess.Popen[bytes]) -> None:
    child.terminate()
    try:
        child.wait(GRACE_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
