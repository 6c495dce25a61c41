"""On the whole mirror, what is learnt beforehand and kept between reviews changes no byte of 300 random reports."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest
from pydantic_core import to_json
from whole_mirror import Whole

from medrag_graph.interactions import Known, read_regimen, review
from medrag_graph.interactions.gather import learn
from medrag_graph.stores import MemoryGraph

pytestmark = [pytest.mark.shared, pytest.mark.slow]

TYPED = ("Coumadin", "华法林", "阿司匹林肠溶片100mg", "Bactrim DS", "diclofenac gel", "zzzumab", "warfrin")
CONDITIONS = ("heart failure", "asthma", "peptic ulcer", "epilepsy", "糖尿病", "something unknown")


def regimens(names: Sequence[str], count: int) -> Iterator[dict[str, Any]]:
    """Of 1 to 50 drugs, some as they are typed, each with a patient."""
    chance = random.Random(7)
    for turn in range(count):
        drugs = chance.sample(names, chance.choice((1, 2, 5, 12)) if turn % 30 else 50)
        drugs[chance.randrange(len(drugs))] = chance.choice(TYPED)
        yield {
            "drugs": drugs,
            "language": chance.choice(("en", "zh", "fr")),
            "patient": {
                "age_years": chance.choice((7, 34, 66, 91)),
                "sex": chance.choice(("female", "male")),
                "egfr_ml_min_1_73m2": chance.choice((12, 28, 59, 90)),
                "potassium": {"value": chance.choice((2.8, 4.2, 5.8)), "unit": "mmol/L"},
                "qtc_ms": chance.choice((410, 510)),
                "conditions": chance.sample(CONDITIONS, 2),
                "allergies": [chance.choice(("penicillin", "aspirin", "codeine"))],
            },
        }


def test_what_is_kept_and_read_beforehand_changes_no_byte(whole: Whole) -> None:
    """With everything learnt, against nothing known and the sources' texts read when they are asked for."""
    known = Known()
    learn(whole.store, whole.sources, known)
    bare = MemoryGraph(
        replace(whole.data, claims=tuple(replace(claim, coded="") for claim in whole.data.claims))
    )
    spoken = whole.store.holding(whole.store.identifiers("drug"))
    names = sorted(concept.name for concept in whole.store.concepts(spoken).values())
    findings = 0
    for told in regimens(names, 300):
        asked = read_regimen(told)
        report = review(whole.store, asked, whole.sources, known)
        assert report.complete
        assert to_json(report.as_json()) == to_json(review(bare, asked, whole.sources).as_json())
        findings += len(report.findings)
    assert findings > 1000
