"""Every code that a rule can yield has a label in three languages, and every label belongs to something."""

from __future__ import annotations

import re

import pytest

from medrag.errors import IntegrityError
from medrag.lexicon.tables import parse_table
from medrag.vocabulary import LANGUAGES
from medrag_graph.pddi import label, load_labels
from medrag_graph.pddi.consequences import CONSEQUENCES, FIRST
from medrag_graph.pddi.facts import ACTIONS, KINDS
from medrag_graph.pddi.labels import class_word
from medrag_graph.pddi.management_rules import HEADS, INTENSITIES, MONITORED, WHEN
from medrag_graph.pddi.mechanism_rules import DEGREES, PHARMACOLOGY
from medrag_graph.pddi.phrases import ACTIONS as SAID_ACTIONS
from medrag_graph.pddi.phrases import EVENTS, FRAMES


def test_every_code_of_the_rules_has_a_label() -> None:
    tables = (*CONSEQUENCES, *FIRST, *MONITORED, *INTENSITIES, *WHEN)
    codes = {rule.code for rule in tables} | {code for code, _ in DEGREES}
    assert codes <= load_labels().keys()
    kinds = ("outcome.", "monitor.", "intensity.", "degree.")
    assert {code for code in load_labels() if code.startswith(kinds)} <= codes
    assert all(load_labels()[code][language] for code in load_labels() for language in ("en", "zh", "fr"))


def test_chinese_labels_are_chinese_and_hold_no_digit() -> None:
    for code, row in load_labels().items():
        if code.split(".")[0] in {"outcome", "monitor", "population", "when", "word"}:
            assert re.search(r"[\u4e00-\u9fff]", row["zh"]) or row["zh"] == "INR", code
        assert not any(re.search(r"\d", row[language]) for language in row), code


def test_every_action_and_every_kind_can_be_said() -> None:
    assert {rule.code for rule in HEADS} <= set(ACTIONS)
    assert set(ACTIONS) <= SAID_ACTIONS.keys()
    assert {rule.kind for rule in PHARMACOLOGY} | {"outcome"} == set(KINDS)
    assert {kind for kind, _ in EVENTS} >= set(KINDS) - {"outcome"}
    for frames in (*SAID_ACTIONS.values(), *EVENTS.values(), *FRAMES.values()):
        assert set(frames) == set(LANGUAGES)


def test_rule_ids_are_one_each() -> None:
    for table in ((*CONSEQUENCES, *FIRST), HEADS, MONITORED, WHEN, PHARMACOLOGY):
        ids = [rule.id for rule in table]
        assert len(ids) == len(set(ids))


def test_general_words_are_known_by_their_folded_form() -> None:
    assert class_word("Opiacé", "zh") == "阿片类药物"
    assert class_word("warfarine", "en") is None


def test_an_unknown_code_is_an_error_not_a_blank() -> None:
    with pytest.raises(KeyError):
        label("outcome.nothing", "en")


def test_a_damaged_table_is_refused() -> None:
    with pytest.raises(IntegrityError, match="header"):
        parse_table("code,en\na,b\n", "labels.csv", ("code", "en", "zh", "fr"), required=("code",))
