"""The catalogue: the one truth about works, editions, documents, passages, names, assertions and snapshots."""

from medrag.catalogue.reading import DocumentWords, EditionState, Publication
from medrag.catalogue.rows import Rows
from medrag.catalogue.store import Catalogue

__all__ = ["Catalogue", "DocumentWords", "EditionState", "Publication", "Rows"]
