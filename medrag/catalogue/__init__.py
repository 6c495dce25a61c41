"""The catalogue: the one truth about works, editions, documents, passages, names, assertions and snapshots."""

from medrag.catalogue.store import Catalogue, EditionState, Publication

__all__ = ["Catalogue", "EditionState", "Publication"]
