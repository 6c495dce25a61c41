"""Asks golden and kept questions again after a change of the shelf, and tells which are answered otherwise."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from medrag.answer.question import Question
from medrag.answer.service import ask
from medrag.catalogue.answers import KeptAnswer
from medrag.errors import InputRefused, NotFound, Place, UsageError
from medrag.records import Snapshot
from medrag.settings import Settings
from medrag.shelf import OpenShelf
from medrag_api.desk import Desk
from medrag_api.kept_answers import answers_of, request_of
from medrag_api.reviewing import DeskReviewer
from medrag_api.schemas import answer_json
from medrag_api.wiring import Bench, open_graph_once, published
from medrag_graph.interactions import read_regimen
from medrag_ingest.golden import GoldenPair, golden_of, read_site_golden

__all__ = ["Asked", "affected", "read_questions"]

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question or a pair of drugs, and whose it is."""

    #: The work whose card asks it, "site", the name of a file of questions, or the day it was answered.
    source: str
    question: str
    drugs: tuple[str, ...] = ()
    #: The id of the kept answer it was answered with.
    answer: str | None = None


def affected(
    settings: Settings,
    *,
    snapshot: str = "",
    edition: str = "",
    more: Sequence[Asked] = (),
) -> Json:
    """Every question that is answered otherwise now than before, then every kept one that is answered otherwise than it
    was when its answer was given.

    ``before`` is a kept snapshot, or the published one without ``edition``; without either, the last snapshot published
    before. Raises NotFound, UsageError, Unavailable.
    """
    if snapshot and edition:
        raise UsageError("give a snapshot or an edition, not both")
    bench = Bench(settings)
    with ExitStack() as stack:
        stack.callback(bench.close)
        now = stack.enter_context(opened(bench, published(bench.catalogue)))
        then = stack.enter_context(before_of(bench, now, snapshot, edition))
        questions = [*golden(settings, now.shelf), *more]
        told = [(item, said(then, item), said(now, item)) for item in questions]
        kept = answers_of(settings, bench.catalogue).with_questions()
        told += [(given(item), said_in(json.loads(item.body)), said_again(now, item)) for item in kept]
        return {
            "before": {"snapshot": then.shelf.snapshot.id, "without": edition or None},
            "after": {"snapshot": now.shelf.snapshot.id},
            "asked": len(told),
            "kept_answers": len(kept),
            "affected": [
                {
                    "source": item.source,
                    "question": item.question,
                    "drugs": list(item.drugs),
                    "answer": item.answer,
                    **difference(a, b),
                }
                for item, a, b in told
                if a != b
            ],
        }


@contextmanager
def opened(bench: Bench, snapshot: Snapshot) -> Iterator[Desk]:
    """A snapshot as readers have it, its graph in this process."""
    shelf = bench.open(snapshot)
    try:
        with desk_of(bench, shelf) as desk:
            yield desk
    finally:
        shelf.close()


@contextmanager
def desk_of(bench: Bench, shelf: OpenShelf) -> Iterator[Desk]:
    desk = Desk(bench.settings.model_copy(update={"graph_url": ""}), shelf, open_graph_once)
    try:
        yield desk
    finally:
        desk.close()


@contextmanager
def before_of(bench: Bench, now: Desk, snapshot: str, edition: str) -> Iterator[Desk]:
    """The shelf that is compared with. Without an edition it has the same index, where the others stand as they are."""
    if edition:
        current = now.shelf.snapshot
        if edition not in current.editions:
            raise NotFound(f"readers see no edition {edition!r}", remedy="Run: medrag shelf show WORK")
        rest = tuple(item for item in current.editions if item != edition)
        shelf = OpenShelf(
            bench.catalogue, replace(current, editions=rest), now.shelf.index, now.shelf.encoder
        )
        with desk_of(bench, shelf) as desk:
            yield desk
        return
    with opened(bench, kept_snapshot(bench, now.shelf.snapshot.id, snapshot)) as desk:
        yield desk


