"""Any other sentence-transformers model, by folder or hub id."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from medrag.errors import EncoderUnavailable, Place
from medrag.index.encoders.tokens import drop_unreadable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Matrix = NDArray[np.float32]

__all__ = ["SentenceEncoder"]

#: Code points read of a text; the model cuts at its own token limit, this bounds the tokenizer's work.
MAX_CHARACTERS = 65_536
#: Texts in one batch.
BATCH = 32
#: Files of a hub model that sentence-transformers on torch never reads.
UNUSED = ("*.onnx", "*.h5", "*.msgpack", "*.ot", "*.gguf", "onnx/*", "openvino/*")
#: Files that decide a vector.
DECIDING = frozenset({".json", ".txt", ".model", ".safetensors", ".bin", ".py"})
E5_NAME = re.compile(r"(?:^|[-_/.])e5(?:[-_/.]|$)", re.IGNORECASE)
REMEDY = "Set MEDRAG_ENCODER to a sentence-transformers folder, or to: packaged"


class SentenceEncoder:
    """Loads on first use. e5 models get ``query: `` and ``passage: ``; others the prompts their folder declares.

    The fingerprint is the hub id and revision, or the sha256 of the folder's files. Thread-safe.
    """

    def __init__(self, name: str, *, offline: bool = False) -> None:
        self.name, self.offline = name, offline
        self.lock = threading.Lock()

    @property
    def fingerprint(self) -> str:
        """Raises EncoderUnavailable when the model is missing."""
        with self.lock:
            return self.kept_fingerprint

    @property
    def dimension(self) -> int:
        """Raises EncoderUnavailable when the model is missing."""
        return int(self.model.get_embedding_dimension())

    def encode_passages(self, texts: Sequence[str]) -> Matrix:
        """float32, shape (len(texts), dimension), rows of norm 1. Raises EncoderUnavailable."""
        return self.encode(texts, self.prefix("passage", "document"))

    def encode_query(self, text: str) -> Matrix:
        """float32, shape (dimension,), norm 1. Raises EncoderUnavailable."""
        vector: Matrix = self.encode([text], self.prefix("query"))[0]
        return vector

    def encode(self, texts: Sequence[str], prefix: str) -> Matrix:
        import numpy as np

        readable = [prefix + drop_unreadable(text[:MAX_CHARACTERS]) for text in texts]
        if not readable:
            return np.empty((0, self.dimension), dtype=np.float32)
        # An empty prompt: the prefix is in the text already, and a default prompt must not be added to it.
        vectors = self.model.encode(
            readable, prompt="", batch_size=BATCH, normalize_embeddings=True, show_progress_bar=False
        )
        if not np.isfinite(vectors).all():
            raise EncoderUnavailable(f"the model {self.name} gave a value that is not finite", remedy=REMEDY)
        return np.asarray(vectors, dtype=np.float32)

    def prefix(self, *names: str) -> str:
        """The prompt the folder declares under one of the names, else that of the e5 family, else none."""
        declared = next((self.model.prompts[name] for name in names if self.model.prompts.get(name)), "")
        return str(declared) or (f"{names[0]}: " if E5_NAME.search(self.name) else "")

    @property
    def model(self) -> Any:
        with self.lock:
            return self.kept_model

    @cached_property
    def kept_model(self) -> Any:
        folder = self.kept_folder
        try:
            from sentence_transformers import SentenceTransformer
            from transformers.utils import logging

            logging.disable_progress_bar()
            return SentenceTransformer(str(folder), device="cpu", local_files_only=True).eval()
        except (ImportError, OSError, ValueError, KeyError, RuntimeError) as error:
            problem = f"the model cannot be loaded: {type(error).__name__}: {error}"
            raise EncoderUnavailable(problem, place=Place(file=str(folder)), remedy=REMEDY) from error

    @cached_property
    def kept_folder(self) -> Path:
        """The folder named, or the hub's in the local cache; fetched unless offline."""
        folder = Path(self.name).expanduser()
        if folder.is_dir():
            return folder
        if folder.is_absolute() or self.name.startswith((".", "~")):
            raise EncoderUnavailable("no such model folder", place=Place(file=str(folder)), remedy=REMEDY)
        return fetch_model(self.name, self.offline)

    @cached_property
    def kept_fingerprint(self) -> str:
        folder = self.kept_folder
        if Path(self.name).expanduser().is_dir():
            return f"sentence:{folder_hash(folder)[:24]}"
        return f"sentence:{self.name}@{folder.name}"  # the hub's cache names a folder by its commit


def fetch_model(name: str, offline: bool) -> Path:
    """The local folder of a hub model. Raises EncoderUnavailable."""
    try:
        from huggingface_hub import snapshot_download

        return Path(snapshot_download(name, local_files_only=offline, ignore_patterns=list(UNUSED)))
    except (ImportError, OSError, ValueError) as error:  # the hub's own errors are OSError or ValueError
        problem = f"the model {name} is neither a folder nor to be had from the hub: {type(error).__name__}"
        raise EncoderUnavailable(problem, remedy=REMEDY) from error


def folder_hash(folder: Path) -> str:
    """sha256 over names and contents of the files that decide a vector."""
    told = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix in DECIDING):
        with path.open("rb") as file:
            told.update(
                f"{path.relative_to(folder).as_posix()}\0".encode()
                + hashlib.file_digest(file, "sha256").digest()
            )
    return told.hexdigest()
