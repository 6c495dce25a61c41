"""What names a person is taken out before any text goes to a model on another machine; or only what is recognised goes."""

from medrag.privacy.concepts import concepts_only
from medrag.privacy.records import KINDS, Identifier, Kind, Removed
from medrag.privacy.remove import find_identifiers, remove_identifiers

__all__ = [
    "KINDS",
    "Identifier",
    "Kind",
    "Removed",
    "concepts_only",
    "find_identifiers",
    "remove_identifiers",
]
