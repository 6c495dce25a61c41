"""What a label's sentence states of two drugs, what it denies, and the many sentences that name a drug and state neither."""

from __future__ import annotations

import pytest
from label_texts import CONTRAINDICATIONS, DOSAGE, INTERACTIONS, WARNINGS, write_label

from medrag.records import Document
from medrag.text.normalise import fold_name
from medrag_graph.concepts import name_concepts
from medrag_graph.join import join_things
from medrag_graph.labels import given_drugs, read_document
from medrag_graph.labels.names import Book, open_book
from medrag_graph.labels.statements import Statement
from medrag_graph.links import enzyme_links, merge_links
from medrag_graph.model import Link
from medrag_graph.things import read_things
from tests.graph.small_sources import open_catalogue

#: Membership the tests need and no table of ours states.
MEMBERS = (
    ("lisinopril", "angiotensin-converting enzyme inhibitors"),
    ("hydrochlorothiazide", "thiazide diuretics"),
    ("hydrochlorothiazide", "diuretics"),
)
Told = set[tuple[str, str, bool, str]]


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    """Our tables alone: the names of drugs, classes, foods and diseases."""
    catalogue = open_catalogue(tmp_path_factory.mktemp("tables"))
    things = read_things(catalogue, [])
    join = join_things(things)
    named = name_concepts(join)
    ids = {name: held[0] for name, held in named.names.items()}
    links = [Link("member_of", ids[drug], ids[fold_name(group)], "small@1") for drug, group in MEMBERS]
    links = list(merge_links([*links, *enzyme_links(named)]))
    return open_book(things, join, named, links, given_drugs(things, join, named, links, ()))


