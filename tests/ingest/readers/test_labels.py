"""The plain-text drug labels: sections by their headings, tags of the corpus taken out with a way back."""

from __future__ import annotations

import tarfile
from collections import Counter
from pathlib import Path

import pytest

from medrag_ingest.parsed import ParsedDocument
from medrag_ingest.raw import RawFile
from medrag_ingest.readers import READERS
from medrag_ingest.readers.loinc import code_of_chinese_heading, code_of_field, code_of_heading, field_name
from tests.ingest.readers.laws import check_document, digest, outline, read_one

LABEL = """Drug Label for drug brand Cordil, containing cordilol.


4 CONTRAINDICATIONS

 <paragraph>
<main>Do not give it to people with:
 <item>
 <item>low sodium
or thirst
 </paragraph>

7 DRUG INTERACTIONS

7.1 Fentaol

Raises the level of Cordil.
Keep them apart.

Digoxin

Measure its level.

Pregnancy

Not known.
"""


def test_sections_topics_and_items() -> None:
    document = read_one("label_text", LABEL, name="labels/set-1.txt")
    first = "Drug Label for drug brand Cordil, containing cordilol."
    against, pairs, intro = "4 CONTRAINDICATIONS", "7 DRUG INTERACTIONS", "Do not give it to people with:"
    assert outline(document) == [
        ("heading", first, []),
        ("heading", against, [first]),
        ("paragraph", intro, [first, against]),
        ("list_item", "low sodium\nor thirst", [first, against, intro]),
        ("heading", pairs, [first]),
        ("heading", "7.1 Fentaol", [first, pairs]),
        ("paragraph", "Raises the level of Cordil.\nKeep them apart.", [first, pairs, "7.1 Fentaol"]),
        ("heading", "Digoxin", [first, pairs, "7.1 Fentaol"]),
        ("paragraph", "Measure its level.", [first, pairs, "7.1 Fentaol", "Digoxin"]),
        ("heading", "Pregnancy", [first, pairs]),
        ("paragraph", "Not known.", [first, pairs, "Pregnancy"]),
    ]
    codes = [None, "34070-3", "34070-3", "34070-3", *["34073-7"] * 5, "42228-7", "42228-7"]
    assert [block.code for block in document.blocks] == codes
    assert (document.key, document.title, document.published) == ("set-1", "Cordil (cordilol)", "2014-05")
    assert document.notes == {"tags_removed": 5}


def test_offsets_are_raw_offsets_where_no_tag_stood_and_lead_back_where_one_did() -> None:
    clean = "CORDIL (cordilol) tablet\n\nWARNINGS\n\nCareful.\n"
    assert read_one("label_text", clean).text == clean
    for raw in (LABEL, LABEL.replace("\n", "\r\n")):
        document = read_one("label_text", raw)
        assert "<item>" not in document.text
        for segment in document.segments:
            start, end = map(int, segment.locator.removeprefix("chars:").split("-"))
            assert raw[start:end] == document.text[segment.start : segment.end]


@pytest.mark.parametrize(
    ("text", "title", "note"),
    [
        ("ZESTA (zestol) tablet \n\nWARNINGS\n", "ZESTA (zestol)", None),
        ("ZESTOL HYDROCHLORIDE tablet\n\nWARNINGS\n", "ZESTOL HYDROCHLORIDE tablet", None),
        (
            "DESCRIPTION SECTION\n\nZESTA Injection (zestol acid) is a salt.\n",
            "ZESTA Injection (zestol acid)",
            "title_from_text",
        ),
        ("DESCRIPTION\n\nA salt.\n", "Drug label set-9", "untitled"),
    ],
)
def test_titles(text: str, title: str, note: str | None) -> None:
    document = read_one("label_text", text, name="set-9.txt")
    assert (document.title, set(document.notes)) == (title, {note} if note else set())


@pytest.mark.parametrize(
    ("heading", "code"),
    [
        ("7 DRUG INTERACTIONS", "34073-7"),
        ("DOSAGE  -  ADMINISTRATION SECTION", "34068-7"),
        ("4 C O NTRAINDICATIONS", "34070-3"),
        ("WARNING: FETAL TOXICITY", "34066-1"),
        ("WARNINGS:", "34071-1"),
        ("5.2 Hypotension", None),
    ],
)
def test_headings_name_sections(heading: str, code: str | None) -> None:
    assert code_of_heading(heading) == code


def test_fields_and_chinese_headings_name_sections() -> None:
    assert (field_name("34073-7"), code_of_field("drug_interactions")) == ("drug_interactions", "34073-7")
    assert code_of_field("id") is None
    assert code_of_chinese_heading("【药物相互作用】") == "34073-7"


@pytest.fixture(scope="module")
def labels(shared: Path) -> list[ParsedDocument]:
    found: list[ParsedDocument] = []
    with tarfile.open(shared / "corpora" / "fda-labels-cardio" / "labels.tar.gz") as archive:
        for member in archive:
            if (stream := archive.extractfile(member)) is not None:
                raw = RawFile.from_bytes("labels.tar.gz", stream.read(), member=member.name)
                found.extend(READERS["label_text"](raw, {}))
    return sorted(found, key=lambda document: document.key)


@pytest.mark.shared
def test_the_whole_corpus(labels: list[ParsedDocument]) -> None:
    for document in labels:
        check_document(document)
    golden = [(labels[n].key, labels[n].title, len(labels[n].blocks), digest(labels[n])) for n in (0, 9, 181)]
    assert len(labels) == 182
    assert golden == [
        ("01b14603-8f29-4fa3-8d7e-9d523f802e0b", "PLAVIX (clopidogrel bisulfate)", 30, "ec4f2ca0493d"),
        (
            "0d65fd30-7b64-11e2-b92a-0800200c9a66",
            "Delflex Neutral pH (Dextrose Monohydrate, Sodium Chloride, Calcium Chloride, Magnesium Chloride, Sodium Lactate)",
            18,
            "e4ec62add515",
        ),
        ("ff61b237-be8e-461b-8114-78c52a8ad0ae", "ADCIRCA (Tadalafil)", 51, "23c97b6ab55b"),
    ]
    codes = Counter(block.code for document in labels for block in document.blocks if block.kind == "heading")
    assert {code: codes[code] for code in ("34073-7", "34070-3", "34066-1")} == {
        "34073-7": 606,
        "34070-3": 241,
        "34066-1": 52,
    }
    assert sum(document.notes.get("untitled", 0) for document in labels) == 8
    assert sum(document.notes.get("tags_removed", 0) for document in labels) == 2267
