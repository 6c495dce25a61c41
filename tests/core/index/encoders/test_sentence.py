"""Any sentence-transformers folder; the unpacked model serves as one."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from medrag.errors import EncoderUnavailable
from medrag.index.encoders.light import LightModel
from medrag.index.encoders.packaged import PassageModel
from medrag.index.encoders.sentence import E5_NAME, SentenceEncoder, folder_hash
from medrag.index.encoders.unpack import NAME


@pytest.fixture(scope="module")
def encoder(passages: PassageModel, model_home: Path) -> SentenceEncoder:
    return SentenceEncoder(str(model_home / "models" / NAME), offline=True)


def test_a_folder_encodes_with_the_prompts_it_declares(encoder: SentenceEncoder, light: LightModel) -> None:
    query, passage = (
        encoder.encode_query("warfarin 剂量"),
        encoder.encode_passages(["warfarin 剂量", "\0\ud800"]),
    )
    assert encoder.dimension == 384
    assert query.shape == (384,)
    assert passage.shape == (2, 384)
    assert query @ light.encode("query: warfarin 剂量") > 0.9999
    assert passage[0] @ light.encode("passage: warfarin 剂量") > 0.9999
    assert np.allclose(np.linalg.norm(passage, axis=1), 1, atol=1e-5)
    assert encoder.encode_passages([]).shape == (0, 384)


def test_e5_names_get_prefixes_though_the_folder_declares_none(
    encoder: SentenceEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoder.model, "prompts", {"query": "", "document": ""})
    assert (encoder.prefix("query"), encoder.prefix("passage", "document")) == ("query: ", "passage: ")
    monkeypatch.setattr(encoder, "name", "/models/minilm")
    assert encoder.prefix("query") == ""
    monkeypatch.setattr(encoder.model, "prompts", {"document": "text: "})
    assert encoder.prefix("passage", "document") == "text: "


@pytest.mark.parametrize(
    ("name", "e5"),
    [
        ("intfloat/multilingual-e5-small", True),
        ("intfloat/e5-large-v2", True),
        ("BAAI/bge-m3", False),
        ("x/be5t", False),
    ],
)
def test_e5_families_are_told_by_name(name: str, e5: bool) -> None:
    assert bool(E5_NAME.search(name)) is e5


def test_the_fingerprint_follows_the_content(tmp_path: Path) -> None:
    folder = tmp_path / "m"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    (folder / "model.safetensors").write_bytes(b"1")
    first = SentenceEncoder(str(folder)).fingerprint
    copy = shutil.copytree(folder, tmp_path / "elsewhere")
    assert SentenceEncoder(str(copy)).fingerprint == first
    (copy / "README.md").write_text("not part of the model")
    assert folder_hash(copy) == folder_hash(folder)
    (folder / "model.safetensors").write_bytes(b"2")
    assert SentenceEncoder(str(folder)).fingerprint != first


@pytest.mark.parametrize("name", ["/no/such/folder", "./none", "no-such-owner/no-such-model", "bad name!"])
def test_a_missing_model_is_unavailable_with_a_remedy(name: str) -> None:
    with pytest.raises(EncoderUnavailable, match="MEDRAG_ENCODER"):
        SentenceEncoder(name, offline=True).encode_query("q")


def test_a_folder_that_is_no_model_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(EncoderUnavailable, match="cannot be loaded"):
        SentenceEncoder(str(tmp_path)).encode_query("q")
