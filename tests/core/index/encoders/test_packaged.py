"""The packaged encoder: unpacked whole or not at all, and one vector for one text."""

from __future__ import annotations

import multiprocessing
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from medrag.errors import EncoderUnavailable, IntegrityError
from medrag.index.encoders import unpack as room
from medrag.index.encoders.light import LightModel
from medrag.index.encoders.packaged import PackagedEncoder, PassageModel, batches, has_amx, rows_of
from medrag.index.encoders.unpack import LISTING, NAME, light_folder, unpack
from medrag.index.encoders.weights import WeightFile

STANDALONE = """
import sys
from sentence_transformers import SentenceTransformer
model = SentenceTransformer(sys.argv[1], device="cpu")
print(model.encode([sys.argv[2]], prompt_name="query")[0].tobytes().hex(), model.max_seq_length)
"""


def small_fill(weights: WeightFile, folder: Path) -> None:
    (folder / "part").write_bytes(b"12345")


def test_the_folder_loads_by_itself_offline(
    passages: PassageModel, light: LightModel, model_home: Path
) -> None:
    text = "Can I take ibuprofen with warfarin?"
    command = [sys.executable, "-c", STANDALONE, str(model_home / "models" / NAME), text]
    ran = subprocess.run(command, env={"HF_HUB_OFFLINE": "1"}, capture_output=True, check=True, text=True)
    vector, longest = ran.stdout.split()
    assert np.frombuffer(bytes.fromhex(vector), dtype=np.float32) @ light.encode("query: " + text) > 0.99999
    assert longest == "512"


def test_company_changes_no_byte(passages: PassageModel, sixty: list[str]) -> None:
    texts = [text * (1 + place % 5) for place, text in enumerate(sixty[::3])]
    together = passages.encode_all(texts)
    assert np.array_equal(passages.encode_all(texts[::-1])[::-1], together)
    assert np.array_equal(passages.encode_all(texts[7:8])[0], together[7])


def test_small_and_large_calls_agree(model_home: Path, passages: PassageModel, sixty: list[str]) -> None:
    encoder = PackagedEncoder(model_home, fast=False)
    large = encoder.encode_passages(sixty)
    small = np.concatenate([encoder.encode_passages(sixty[at : at + 20]) for at in (0, 20, 40)])
    assert np.array_equal(large, small)
    assert encoder.encode_passages([]).shape == (0, 384)


def test_bfloat16_agrees_with_float32(passages: PassageModel, sixty: list[str]) -> None:
    exact = passages.encode_all(sixty)
    passages.fast = True
    try:
        quick = passages.encode_all(sixty)
    finally:
        passages.fast = False
    assert (exact * quick).sum(axis=1).min() >= 0.9999
    assert np.allclose(np.linalg.norm(quick, axis=1), 1.0, atol=1e-5)


def test_both_paths_make_the_same_ids(passages: PassageModel, light: LightModel, sixty: list[str]) -> None:
    texts = ["passage: " + text for text in [*sixty, "", "a\0b", "\ud800", "</s>", "e\u0301", "dose " * 999]]
    assert passages.token_ids(texts) == [light.token_ids(text) for text in texts]


def test_batches_hold_every_text_once_in_fixed_shapes() -> None:
    lengths = [4, 512, 17, 16, 130, *[33] * 50]
    seen: list[int] = []
    for length, places in batches(lengths):
        assert length % 16 == 0
        assert 0 < len(places) <= rows_of(length)
        assert all(length - 16 < lengths[place] <= length for place in places)
        seen += places
    assert sorted(seen) == list(range(len(lengths)))


def test_amx_is_read_from_the_flags() -> None:
    assert has_amx(["model name : X", "flags : fpu amx_tile amx_bf16"])
    assert not has_amx(["flags : fpu avx512_bf16", "bugs : amx_bf16"])


def test_an_interrupted_unpacking_leaves_nothing_in_the_way(tmp_path: Path) -> None:
    folder = tmp_path / "models" / "m"
    leftover = folder.parent / ".m.partial-old"
    leftover.mkdir(parents=True)

    def broken(weights: WeightFile, partial: Path) -> None:
        (partial / "part").write_bytes(b"half")
        raise OSError(28, "No space left on device")

    with pytest.raises(EncoderUnavailable, match="No space left"):
        unpack(folder, broken)
    assert not folder.exists()
    assert [path.name for path in folder.parent.iterdir() if "partial" in path.name] == []
    assert unpack(folder, small_fill) == folder
    assert (folder / "part").read_bytes() == b"12345"


def test_a_damaged_folder_is_named(tmp_path: Path) -> None:
    folder = unpack(tmp_path / "m", small_fill)
    (folder / "part").write_bytes(b"1234")
    with pytest.raises(IntegrityError, match="4 bytes, 5 were written") as caught:
        unpack(folder, small_fill)
    assert str(folder) in caught.value.remedy
    (folder / LISTING).unlink()
    with pytest.raises(IntegrityError):
        unpack(folder, small_fill)


def test_weights_that_fail_their_hash_are_not_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other.bin"
    other.write_bytes(b"not the weights")
    monkeypatch.setattr(room, "find_weights", lambda: other)
    with pytest.raises(IntegrityError, match="sha256"):
        light_folder(tmp_path)
    assert not (tmp_path / "models" / f"{NAME}-light").exists()


def unpack_and_tell(home: str) -> int:
    folder = light_folder(Path(home))
    return (folder / LISTING).stat().st_ino


def test_two_processes_unpack_once(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        first, second = pool.map(unpack_and_tell, [str(tmp_path)] * 2)
    assert first == second
