"""BM25 as sparse vectors: the document's side and the query's side of the score, without the IDF.

score(q, d) = sum over tokens t of q:  count(t, q) * idf(t) * tf(t, d) * (k1 + 1) / (tf(t, d) + k1 * (1 - b + b * |d| / average))

The document vector holds the saturation, the query vector the counts, and the engine multiplies by

    idf(t) = ln(1 + (N - n + 0.5) / (n + 0.5))

with N the points that carry a sparse vector and n those that hold t. This is the Lucene variant (Kamphuis et al. 2020,
"Which BM25 do you mean?", table 1), never negative, where BM25Okapi of rank-bm25 uses ln((N - n + 0.5) / (n + 0.5))
and a floor. Every other term equals BM25Okapi's, which adds a repeated query token once per occurrence.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence

from medrag.errors import UsageError
from medrag.protocols import SparseVector

__all__ = ["LENGTH_STEPS", "snap_length", "weigh_document", "weigh_query"]

#: Steps per doubling of the average length. 8 steps are 9 % apart, so a mean lies at most 2**(1/16) - 1 = 4.4 % off.
LENGTH_STEPS = 8


def weigh_document(tokens: Sequence[int], average: float, k1: float, b: float) -> SparseVector:
    """Saturated term frequencies of one document.

    ``tokens``: token ids (unsigned 32-bit) in any order, one per occurrence; words whose ids collide are one token, so
    their counts are added before saturation. ``average``: tokens per document, above 0. Raises UsageError.
    """
    if not (math.isfinite(average) and average > 0):
        raise UsageError(f"the average document length must be above 0, not {average}")
    norm = k1 * (1 - b + b * len(tokens) / average)
    return vector_of((token, tf * (k1 + 1) / (tf + norm)) for token, tf in Counter(tokens).items())


def weigh_query(tokens: Iterable[int]) -> SparseVector:
    """How often each token stands in the query."""
    return vector_of((token, float(count)) for token, count in Counter(tokens).items())


def vector_of(weights: Iterable[tuple[int, float]]) -> SparseVector:
    """Token ids ascending with their weights."""
    pairs = sorted(weights)
    return SparseVector(tuple(token for token, _ in pairs), tuple(weight for _, weight in pairs))


def snap_length(mean: float) -> float:
    """The average length in force for a mean of ``mean`` tokens: the nearest power 2**(n/8), at least 1.

    With the exact mean, one added document would change every weight of every other document. The snapped value is a
    function of the shelf's content alone, never of its history, so build(A+B)-B still equals build(A); it changes only
    when the mean drifts by 9 %, and then all weights are computed anew. Largest relative error 4.4 %. Raises UsageError.
    """
    if not (math.isfinite(mean) and mean >= 0):
        raise UsageError(f"a mean length must be finite and not negative, not {mean}")
    return 1.0 if mean <= 1 else math.exp2(round(math.log2(mean) * LENGTH_STEPS) / LENGTH_STEPS)
