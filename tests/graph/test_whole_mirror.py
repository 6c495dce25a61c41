"""The graph of everything in the mirror: how much of each source joins, and names a pharmacist would type."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from whole_mirror import Whole

from medrag_graph.graph_file import read_graph, write_graph
from medrag_graph.report import SourceJoin
from medrag_graph.resolve import resolve, resolve_condition

pytestmark = [pytest.mark.shared, pytest.mark.slow]


def of(held: tuple[SourceJoin, ...], edition: str, kind: str) -> SourceJoin:
    return next(item for item in held if item.edition.startswith(edition) and item.kind == kind)


def test_the_sources_reach_english_names(whole: Whole) -> None:
    assert of(whole.report.sources, "ansm", "drug").share >= 0.95
    assert of(whole.report.named_in_claims, "ansm", "drug").share >= 0.99
    assert of(whole.report.named_in_claims, "ndfrt", "drug").share >= 0.90
    assert of(whole.report.sources, "zh-names", "drug").share >= 0.99


def test_every_stated_pair_is_a_claim_or_is_told_of(whole: Whole) -> None:
    claims = [claim for claim in whole.data.claims if claim.edition.startswith("ndfrt")]
    assert sum(len(claim.evidence) for claim in claims) == 5265
    assert len(whole.report.dangling) <= 14
    mirrored = [
        c
        for c in whole.data.claims
        if c.edition.startswith("ansm") and len({e.document for e in c.evidence}) == 2
    ]
    assert len(mirrored) >= 1600


def test_every_class_that_ansm_speaks_of_has_members(whole: Whole) -> None:
    filled = {link.target for link in whole.data.links if link.kind == "member_of"}
    ends = {end for c in whole.data.claims if c.edition.startswith("ansm") for end in (c.subject, c.object)}
    empty = [c.name for c in whole.data.concepts if c.id in ends and c.kind == "class" and c.id not in filled]
    assert empty == []


def test_the_sources_agree_more_than_by_chance(whole: Whole) -> None:
    (told,) = (
        item
        for item in whole.report.agreement
        if item.one.startswith("ansm") and item.other.startswith("ndfrt")
    )
    assert told.drugs > 400
    assert told.listed_kappa is not None
    assert told.listed_kappa > 0.1
    assert sum(map(sum, told.levels)) == told.graded_by_both <= told.named_by_both
    assert told.level_kappa is not None and told.level_kappa_greatest is not None
    assert told.level_kappa <= told.level_kappa_greatest


def test_the_report_is_told_in_words_and_json(whole: Whole) -> None:
    assert "kappa" in whole.report.as_text()
    assert whole.report.as_json()["sources"][0]["share"] <= 1.0


def test_the_cache_holds_the_whole(whole: Whole, tmp_path: Path) -> None:
    write_graph(tmp_path / "a.graph", "key", whole.data)
    assert read_graph(tmp_path / "a.graph", "key", whole.data.snapshot) == whole.data


def test_ids_are_unique_and_every_end_is_held(whole: Whole) -> None:
    ids = {concept.id for concept in whole.data.concepts}
    assert len(ids) == len(whole.data.concepts)
    ends = {end for claim in whole.data.claims for end in (claim.subject, claim.object, *claim.excepted)}
    ends |= {end for link in whole.data.links for end in (link.source, link.target)}
    assert ends <= ids
    assert {item for held in whole.data.names.values() for item in held} <= ids


@pytest.mark.parametrize(
    ("names", "identifier"),
    [
        (("warfarin", "Coumadin", "Coumadine 5 mg", "华法林钠片", "warfarine"), "rxnorm:11289"),
        (("aspirin", "阿司匹林肠溶片100mg", "acide acétylsalicylique", "ASA 81 mg EC tab"), "rxnorm:1191"),
        (("ibuprofen", "Advil", "Motrin", "布洛芬缓释胶囊", "ibuprofène 400 mg comprimé"), "rxnorm:5640"),
        (("acetaminophen", "Tylenol", "paracetamol", "对乙酰氨基酚片", "paracétamol"), "rxnorm:161"),
        (("simvastatin", "Zocor 20mg", "辛伐他汀", "simvastatine"), "rxnorm:36567"),
        (("clarithromycin", "Biaxin", "克拉霉素", "clarithromycine"), "rxnorm:21212"),
        (("cyclosporine", "ciclosporin", "Neoral", "环孢素", "ciclosporine"), "rxnorm:3008"),
        (("metformin", "Glucophage XR 500 mg", "盐酸二甲双胍缓释片0.5g", "metformine"), "rxnorm:6809"),
        (("alcohol", "ethanol", "alcool", "酒精"), "rxnorm:448"),
    ],
)
def test_every_form_of_a_name_is_one_concept(whole: Whole, names: tuple[str, ...], identifier: str) -> None:
    store = whole.store
    found = {name: resolve(store, name) for name in names}
    assert {
        name: item.concept.id if item.concept else item.status for name, item in found.items()
    } == dict.fromkeys(names, identifier)


@pytest.mark.parametrize(
    "name", ["Bactrim DS", "co-trimoxazole", "trimethoprim/sulfamethoxazole", "复方磺胺甲噁唑片"]
)
def test_a_combination_has_both_ingredients(whole: Whole, name: str) -> None:
    parts = {part.name for part in resolve(whole.store, name).ingredients}
    assert parts == {"sulfamethoxazole", "trimethoprim"}


def test_diseases_resolve_with_codes(whole: Whole) -> None:
    store = whole.store
    found = resolve_condition(store, "慢性肾病").concept
    assert found is not None
    assert found.codes["doid"] == "DOID:784"
    assert {"icd10", "mesh", "umls"} <= set(found.codes)


def test_what_the_interaction_sources_leave_out_is_told(whole: Whole) -> None:
    """A French list of 2020 has no lovastatin among the statins and no vericiguat: nothing is added, and it is said."""
    told = {item.name: item for item in whole.report.unlisted if item.edition.startswith("ansm")}
    assert "lovastatin" in told["statins"].absent
    assert "nortriptyline" in told["tricyclic antidepressants"].absent
    assert "vericiguat" in whole.report.unspoken
    assert "warfarin" not in whole.report.unspoken
    assert f"count more drugs in: {len(whole.report.unlisted)}" in whole.report.as_text()


def label_pairs(whole: Whole, severity: str, predicate: str = "interacts_with") -> set[tuple[str, str]]:
    """Names of the ends of what labels state, both ways round."""
    names = {concept.id: concept.name for concept in whole.data.concepts}
    held = [c for c in whole.data.claims if c.native_scale == "label_section" and c.severity == severity]
    told = {(names[c.subject], names[c.object]) for c in held if c.predicate == predicate}
    return told | {(other, one) for one, other in told}


def test_labels_state_interactions(whole: Whole) -> None:
    """The floors are counts of a reading whose sample was read by eye; a change of them is a change to look at."""
    counts = Counter(c.predicate for c in whole.data.claims if c.native_scale == "label_section")
    assert counts["interacts_with"] >= 1200
    assert counts["no_interaction_with"] >= 300
    assert counts["contraindicated_in"] >= 250


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("eplerenone", "strong inhibitors of CYP3A4"),
        ("eplerenone", "clarithromycin"),
        ("lisinopril", "aliskiren"),
        ("valsartan", "aliskiren"),
        ("sildenafil", "nitrates"),
        ("tadalafil", "nitrates"),
        ("bosentan", "ciclosporin"),
        ("dronedarone", "ketoconazole"),
    ],
)
def test_labels_contraindicate(whole: Whole, one: str, other: str) -> None:
    assert (one, other) in label_pairs(whole, "contraindicated")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("amiodarone", "warfarin"),
        ("verapamil", "simvastatin"),
        ("amlodipine", "simvastatin"),
        ("digoxin", "quinidine"),
        ("clopidogrel", "omeprazole"),
        ("rivaroxaban", "nonsteroidal anti-inflammatory drugs"),
        ("lisinopril", "nonsteroidal anti-inflammatory drugs"),
        ("hydrochlorothiazide", "lithium carbonate"),
        ("felodipine", "grapefruit"),
    ],
)
def test_labels_state_without_grade(whole: Whole, one: str, other: str) -> None:
    assert (one, other) in label_pairs(whole, "unknown")


def test_labels_deny(whole: Whole) -> None:
    denied = label_pairs(whole, "unknown", "no_interaction_with")
    assert {("olmesartan medoxomil", "digoxin"), ("sevelamer", "warfarin")} <= denied
    assert ("amiodarone", "warfarin") not in denied
