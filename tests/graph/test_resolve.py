"""What people type is resolved exactly or offered; a typing error is never used."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from medrag_graph.build import build_graph
from medrag_graph.common_words import COMMON_WORDS
from medrag_graph.lookalikes import load_lookalikes
from medrag_graph.nearness import edits
from medrag_graph.resolve import MAX_INPUT, Resolution, resolve, resolve_condition
from medrag_graph.stores import MemoryGraph
from tests.graph.small_sources import Entry, Source, open_catalogue, write_sources

LIST = Source(
    "list",
    (
        Entry.of(
            "drugbank:DB00682", "Warfarin", "coumadin", "zoocoumarin", rxnorm="11289", unii="5Q7ZVV76EI"
        ),
        Entry.of("drugbank:DB01050", "Ibuprofen", "advil"),
        Entry.of("drugbank:DB00440", "Trimethoprim"),
        Entry.of("drugbank:DB01015", "Sulfamethoxazole"),
        Entry.of("drug_dictionary:tmp/smx", "Trimethoprim/sulfamethoxazole", "bactrim"),
        Entry.of("drugbank:DB00557", "Hydroxyzine"),
        Entry.of("drugbank:DB01275", "Hydralazine"),
        Entry.of("drugbank:DB90010", "Chlorpromazine"),
        Entry.of("drugbank:DB90011", "Promethazine"),
        Entry.of("drugbank:DB09145", "Water"),
        Entry.of("ndfrt:N3", "POTASSIUM CHLORIDE"),
        Entry.of("ndfrt:N4", "WARFARIN SODIUM"),
        Entry.of("drugbank:DB90012", "Zorbanol", "twinbrand"),
        Entry.of("drugbank:DB90013", "Zorbatol", "twinbrand"),
    ),
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> MemoryGraph:
    catalogue = open_catalogue(tmp_path_factory.mktemp("names"))
    data = build_graph(catalogue, write_sources(catalogue, [LIST]), "s_names")
    catalogue.close()
    return MemoryGraph(data)


def name_of(found: Resolution) -> str:
    assert found.status == "resolved", found
    assert found.concept is not None
    return found.concept.name


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("warfarin", "warfarin"),
        ("WARFARIN", "warfarin"),
        ("Coumadin", "warfarin"),
        ("Warfarin Sodium 5 mg tab", "warfarin"),
        ("sodium, warfarin", "warfarin"),
        ("warfarine", "warfarin"),
        ("华法林", "warfarin"),
        ("華法林", "warfarin"),
        ("华法林钠片", "warfarin"),
        ("阿司匹林肠溶片100mg", "acetylsalicylic acid"),
        ("阿斯匹靈", "acetylsalicylic acid"),
        ("acide acétylsalicylique", "acetylsalicylic acid"),
        ("acid, acetylsalicylic", "acetylsalicylic acid"),
        ("ciclosporine", "ciclosporin"),
        ("阿哌沙班", "apixaban"),
        ("恩格列净", "empagliflozin"),
        ("司美格鲁肽", "semaglutide"),
        ("奥希替尼", "osimertinib"),
        ("potassium chloride 10 mEq", "potassium chloride"),
        ("grapefruit juice", "grapefruit"),
        ("rxnorm:11289", "warfarin"),
    ],
)
def test_names_resolve(store: MemoryGraph, typed: str, name: str) -> None:
    assert name_of(resolve(store, typed)) == name


@pytest.mark.parametrize(
    "typed",
    [
        "Bactrim DS",
        "sulfamethoxazole/trimethoprim 800/160",
        "Sulfamethoxazole and trimethoprim",
        "co-trimoxazole",
    ],
)
def test_a_combination_comes_with_its_ingredients(store: MemoryGraph, typed: str) -> None:
    found = resolve(store, typed)
    assert {part.name for part in found.ingredients} == {"sulfamethoxazole", "trimethoprim"}
    assert found.concept == resolve(store, "bactrim").concept


def test_a_combination_nobody_sells_still_has_its_parts(store: MemoryGraph) -> None:
    found = resolve(store, "warfarin + ibuprofen")
    assert found.status == "resolved"
    assert {part.name for part in found.ingredients} == {"ibuprofen", "warfarin"}
    assert resolve(store, "ibuprofen and warfarin").ingredients == found.ingredients


def test_half_a_combination_is_not_used(store: MemoryGraph) -> None:
    assert resolve(store, "warfarin + zzzumab").status == "unresolved"


@pytest.mark.parametrize(
    "code",
    [
        {"code": "11289", "system": "http://www.nlm.nih.gov/research/umls/rxnorm"},
        {"code": "db00682", "system": "DrugBank"},
        {"code": "5Q7ZVV76EI", "system": "http://fdasis.nlm.nih.gov"},
        {"code": "B01AA03", "system": "http://www.whocc.no/atc"},
    ],
)
def test_codes_resolve(store: MemoryGraph, code: Mapping[str, str]) -> None:
    assert name_of(resolve(store, code)) == "warfarin"


def test_an_unknown_code_is_unresolved(store: MemoryGraph) -> None:
    assert resolve(store, {"code": "1", "system": "rxnorm"}).status == "unresolved"
    assert resolve(store, {}).status == "unresolved"


@pytest.mark.parametrize("typed", ["warfrin", "warfarni", "wafarin", "warfaryn", "华法淋"])
def test_a_typing_error_is_offered_and_not_used(store: MemoryGraph, typed: str) -> None:
    found = resolve(store, typed)
    assert found.status == "unresolved"
    assert found.concept is None
    assert "warfarin" in [candidate.name for candidate in found.candidates]


@pytest.mark.parametrize(
    ("typed", "both"),
    [("hydralizine", {"hydralazine", "hydroxyzine"}), ("氯丙秦", {"chlorpromazine", "promethazine"})],
)
def test_look_alikes_are_offered_together(store: MemoryGraph, typed: str, both: set[str]) -> None:
    found = resolve(store, typed)
    assert found.status == "unresolved"
    assert both <= {candidate.name for candidate in found.candidates}


def test_a_name_of_two_drugs_is_ambiguous(store: MemoryGraph) -> None:
    found = resolve(store, "Twinbrand 5 mg")
    assert found.status == "ambiguous"
    assert {candidate.name for candidate in found.candidates} == {"Zorbanol", "Zorbatol"}


def test_an_everyday_word_is_offered_and_not_used(store: MemoryGraph) -> None:
    found = resolve(store, "water")
    assert (found.status, found.concept) == ("ambiguous", None)
    assert [candidate.name for candidate in found.candidates] == ["Water"]


@pytest.mark.parametrize(
    "typed", ["", "   ", "。。", "\u200b", "≈", "5 mg", "+", "/", "x" * 10_240, "zzzumab"]
)
def test_what_is_no_name_is_unresolved_with_a_reason(store: MemoryGraph, typed: str) -> None:
    found = resolve(store, typed)
    assert (found.status, found.concept) == ("unresolved", None)
    assert found.how
    assert len(found.input) <= MAX_INPUT


def test_the_limit_holds(store: MemoryGraph) -> None:
    assert len(resolve(store, "hydralizine", limit=2).candidates) <= 2


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("CKD", "chronic kidney disease"),
        ("慢性肾病", "chronic kidney disease"),
        ("asthme", "asthma"),
        ("哮喘", "asthma"),
        ("pregnancy", "pregnancy"),
        ("妊娠", "pregnancy"),
    ],
)
def test_conditions_resolve(store: MemoryGraph, typed: str, name: str) -> None:
    assert name_of(resolve_condition(store, typed)) == name


def test_a_drug_is_no_condition_and_a_condition_no_drug(store: MemoryGraph) -> None:
    assert resolve_condition(store, "warfarin").status == "unresolved"
    assert resolve(store, "asthma").status == "unresolved"


DRESSED = st.sampled_from(
    ["{}", "{} 5 mg", "{} 10mg tablets", " {}  ", "{} XR", "{} sodium", "{}®", "{} (brand)", "{} 0.5 g cap"]
)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["warfarin", "coumadin", "ibuprofen", "hydroxyzine", "bactrim"]), DRESSED, st.booleans()
)
def test_dress_never_changes_the_drug(store: MemoryGraph, name: str, dress: str, upper: bool) -> None:
    typed = dress.format(name.upper() if upper else name)
    assert resolve(store, typed).concept == resolve(store, name).concept


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["warfarin", "ibuprofen", "hydroxyzine", "hydralazine", "trimethoprim"]), st.data())
def test_no_single_edit_is_ever_resolved(store: MemoryGraph, name: str, data: st.DataObject) -> None:
    typed = data.draw(st.sampled_from(edits(name)))
    # A French ending, and a dropped or added end that is a name itself, are other names of the drug.
    assume(not store.named([typed]) and typed not in (f"{name}e", f"{name} "))
    assert resolve(store, typed).status == "unresolved"


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=80))
def test_nothing_typed_breaks_it(store: MemoryGraph, text: str) -> None:
    found = resolve(store, text)
    assert (found.concept is not None) == (found.status == "resolved")
    assert len(found.candidates) <= 5


def test_the_tables_are_folded_and_symmetric() -> None:
    pairs = load_lookalikes()
    assert all(name in pairs[other] for name, others in pairs.items() for other in others)
    assert all(word == word.casefold() for word in COMMON_WORDS)
    assert {"hydroxyzine", "氯丙嗪"} <= set(pairs)
