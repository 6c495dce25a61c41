"""SPL labels keep section codes, lists, tables, footnotes and the product's names."""

from __future__ import annotations

import unicodedata
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchmarks.generate_labels import generate
from medrag_ingest.raw import RawFile
from medrag_ingest.readers import READERS
from medrag_ingest.readers.spl import NAMESPACE
from tests.ingest.readers.laws import check_document, digest, outline, read_one

LOINC = 'codeSystem="2.16.840.1.113883.6.1"'
LABEL = f"""<?xml version="1.0"?><document xmlns="urn:hl7-org:v3"><title>Cordil tablets</title>
<effectiveTime value="20200331"/><setId root="set-1"/><versionNumber value="4"/>
<author><assignedEntity><representedOrganization><name>Maker</name></representedOrganization></assignedEntity></author>
<component><structuredBody>
<component><section><code code="48780-1" {LOINC}/><subject><manufacturedProduct><manufacturedProduct>
<name>CORDIL<suffix>XR</suffix></name><asEntityWithGeneric><genericMedicine><name>cordilol</name></genericMedicine>
</asEntityWithGeneric><ingredient classCode="ACTIB"><ingredientSubstance><name>CORDILOL</name></ingredientSubstance>
</ingredient><ingredient classCode="IACT"><ingredientSubstance><name>STARCH</name></ingredientSubstance></ingredient>
</manufacturedProduct></manufacturedProduct></subject></section></component>
<component><section><code code="34068-7" {LOINC}/><title>2 DOSAGE</title><text><paragraph>Take <content
styleCode="bold">5 mg</content> for:</paragraph><list><item><caption>1.</caption>pain</item><item>fever</item></list>
<renderMultiMedia referencedObject="m"/></text>
<component><section><code code="42229-5" {LOINC}/><title>2.1 Kidney</title><text><table><caption>Table 1</caption>
<thead><tr><th>eGFR<footnote ID="f">by CKD-EPI</footnote></th><th>Dose</th></tr></thead><tbody>
<tr><td>30<footnoteRef IDREF="f"/></td><td>10<sup>2</sup> mg<br/>daily</td></tr></tbody></table></text></section></component>
</section></component>
<component><section><code code="34073-7" {LOINC}/><text><paragraph>Untitled words.</paragraph></text></section></component>
</structuredBody></component></document>"""


def test_a_label_block_by_block() -> None:
    document = read_one("spl", LABEL)
    assert outline(document) == [
        ("caption", "Cordil tablets", []),
        (
            "paragraph",
            "Product: CORDIL XR\nGeneric name: cordilol\nActive ingredient: CORDILOL\nLabeler: Maker\nLabel version: 4",
            [],
        ),
        ("heading", "2 DOSAGE", []),
        ("paragraph", "Take 5 mg for:", ["2 DOSAGE"]),
        ("list_item", "1. pain", ["2 DOSAGE", "Take 5 mg for:"]),
        ("list_item", "fever", ["2 DOSAGE", "Take 5 mg for:"]),
        ("heading", "2.1 Kidney", ["2 DOSAGE"]),
        ("caption", "Table 1", ["2 DOSAGE", "2.1 Kidney"]),
        ("table_header", "eGFR [by CKD-EPI] | Dose", ["2 DOSAGE", "2.1 Kidney", "Table 1"]),
        (
            "table_row",
            "30 [by CKD-EPI] | 10² mg\ndaily",
            ["2 DOSAGE", "2.1 Kidney", "Table 1", "eGFR [by CKD-EPI] | Dose"],
        ),
        ("paragraph", "Untitled words.", []),
    ]
    assert [b.code for b in document.blocks] == [None, "48780-1", *["34068-7"] * 8, "34073-7"]


def test_what_a_label_says_of_itself() -> None:
    document = read_one("spl", LABEL)
    assert (document.key, document.title) == ("set-1", "CORDIL XR (cordilol)")
    assert (document.publisher, document.published) == ("Maker", "2020-03-31")
    assert document.notes == {"images_dropped": 1}
    assert read_one("spl", LABEL, product_section=False).blocks[1].kind == "heading"


