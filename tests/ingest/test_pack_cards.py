"""A pack with cards of its own: taken with everything else, asked at the gate, and gone without a trace when it is removed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from small_cards import contents, leaflet, open_small, quiet, write_card, write_raw

from medrag.catalogue.examinations import Examinations
from medrag.errors import ManifestRefused
from medrag.settings import Settings
from medrag_api.cli.ingest import chosen_cards
from medrag_api.examine import ShelfExaminer
from medrag_api.intake import prepare_graph, run_ingest
from medrag_api.wiring import open_shelf, open_workshop, putting_graph, read_graph
from medrag_graph.model import GraphData
from medrag_ingest.cards import every_card, load_cards, pack_cards
from medrag_ingest.keeping import remove
from medrag_ingest.manifest import Manifest
from medrag_ingest.pipeline import IngestReport, ingest
from medrag_ingest.publishing import Order
from medrag_ingest.workshop import Workshop

QUESTION = "When is the clotting ratio checked after warfarin is begun?"
NOTES = (
    "Colchicine is halved in severe kidney disease.",
    "Metformin is stopped when the filtration rate falls below thirty.",
)
CLINIC = (
    "Check the clotting ratio three days after warfarin is begun.",
    "Tell the clinic of every new medicine.",
)
PAIRS = "drug_id\tdrug\tdoid\tdisease\nDB00682\tWarfarin\tDOID:9477\tpulmonary embolism\n"
OPTIONS = {
    "scale": "made",
    "tables": [
        {
            "file": "pairs.tsv",
            "subject": {"name": "drug", "id": "drug_id", "prefixes": {"DB": "drugbank"}, "kind": "drug"},
            "object": {"name": "disease", "id": "doid", "prefixes": {"DOID:": ""}, "kind": "disease"},
            "predicate": "indicated_for",
        }
    ],
}
#: What is history, and how the whole of a snapshot was found: a removal keeps the first and clears the second.
HISTORY = {"publications", "runs", "examinations"}
OWN = ("clinic-notes", "clinic-pairs")


def write_pack(folder: Path, question: str = QUESTION) -> Path:
    """A pack with a guide, a table of claims, and a golden question over the guide."""
    write_card(folder, "clinic-notes", {"a": leaflet("Clinic", CLINIC)})
    write_raw(
        folder,
        "clinic-pairs",
        {"pairs.tsv": PAIRS.encode()},
        {"reader": {"name": "pairs", "options": OPTIONS}, "kind": "interaction_list"},
    )
    told = {
        "id": "clinic",
        "title": "Clinic",
        "about": "What a clinic keeps of its own.",
        "manifests": [{"file": f"{name}/{name}.2024.yaml"} for name in OWN],
        "golden": [{"ask": question, "work": "clinic-notes"}],
    }
    (folder / "pack.yaml").write_text(yaml.safe_dump(told), "utf-8")
    return folder


def of_home(home: Path, *packs: Path) -> Settings:
    return Settings(home=home, encoder="none", offline=True, packs=packs)


def take(settings: Settings, *cards: Manifest) -> IngestReport:
    return run_ingest(cards, settings, quiet)


def guarded(workshop: Workshop) -> IngestReport:
    """The guide of the pack, taken under the eyes of the gate; a guide makes no claims, so no graph is built."""
    examiner = ShelfExaminer(workshop.settings, quiet)
    return ingest([pack_cards(workshop.settings)["clinic-notes"]], workshop, quiet, Order(examine=examiner))


def remove_works(settings: Settings, *works: str) -> None:
    workshop = open_workshop(settings)
    try:
        for work in works:
            remove(putting_graph(workshop, quiet), work, progress=quiet)
    finally:
        workshop.catalogue.close()
    prepare_graph(settings, quiet)


def held(settings: Settings) -> dict[str, Any]:
    """What a home holds by content: catalogue without its history, ids in the index, graph, files."""
    shelf = open_shelf(settings)
    try:
        graph: GraphData = replace(read_graph(settings, shelf), snapshot="")
        names = sorted(graph.names.items())
        return {
            "catalogue": {
                name: rows for name, rows in contents(settings.home).items() if name not in HISTORY
            },
            "snapshot": shelf.snapshot.id,
            "index": sorted(shelf.index.ids()),
            "graph": (graph.concepts, graph.links, graph.claims, names),
            "files": sorted(
                str(path.relative_to(settings.home))
                for folder in ("raw", "graph", "index", "staging")
                for path in (settings.home / folder).iterdir()
            ),
        }
    finally:
        shelf.close()


def test_a_removed_pack_leaves_what_never_having_it_would(home: Path, tmp_path: Path) -> None:
    notes = write_card(tmp_path, "notes", {"a": leaflet("Notes", NOTES)})
    pack = write_pack(tmp_path / "pack")
    never = of_home(home / "never")
    assert take(never, notes).published
    wanted = held(never)

    had = of_home(home / "had", pack)
    assert take(had, notes, *pack_cards(had).values()).published
    with_pack = held(had)
    assert all(with_pack[part] != wanted[part] for part in wanted)
    assert with_pack["graph"][2] and not wanted["graph"][2]
    assert "clotting" in json.dumps(with_pack["catalogue"], default=str)

    gone = of_home(home / "had")
    remove_works(gone, *OWN)
    assert held(gone) == wanted
    told = json.dumps(contents(gone.home)["examinations"], default=str)
    assert "clotting" not in told


@pytest.mark.slow
def test_removal_in_another_order_leaves_the_same(home: Path, tmp_path: Path) -> None:
    notes = write_card(tmp_path, "notes", {"a": leaflet("Notes", NOTES)})
    pack = write_pack(tmp_path / "pack")
    first, then = of_home(home / "first", pack), of_home(home / "then", pack)
    assert take(first, *pack_cards(first).values()).published
    assert take(first, notes).published
    assert take(then, notes).published
    remove_works(first, *reversed(OWN))
    assert held(of_home(home / "first")) == held(of_home(home / "then"))


def test_everything_means_the_cards_of_packs_too(home: Path, tmp_path: Path) -> None:
    without = chosen_cards((), of_home(home), starter=False, everything=True)
    cards = chosen_cards((), of_home(home, write_pack(tmp_path)), starter=False, everything=True)
    assert [card.id for card in without] == list(load_cards())
    assert [card.id for card in cards] == [*load_cards(), *OWN]


def test_a_card_of_a_pack_may_not_take_the_place_of_another(home: Path, tmp_path: Path) -> None:
    write_card(tmp_path, "ansm", {"a": leaflet("Other", NOTES)})
    told = {"id": "other", "title": "Other", "about": "A", "manifests": [{"file": "ansm/ansm.2024.yaml"}]}
    (tmp_path / "pack.yaml").write_text(yaml.safe_dump(told), "utf-8")
    with pytest.raises(ManifestRefused, match=r"ansm\.2024\.yaml.*ansm\.yaml"):
        every_card(of_home(home, tmp_path))
    one, two = write_pack(tmp_path / "one"), write_pack(tmp_path / "two")
    file = two / "pack.yaml"
    file.write_text(file.read_text("utf-8").replace("id: clinic\n", "id: clinic2\n"), "utf-8")
    with pytest.raises(ManifestRefused, match="clinic-notes"):
        every_card(of_home(home, one, two))


def test_the_golden_questions_of_a_pack_are_asked_at_the_gate(home: Path, tmp_path: Path) -> None:
    workshop = open_small(home, packs=(write_pack(tmp_path),))
    report = guarded(workshop)
    assert report.published and not report.move.objections
    (kept,) = Examinations(workshop.catalogue).of("golden").values()
    (result,) = kept.results["results"]
    assert (result["work"], result["asked"], result["problem"]) == ("clinic-notes", QUESTION, "")


def test_a_golden_question_of_a_pack_that_fails_shuts_the_gate(home: Path, tmp_path: Path) -> None:
    question = "Zirconium tiling of bathrooms?"
    report = guarded(open_small(home, packs=(write_pack(tmp_path, question),)))
    assert report.held_back
    (found,) = [item for item in report.move.objections if item.blocks]
    assert (found.about, found.kind, found.where) == ("clinic-notes", "golden", question)
