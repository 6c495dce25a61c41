"""The seams: what an encoder, an index and a reader of the index must offer, whoever provides it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from threading import Event
from typing import TYPE_CHECKING, Any, Protocol

from medrag.records import Span
from medrag.vocabulary import Language

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from medrag.answer.proof.records import PairVerdict

    Matrix = NDArray[np.float32]

__all__ = [
    "AnswerModel",
    "Encoder",
    "IndexBuilder",
    "IndexFilter",
    "IndexPoint",
    "IndexReader",
    "IndexStore",
    "Message",
    "ModelShelf",
    "Proof",
    "Reviewed",
    "ReviewedFact",
    "Reviewer",
    "SparseVector",
]


class Encoder(Protocol):
    """Turns texts into unit vectors. Same text, same vector, on every call of one machine."""

    @property
    def fingerprint(self) -> str:
        """Names model, weights and precision; vectors of different fingerprints are never compared."""

    @property
    def dimension(self) -> int: ...

    def encode_passages(self, texts: Sequence[str]) -> Matrix:
        """float32, shape (len(texts), dimension), rows of norm 1. Raises EncoderUnavailable."""

    def encode_query(self, text: str) -> Matrix:
        """float32, shape (dimension,), norm 1. Raises EncoderUnavailable."""


@dataclass(frozen=True, slots=True)
class SparseVector:
    """Token ids (unsigned 32-bit, ascending, no repeats) and their weights."""

    indices: tuple[int, ...]
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class IndexPoint:
    """One passage as the index holds it, or what several editions of a work have in common (see medrag.index.strata).

    ``payload`` keys: work, edition, kind, jurisdiction, language, authority, code; place and tokens are only kept."""

    passage: str
    sparse: SparseVector
    dense: Sequence[float] | None
    payload: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class IndexFilter:
    """Keep a passage when, for every key, its payload value is one of those given. Empty: keep all."""

    allowed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class IndexReader(Protocol):
    """One published index, open for searching. Thread-safe."""

    def count(self) -> int: ...

    def count_dense(self) -> int: ...

    def search_sparse(self, query: SparseVector, keep: IndexFilter, limit: int) -> list[tuple[str, float]]:
        """(passage id, BM25 score), best first, ties by id. IDF is the engine's."""

    def search_dense(self, query: Sequence[float], keep: IndexFilter, limit: int) -> list[tuple[str, float]]:
        """(passage id, cosine), best first, ties by id."""

    def idf(self, tokens: Sequence[int]) -> dict[int, float]:
        """The inverse document frequency the engine gives each token id it holds."""

    def ids(self) -> Iterator[str]:
        """Every passage id held, in no order."""

    def payloads(self, points: Sequence[str]) -> dict[str, dict[str, str]]:
        """What is kept with those of these points that are held."""

    def close(self) -> None: ...


class IndexBuilder(Protocol):
    """An index being written under a name no reader uses yet."""

    def upsert(self, points: Iterable[IndexPoint]) -> int:
        """Writes points, returns how many."""

    def set_dense(self, vectors: Iterable[tuple[str, Sequence[float]]]) -> int:
        """Adds or replaces the dense vector of passages already written."""

    def set_sparse(self, vectors: Iterable[tuple[str, SparseVector]]) -> int: ...

    def move(self, points: Iterable[str], edition: str) -> int:
        """Changes the edition points are filtered by, and nothing else of them."""

    def payloads(self, points: Sequence[str]) -> dict[str, dict[str, str]]:
        """What is kept with those of these points that are held."""

    def delete(self, passages: Iterable[str]) -> int: ...

    def finish(self, meta: Mapping[str, str]) -> None:
        """Makes everything durable and closes. Only a finished index can be opened."""

    def abandon(self) -> None:
        """Removes what was written."""


class IndexStore(Protocol):
    """Where indexes live: a folder of embedded shards, or a Qdrant server."""

    def build(self, name: str, *, dimension: int | None, base: str | None = None) -> IndexBuilder:
        """A new index under ``name``; with ``base`` it starts as a copy of that finished index. A leftover
        unfinished index of the same name is removed first. Raises IndexUnavailable."""

    def open(self, name: str) -> IndexReader:
        """Raises IndexUnavailable when the index is missing, unfinished or damaged."""

    def meta(self, name: str) -> dict[str, str]:
        """What ``finish`` was given. Raises IndexUnavailable."""

    def names(self) -> list[str]:
        """Finished indexes."""

    def remove(self, name: str) -> None: ...

    def sweep(self, keep: Iterable[str]) -> list[str]:
        """Removes everything, finished or not, that is not to be kept; returns what went."""


@dataclass(frozen=True, slots=True)
class Proof:
    """A place in a held document that a fact is read from, and the passage it lies in."""

    document: str
    passage: str
    span: Span


@dataclass(frozen=True, slots=True)
class ReviewedFact:
    """One sentence, in the asker's language, that a graded assertion of a source says; never without proofs."""

    text: str
    proofs: tuple[Proof, ...]


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A review of the drugs a question names."""

    #: The contract's InteractionReport, as JSON.
    report: Mapping[str, Any]
    #: Most severe first.
    facts: tuple[ReviewedFact, ...]
    #: False when something needed could not be read: the report says so for every pair.
    complete: bool = True
    #: What the graph holds in force for what was named; no statement may say otherwise.
    verdicts: tuple[PairVerdict, ...] = ()


class Reviewer(Protocol):
    """Whatever reviews a regimen: the core knows the drug and disease graph only through this."""

    def review(
        self,
        drugs: Sequence[str],
        conditions: Sequence[str],
        patient: Mapping[str, Any] | None,
        as_of: date | None,
        language: Language,
    ) -> Reviewed:
        """The review of names as a question has them. A graph that cannot be read makes it not complete; it raises
        InputRefused for a patient that cannot be."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message to an answering model. ``role`` is system, user or assistant."""

    role: str
    content: str


class AnswerModel(Protocol):
    """A model that writes. Nothing it writes reaches a person before it is proved. Thread-safe."""

    @property
    def name(self) -> str:
        """What the operator calls it; stands in the basis of its answers."""

    @property
    def fingerprint(self) -> str:
        """Names the model and the settings its words depend on; never a key, never an address with credentials."""

    @property
    def context_tokens(self) -> int:
        """Tokens that question, evidence and reply may have together."""

    @property
    def reply_tokens(self) -> int:
        """Tokens of the context that are kept for the reply; what is longer is cut."""

    @property
    def on_this_machine(self) -> bool:
        """Whether the endpoint is this machine's own; text for any other is de-identified first."""

    def count_tokens(self, text: str) -> int:
        """An upper bound of the tokens of a text."""

    def write(self, messages: Sequence[Message], seconds: float, stop: Event | None = None) -> Iterator[str]:
        """The reply piece by piece, done within ``seconds`` of asking for the first. Setting ``stop``, or closing the
        iterator, ends the call at the endpoint too; after a stop the iterator ends with what there is.

        Raises ModelUnavailable: refused, silent, slow, malformed, over its budget, or its breaker is open.
        """


class ModelShelf(Protocol):
    """The answering models the operator has configured."""

    def pick(self, answerer: str) -> Sequence[AnswerModel]:
        """The models to try, in order: none for ``extractive``; for ``auto`` all, perhaps none; for ``model`` all; for a
        model's name that one. Raises UsageError for a name that is not configured, and for ``model`` where none is."""
