"""The lexical tokenizer: what is kept whole, what meets what, and that it is the same everywhere."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medrag.text.tokens import TOKENIZER_VERSION, Tokenizer, default_tokenizer, token_id, tokenize


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("SGLT2 inhibitors", {"sglt2", "inhibitor"}),
        ("SGLT2i and SGLT-2is", {"sglt2"}),
        ("CHA₂DS₂-VASc", {"cha2ds2-vasc", "cha2ds2", "vasc"}),
        ("co-trimoxazole", {"co-trimoxazol", "cotrimoxazol", "co", "trimoxazol"}),
        ("2.5 mg/kg", {"2.5", "2.5mg/kg", "mg/kg", "mg", "kg"}),
        ("5–10 mg", {"5", "10", "5mg", "10mg"}),
        ("1.73 m²", {"1.73", "1.73m2"}),
        ("5 µg", {"5ug"}),
        ("50 %", {"50%"}),
        ("L'hyperkaliémie d'origine", {"hyperkaliemi", "origin"}),
        ("vitamin C or hepatitis B", {"c", "b"}),
        ("幽門螺桿菌感染", {"幽门", "门螺", "感染"}),
        ("药", {"药"}),
    ],
)
def test_kept(text: str, kept: set[str]) -> None:
    assert kept <= set(tokenize(text))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SGLT-2", "SGLT2"),
        ("co-trimoxazole", "cotrimoxazole"),
        ("inhibitors", "inhibitor"),
        ("inhibiteurs", "inhibiteur"),
        ("haemorrhage", "hemorrhage"),
        ("β-blockers", "beta-blocker"),
        ("HYPERKALIÉMIE", "hyperkaliemie"),
        ("5mg", "5 mg"),
        ("2,5 mg", "2.5 mg"),
        ("10,000 IU", "10000 iu"),
        ("5 mcg", "5 µg"),
        ("華法林", "华法林"),
        ("ＡＣＥ", "ace"),
        ("patient’s", "patients"),
    ],
)
def test_spellings_meet(one: str, other: str) -> None:
    assert set(tokenize(one)) & set(tokenize(other)) - {"2", "5", "co"}


def test_function_words_go_and_negations_stay() -> None:
    assert tokenize("the dose of a drug for the patient") == ["dose", "drug", "patient"]
    assert tokenize("la dose de l'aspirine et du lithium")[:2] == ["dose", "aspirin"]
    assert {"not", "without"} <= set(tokenize("not without risk"))
    assert not {"的", "吗"} & set("".join(tokenize("肾病的治疗可以吗")))


def test_names_given_are_kept_whole() -> None:
    text = "二甲双胍片"
    assert "二甲双胍" not in Tokenizer().tokenize(text)
    tokens = Tokenizer(["二甲雙胍", "metformin"]).tokenize(text)
    assert "二甲双胍" in tokens and len(tokens) == len(set(tokens))


def test_fingerprint_says_version_and_names() -> None:
    assert Tokenizer().fingerprint.startswith(f"{TOKENIZER_VERSION}-")
    assert Tokenizer(["华法林", "肝素"]).fingerprint == Tokenizer(["肝素", "華法林"]).fingerprint
    assert Tokenizer(["华法林"]).fingerprint != Tokenizer().fingerprint


def test_token_ids_are_stable() -> None:
    assert token_id("metformin") == 764654651
    assert 0 <= token_id("") < 2**32


def test_another_process_gives_the_same_tokens() -> None:
    text = "慢性腎病患者 SGLT-2 inhibitors, 2.5 mg/kg"
    code = f"from medrag.text.tokens import tokenize; import sys; sys.stdout.buffer.write(repr(tokenize({text!r})).encode())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert done.stdout.decode() == repr(tokenize(text))


ANOTHER = Tokenizer(default_tokenizer().words)


@settings(deadline=None)  # the first Chinese text loads the dictionary
@given(st.text(max_size=80))
def test_any_text_gives_tokens_twice_the_same(text: str) -> None:
    tokens = tokenize(text)
    assert tokens == ANOTHER.tokenize(text)
    assert all(tokens) and all(len(token) <= 64 for token in tokens if token.isascii())
    assert all(0 <= token_id(token) < 2**32 for token in tokens)


@given(st.lists(st.sampled_from("ab12.,-/'% mgμ²中药的é\u0301½３"), max_size=30).map("".join))
def test_odd_joins_end(text: str) -> None:
    assert tokenize(text) == tokenize(text)


def test_the_default_tokenizer_knows_the_lexicons_names() -> None:
    assert {"二甲双胍", "幽门螺杆菌"} <= set(tokenize("二甲雙胍 幽門螺桿菌感染"))
