"""The names most prescribed, in English, as brands, in Chinese of both scripts, and as people type them: one concept each."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from whole_mirror import Whole

from medrag.lexicon import load_names
from medrag.text.normalise import fold_name
from medrag_graph.resolve import Resolution, resolve

pytestmark = [pytest.mark.shared, pytest.mark.slow]

NAMES: Mapping[str, Any] = yaml.safe_load(
    (Path(__file__).parents[1] / "quality" / "names.yaml").read_text(encoding="utf-8")
)
MISTAKEN = ("hydroxyzne", "hydralzine", "clorpromazine", "warfrin", "metropolol", "celebrix", "氯丙秦")


def parts_of(found: Resolution) -> frozenset[str]:
    """The ids of what a name comes to: its substances, or itself."""
    held = found.ingredients or ((found.concept,) if found.concept else ())
    return frozenset(concept.id for concept in held)


def wanted(whole: Whole, told: str) -> frozenset[str]:
    parts = [parts_of(resolve(whole.store, part)) for part in told.split("+")]
    assert all(parts), told
    return frozenset().union(*parts)


def test_the_most_prescribed_are_one_concept_each(whole: Whole) -> None:
    assert len(NAMES["prescribed"]) == 300
    lost = []
    for name in NAMES["prescribed"]:
        found = resolve(whole.store, name)
        divided = len(found.ingredients) > 1 or " / " not in name
        if found.status != "resolved" or not divided:
            lost.append((name, found.status, found.how))
    print(f"most prescribed names resolved: {300 - len(lost)} of 300")
    assert [item[0] for item in lost] == NAMES["unnamed"]


@pytest.mark.parametrize("kind", ["brands", "typed"])
def test_brands_and_typed_names_come_to_their_substances(whole: Whole, kind: str) -> None:
    told: Mapping[str, str] = NAMES[kind]
    wrong = []
    for name, substances in told.items():
        found = resolve(whole.store, name)
        if found.status != "resolved" or parts_of(found) != wanted(whole, substances):
            wrong.append((name, substances, found.status, found.concept and found.concept.name))
    print(f"{kind} that come to their substances: {len(told) - len(wrong)} of {len(told)}")
    assert wrong == []


def test_chinese_of_both_scripts_is_the_same_concept(whole: Whole) -> None:
    """Each of the 300 that our table names in Chinese, in the script it has and in the other."""
    from opencc import OpenCC

    taiwan = OpenCC("s2tw")
    rows = {fold_name(name): row for row in load_names("drug") for name in row.names("en")}
    substances = dict.fromkeys(part for name in NAMES["prescribed"] for part in name.split(" / "))
    wrong, asked = [], 0
    for substance in substances:
        row = rows.get(fold_name(substance))
        if row is None:
            continue
        expected = parts_of(resolve(whole.store, substance))
        for name in row.names("zh"):
            for written in (name, taiwan.convert(name)):
                asked += 1
                if parts_of(resolve(whole.store, written)) != expected:
                    wrong.append((substance, written))
    print(f"Chinese names that come to the English one's concept: {asked - len(wrong)} of {asked}")
    assert asked > 600
    assert wrong == []


def test_every_brand_of_ours_has_its_parts(whole: Whole) -> None:
    """A combination whose parts are not known would be checked as nothing."""
    import csv
    from importlib.resources import files

    text = files("medrag_graph").joinpath("brands.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    bare = [
        row["brand"]
        for row in rows
        if "/" in row["substances"]
        and len(resolve(whole.store, row["brand"]).ingredients) != row["substances"].count("/") + 1
    ]
    assert bare == []


@pytest.mark.parametrize("name", MISTAKEN)
def test_a_typing_error_is_offered_and_never_used(whole: Whole, name: str) -> None:
    assert resolve(whole.store, name).status == "unresolved"


@pytest.mark.parametrize(
    ("salt", "mineral"),
    [
        ("potassium chloride", "potassium"),
        ("calcium carbonate", "calcium"),
        ("ferrous sulfate", "iron"),
        ("zinc sulfate", "zinc"),
        ("insulin detemir", "insulin"),
    ],
)
def test_what_is_said_of_a_mineral_or_of_insulin_reaches_each_kind(
    whole: Whole, salt: str, mineral: str
) -> None:
    one, above = resolve(whole.store, salt).concept, resolve(whole.store, mineral).concept
    assert one is not None and above is not None and one.id != above.id
    links = whole.store.links_from([one.id], ("member_of",))
    assert above.id in {link.target for link in links}
