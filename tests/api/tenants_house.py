"""A house of several tenants: works of everyone's, works of each one's own, and where a thing of each stands."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from review_shelf import PAIRS, add_pairs
from sample_shelf import KIDNEY, NOTES, add_edition

from medrag.catalogue import Catalogue
from medrag.catalogue.answers import Answers, KeptAnswer
from medrag.catalogue.jobs import Jobs
from medrag.settings import Settings
from medrag_api.wiring import open_workshop
from medrag_ingest.keeping import publish

__all__ = ["MARKS", "OWNERS", "build_house", "things"]

#: Words that stand in one tenant's works and nowhere else.
MARKS = {"acme": "zyxacmium", "bolt": "zyxboltane"}
OWNERS = ("", "acme", "bolt")


def build_house(home: Path) -> Settings:
    """Everyone's notes and pairs, and the same kinds of works for each of two tenants, published."""
    made = Settings(home=home, encoder="hash")
    workshop = open_workshop(made)
    add_edition(workshop.catalogue, NOTES, "1", "2020-01-01", KIDNEY)
    add_pairs(workshop.catalogue)
    for tenant, mark in MARKS.items():
        notes = replace(NOTES, id=f"{tenant}-notes", title=f"Notes on {mark}", tenant=tenant)
        said = (f"Metformin with {mark} is stopped when the eGFR falls below 45 mL/min.", f"{mark} is rare.")
        add_edition(workshop.catalogue, notes, "1", "2020-01-01", said)
        pairs = replace(PAIRS, id=f"{tenant}-pairs", title=f"Pairs with {mark}", tenant=tenant)
        rows = [
            ("warfarin", mark, "major", f"Avoid {mark}"),
            ("warfarin", "ibuprofen", "major", f"As {mark}"),
        ]
        add_pairs(workshop.catalogue, pairs, rows)  # type: ignore[arg-type]
    publish(workshop, lambda *_: None)
    jobs = Jobs(workshop.catalogue)
    for tenant in OWNERS:
        mark = MARKS.get(tenant, "plain")
        jobs.add("publish", {"editions": [], "force": mark}, f"job_{tenant or 'all'}", tenant=tenant)
        Answers(workshop.catalogue, most=100, days=9).keep([kept(tenant, mark)])
    workshop.catalogue.close()
    return made


def kept(tenant: str, mark: str) -> KeptAnswer:
    moment = datetime.now(UTC).isoformat(timespec="microseconds")
    body = json.dumps({"id": mark})
    plain = ("", "", "", "extractive", "0" * 64, None, {}, body)
    return KeptAnswer(f"ans_{tenant or 'all'}", moment, plain[0], (), (), *plain[2:], tenants=(tenant,))


def things(catalogue: Catalogue, owner: str) -> dict[str, str]:
    """Address to the id there of a thing of one owner's."""
    work = f"{owner}-notes" if owner else NOTES.id
    edition = f"{work}@1"
    document = catalogue.document_keys(edition)[0][0]
    passage = min(catalogue.passage_ids(edition))
    told = dict.fromkeys(("/passages/{id}", "/console/passages/{id}"), passage)
    told |= dict.fromkeys(("/jobs/{id}", "/console/jobs/{id}"), f"job_{owner or 'all'}")
    told |= dict.fromkeys(("/shelf/{id}", "/shelf/{id}/diff", "/console/shelf/{work}/diff"), work)
    told |= dict.fromkeys(("/shelf/{id}/withdraw", "/shelf/{id}/publish"), edition)
    return told | {"/documents/{id}/text": document, "/answers/{id}": f"ans_{owner or 'all'}"}
