"""Text to token ids as XLM-RoBERTa's Unigram tokenizer does it, without loading that tokenizer.

Parsing a tokenizer.json of 250,002 pieces takes most of a second, too long before one question. Here the pieces stay in
the memory map: the hashes of all substrings of a text are looked up at once in a sorted table, and Viterbi's algorithm
picks the most probable segmentation (Kudo 2018, "Subword regularization", section 3.2).
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from medrag.errors import IntegrityError
from medrag.index.encoders.weights import Vocabulary

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["MAX_TOKENS", "Segmenter", "build_piece_table", "drop_unreadable", "prepare_text"]

#: Positions the model was trained with, <s> and </s> included.
MAX_TOKENS = 512
#: Code points read of a text: 512 tokens of the longest piece, 16, fit in the second figure.
MAX_RAW, MAX_PREPARED = 16_384, 8_192
#: SentencePiece's mark for a space.
META = "\u2581"
#: SentencePiece gives an unknown character the least score less ten.
UNKNOWN_PENALTY = 10.0
#: Code points of the longest piece.
LONGEST = 16
#: Base of the rolling hash over code points, modulo 2**64 (the 64-bit FNV prime).
HASH_BASE = 0x100000001B3
UNREADABLE = re.compile("[\0\ud800-\udfff]")
RUN_OF_SPACES = re.compile(" {2,}")
#: A text that spells a control token must not become one.
CONTROL_TOKEN = re.compile("<(?=(?:/?s|pad|unk|mask)>)")


def drop_unreadable(text: str) -> str:
    """NUL, which ends a text in some engines, and lone surrogates, which are no text, become spaces."""
    return UNREADABLE.sub(" ", text)


def prepare_text(text: str, vocabulary: Vocabulary) -> str:
    """The normalised form both tokenizers are given: NUL and lone surrogates become spaces, compatibility forms are
    replaced, accents composed, runs of spaces joined, control tokens broken, the rest beyond 512 tokens cut off."""
    text = unicodedata.normalize("NFC", drop_unreadable(text[:MAX_RAW]).translate(vocabulary.replacements))
    return RUN_OF_SPACES.sub(" ", CONTROL_TOKEN.sub("< ", text)[:MAX_PREPARED])


def roll_hashes(points: NDArray[np.uint64], longest: int) -> NDArray[np.uint64]:
    """Row k holds the hash of the k + 1 code points from each place on; shape (longest, len(points))."""
    import numpy as np

    padded = np.concatenate([points + np.uint64(1), np.zeros(longest, dtype=np.uint64)])
    rows = np.empty((longest, len(points)), dtype=np.uint64)
    rows[0] = padded[: len(points)]
    for k in range(1, longest):
        rows[k] = rows[k - 1] * np.uint64(HASH_BASE) + padded[k : k + len(points)]
    return rows


def code_points(text: str) -> NDArray[np.uint64]:
    import numpy as np

    return np.frombuffer(text.encode("utf-32-le"), dtype="<u4").astype(np.uint64)


def build_piece_table(vocabulary: Vocabulary) -> tuple[NDArray[np.uint64], NDArray[np.int32]]:
    """Hashes of all pieces, ascending, and the piece id of each. Raises IntegrityError if two pieces share one."""
    import numpy as np

    pieces = vocabulary.pieces()
    lengths = np.array([len(piece) for piece in pieces])
    if lengths.max() > LONGEST:
        raise IntegrityError(f"a piece of {lengths.max()} characters, expected {LONGEST} at most")
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    hashes = roll_hashes(code_points("".join(pieces)), LONGEST)[lengths - 1, starts]
    order = np.argsort(hashes, kind="stable")
    if (np.diff(hashes[order]) == 0).any():
        raise IntegrityError("two pieces of the vocabulary share a hash")
    return hashes[order], order.astype(np.int32)


class Segmenter:
    """Turns prepared texts into ids. Holds no state between calls; safe to share between threads."""

    def __init__(self, vocabulary: Vocabulary, hashes: NDArray[np.uint64], order: NDArray[np.int32]) -> None:
        self.vocabulary, self.hashes, self.order = vocabulary, hashes, order
        self.unknown_score = float(vocabulary.scores.min()) - UNKNOWN_PENALTY

    def ids(self, text: str, limit: int = MAX_TOKENS) -> list[int]:
        """<s>, the pieces of a text that ``prepare_text`` has made, </s>; at most ``limit`` ids."""
        vocabulary = self.vocabulary
        return [vocabulary.start, *self.segment(text)[: limit - 2], vocabulary.end]

    def segment(self, text: str) -> list[int]:
        """The most probable pieces of the text, first to last."""
        marked = text.replace(" ", META)
        marked = marked if marked.startswith(META) else META + marked
        return trace_back(*self.best_paths(marked), self.vocabulary.unknown)

    def best_paths(self, text: str) -> tuple[list[int], list[int]]:
        """For each end: where its best last piece begins and that piece's id. Each word is scored by itself, since no
        piece holds a mark but in front; earlier candidates win ties, as in the ``tokenizers`` library."""
        found = self.find_pieces(text)
        size = len(text)
        score, begin, piece = (
            [float("-inf")] * (size + 1),
            [-1] * (size + 1),
            [self.vocabulary.unknown] * (size + 1),
        )
        for at, character in enumerate(text):
            here = 0.0 if character == META else score[at]
            candidates = found[at]
            if not candidates or candidates[0][0] != 1:
                candidates = [*candidates, (1, self.vocabulary.unknown, self.unknown_score)]
            for length, identity, gain in candidates:
                if begin[at + length] < 0 or here + gain > score[at + length]:
                    score[at + length], begin[at + length], piece[at + length] = here + gain, at, identity
        return begin, piece

    def find_pieces(self, text: str) -> list[list[tuple[int, int, float]]]:
        """For each place the pieces that begin there: (length, id, score), short ones first."""
        import numpy as np

        rows = roll_hashes(code_points(text), LONGEST).T
        places = np.searchsorted(self.hashes, rows)
        hits = self.hashes[np.minimum(places, len(self.hashes) - 1)] == rows
        found: list[list[tuple[int, int, float]]] = [[] for _ in text]
        ats, lengths = np.nonzero(hits)
        ids = self.order[places[ats, lengths]]
        scores = self.vocabulary.scores[ids].astype(np.float64)
        for at, less, identity, gain in zip(*(a.tolist() for a in (ats, lengths, ids, scores)), strict=True):
            if self.spells(identity, text[at : at + less + 1]):
                found[at].append((less + 1, identity, gain))
        return found

    def spells(self, identity: int, text: str) -> bool:
        """Whether the piece is this text, which an equal hash alone does not prove."""
        cuts = self.vocabulary.offsets
        return bytes(self.vocabulary.blob[cuts[identity] : cuts[identity + 1]]) == text.encode()


def trace_back(begin: list[int], piece: list[int], unknown: int) -> list[int]:
    """Walks the best path from the end. A run of unknown characters is one token; runs never cross words, because the
    mark between words is a piece of its own."""
    at, told = len(begin) - 1, []
    while at > 0:
        told.append(piece[at])
        at = begin[at]
    told.reverse()
    return [
        one for place, one in enumerate(told) if one != unknown or place == 0 or told[place - 1] != unknown
    ]
