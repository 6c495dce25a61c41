"""OpenMedicine digests name their guideline, its year and DOI, and say that they are digests."""

from __future__ import annotations

import json
import zipfile
from collections import Counter
from pathlib import Path

import pytest

from medrag.errors import DocumentRefused, ManifestRefused
from medrag_ingest.parsed import ParsedDocument
from medrag_ingest.raw import RawFile
from medrag_ingest.readers import READERS
from medrag_ingest.transforms import TRANSFORMS, TransformContext
from tests.ingest.readers.laws import check_document, digest

ENTRY = {
    "id": "body_2020",
    "title": "Body 2020 Guideline",
    "doi": "10.1000/x.1",
    "year": 2020,
    "organization": "Body",
    "topics": [],
}
PAGE = RawFile.from_bytes("w.whl", b"# Doses\n\nHalve them.\n", member="content/body_2020/doses.md")


def context(entries: object, **options: object) -> TransformContext:
    registry = RawFile.from_bytes("w.whl", json.dumps(entries).encode(), member="g/registry.json")
    return TransformContext({"g/registry.json": registry, PAGE.member: PAGE}, options)


def test_a_digest_names_its_guideline() -> None:
    (page,) = READERS["markdown"](PAGE, {})
    document = TRANSFORMS["openmedicine"](context([ENTRY]))(page)
    assert document is not None
    assert (document.key, document.published) == ("body_2020/doses.md", "2020")
    assert document.title == "Body 2020 Guideline — Doses (OpenMedicine digest)"
    assert (document.url, document.notes) == ("https://doi.org/10.1000/x.1", {"third_party_digest": 1})
    assert (document.text, document.blocks) == (page.text, page.blocks)


@pytest.mark.parametrize(
    ("entries", "why"),
    [
        ([ENTRY | {"id": "other"}], "knows no guideline 'body_2020'"),
        ([ENTRY | {"doi": "javascript:1"}], "is not a DOI"),
        ([ENTRY | {"year": "soon"}], "/0/year"),
    ],
)
def test_a_registry_that_does_not_fit_is_refused(entries: object, why: str) -> None:
    (page,) = READERS["markdown"](PAGE, {})
    with pytest.raises(DocumentRefused, match=why):
        TRANSFORMS["openmedicine"](context(entries))(page)


def test_the_registry_must_be_there_once() -> None:
    with pytest.raises(DocumentRefused, match=r"0 files named 'registry\.json'"):
        TRANSFORMS["openmedicine"](TransformContext({}))
    with pytest.raises(ManifestRefused, match=r"options\.registry"):
        TRANSFORMS["openmedicine"](context([ENTRY], registry=3))


@pytest.fixture(scope="module")
def digests(wheels: Path) -> list[ParsedDocument]:
    (wheel,) = wheels.glob("open_medicine-0.12.0-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if "/guidelines/" in name]
        siblings = {name: RawFile.from_bytes(wheel.name, archive.read(name), member=name) for name in names}
    transform = TRANSFORMS["openmedicine"](TransformContext(siblings))
    pages = [siblings[name] for name in sorted(siblings) if name.endswith(".md")]
    kept = [transform(document) for page in pages for document in READERS["markdown"](page, {})]
    return sorted((document for document in kept if document is not None), key=lambda document: document.key)


def test_the_whole_package(digests: list[ParsedDocument]) -> None:
    for document in digests:
        check_document(document)
        assert document.title.endswith("(OpenMedicine digest)")
    assert (len(digests), len({document.key.split("/")[0] for document in digests})) == (145, 43)
    kinds = Counter(block.kind for document in digests for block in document.blocks)
    assert (kinds["table_row"], kinds["table_header"], kinds["list_item"], kinds["heading"]) == (
        1057,
        253,
        4754,
        2113,
    )
    golden = [(digests[n].key, digests[n].published, digests[n].url, digest(digests[n])) for n in (0, 9, 144)]
    assert golden == [
        (
            "aasld_cirrhosis_2023/complications.md",
            "2023",
            "https://doi.org/10.1097/HEP.0000000000000562",
            "d8df6fc133a2",
        ),
        (
            "aba_burn_2016/wound_management.md",
            "2016",
            "https://doi.org/10.1097/BCR.0000000000000283",
            "7fb12adc37bc",
        ),
        (
            "wells_pe_2000/pre_test_probability.md",
            "2000",
            "https://doi.org/10.1055/s-0037-1613870",
            "9f840e8047c3",
        ),
    ]