@pytest.fixture(scope="module")
def names(book: Book, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    named = name_concepts(join_things(read_things(open_catalogue(tmp_path_factory.mktemp("named")), [])))
    return {concept.id: concept.name for concept in named.concepts}


def read(label: Document, book: Book) -> tuple[list[Statement], list[Statement]]:
    pairs: list[tuple[str, Statement]] = []
    states: list[tuple[str, Statement]] = []
    assert read_document(label, book, pairs, states)
    return [item for _, item in pairs], [item for _, item in states]


def told(
    sentence: str, book: Book, names: dict[str, str], section: str = INTERACTIONS, title: str = ""
) -> Told:
    """(subject, object, denied, severity) of one sentence of a lisinopril label."""
    label = write_label(title or "ZORBIL (lisinopril)", (section, [("paragraph", sentence)]))
    pairs, _ = read(label, book)
    for item in pairs:
        assert item.line.span.of(label.text) == item.line.text
    return {(names[item.subject], names[item.object], item.denied, item.severity) for item in pairs}


def objects(found: Told) -> set[str]:
    return {item for _, item, _, _ in found}


def test_a_sentence_that_names_another_drug_states_an_interaction_without_grade(
    book: Book, names: dict[str, str]
) -> None:
    found = told("Zorbil given with lithium may raise lithium levels.", book, names)
    assert {(pair[0], pair[2], pair[3]) for pair in found} == {("lisinopril", False, "unknown")}
    assert {item.split()[0] for item in objects(found)} == {"lithium"}


def test_only_the_section_on_contraindications_contraindicates(book: Book, names: dict[str, str]) -> None:
    sentence = "Zorbil is contraindicated in patients taking aliskiren."
    assert told(sentence, book, names, CONTRAINDICATIONS) == {
        ("lisinopril", "aliskiren", False, "contraindicated")
    }
    assert told(sentence, book, names, WARNINGS) == {("lisinopril", "aliskiren", False, "unknown")}


def test_a_list_under_the_words_that_introduce_it(book: Book, names: dict[str, str]) -> None:
    parts = [
        ("heading", "4 CONTRAINDICATIONS"),
        ("paragraph", "Zorbil is contraindicated in patients who take:"),
        ("list_item", "aliskiren"),
        ("list_item", "strong CYP3A4 inhibitors (such as ketoconazole and itraconazole)"),
    ]
    label = write_label("ZORBIL (lisinopril)", (CONTRAINDICATIONS, parts))
    pairs, _ = read(label, book)
    assert {(names[item.object], item.severity) for item in pairs} == {
        ("aliskiren", "contraindicated"),
        ("strong inhibitors of CYP3A4", "contraindicated"),
        ("ketoconazole", "contraindicated"),
        ("itraconazole", "contraindicated"),
    }
    (introduced,) = {item.line.introduction for item in pairs}
    assert introduced is not None and introduced.of(label.text).endswith("patients who take:")


def test_the_condition_stays_with_the_assertion(book: Book) -> None:
    sentence = "Do not co-administer aliskiren with Zorbil in patients with diabetes (see WARNINGS)."
    label = write_label("ZORBIL (lisinopril)", (CONTRAINDICATIONS, [("paragraph", sentence)]))
    pairs, states = read(label, book)
    assert [item.condition for item in pairs] == ["in patients with diabetes"]
    # The disease narrows the interaction; it is not itself forbidden.
    assert states == []


@pytest.mark.parametrize(
    "sentence",
    [
        "No clinically significant interaction was seen when Zorbil was given with digoxin.",
        "Zorbil did not affect the pharmacokinetics of digoxin.",
        "The pharmacokinetics of Zorbil were unaffected by digoxin.",
        "No dose adjustment of Zorbil is necessary when it is given with digoxin.",
        "Zorbil has been used safely with digoxin.",
        "Giving Zorbil with digoxin did not result in a relevant interaction.",
    ],
)
def test_a_denial_is_a_denial(book: Book, names: dict[str, str], sentence: str) -> None:
    assert told(sentence, book, names) == {("lisinopril", "digoxin", True, "unknown")}


@pytest.mark.parametrize(
    "sentence",
    [
        "Zorbil did not change digoxin levels, but bleeding increased.",
        "Zorbil has no effect on digoxin levels, but use with digoxin should be avoided.",
        "Zorbil with digoxin led to either no change or an increase in digoxin levels.",
    ],
)
def test_a_denial_does_not_reach_beyond_its_clause(book: Book, names: dict[str, str], sentence: str) -> None:
    assert told(sentence, book, names) == {("lisinopril", "digoxin", False, "unknown")}


@pytest.mark.parametrize(
    "sentence",
    [
        "In rats, Zorbil with digoxin increased mortality.",
        "In vitro, Zorbil increased the uptake of digoxin.",
        "Zorbil tablets contain digoxin as an excipient that may increase toxicity.",
        "The interaction of Zorbil with digoxin has not been studied.",
        "Hypotension should be treated with norepinephrine.",
        "Unlike digoxin, Zorbil lowers blood pressure.",
        "Zorbil may cause fewer adverse effects than digoxin.",
        "Patients with a history of digoxin intoxication have an increased risk.",
        "Zorbil may affect other ACE inhibitors.",
        "Zorbil may increase potassium, glucose and urea.",
        "Digoxin.",
        "Zorbil is added to the bag of sodium chloride and diluted.",
        "Patients allergic to penicillin may have an increased risk of angioedema.",
    ],
)
def test_naming_a_drug_is_not_stating_an_interaction(
    book: Book, names: dict[str, str], sentence: str
) -> None:
    assert told(sentence, book, names) == set()


@pytest.mark.parametrize("section", [WARNINGS, DOSAGE])
def test_outside_the_interaction_section_the_drugs_must_be_taken_together(
    book: Book, names: dict[str, str], section: str
) -> None:
    assert told("The risk of hypotension is high after digoxin.", book, names, section) == set()
    found = told("The risk of hypotension is higher in patients receiving digoxin.", book, names, section)
    assert objects(found) == {"digoxin"}


def test_a_class_that_says_what_a_drug_is_is_not_meant(book: Book, names: dict[str, str]) -> None:
    found = told("Ketoconazole, a CYP3A4 inhibitor, increases the levels of Zorbil.", book, names)
    assert objects(found) == {"ketoconazole"}
    found = told("Zorbil may reduce the anticoagulant effect of warfarin.", book, names)
    assert objects(found) == {"warfarin"}


def test_of_do_not_give_a_with_b_the_other_side_is_meant(book: Book, names: dict[str, str]) -> None:
    sentence = "Do not use aliskiren with digoxin, ACE inhibitors, including Zorbil."
    assert objects(told(sentence, book, names)) == {"aliskiren"}


def test_a_heading_names_the_drug_of_the_line_below(book: Book, names: dict[str, str]) -> None:
    parts = [
        ("heading", "7.1 Lithium"),
        ("paragraph", "Zorbil may raise serum levels. Store in a cool place."),
    ]
    label = write_label("ZORBIL (lisinopril)", (INTERACTIONS, parts))
    pairs, _ = read(label, book)
    assert [(names[item.object].split()[0], item.by_heading) for item in pairs] == [("lithium", True)]
    alone = write_label("ZORBIL (lisinopril)", (INTERACTIONS, [("heading", "7.1 Lithium")]))
    assert read(alone, book) == ([], [])


def test_a_label_of_two_drugs_says_which_is_meant(book: Book, names: dict[str, str]) -> None:
    title = "ZORBIDE (lisinopril and hydrochlorothiazide)"
    found = told("Lithium generally should not be given with thiazide diuretics.", book, names, title=title)
    assert {subject for subject, *_ in found} == {"hydrochlorothiazide"}
    # No product of these two is in the tables, and the line says not which of them it means.
    assert told("Zorbide may increase the levels of digoxin.", book, names, title=title) == set()


def test_a_brand_is_no_brand_in_small_letters(book: Book, names: dict[str, str]) -> None:
    assert told("Take with milk, corn or iron, more or less; levels may increase.", book, names) == set()


def test_a_label_that_names_no_drug_is_told_of(book: Book) -> None:
    label = write_label("Drug label 1234", (INTERACTIONS, [("paragraph", "It may increase digoxin levels.")]))
    pairs: list[tuple[str, Statement]] = []
    assert not read_document(label, book, pairs, [])
    assert pairs == []


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Zorbil is contraindicated in patients with asthma.", {("asthma", "")}),
        ("Zorbil is contraindicated in severe bradycardia.", {("bradycardia", "severe bradycardia")}),
        ("Zorbil is contraindicated in patients with known hypersensitivity to it.", set()),
        ("Zorbil is contraindicated in asthma because it may cause hyperkalemia.", {("asthma", "")}),
        ("Zorbil is contraindicated in patients without asthma.", set()),
        ("Zorbil should be used with caution in patients with asthma.", set()),
        ("If hypotension does occur, place the patient in the supine position.", set()),
    ],
)
def test_diseases_that_forbid_the_drug(
    book: Book, names: dict[str, str], text: str, wanted: set[tuple[str, str]]
) -> None:
    label = write_label("ZORBIL (lisinopril)", (CONTRAINDICATIONS, [("paragraph", text)]))
    _, states = read(label, book)
    assert {(names[item.object], item.condition) for item in states} == wanted
    assert all(item.severity == "contraindicated" for item in states)


def test_two_conditions_that_count_together_are_told_together(book: Book, names: dict[str, str]) -> None:
    text = "Patients with atrial fibrillation and an accessory bypass tract"
    label = write_label("ZORBIL (lisinopril)", (CONTRAINDICATIONS, [("list_item", text)]))
    _, states = read(label, book)
    assert [(names[item.object], item.condition) for item in states] == [("atrial fibrillation", text)]
