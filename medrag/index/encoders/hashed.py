"""An encoder without a model: character trigrams hashed into a short vector, for tests and trials."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING

from medrag.errors import UsageError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Matrix = NDArray[np.float32]

__all__ = ["HashEmbedder"]

#: Characters of one feature.
WIDTH = 3


class HashEmbedder:
    """Texts that share trigrams lie close; it knows no meaning. Feature hashing with signs as in Weinberger et al.
    2009, "Feature hashing for large scale multitask learning". Same bytes on every machine."""

    def __init__(self, dimension: int = 64) -> None:
        if dimension < 2:
            raise UsageError(f"a hashed vector needs at least 2 dimensions, not {dimension}")
        self._dimension = dimension

    @property
    def fingerprint(self) -> str:
        return f"hash:trigram:{self._dimension}"

    @property
    def dimension(self) -> int:
        return self._dimension

    def encode_passages(self, texts: Sequence[str]) -> Matrix:
        """float32, shape (len(texts), dimension), rows of norm 1."""
        import numpy as np

        told = np.empty((len(texts), self._dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            told[row] = self.encode_query(text)
        return told

    def encode_query(self, text: str) -> Matrix:
        """float32, shape (dimension,), norm 1; questions and passages are treated alike."""
        import numpy as np

        counts = np.zeros(self._dimension, dtype=np.float64)
        for feature in trigrams(text):
            digest = hashlib.blake2b(feature.encode("utf-8", "surrogatepass"), digest_size=8).digest()
            place = int.from_bytes(digest[:7], "little") % self._dimension
            counts[place] += 1.0 if digest[7] & 1 else -1.0
        length = float(np.sqrt((counts * counts).sum()))
        if length == 0.0:  # every feature met its opposite
            counts[0] = length = 1.0
        return (counts / length).astype(np.float32)


def trigrams(text: str) -> list[str]:
    """Runs of three characters of the casefolded text, its spaces joined, with one space at each end."""
    folded = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    padded = f" {folded} "
    return [padded[at : at + WIDTH] for at in range(max(1, len(padded) - WIDTH + 1))]
