"""Finds the transform a card names: what turns a document as read into the document as kept, or drops it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Final, cast

from medrag_ingest.parsed import ParsedDocument
from medrag_ingest.raw import RawFile

__all__ = ["TRANSFORMS", "LazyTransform", "Transform", "TransformContext", "TransformMaker"]

#: Gives the document to keep, or None to drop it. Raises DocumentRefused.
Transform = Callable[[ParsedDocument], ParsedDocument | None]


@dataclass(frozen=True, slots=True)
class TransformContext:
    """What a transform may look at beside the document: the other files of the card's sources, and its options."""

    #: By member path (file name where the source is a file itself).
    siblings: Mapping[str, RawFile]
    options: Mapping[str, object] = field(default_factory=dict)


#: Reads once what it needs of the context (a registry), and gives the transform. Raises DocumentRefused.
TransformMaker = Callable[[TransformContext], Transform]


@dataclass(frozen=True, slots=True)
class LazyTransform:
    """A transform maker by dotted path, imported at its first call."""

    path: str

    def __call__(self, context: TransformContext) -> Transform:
        module, _, function = self.path.partition(":")
        return cast(TransformMaker, getattr(import_module(module), function))(context)


TRANSFORMS: Final[Mapping[str, LazyTransform]] = {
    "openmedicine": LazyTransform("medrag_ingest.transforms.openmedicine:make_openmedicine"),
}
