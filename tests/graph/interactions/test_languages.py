"""Reports speak the asker's language, beside the source's own words."""

from __future__ import annotations

import re
import string

import pytest
from asking import IBUPROFEN, WARFARIN, ask, of_kind, pair
from small_graph import TextSources

from medrag.text.normalise import has_han
from medrag.vocabulary import LANGUAGES, SEVERITY_ORDER
from medrag_graph.interactions.words import PAIR, SENTENCES, STATE
from medrag_graph.stores import MemoryGraph


@pytest.mark.parametrize(
    ("language", "headline", "mechanism"),
    [
        ("en", "warfarin and ibuprofen: major interaction", "bleeding"),
        ("zh", "华法林与布洛芬：严重相互作用", "出血"),
        ("fr", "warfarine et ibuprofène : interaction majeure", "hémorragie"),
    ],
)
def test_a_pair_in_three_languages(
    memory: MemoryGraph, sources: TextSources, language: str, headline: str, mechanism: str
) -> None:
    finding = pair(ask(memory, sources, "warfarin", "ibuprofen", language=language), WARFARIN, IBUPROFEN)
    assert finding.headline == headline
    ansm = finding.assertions[0]
    assert ansm.said is not None
    assert mechanism in ansm.said.mechanism
    assert ansm.said.management
    assert ansm.mechanism == "Risque de saignement augmenté."


def test_a_text_no_rule_reads_stands_as_its_quote_alone(memory: MemoryGraph, sources: TextSources) -> None:
    finding = pair(ask(memory, sources, "warfarin", "ibuprofen", language="zh"), WARFARIN, IBUPROFEN)
    label = next(item for item in finding.assertions if item.source == "labels")
    assert label.said is None
    assert label.citation is not None
    assert label.as_json()["citation"]["quote"]["exact"] == "NSAIDs may raise the risk of bleeding."


def test_language_changes_words_and_nothing_else(memory: MemoryGraph, sources: TextSources) -> None:
    drugs = ("warfarin", "ibuprofen", "lisinopril", "spironolactone", "simvastatin", "clarithromycin")
    told = {"age_years": 78, "potassium": {"value": 5.6, "unit": "mmol/L"}}
    shapes = []
    for language in LANGUAGES:
        report = ask(memory, sources, *drugs, language=language, patient=told)
        shapes.append(
            [(f.kind, f.topic, f.members, f.severity, [a.id for a in f.assertions]) for f in report.findings]
        )
        if language == "zh":
            assert all(has_han(finding.headline) for finding in report.findings)
            assert all(has_han(item.why) for item in report.missing_context)
    assert shapes[0] == shapes[1] == shapes[2]


def test_people_a_source_singles_out(memory: MemoryGraph, sources: TextSources) -> None:
    told = {"egfr_ml_min_1_73m2": 40}
    report = ask(memory, sources, "lisinopril", "spironolactone", language="zh", patient=told)
    (effect,) = pair(report, "rxnorm:29046", "rxnorm:9997").patient_effect
    assert (effect.factor, effect.change) == ("肾功能不全患者", "来源特别指出此类患者。")
    assert "insuffisant" in effect.as_json()["citation"]["quote"]["exact"]
    healthy = ask(memory, sources, "lisinopril", "spironolactone", patient={"egfr_ml_min_1_73m2": 90})
    assert not pair(healthy, "rxnorm:29046", "rxnorm:9997").patient_effect


def test_every_sentence_has_three_languages_with_the_same_gaps() -> None:
    for key, words in SENTENCES.items():
        gaps = {
            language: {name for _, name, _, _ in string.Formatter().parse(words[language]) if name}
            for language in LANGUAGES
        }
        assert gaps["en"] == gaps["zh"] == gaps["fr"], key
    for table in (PAIR, STATE):
        assert set(table) == set(SEVERITY_ORDER)
        assert all(set(words) == set(LANGUAGES) for words in table.values())


def test_nothing_is_ever_called_safe() -> None:
    said = [
        text for words in (*SENTENCES.values(), *PAIR.values(), *STATE.values()) for text in words.values()
    ]
    assert not [text for text in said if re.search(r"\bsafe\b|安全|\bsûr\b|sans danger|sans risque", text)]


def test_foods_speak_too(memory: MemoryGraph, sources: TextSources) -> None:
    report = ask(memory, sources, "辛伐他汀", language="zh")
    assert [item.headline for item in of_kind(report, "food")] == ["辛伐他汀若与葡萄柚汁同服：严重相互作用"]
