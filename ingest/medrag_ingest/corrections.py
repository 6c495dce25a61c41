"""Tells which edition a card makes: its label's first, one already made of the same bytes, or the next correction."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from medrag.catalogue import EditionState
from medrag.identifiers import edition_id
from medrag.records import Edition
from medrag_ingest.manifest import Manifest

__all__ = ["Corrections"]


@dataclass(frozen=True, slots=True)
class Corrections:
    """An edition under its card's label and the corrections of it, ``label.r2`` and on, oldest first."""

    card: Manifest
    states: tuple[EditionState, ...]

    @classmethod
    def of(cls, card: Manifest, held: Sequence[EditionState]) -> Corrections:
        pattern = re.compile(re.escape(card.edition) + r"(?:\.r([2-9]|[1-9]\d+))?")
        found = {
            int(match[1] or 1): state
            for state in held
            if (match := pattern.fullmatch(state.edition.label)) is not None
        }
        return cls(card, tuple(found[number] for number in sorted(found)))

    @property
    def sealed(self) -> list[EditionState]:
        return [state for state in self.states if state.state == "sealed"]

    def made_by(self, recipe: str) -> EditionState | None:
        """The edition this recipe has made, unless a later one replaced it: what was withdrawn stays withdrawn, but
        a card whose bytes have gone back to what they were is a new correction."""
        standing = [state for state in self.sealed if state.edition.withdrawn is None][-1:]
        withdrawn = [state for state in self.sealed if state.edition.withdrawn is not None]
        made = [s for s in (*standing, *withdrawn) if s.edition.manifest_sha256 == recipe]
        return made[0] if made else None

    def following(self, recipe: str) -> Edition:
        """The edition to stage."""
        number = len(self.sealed) + 1
        label = self.card.edition if number == 1 else f"{self.card.edition}.r{number}"
        made = self.card.edition_record(datetime.now(UTC).date())
        return replace(made, id=edition_id(self.card.id, label), label=label, manifest_sha256=recipe)

    def drop_unfinished(self, drop: Callable[[str], None]) -> None:
        """A staging begun with other bytes will not be taken up again."""
        for state in self.states:
            if state.state != "sealed":
                drop(state.edition.id)
