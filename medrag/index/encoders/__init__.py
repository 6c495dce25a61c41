"""Encoders: texts to unit vectors. ``open_encoder`` gives the one the settings name."""

from __future__ import annotations

from medrag.index.encoders.cache import EncodeCount, VectorCache, encode_cached
from medrag.index.encoders.endpoint import EndpointEncoder
from medrag.index.encoders.hashed import HashEmbedder
from medrag.index.encoders.packaged import PackagedEncoder
from medrag.index.encoders.sentence import SentenceEncoder
from medrag.protocols import Encoder
from medrag.settings import Settings

__all__ = ["EncodeCount", "VectorCache", "encode_cached", "open_encoder"]


def open_encoder(settings: Settings) -> Encoder | None:
    """The encoder in force, or None for ``none``. Opens no file and no connection: what is missing shows on first use.

    Raises UsageError when an embeddings URL comes without a model name.
    """
    name = settings.encoder.strip()
    if name in ("", "none"):
        return None
    if name == "packaged":
        return PackagedEncoder(settings.home)
    if name == "hash":
        return HashEmbedder()
    if name.startswith(("http://", "https://")):
        key = settings.encoder_key.get_secret_value()
        return EndpointEncoder(name, settings.encoder_model, key, settings.encoder_dimension)
    return SentenceEncoder(name, offline=settings.offline)