def test_locators_are_xpaths_into_the_label() -> None:
    from lxml import etree

    document = read_one("spl", LABEL)
    tree = etree.fromstring(LABEL.replace(' xmlns="urn:hl7-org:v3"', "").encode())
    for segment in document.segments:
        (element,) = tree.xpath(segment.locator)
        assert "".join(element.itertext()).split()


@pytest.mark.parametrize(
    ("value", "date"),
    [("2011", "2011"), ("201104", "2011-04"), ("20110426101500", "2011-04-26"), ("soon", None)],
)
def test_dates_keep_their_precision(value: str, date: str | None) -> None:
    assert read_one("spl", LABEL.replace("20200331", value)).published == date


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "key", "title", "published", "blocks", "headings", "images", "hash_"),
    [
        (
            "cough.xml",
            "00f66f25-3469-4c16-9baf-fba21e9628bd",
            "TRIAMINIC Childrens Night Time Cold and Cough (Diphenhydramine HCl, Phenylephrine HCl)",
            "2011-04-26",
            61,
            16,
            1,
            "be95e5a5486c",
        ),
        (
            "humira.xml",
            "608d4f0d-b19f-46d3-749a-7159aa5f933d",
            "Humira (isopropyl alcohol, Adalimumab)",
            "2013-09-30",
            1012,
            65,
            36,
            "68e06e6e8b80",
        ),
        (
            "lipitor-orig.xml",
            "c6e131fe-e7df-4876-83f7-9156fc4e8228",
            "Lipitor (atorvastatin calcium)",
            "2014-01-13",
            593,
            74,
            24,
            "5060b72abdb5",
        ),
        (
            "lipitor-repack.xml",
            "17a163ef-b349-4e32-bc8c-b02bac7f65d6",
            "Lipitor (atorvastatin calcium trihydrate)",
            "2012-02-29",
            484,
            68,
            7,
            "614cba1b117c",
        ),
        (
            "no-title.xml",
            "0027b8a3-73bf-4005-a7e3-b035f451a861",
            "Haloperidol",
            "2010-07-28",
            136,
            38,
            2,
            "96f65cb4269e",
        ),
    ],
)
def test_real_labels(
    shared: Path,
    name: str,
    key: str,
    title: str,
    published: str,
    blocks: int,
    headings: int,
    images: int,
    hash_: str,
) -> None:
    path = shared / "corpora" / "openfda-spl" / name
    (document,) = READERS["spl"](RawFile.from_bytes(name, path.read_bytes()), {})
    check_document(document)
    kinds = [block.kind for block in document.blocks]
    assert (document.key, document.title, document.published) == (key, title, published)
    assert (len(kinds), kinds.count("heading"), document.notes["images_dropped"]) == (
        blocks,
        headings,
        images,
    )
    assert digest(document) == hash_


@pytest.mark.shared
@pytest.mark.parametrize(
    "name", ["cough.xml", "humira.xml", "lipitor-orig.xml", "lipitor-repack.xml", "no-title.xml"]
)
def test_no_letter_of_a_real_label_is_lost(shared: Path, name: str) -> None:
    data = (shared / "corpora" / "openfda-spl" / name).read_bytes()
    written = Counter[str]()
    for section in ElementTree.fromstring(data).iter(f"{{{NAMESPACE}}}section"):
        for child in section:
            if child.tag.rpartition("}")[2] in ("title", "text", "excerpt"):
                written += letters("".join(child.itertext()))
    assert not written - letters(read_one("spl", data).text)


def letters(text: str) -> Counter[str]:
    return Counter(letter for letter in unicodedata.normalize("NFKC", text) if letter.isalnum())


def test_generated_labels_are_read_and_are_the_same_every_time() -> None:
    first, second = (list(generate(3, seed=7)) for _ in range(2))
    assert first == second
    for set_id, xml in first:
        document = read_one("spl", xml)
        assert (document.key, sum(block.kind == "heading" for block in document.blocks)) == (set_id, 8)
        assert "34073-7" in {block.code for block in document.blocks}
