"""MedQuAD: answers with the structure their white space kept, in each of the collection's layouts."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from medrag.errors import DocumentRefused
from medrag_ingest.parsed import ParsedDocument
from medrag_ingest.raw import RawFile
from medrag_ingest.readers.medquad import read_medquad
from tests.ingest.readers.laws import check_document, outline
from tests.ingest.readers.packaged import golden, tar_members

NOW = """<?xml version="1.0" encoding="UTF-8"?>
<Document id="1" source="NINDS" url="http://example.org/a"><Focus>Alpha  disease</Focus>
<FocusAnnotations><UMLS><CUIs><CUI>C0000001</CUI>{more}</CUIs><SemanticGroup>Disorders</SemanticGroup></UMLS>
<Synonyms><Synonym>Alphitis</Synonym></Synonyms></FocusAnnotations>
<QAPairs><QAPair pid="1"><Question qid="1" qtype="x">What is  it ?</Question><Answer>{answer}</Answer></QAPair>
<QAPair pid="2"><Question qid="2" qtype="x">Who has it ?</Question><Answer> </Answer></QAPair></QAPairs></Document>"""
OLD = """<doc docid="1" corpus="NINDS" url="u"><doctitle-focus>Beta</doctitle-focus><umls><cui></cui></umls><qaPairs>
<pair pid="1"><question qid="1" qtype="x">what ?</question><answer>So.</answer></pair></qaPairs></doc>"""
GOLDEN = [
    ("1_CancerGov_QA/0000001_1.xml", "d63e4cfdb38e"),
    ("1_CancerGov_QA/0000003_3.xml", "a33a02a48080"),
    ("9_CDC_QA/0000440.xml", "1d87defe1920"),
]


def read(data: str, member: str = "6_NINDS_QA/1.xml") -> list[ParsedDocument]:
    documents = list(read_medquad(RawFile.from_bytes("medquad.tar.gz", data.encode(), member=member), {}))
    for document in documents:
        check_document(document)
    return documents


def test_white_space_is_turned_back_into_paragraphs_and_items() -> None:
    answer = "One  run.   Two:       -  first    - second\n line        After.\n\n   Last &lt; 5 mg."
    (document,) = read(NOW.format(answer=answer, more=""))
    assert [item[:2] for item in outline(document)] == [
        ("heading", "What is it ?"),
        ("paragraph", "One run."),
        ("paragraph", "Two:"),
        ("list_item", "- first"),
        ("list_item", "- second"),
        ("paragraph", "line"),
        ("paragraph", "After."),
        ("paragraph", "Last < 5 mg."),
    ]
    assert outline(document)[3][2][-1] == "Two:"
    assert (document.key, document.title, document.url) == (
        "6_NINDS_QA/1.xml",
        "Alpha disease",
        "http://example.org/a",
    )
    assert document.publisher == "National Institute of Neurological Disorders and Stroke"
    assert document.notes == {"answers": 1, "answers_empty": 1}
    assert document.segments[1].locator == "substring(/Document/QAPairs/QAPair[1]/Answer, 1, 9)"


def test_names_only_where_one_concept_is_given() -> None:
    (one,) = read(NOW.format(answer="So.", more=""))
    assert [(name.concept, name.kind, name.text, name.form) for name in one.names] == [
        ("umls:C0000001", "disease", "Alpha disease", "preferred"),
        ("umls:C0000001", "disease", "Alphitis", "synonym"),
    ]
    (two,) = read(NOW.format(answer="So.", more="<CUI>C0000002</CUI>"))
    assert two.names == ()
    assert two.notes["focus_of_several_concepts"] == 1


def test_the_old_layout_is_read_and_counted() -> None:
    (document,) = read(OLD)
    assert (document.title, document.notes) == ("Beta", {"answers": 1, "answers_in_old_layout": 1})


def test_a_file_without_answers_gives_no_document() -> None:
    assert read(NOW.format(answer="", more="")) == []


def test_letters_the_scrape_dropped_are_counted() -> None:
    (document,) = read(NOW.format(answer="Espaol\n\nWords.", more=""))
    assert document.lost_characters == 1


@pytest.mark.parametrize(
    "data",
    [
        "<Other/>",
        "<Document",
        "",
        '<!DOCTYPE Document [<!ENTITY a "b">]><Document>&a;</Document>',
        '<!DOCTYPE Document SYSTEM "http://example.org/x.dtd"><Document/>',
        "<Document><QAPairs><QAPair><Question>Q</Question></QAPair></QAPairs></Document>",
        "<Document><QAPairs><QAPair><Question>Q</Question><Answer>a<b/>c</Answer></QAPair></QAPairs></Document>",
        "<Document><QAPairs><QAPair><Question> </Question><Answer>a</Answer></QAPair></QAPairs></Document>",
    ],
)
def test_other_shapes_and_doctypes_are_refused(data: str) -> None:
    with pytest.raises(DocumentRefused, match=r"medquad\.tar\.gz!6_NINDS_QA/1\.xml"):
        read(data)


@pytest.mark.shared
def test_the_whole_collection(shared: Path) -> None:
    """16,407 answers as its authors count, and 16 in the four files of the old layout."""
    files, total, documents = 0, Counter[str](), []
    for raw in tar_members(shared / "corpora" / "medquad" / "medquad.tar.gz", ".xml"):
        files += 1
        for document in read_medquad(raw, {}):
            check_document(document)
            total.update(document.notes)
            documents.append(document)
    assert (files, len(documents)) == (11274, 5490)
    assert total["answers"] - total["answers_in_old_layout"] == 16407
    assert total["answers_in_old_layout"] == 16
    assert len({document.key for document in documents}) == 5490
    assert golden(documents) == GOLDEN
