"""Pairs of NDF-RT with their two names told apart, and the codes of the mapping."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from medrag.errors import DocumentRefused, UsageError
from medrag_ingest.parsed import ParsedDocument
from medrag_ingest.raw import RawFile
from medrag_ingest.readers import READERS
from tests.ingest.readers.laws import check_document

CODES = (
    "rxcui;nui;drugname\n"
    "11;N0000000001;ZORBAFARIN\n"
    "12;N0000000002;Zorbapril [Chemical/Ingredient]\n"
    "13;N0000000003;ZORBAPRIL 10MG TAB [VA Product]\n"
    "14;N0000000004;Tablet [Dose Form]\n"
)
PAIRS = (
    "nui\tlabel\tdrug1_nui\tdrug2_nui\tseverity\n"
    "N0000001000\tWORT (ST. X/Y)/ZORBAFARIN\tN0000000001\tN0000000009\tCritical\n"
    "N0000001001\tPLAIN\u2019S/WORT (ST. X/Y)\tN0000000009\tN0000000008\tSignificant\n"
)


def read(pairs: str = PAIRS, codes: str = CODES) -> list[ParsedDocument]:
    files = [RawFile.from_bytes("pairs.tsv", pairs.encode()), RawFile.from_bytes("codes.csv", codes.encode())]
    documents = list(READERS["ndfrt"].load_together()(files, {}))
    for document in documents:
        check_document(document)
    return documents


def test_a_label_is_divided_by_the_name_that_is_known_first_from_the_codes_then_from_other_pairs() -> None:
    (pairs, _) = read()
    told = {(claim.subject, claim.object, claim.native_level, claim.severity) for claim in pairs.assertions}
    assert told == {
        ("ZORBAFARIN", "WORT (ST. X/Y)", "Critical", "major"),
        ("WORT (ST. X/Y)", "PLAIN\u2019S", "Significant", "moderate"),
    }


def test_a_pair_stands_on_its_row() -> None:
    (pairs, _) = read()
    for claim in pairs.assertions:
        ((role, span),) = claim.evidence
        assert role == "row"
        assert claim.subject in span.of(pairs.text)
        assert claim.object in span.of(pairs.text)
        assert claim.native_level in span.of(pairs.text)


def test_substances_have_codes_and_products_and_forms_are_left_out() -> None:
    (pairs, names) = read()
    assert [(name.text, dict(name.codes)) for name in names.names] == [
        ("ZORBAFARIN", {"ndfrt": "N0000000001", "rxnorm": "11"}),
        ("Zorbapril", {"ndfrt": "N0000000002", "rxnorm": "12"}),
    ]
    assert not names.searchable
    assert ("WORT (ST. X/Y)", {"ndfrt": "N0000000009"}) in [(n.text, dict(n.codes)) for n in pairs.names]


@pytest.mark.parametrize(
    ("pairs", "match"),
    [
        (PAIRS.replace("Critical", "Grave"), "level not known"),
        (PAIRS.replace("ZORBAFARIN", "OTHER"), "cannot be divided"),
        (PAIRS.replace("\tCritical", ""), "5 columns"),
        (PAIRS.replace("label", "lable"), "columns"),
    ],
)
def test_what_is_not_as_announced_is_refused_with_its_line(pairs: str, match: str) -> None:
    with pytest.raises(DocumentRefused, match=match) as caught:
        read(pairs)
    assert caught.value.place.line is not None


def test_both_files_are_needed() -> None:
    with pytest.raises(UsageError, match="mapping"):
        list(READERS["ndfrt"].load_together()([RawFile.from_bytes("pairs.tsv", PAIRS.encode())], {}))


@pytest.mark.shared
def test_the_whole_source(shared: Path) -> None:
    folder = shared / "corpora" / "ndfrt"
    names = ("ndfrt_va_interactions.tsv", "NDFRT_RxNorm_mappings.csv")
    files = [RawFile.from_bytes(name, (folder / name).read_bytes()) for name in names]
    documents = list(READERS["ndfrt"].load_together()(files, {}))
    levels = Counter(claim.native_level for document in documents for claim in document.assertions)
    assert levels == {"Critical": 1719, "Significant": 3546}
    ends = {
        end
        for document in documents
        for claim in document.assertions
        for end in (claim.subject, claim.object)
    }
    assert {"WARFARIN", "MEASLES/MUMPS/RUBELLA VIRUS VACCINE,LIVE", "ALUMINUM/MAGNESIUM HYDROXIDE"} <= ends
