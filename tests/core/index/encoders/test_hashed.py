"""The encoder without a model."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from medrag.errors import UsageError
from medrag.index.encoders.hashed import HashEmbedder


@given(st.text(st.characters(), max_size=60))
def test_every_text_has_a_unit_vector(text: str) -> None:
    vector = HashEmbedder().encode_query(text)
    assert vector.shape == (64,)
    assert vector.dtype == np.float32
    assert abs(float(np.linalg.norm(vector)) - 1) < 1e-5


def test_the_bytes_are_fixed_for_all_machines() -> None:
    vector = HashEmbedder(8).encode_query("Warfarin 5 mg")
    assert [round(float(v), 4) for v in vector] == [0.0, 0.5774, 0.0, 0.0, 0.0, -0.5774, 0.5774, 0.0]


def test_shared_trigrams_draw_texts_together() -> None:
    encoder = HashEmbedder()
    near, far = encoder.encode_passages(["warfarin and aspirin", "metformin"]) @ encoder.encode_query(
        "Aspirin, warfarin"
    )
    assert near > 0.4 > far


def test_passages_and_questions_are_alike() -> None:
    encoder = HashEmbedder(32)
    assert np.array_equal(encoder.encode_passages(["华法林", "x"])[0], encoder.encode_query("华法林"))
    assert encoder.encode_passages([]).shape == (0, 32)
    assert encoder.fingerprint == "hash:trigram:32"


def test_a_vector_of_one_number_is_refused() -> None:
    with pytest.raises(UsageError):
        HashEmbedder(1)
