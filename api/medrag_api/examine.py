"""Examines a snapshot before readers see it: golden questions, pairs that must be found, names nothing knows, sudden loss,
orders to a machine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from medrag.catalogue import Catalogue, EditionState
from medrag.catalogue.examinations import Examinations
from medrag.records import Snapshot
from medrag.shelf import name_forms
from medrag.text.orders import find_orders
from medrag_api.examining import ask_golden, golden_json
from medrag_api.wiring import Bench
from medrag_ingest.gate import Objection
from medrag_ingest.receipt import parse_reports
from medrag_ingest.report import problems

if TYPE_CHECKING:
    from medrag.index.snapshot import Plan
    from medrag.settings import Settings
    from medrag_api.desk import Desk
    from medrag_ingest.workshop import Progress

__all__ = ["ShelfExaminer"]

#: A new edition with less than this share of its predecessor's passages has probably not been read whole.
LEAST_SHARE: Final = 0.5
#: Texts of documents held at once while they are looked through.
DOCUMENTS_READ: Final = 100
#: Names told of one edition; a terminology that went wrong has thousands.
NAMES_TOLD: Final = 50


class ShelfExaminer:
    """The gate's eyes: opens what is built and not yet published, and asks of it what readers will."""

    def __init__(self, settings: Settings, progress: Progress) -> None:
        self.settings = settings
        self.progress = progress

    def __call__(self, plan: Plan, current: Snapshot | None) -> Sequence[Objection]:
        """As :class:`medrag_ingest.gate.Examiner`."""
        seen = set(current.editions) if current is not None else set()
        fresh = [state for state in plan.editions if state.edition.id not in seen]
        if not fresh:
            return ()
        with self.opened(plan) as desk:
            found = [
                *shrunk(fresh, plan.editions),
                *badly_read(desk.shelf.catalogue, fresh),
                *giving_orders(desk.shelf.catalogue, fresh),
                *self.golden(desk),
                *self.unknown_names(desk, fresh),
            ]
        return sorted(found, key=lambda item: not item.blocks)

    @contextmanager
    def opened(self, plan: Plan) -> Iterator[Desk]:
        """The built snapshot as readers would have it, its graph in this process whatever the settings say: a server's
        graph is what readers are using."""
        from medrag_api.desk import Desk
        from medrag_api.wiring import open_graph_once

        bench = Bench(self.settings)
        try:
            editions = tuple(state.edition.id for state in plan.editions)
            passages = sum(state.passages for state in plan.editions)
            built = Snapshot(
                plan.snapshot, datetime.now(UTC), editions, plan.snapshot, plan.encoder, passages
            )
            shelf = bench.open(built)
            here = self.settings.model_copy(update={"graph_url": ""})
            desk = Desk(here, shelf, open_graph_once)
            try:
                yield desk
            finally:
                desk.close()
                shelf.close()
        finally:
            bench.close()

    def golden(self, desk: Desk) -> Iterator[Objection]:
        """Golden questions whose passage is not found, and pairs that are no longer as severe as they must be. How all of
        them went is kept with the snapshot."""
        results = list(ask_golden(desk, self.settings, self.progress))
        Examinations(desk.shelf.catalogue).put("golden", desk.shelf.snapshot.id, golden_json(results))
        for item in results:
            if item.problem:
                yield Objection(item.work or "site", item.kind, item.asked, item.problem, blocks=True)

    def unknown_names(self, desk: Desk, fresh: Sequence[EditionState]) -> Iterator[Objection]:
        """Names that claims of the new editions make of drugs and classes no source can tell the meaning of."""
        if not any(state.assertions for state in fresh):
            return
        self.progress("graph", 0, 1)
        today, held = datetime.now(UTC).date(), desk.shelf.editions
        # What a later edition has followed answers only questions about a day gone by; it is not read for that now.
        for state in (item for item in fresh if held[item.edition.id].superseded_by is None):
            begins = state.edition.valid_from
            graph = desk.graph(begins if begins > today else None)
            names = interacting_names(desk.shelf.catalogue, state.edition.id)
            known = graph.named(sorted({form for name in names for form in name_forms(name)}))
            missed = sorted(name for name in names if not any(form in known for form in name_forms(name)))
            for name in missed[:NAMES_TOLD]:
                yield Objection(state.edition.id, "names", name, "reaches no drug or class", blocks=False)
            if len(missed) > NAMES_TOLD:
                told = f"{len(missed) - NAMES_TOLD} more names reach no drug or class"
                yield Objection(state.edition.id, "names", "", told, blocks=False)


def badly_read(catalogue: Catalogue, fresh: Sequence[EditionState]) -> Iterator[Objection]:
    """What the parse reports of the new editions say: what blocks one by one, the rest by kind with its pages."""
    for state in fresh:
        for report in parse_reports(catalogue, state.edition.id):
            noted: dict[str, list[int]] = {}
            for problem in problems(report):
                kind = problem.kind.replace("_", " ")
                if not problem.blocking:
                    noted.setdefault(kind, []).append(problem.page)
                    continue
                where, told = f"{report.title}, page {problem.page}", f"{kind}: {problem.words}"
                yield Objection(state.edition.id, "parse", where, told, blocks=True)
            for kind, pages in noted.items():
                shown = ", ".join(str(page) for page in sorted(set(pages)))
                yield Objection(state.edition.id, "parse", f"page {shown}", kind, blocks=False)


def giving_orders(catalogue: Catalogue, fresh: Sequence[EditionState]) -> Iterator[Objection]:
    """New documents that speak to a machine, found as the answer finds them, whatever reader read them."""
    for state in fresh:
        keys = {identifier: key for identifier, key, _, _ in catalogue.document_keys(state.edition.id)}
        held = list(keys)
        for at in range(0, len(held), DOCUMENTS_READ):
            for identifier, (_, _, text) in catalogue.document_texts(held[at : at + DOCUMENTS_READ]).items():
                if orders := find_orders(text):
                    told = f"speaks to a machine, not to a reader: {'; '.join(orders)[:200]}"
                    yield Objection(state.edition.id, "orders", keys[identifier], told, blocks=True)


def interacting_names(catalogue: Catalogue, edition: str) -> set[str]:
    """What an edition's interactions are between, as it writes them."""
    rows = catalogue.stated_pairs("interacts_with", [edition])
    return {row.subject for row in rows} | {row.object for row in rows}


def shrunk(fresh: Sequence[EditionState], planned: Sequence[EditionState]) -> Iterator[Objection]:
    """New editions that hold far less than the one they follow."""
    for state in fresh:
        earlier = [
            other
            for other in planned
            if other.edition.work == state.edition.work
            and other.edition.valid_from < state.edition.valid_from
        ]
        if not earlier:
            continue
        last = max(earlier, key=lambda other: other.edition.valid_from)
        if state.passages < LEAST_SHARE * last.passages:
            yield Objection(
                state.edition.id,
                "shrunk",
                "",
                f"holds {state.passages:,} passages; {last.edition.id} has {last.passages:,}",
                blocks=True,
            )