def kept_snapshot(bench: Bench, current: str, wanted: str) -> Snapshot:
    """The snapshot of that id, else the one published last before the current. Raises NotFound."""
    kept = {item.id: item for item in bench.catalogue.snapshots()}
    moves = [move.snapshot for move in bench.catalogue.publications() if move.snapshot != current]
    found = kept.get(wanted) if wanted else next((kept[m] for m in reversed(moves) if m in kept), None)
    if found is None:
        problem = f"no snapshot {wanted!r} is kept" if wanted else "no earlier snapshot is kept"
        raise NotFound(problem, remedy="Run: medrag shelf history, or give --edition")
    return found


def golden(settings: Settings, shelf: OpenShelf) -> Iterator[Asked]:
    """The golden questions and pairs of the works held, then the site's own."""
    works = {edition.work for edition in shelf.editions.values()}
    told = [(work, golden_of(body)) for work, body in shelf.catalogue.golden_of(works)]
    for source, item in (*told, *(("site", item) for item in read_site_golden(settings.home))):
        if isinstance(item, GoldenPair):
            yield Asked(source, " + ".join(item.check), item.check)
        else:
            yield Asked(source, item.ask)


def read_questions(file: Path) -> list[Asked]:
    """The questions of a file with a list ``questions``, each with ``question``. Raises InputRefused."""
    try:
        told = yaml.safe_load(file.read_text("utf-8"))
        return [Asked(file.name, str(item["question"])) for item in told["questions"]]
    except (OSError, UnicodeDecodeError, yaml.YAMLError, KeyError, TypeError) as error:
        raise InputRefused(
            "a mapping with the field questions, a list of mappings with question, is wanted",
            place=Place(str(file)),
        ) from error


def said(desk: Desk, item: Asked) -> Json:
    """What a shelf answers, without what differs between editions that say the same: ids, labels, offsets."""
    return said_of_pair(desk, item) if item.drugs else said_to_question(desk, item)


def given(kept: KeptAnswer) -> Asked:
    """A kept answer's question, told as what was answered on its day."""
    as_of = kept.request.get("as_of")
    source = f"answered {kept.asked[:10]}" + (f" as of {as_of}" if as_of else "")
    return Asked(source, kept.question or "", answer=kept.id)


def said_again(desk: Desk, kept: KeptAnswer) -> Json:
    """What the shelf answers a kept question now; one that can no longer be asked is told by why."""
    try:
        return said_by(desk, request_of(kept).record())
    except UsageError as error:
        return {"status": "cannot be asked", "says": [], "cites": [error.problem]}


def said_to_question(desk: Desk, item: Asked) -> Json:
    return said_by(desk, Question(item.question))


def said_by(desk: Desk, question: Question) -> Json:
    return said_in(answer_json(ask(desk.shelf, question, desk.settings, DeskReviewer(desk))))


def said_in(answer: Json) -> Json:
    cited = [
        f"{item['document']['work']}, {item['document']['title']}: {' '.join(item['quote']['exact'].split())}"
        for item in answer["citations"]
    ]
    return {
        "status": answer["status"],
        "says": [item["text"] for item in answer["statements"]],
        "cites": cited,
    }


def said_of_pair(desk: Desk, item: Asked) -> Json:
    report = desk.review(read_regimen({"drugs": list(item.drugs)}))
    findings = [found for found in report.findings if found.kind == "drug_drug"]
    levels = [
        f"{told.source}: {told.native_severity or told.severity}"
        for found in findings
        for told in found.assertions
    ]
    outcome = report.pairs[0].outcome if report.pairs else "none"
    return {"status": outcome, "says": [found.headline for found in findings], "cites": sorted(set(levels))}


def difference(before: Json, after: Json) -> Json:
    """Both statuses, and what only one of the two says or cites."""
    told: Json = {"status": {"before": before["status"], "after": after["status"]}}
    for key in ("says", "cites"):
        told[key] = {
            "gone": [item for item in before[key] if item not in after[key]],
            "come": [item for item in after[key] if item not in before[key]],
        }
    return told
