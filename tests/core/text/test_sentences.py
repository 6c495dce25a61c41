"""Sentences: laws on any text, and the ends of English, French and Chinese ones."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medrag.text.sentences import split_sentences
from medrag.vocabulary import Language

PIECES = [
    "e.g. ",
    "Dr. ",
    "2.5 mg",
    "。",
    "；",
    "？”",
    "...",
    "\n",
    "\n\n",
    "- ",
    "1. ",
    "| ",
    "# ",
    "患者",
    "J. ",
    "(a.) ",
]
texts = st.one_of(
    st.text(max_size=80),
    st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=6)), max_size=25).map("".join),
)


@given(texts, st.sampled_from([None, "en", "fr", "zh"]))
def test_sentences_cover_the_text_and_do_not_overlap(text: str, language: Language | None) -> None:
    at = 0
    for span in split_sentences(text, language):
        assert at <= span.start < span.end
        assert not text[at : span.start].strip()
        assert span.of(text) == span.of(text).strip()
        at = span.end
    assert not text[at:].strip()


ONE = [
    "Give 2.5 mg daily, e.g. Ramipril, i.e. Not much.",
    "See Fig. 3 and No. 5 of Smith et al. (2019).",
    "Staph. aureus was found in approx. 5 % of cases vs. Placebo.",
    "E. coli and J. R. Smith agree with the U.S. Food and Drug Administration.",
    "Ask Dr. Who.",
    "The range is 1.5... to 2.5.",
    "M. Dupont prend p. ex. Aspégic, cf. Annexe, env. 5 jours.",
    "1. Take aspirin.",
    "a) Take aspirin",
    "给予2.5 mg，每日一次。",
    "A line that is long enough to have been broken by the margin of a page\nGoes on here.",
    "A short line that\ngoes on here.",
    "pH 7.4 is normal",
    "臨床???,幾十位",
]


@pytest.mark.parametrize("text", ONE)
def test_one_sentence(text: str) -> None:
    assert [span.of(text) for span in split_sentences(text)] == [text]


SEVERAL = [
    ["The answer is no.", "Take 5 mg.", "2 weeks later stop."],
    ["Give vitamin C.", "Patients improved (see above.)", "Then “Stop.”", "Go on..."],
    ["It rose.", "eGFR fell.", "pH too."],
    ["Use it b.i.d.", "The drug works, etc.", "Stop?", "Yes!"],
    ["Surveillance de l'INR !", "Est-ce possible ?", "« Oui. »", "À 5 mg."],
    ["患者应停药。", "“可以吗？”", "是的；", "请咨询医生！！", "eGFR低于30时停用"],
    ["可以吗?", "不可以!", "停药"],
]


@pytest.mark.parametrize("sentences", SEVERAL)
def test_several_sentences(sentences: list[str]) -> None:
    for joint in ("", " ") if ord(sentences[0][0]) > 0x4E00 else (" ", "\n"):
        text = joint.join(sentences)
        assert [span.of(text) for span in split_sentences(text)] == sentences


def test_markdown_structure_ends_sentences() -> None:
    lines = [
        "# Heart failure",
        "Give these together:",
        "- an ACE inhibitor",
        "- a beta-blocker",
        "1. first",
        "(2) second",
        "| eGFR | dose |",
        "|---|---|",
        "| 30 | 5 mg. Once |",
        "一、适应症",
        "Drug: X",
        "Dose: Y",
    ]
    text = "\n".join(lines)
    assert [span.of(text) for span in split_sentences(text)] == lines


def test_abbreviations_are_those_of_the_language() -> None:
    text = "Voir chap. Trois"
    assert len(split_sentences(text, "fr")) == 1
    assert len(split_sentences(text, "en")) == 2
