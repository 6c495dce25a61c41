"""The catalogue: the one truth about works, editions, documents, passages, names, assertions and snapshots."""

from medrag.catalogue.rows import Rows
from medrag.catalogue.store import Catalogue, DocumentWords, EditionState, Publication

__all__ = ["Catalogue", "DocumentWords", "EditionState", "Publication", "Rows"]
