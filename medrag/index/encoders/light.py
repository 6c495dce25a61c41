"""The packaged model in plain numpy: what one question needs, without torch.

BERT as in Devlin et al. 2019 (post-norm encoder, exact GELU), mean pooling, norm 1. The word embeddings stay 4-bit in the
wheel's file and are widened row by row; the encoder's tensors are float32 in a memory map, made once by ``unpack``.
"""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from medrag.index.encoders.tokens import Segmenter, prepare_text
from medrag.index.encoders.unpack import LIGHT_PARTS, light_folder
from medrag.index.encoders.weights import Header, find_weights, read_weights

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Matrix = NDArray[np.float32]

__all__ = ["LightModel", "gaussian_linear_unit"]

#: Abramowitz and Stegun 1964, formula 7.1.26 for the error function; absolute error at most 1.5e-7.
ERF_P = 0.3275911
ERF_A = (0.254829592, -0.284496736, 1.421413741, -1.453152027, 1.061405429)


@dataclass(frozen=True, slots=True)
class Layer:
    """One encoder layer; matrices as (out, in). ``joint`` is query, key and value in one matrix."""

    joint: Matrix
    joint_bias: Matrix
    output: Matrix
    output_bias: Matrix
    middle_gain: Matrix
    middle_shift: Matrix
    inner: Matrix
    inner_bias: Matrix
    outer: Matrix
    outer_bias: Matrix
    last_gain: Matrix
    last_shift: Matrix


class LightModel:
    """Encodes one text at a time. No state between calls: any number of threads, same text, same bytes."""

    def __init__(self, home: Path) -> None:
        import numpy as np
        from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

        # OpenBLAS threads spin while they wait: a question that takes 22 ms with two of them on two idle cores (29 ms with
        # one) took 180-550 ms beside other work, and 32-74 ms with one. Questions run beside each other instead.
        threadpool_limits(1, user_api="blas")
        folder = light_folder(home)
        self.weights = read_weights(find_weights())
        network, hashes, order = (np.load(folder / part, mmap_mode="r") for part in LIGHT_PARTS)
        self.segmenter = Segmenter(self.weights.vocabulary, np.asarray(hashes), np.asarray(order))
        self.embedding, self.layers = cut_network(np.asarray(network), self.weights.header)

    def token_ids(self, text: str) -> list[int]:
        """The ids of a text with its prefix, <s> and </s> included, 512 at most."""
        return self.segmenter.ids(prepare_text(text, self.weights.vocabulary))

    def encode(self, text: str) -> Matrix:
        """float32, shape (hidden,), norm 1, of a text with its prefix."""
        import numpy as np

        states = self.embed(np.array(self.token_ids(text)))
        for layer in self.layers:
            states = run_layer(layer, states, self.weights.header)
        mean = states.mean(axis=0)
        vector: Matrix = mean / np.sqrt((mean * mean).sum())
        return vector

    def encode_all(self, texts: Sequence[str]) -> Matrix:
        """float32, shape (len(texts), hidden); each text by itself, so company changes nothing."""
        import numpy as np

        told = np.empty((len(texts), self.weights.header.hidden), dtype=np.float32)
        with ThreadPoolExecutor(max(1, min(os.cpu_count() or 1, len(texts)))) as pool:
            for row, vector in enumerate(pool.map(self.encode, texts)):
                told[row] = vector
        return told

    def embed(self, ids: NDArray[np.int64]) -> Matrix:
        """Word, position and type embeddings, normalised; shape (len(ids), hidden)."""
        positions, types, gain, shift = self.embedding
        words = self.weights.word_rows(ids)
        return normalise(words + positions[: len(ids)] + types[0], gain, shift, self.weights.header.epsilon)


