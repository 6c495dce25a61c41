"""Looks at what readers see as a whole: asks its golden questions, counts how far its sources agree and what they cover."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from medrag.catalogue.examinations import Examinations
from medrag.retrieve.search import search
from medrag.settings import Settings
from medrag.text.normalise import fold_name
from medrag.vocabulary import SEVERITY_ORDER
from medrag_ingest.golden import GoldenPair, GoldenQuestion, golden_of, pack_golden, read_site_golden

if TYPE_CHECKING:
    from medrag.shelf import OpenShelf
    from medrag_api.desk import Desk
    from medrag_ingest.golden import Golden
    from medrag_ingest.workshop import Progress

__all__ = ["GoldenResult", "all_golden", "ask_golden", "compare_sources", "golden_json", "run_golden"]

#: Names kept of a list that may have thousands; how many there are is kept beside.
NAMES_KEPT: Final = 100


@dataclass(frozen=True, slots=True)
class GoldenResult:
    """How one golden question or pair went."""

    #: The work it is of; "" for a pair of the site's own.
    work: str
    #: golden | pair
    kind: str
    asked: str
    #: "" when it held.
    problem: str


def all_golden(shelf: OpenShelf, settings: Settings) -> Iterator[tuple[str, Golden]]:
    """(work, golden) of the cards of the works held, then the site's own, then those the packs ask of works held."""
    works = {edition.work for edition in shelf.editions.values()}
    for work, body in shelf.catalogue.golden_of(works):
        yield work, golden_of(body)
    for item in read_site_golden(settings.home):
        yield "", item
    for asked in pack_golden(settings):
        if asked.work in works:
            yield "", asked


def ask_golden(desk: Desk, settings: Settings, progress: Progress) -> Iterator[GoldenResult]:
    """Asks every golden question of a shelf and reviews every pair."""
    asked = list(all_golden(desk.shelf, settings))
    for done, (work, item) in enumerate(asked, start=1):
        if isinstance(item, GoldenPair):
            yield GoldenResult(work, "pair", " + ".join(item.check), pair_problem(desk, item))
        elif item.work or work:
            of = item.work or work
            yield GoldenResult(of, "golden", item.ask, question_problem(desk.shelf, of, item, settings))
        progress("golden", done, len(asked))


def question_problem(shelf: OpenShelf, work: str, item: GoldenQuestion, settings: Settings) -> str:
    """What is wrong when none of the first passages is the one wanted."""
    hits = search(shelf, item.ask, settings, limit=item.within).hits
    documents = shelf.catalogue.documents_of({hit.passage.document for hit in hits})
    for hit in hits:
        document = documents[hit.passage.document]
        same = shelf.editions[document.edition].work == work and item.document in ("", document.key)
        if same and fold_name(item.says) in fold_name(hit.passage.text):
            return ""
    wanted = " ".join(part for part in (item.document, f"“{item.says}”" if item.says else "") if part)
    return f"the first {item.within} passages found hold none of {wanted or 'this work'}"


def pair_problem(desk: Desk, item: GoldenPair) -> str:
    """What is wrong when a review gives the pair less than it must."""
    from medrag_graph.interactions import read_regimen

    report = desk.review(read_regimen({"drugs": list(item.check)}))
    enough = SEVERITY_ORDER[: SEVERITY_ORDER.index(item.at_least) + 1]
    if any(found.kind == "drug_drug" and found.severity in enough for found in report.findings):
        return ""
    return f"is not found as {item.at_least} or worse any more"


def golden_json(results: Sequence[GoldenResult]) -> dict[str, Any]:
    """As it is kept."""
    failed = sum(bool(item.problem) for item in results)
    return {"asked": len(results), "not_held": failed, "results": [asdict(item) for item in results]}


def run_golden(settings: Settings, progress: Progress) -> dict[str, Any]:
    """Asks what readers see now, and keeps how it went. Raises Unavailable, ManifestRefused (a malformed file)."""
    from medrag_api.wiring import reading_all

    with reading_all(settings) as desk:
        told = golden_json(list(ask_golden(desk, settings, progress)))
        Examinations(desk.shelf.catalogue).put("golden", desk.shelf.snapshot.id, told)
        return {"snapshot": desk.shelf.snapshot.id, "asked": told["asked"], "not_held": told["not_held"]}


def compare_sources(settings: Settings, progress: Progress) -> dict[str, Any]:
    """Counts the graph's report over what readers see now, and keeps it. Raises Unavailable."""
    from dataclasses import replace

    from medrag_api.wiring import read_graph, reading_desk
    from medrag_graph.report import join_report

    with reading_desk(settings) as desk:
        progress("compare", 0, None)
        snapshot = desk.shelf.snapshot.id
        data = replace(read_graph(settings, desk.shelf), snapshot=snapshot)
        report = join_report(data, desk.shelf.catalogue, [item.id for item in desk.shelf.serving()])
        Examinations(desk.shelf.catalogue).put("compared", snapshot, shortened(report.as_json()))
        return {"snapshot": snapshot, "sources": len(report.agreement)}


def shortened(report: Mapping[str, Any]) -> dict[str, Any]:
    """What the page shows of the graph's report."""
    named = [
        {key: told for key, told in item.items() if key != "unjoined"} for item in report["named_in_claims"]
    ]
    return {
        "agreement": report["agreement"],
        "coverage": named,
        "unspoken": report["unspoken"][:NAMES_KEPT],
        "unspoken_count": len(report["unspoken"]),
        "conflicts": len(report["conflicts"]),
    }
