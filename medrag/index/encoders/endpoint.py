"""An encoder behind an OpenAI-compatible ``/v1/embeddings`` address."""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from medrag.errors import EncoderUnavailable, Place, UsageError
from medrag.index.encoders.tokens import drop_unreadable

if TYPE_CHECKING:
    import httpx
    import numpy as np
    from numpy.typing import NDArray

    Matrix = NDArray[np.float32]

__all__ = ["EndpointEncoder"]

#: Texts in one request; servers commonly allow 2,048 inputs, but long ones time out first.
BATCH = 32
#: Tries in all, and seconds before the second; doubles from try to try unless the server says Retry-After.
TRIES, FIRST_WAIT_S, LONGEST_WAIT_S = 5, 0.5, 30.0
CONNECT_S, READ_S = 10.0, 120.0
#: Code points sent of one text: over the 512 tokens small models read, below the 8,192 of large ones.
MAX_CHARACTERS = 8_192
#: RFC 6585 section 4 and the server errors worth another try.
AGAIN = frozenset({408, 429, 500, 502, 503, 504})
REMEDY = "Check MEDRAG_ENCODER, MEDRAG_ENCODER_MODEL and MEDRAG_ENCODER_KEY"


class EndpointEncoder:
    """Sends texts in batches and checks every answer. Thread-safe. ``dimension`` 0 asks the server once.

    Model names of the e5 family get their ``query: `` and ``passage: `` prefixes. Texts go to the operator's server;
    none is put into an error or a log.
    """

    def __init__(
        self,
        url: str,
        model: str,
        key: str = "",
        dimension: int = 0,
        *,
        transport: httpx.BaseTransport | None = None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        import httpx

        if not model:
            raise UsageError("an embeddings URL needs a model name", remedy="Set MEDRAG_ENCODER_MODEL")
        self.url, self.model, self.pause = embeddings_url(url), model, pause
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        limits = httpx.Timeout(READ_S, connect=CONNECT_S)
        self.client = httpx.Client(headers=headers, timeout=limits, transport=transport)
        self._dimension = dimension
        self.prefixes = ("query: ", "passage: ") if "e5" in model.casefold() else ("", "")

    @property
    def fingerprint(self) -> str:
        place = hashlib.sha256(self.url.encode()).hexdigest()[:12]
        return f"endpoint:{self.model}:{place}:{self.dimension}"

    @property
    def dimension(self) -> int:
        """Raises EncoderUnavailable when it must be asked for and the server does not answer."""
        if not self._dimension:
            self._dimension = len(self.request(["dimension"])[0])
        return self._dimension

    def encode_passages(self, texts: Sequence[str]) -> Matrix:
        """float32, shape (len(texts), dimension), rows of norm 1. Raises EncoderUnavailable."""
        return self.encode([self.prefixes[1] + text for text in texts])

    def encode_query(self, text: str) -> Matrix:
        """float32, shape (dimension,), norm 1. Raises EncoderUnavailable."""
        vector: Matrix = self.encode([self.prefixes[0] + text])[0]
        return vector

    def close(self) -> None:
        self.client.close()

    def encode(self, texts: list[str]) -> Matrix:
        import numpy as np

        told = np.empty((len(texts), self.dimension), dtype=np.float32)
        for at in range(0, len(texts), BATCH):
            rows = self.request([sendable(text) for text in texts[at : at + BATCH]])
            told[at : at + len(rows)] = self.unit_rows(rows)
        return told

    def unit_rows(self, rows: list[list[float]]) -> Matrix:
        """Checks lengths and values, then brings every row to norm 1."""
        import numpy as np

        for row in rows:
            if len(row) != self.dimension:
                raise self.broken(f"a vector of {len(row)} values, expected {self.dimension}")
        matrix = np.asarray(rows, dtype=np.float64)
        lengths = np.sqrt((matrix * matrix).sum(axis=1, keepdims=True))
        if not np.isfinite(lengths).all() or (lengths == 0.0).any():
            raise self.broken("a vector that is zero, infinite or not a number")
        unit: Matrix = (matrix / lengths).astype(np.float32)
        return unit

    def request(self, texts: list[str]) -> list[list[float]]:
        """One batch, tried again while that may help. Raises EncoderUnavailable."""
        problem = ""
        for attempt in range(TRIES):
            answer, problem, wait = self.attempt(texts)
            if answer is not None:
                return self.read_rows(answer, len(texts))
            if attempt + 1 < TRIES:
                self.pause(min(LONGEST_WAIT_S, wait or FIRST_WAIT_S * 2**attempt))
        raise self.broken(f"{problem}, {TRIES} times")

    def attempt(self, texts: list[str]) -> tuple[Any, str, float]:
        """(decoded answer or None, what went wrong, seconds the server asks to wait)."""
        import httpx

        try:
            response = self.client.post(
                self.url, json={"model": self.model, "input": texts, "encoding_format": "float"}
            )
        except httpx.TransportError as error:
            return None, type(error).__name__, 0.0
        if response.status_code in AGAIN:
            return None, f"HTTP {response.status_code}", retry_after(response.headers.get("Retry-After", ""))
        if response.status_code != httpx.codes.OK:
            raise self.broken(f"HTTP {response.status_code}")
        try:
            return response.json(), "", 0.0
        except ValueError as error:
            raise self.broken("an answer that is not JSON") from error

    def read_rows(self, answer: Any, expected: int) -> list[list[float]]:
        """The vectors in the order of the texts, which the field ``index`` tells. Raises EncoderUnavailable."""
        data = answer.get("data") if isinstance(answer, dict) else None
        if not isinstance(data, list) or len(data) != expected:
            raise self.broken(f"{len(data) if isinstance(data, list) else 'no'} vectors for {expected} texts")
        rows: dict[int, list[float]] = {}
        for place, item in enumerate(data):
            row = item.get("embedding") if isinstance(item, dict) else None
            if not isinstance(row, list) or not row or not all(is_number(value) for value in row):
                raise self.broken("a vector that is not a list of finite numbers")
            rows[item.get("index", place)] = row
        if sorted(rows, key=str) != sorted(range(expected), key=str):
            raise self.broken("vectors whose indices are not those of the texts")
        return [rows[place] for place in range(expected)]

    def broken(self, problem: str) -> EncoderUnavailable:
        import httpx

        shown = str(httpx.URL(self.url).copy_with(userinfo=b"", query=None))
        return EncoderUnavailable(
            f"the embeddings endpoint gave {problem}", place=Place(file=shown), remedy=REMEDY
        )


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def embeddings_url(url: str) -> str:
    """``https://host/v1`` and ``https://host`` both mean ``https://host/v1/embeddings``."""
    bare = url.rstrip("/")
    if bare.endswith("/embeddings"):
        return bare
    return bare + ("/embeddings" if bare.endswith("/v1") else "/v1/embeddings")


def sendable(text: str) -> str:
    """Cut to a length servers take; an empty text, which they refuse, becomes a space."""
    return drop_unreadable(text[:MAX_CHARACTERS]) or " "


def retry_after(value: str) -> float:
    """Seconds of a Retry-After header (RFC 9110 section 10.2.3); 0 when absent or a date."""
    return float(value) if value.isascii() and value.isdigit() else 0.0