def cut_network(flat: Matrix, header: Header) -> tuple[tuple[Matrix, Matrix, Matrix, Matrix], list[Layer]]:
    """Views of the flat array in the order ``unpack`` wrote it."""
    hidden, inner, at = header.hidden, header.inner, 0

    def cut(*shape: int) -> Matrix:
        nonlocal at
        at += math.prod(shape)
        return flat[at - math.prod(shape) : at].reshape(shape)

    embedding = (cut(header.positions, hidden), cut(header.types, hidden), cut(hidden), cut(hidden))
    shapes = [(3 * hidden, hidden), (3 * hidden,), (hidden, hidden), (hidden,), (hidden,), (hidden,)]
    shapes += [(inner, hidden), (inner,), (hidden, inner), (hidden,), (hidden,), (hidden,)]
    return embedding, [Layer(*(cut(*shape) for shape in shapes)) for _ in range(header.layers)]


def run_layer(layer: Layer, states: Matrix, header: Header) -> Matrix:
    """Attention, then the two-matrix network, each added to its input and normalised."""
    heard = attend(project(layer.joint, layer.joint_bias, states), header.heads)
    states = states + project(layer.output, layer.output_bias, heard)
    states = normalise(states, layer.middle_gain, layer.middle_shift, header.epsilon)
    inner = gaussian_linear_unit(project(layer.inner, layer.inner_bias, states))
    states = states + project(layer.outer, layer.outer_bias, inner)
    return normalise(states, layer.last_gain, layer.last_shift, header.epsilon)


def project(matrix: Matrix, bias: Matrix, states: Matrix) -> Matrix:
    """``states @ matrix.T + bias``, written the way round that reads the large matrix along its rows: a third faster.

    The lower half is a second thread's. The halves are the same on every machine, so the bytes are too.
    """
    import numpy as np

    half = len(matrix) // 2
    told = np.empty((len(matrix), len(states)), dtype=np.float32)
    lower = helper().submit(np.matmul, matrix[half:], states.T, told[half:])
    np.matmul(matrix[:half], states.T, out=told[:half])
    lower.result()
    turned: Matrix = told.T
    turned += bias
    return turned


@cache
def helper() -> ThreadPoolExecutor:
    """One thread that waits without spinning, made at the first question of a process (never before a fork)."""
    return ThreadPoolExecutor(1, thread_name_prefix="encode")


def attend(joint: Matrix, heads: int) -> Matrix:
    """Scaled dot-product attention over all heads; ``joint`` has shape (tokens, 3 hidden)."""
    import numpy as np

    tokens = len(joint)
    query, key, value = joint.reshape(tokens, 3, heads, -1).transpose(1, 2, 0, 3)
    scores = np.matmul(query, key.transpose(0, 2, 1)) * np.float32(1 / math.sqrt(query.shape[-1]))
    scores -= scores.max(axis=-1, keepdims=True)
    np.exp(scores, out=scores)
    scores /= scores.sum(axis=-1, keepdims=True)
    heard: Matrix = np.matmul(scores, value).transpose(1, 0, 2).reshape(tokens, -1)
    return heard


def normalise(states: Matrix, gain: Matrix, shift: Matrix, epsilon: float) -> Matrix:
    """Layer normalisation over the last axis."""
    import numpy as np

    states = states - states.mean(axis=-1, keepdims=True)
    spread = np.einsum("ij,ij->i", states, states)[:, None] / np.float32(states.shape[-1])
    states *= 1.0 / np.sqrt(spread + np.float32(epsilon))
    states *= gain
    states += shift
    return states


def gaussian_linear_unit(x: Matrix) -> Matrix:
    """x times the normal distribution function of x, float32; within 1e-6 of the exact value.

    With z = |x|/sqrt(2) it is max(x, 0) - |x| (1 - erf z)/2, and 1 - erf z is formula 7.1.26.
    """
    import numpy as np

    size = np.abs(x)
    t = 1.0 / (1.0 + np.float32(ERF_P / math.sqrt(2)) * size)
    rest = np.full_like(t, ERF_A[4])
    for a in ERF_A[3::-1]:
        rest *= t
        rest += np.float32(a)
    rest *= t
    rest *= np.exp(-0.5 * (size * size))
    rest *= size
    rest *= 0.5
    told: Matrix = np.maximum(x, 0) - rest
    return told
