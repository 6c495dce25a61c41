"""Runs one job in a process of its own, so that a crash, a kill or a cancellation of it harms no reader."""

from __future__ import annotations

import json
import logging
import os
import shutil
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import closing
from typing import TYPE_CHECKING, Any, Final

from medrag.catalogue import Catalogue
from medrag.catalogue.jobs import Job, Jobs
from medrag.errors import InputRefused, MedragError, NotFound, Place, ShelfBusy, UsageError
from medrag.settings import Settings

if TYPE_CHECKING:
    from medrag_ingest.manifest import Manifest

__all__ = ["INCOMING", "main", "run_job"]

#: In the home: files that came with a job, a folder each.
INCOMING: Final = "incoming"
#: Seconds between words of progress, and between looks at a shelf another is writing.
TELL_S: Final = 0.5
BUSY_S: Final = 1.0


class Cancelled(Exception):
    """A person asked for the job to be stopped."""


class JobProgress:
    """Tells the catalogue how far a job is, and hears from it that it is no longer wanted."""

    def __init__(self, jobs: Jobs, identifier: str) -> None:
        self._jobs = jobs
        self._id = identifier
        self._stage = ""
        self._last = float("-inf")

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        fresh, moment = stage != self._stage, time.monotonic()
        if not fresh and moment - self._last < TELL_S:
            return
        self._stage, self._last = stage, moment
        if not self._jobs.tell(self._id, stage, done, total, fresh=fresh):
            raise Cancelled


class JobNote(logging.Handler):
    """Keeps with a job what the shelf warns of while it runs: that it was taken over from a writer that died."""

    def __init__(self, jobs: Jobs, identifier: str) -> None:
        super().__init__(logging.WARNING)
        self._jobs = jobs
        self._id = identifier

    def emit(self, record: logging.LogRecord) -> None:
        before = self._jobs.get(self._id).note
        self._jobs.note(self._id, "; ".join(filter(None, (before, record.getMessage()))))


def run_job(settings: Settings, identifier: str) -> None:
    """Does the job and writes its end. A shelf another is writing is waited for."""
    from medrag_api.problems import problem_of_error

    catalogue = Catalogue(settings.catalogue, create=True)
    jobs = Jobs(catalogue)
    job = jobs.get(identifier)
    progress = JobProgress(jobs, identifier)
    logging.getLogger("medrag.shelf").addHandler(note := JobNote(jobs, identifier))
    try:
        result = when_free(job, settings, jobs, progress)
    except Cancelled:
        jobs.end(identifier, "cancelled")
    except MedragError as error:
        problem = problem_of_error(error, f"urn:medrag:job:{identifier}", places=False)
        objections = [item.as_json() for item in getattr(error, "objections", ())]
        jobs.end(identifier, "failed", problem=problem | ({"objections": objections} if objections else {}))
    else:
        jobs.end(identifier, "failed" if result.pop("failed", False) else "done", result=result)
    finally:
        logging.getLogger("medrag.shelf").removeHandler(note)
        catalogue.close()
    shutil.rmtree(settings.home / INCOMING / identifier, ignore_errors=True)


def when_free(job: Job, settings: Settings, jobs: Jobs, progress: JobProgress) -> dict[str, Any]:
    while True:
        try:
            return DOERS[job.kind]({**job.request, "tenant": job.tenant}, settings, progress)
        except ShelfBusy:
            jobs.note(job.id, "waits for another writer")
            progress("waiting", 0, None)
            time.sleep(BUSY_S)


def do_ingest(asked: Mapping[str, Any], settings: Settings, progress: JobProgress) -> dict[str, Any]:
    """A document that was sent, cards by id, or a card that was sent."""
    from medrag_api.intake import exit_code, run_document, run_ingest
    from medrag_ingest.documents import Description

    # Without a whole shelf to act on nothing of others' may be published in passing.
    stage_only = bool(asked.get("stage")) or not whole_shelf(asked, settings)
    if "document" in asked:
        path = settings.home / INCOMING / str(asked["file"])
        told = Description.from_json(asked["document"])
        report, same = run_document(path, told, settings, progress, stage_only=stage_only)
        if report is None:
            return {"duplicate_of": same, "published": False}
    else:
        report = run_ingest(cards_of(asked, settings), settings, progress, stage_only=stage_only)
    code = exit_code(report, everything=False, stage_only=stage_only)
    return {**report.as_json(), "exit_code": code, "failed": code != 0}


def whole_shelf(asked: Mapping[str, Any], settings: Settings) -> bool:
    """Whether the tenant who asked acts on all of the shelf."""
    from medrag_api.security.tenancy import acts_on_all

    with closing(Catalogue(settings.catalogue, create=True)) as catalogue:
        return acts_on_all(catalogue, str(asked["tenant"]))


