"""Sixty textbook pairs that must be found with their severity, and forty that must not interrupt, in every form of a name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml
from whole_mirror import Whole

from medrag.vocabulary import SEVERITY_ORDER
from medrag_graph.interactions import InteractionReport

pytestmark = [pytest.mark.shared, pytest.mark.slow]

PAIRS: Mapping[str, Any] = yaml.safe_load(
    (Path(__file__).parents[1] / "quality" / "pairs.yaml").read_text(encoding="utf-8")
)
FORMS = ("en", "brand", "zh", "fr")


def asked(pair: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each form of one drug with each form of the other, in both orders."""
    for one, other in product(FORMS, FORMS):
        yield pair["a"][one], pair["b"][other]
        yield pair["b"][other], pair["a"][one]


def worst(report: InteractionReport) -> str:
    """The highest severity between the two drugs; "" when nothing is found, and when a name was not understood."""
    found = [item.severity for item in report.findings if item.kind == "drug_drug"]
    understood = all(drug.status == "resolved" for drug in report.drugs)
    return min(found, key=SEVERITY_ORDER.index, default="") if understood else ""


def signature(report: InteractionReport) -> list[tuple[tuple[str, ...], str, tuple[str, ...]]]:
    """What was found, without the words: members, severity, assertions."""
    return [
        (item.members, item.severity, tuple(told.id for told in item.assertions))
        for item in report.findings
        if item.kind == "drug_drug"
    ]


def test_there_are_sixty_and_forty() -> None:
    assert (len(PAIRS["interrupt"]), len(PAIRS["pass"])) == (60, 40)
    told = [pair["id"] for pair in (*PAIRS["interrupt"], *PAIRS["pass"])]
    assert len(set(told)) == 100


def test_every_textbook_pair_is_found_in_every_form(whole: Whole) -> None:
    missed: list[tuple[str, str, str, str]] = []
    asked_for = 0
    for pair in PAIRS["interrupt"]:
        least = SEVERITY_ORDER.index(pair["minimum"])
        for one, other in asked(pair):
            asked_for += 1
            severity = worst(whole.review(one, other))
            if not severity or SEVERITY_ORDER.index(severity) > least:
                missed.append((pair["id"], one, other, severity or "nothing"))
    found = 60 - len({item[0] for item in missed})
    print(f"textbook pairs found: {found} of 60, in {asked_for - len(missed)} of {asked_for} ways of asking")
    assert missed == []


def test_the_forty_do_not_interrupt(whole: Whole) -> None:
    loud: list[tuple[str, str, str, str]] = []
    asked_for = 0
    for pair in PAIRS["pass"]:
        for one, other in asked(pair):
            asked_for += 1
            report = whole.review(one, other)
            severity = worst(report)
            understood = all(drug.status == "resolved" for drug in report.drugs)
            if not understood or severity in ("contraindicated", "major"):
                loud.append((pair["id"], one, other, severity or "not understood"))
    quiet = 40 - len({item[0] for item in loud})
    print(
        f"pairs that do not interrupt: {quiet} of 40, in {asked_for - len(loud)} of {asked_for} ways of asking"
    )
    assert loud == []


def test_the_form_of_a_name_and_the_order_change_nothing(whole: Whole) -> None:
    """A brand may be another preparation of the drug; what is found is the same."""
    for pair in PAIRS["interrupt"]:
        first = signature(whole.review(pair["a"]["en"], pair["b"]["en"]))
        for one, other in ((pair["b"]["zh"], pair["a"]["fr"]), (pair["a"]["brand"], pair["b"]["zh"])):
            assert signature(whole.review(one, other)) == first, pair["id"]


@pytest.mark.parametrize("member", ["claims", "links"])
def test_a_lost_fact_is_noticed(whole: Whole, member: str) -> None:
    """The measure itself: without claims, or without links to classes, most pairs are lost."""
    from dataclasses import replace

    from medrag_graph.interactions import read_regimen, review
    from medrag_graph.stores import MemoryGraph

    poorer = MemoryGraph(replace(whole.data, **{member: ()}))
    found = [
        worst(review(poorer, read_regimen({"drugs": [pair["a"]["en"], pair["b"]["en"]]}), whole.sources))
        for pair in PAIRS["interrupt"]
    ]
    assert sum(severity in ("contraindicated", "major") for severity in found) < 50