def cards_of(asked: Mapping[str, Any], settings: Settings) -> list[Manifest]:
    from medrag_api.cli.ingest import card_of
    from medrag_ingest.manifest import Manifest

    if "card" not in asked:
        return [card_of(str(target), settings) for target in asked["targets"]]
    card = Manifest.from_yaml(settings.home / INCOMING / str(asked["card"]))
    if any(source.file is not None for source in card.sources):
        raise InputRefused(
            "a card that is sent may not name files of this machine",
            place=Place(field="sources"),
            remedy="Send the document itself, or run medrag ingest here",
        )
    if asked["tenant"] not in ("*", card.tenant):
        raise InputRefused(
            "a card that is sent with this key is for its tenant's shelf",
            place=Place(field="tenant"),
            remedy="Say tenant in the card, and begin its id with the tenant's name and a hyphen",
        )
    return [card]


def do_publish(asked: Mapping[str, Any], settings: Settings, progress: JobProgress) -> dict[str, Any]:
    from medrag_api.examine import ShelfExaminer
    from medrag_api.intake import prepare_graph
    from medrag_api.show_keeping import move_json
    from medrag_api.wiring import open_workshop, putting_graph
    from medrag_ingest.keeping import publish

    workshop = open_workshop(settings)
    try:
        move = publish(
            putting_graph(workshop, progress),
            progress,
            editions=chosen(asked, workshop.catalogue),
            examine=ShelfExaminer(settings, progress),
            force=str(asked.get("force", "")),
        )
    finally:
        workshop.catalogue.close()
    prepare_graph(settings, progress)
    return move_json(move)


def chosen(asked: Mapping[str, Any], catalogue: Catalogue) -> tuple[str, ...]:
    """The editions to publish, () for all that wait. Raises NotFound where nothing of the tenant's waits."""
    from medrag_api.security.tenancy import acts_on_all, owned_waiting

    named, tenant = tuple(asked.get("editions", ())), str(asked["tenant"])
    if named or acts_on_all(catalogue, tenant):
        return named
    waiting = owned_waiting(catalogue, tenant)
    if not waiting:
        raise NotFound("nothing of this tenant's waits to be published")
    return tuple(waiting)


def do_withdraw(asked: Mapping[str, Any], settings: Settings, progress: JobProgress) -> dict[str, Any]:
    from medrag_api.intake import prepare_graph
    from medrag_api.show_keeping import move_json
    from medrag_api.wiring import open_workshop
    from medrag_ingest.keeping import withdraw

    workshop = open_workshop(settings)
    try:
        move = withdraw(workshop, str(asked["target"]), reason=str(asked["reason"]), progress=progress)
    finally:
        workshop.catalogue.close()
    prepare_graph(settings, progress)
    return move_json(move)


def do_remove(asked: Mapping[str, Any], settings: Settings, progress: JobProgress) -> dict[str, Any]:
    from medrag_api.intake import prepare_graph
    from medrag_api.wiring import open_workshop
    from medrag_ingest.keeping import remove

    workshop = open_workshop(settings)
    try:
        told = remove(workshop, str(asked["target"]), reason=str(asked.get("reason", "")), progress=progress)
    finally:
        workshop.catalogue.close()
    prepare_graph(settings, progress)
    return told.as_json()


def do_examine(asked: Mapping[str, Any], settings: Settings, progress: JobProgress) -> dict[str, Any]:
    """What readers see, looked at as a whole: golden questions asked, or its sources compared."""
    from medrag_api.examining import compare_sources, run_golden

    if not whole_shelf(asked, settings):
        raise InputRefused("this looks at the whole shelf, which is not this tenant's to act on")
    return {"golden": run_golden, "compared": compare_sources}[str(asked["what"])](settings, progress)


DOERS: Final = {
    "ingest": do_ingest,
    "publish": do_publish,
    "withdraw": do_withdraw,
    "remove": do_remove,
    "examine": do_examine,
}


def main() -> None:
    """``python -m medrag_api.job_child ID``; the settings come as JSON on stdin, so that no key stands in a list of
    processes."""
    if len(sys.argv) != 2:
        raise UsageError("one job id is wanted")
    settings = Settings(**json.loads(sys.stdin.readline()))
    threading.Thread(target=end_with_parent, daemon=True).start()
    run_job(settings, sys.argv[1])


def end_with_parent() -> None:
    """The parent holds the other end of stdin; when it dies, so does the job, which the next server takes up again."""
    sys.stdin.read()
    os._exit(1)


if __name__ == "__main__":
    main()
