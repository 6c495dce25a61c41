"""The shelf as readers see it: one snapshot, its index, and which editions are in force on a day."""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cached_property

from medrag.catalogue import Catalogue
from medrag.editions import editions_in_force, editions_serving, set_key, succeeded
from medrag.errors import NothingInForce, Unavailable
from medrag.identifiers import content_id
from medrag.protocols import Encoder, IndexFilter, IndexReader
from medrag.records import Edition, Passage, Snapshot, Work
from medrag.text.indexed import index_text
from medrag.text.normalise import fold_name, has_han
from medrag.vocabulary import Severity

__all__ = ["OpenShelf", "ReadPassage", "SearchFilters", "Standing", "StatedPair", "name_forms"]


#: Read passages kept: about 2 KB each.
KEPT_READ = 20_000
#: Sets of editions whose pairs are kept ready: today's, and some days asked about.
KEPT_DAYS = 4
#: A passage with fewer words of its own says nothing.
FEW_WORDS = 8
#: "(jus et fruit)": what a heading says beside the name.
BRACKETS = re.compile(r"\([^()]*\)")


@dataclass(frozen=True, slots=True)
class StatedPair:
    """An interaction a source states, and the passage it is stated in."""

    passage: str
    edition: str
    severity: Severity


@dataclass(frozen=True, slots=True)
class ReadPassage:
    """A passage as search reads it."""

    passage: Passage
    #: The words it is indexed under: its own, its headings, its title.
    indexed: str
    #: Those words in the form names are compared in.
    folded: str
    #: True when it hardly says more than its headings: a cross-reference, a title.
    hollow: bool
    #: What its document lies in: the edition and the folder of the document's key, or the whole key without one.
    folder: tuple[str, str]


@dataclass(frozen=True, slots=True)
class SearchFilters:
    """What the asker limits a search to; empty means no limit."""

    corpora: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    jurisdictions: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    authorities: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()


def read_passage(passage: Passage, key: str, title: str, text: str) -> ReadPassage:
    """Reads one passage of a document of this key, title and text."""
    indexed = index_text(title, passage, text)
    words = set(fold_name(passage.text).split()) - set(fold_name(" ".join(passage.section)).split())
    hollow = len(words) < FEW_WORDS and not any(has_han(word) for word in words)
    folder = (passage.edition, key.rpartition("/")[0] or key)
    return ReadPassage(passage, indexed, fold_name(indexed), hollow, folder)


def name_forms(name: str) -> tuple[str, ...]:
    """A name as a source heads an entry with it, folded: whole, and without what it adds in brackets."""
    whole, bare = fold_name(name), fold_name(BRACKETS.sub(" ", name))
    return (whole,) if bare in ("", whole) else (whole, bare)


class Standing:
    """What the editions in force on a day state between them, read when it is first asked for."""

    def __init__(
        self, catalogue: Catalogue, editions: tuple[Edition, ...], name_editions: tuple[str, ...]
    ) -> None:
        self.catalogue = catalogue
        #: By work.
        self.editions = editions
        #: The editions of name lists a question is read with.
        self.name_editions = name_editions

    @cached_property
    def classes(self) -> Mapping[str, tuple[str, ...]]:
        """Folded substance name to the classes the sources put it in, as they write them."""
        told: dict[str, tuple[str, ...]] = {}
        for substance, group in self.catalogue.members_of_classes([e.id for e in self.editions]):
            key = fold_name(substance)
            told[key] = (*told.get(key, ()), group)
        return told

    @cached_property
    def stated(self) -> Mapping[str, tuple[tuple[str, StatedPair], ...]]:
        """Folded subject to (folded object, pair) for every interaction they state."""
        told: dict[str, list[tuple[str, StatedPair]]] = {}
        for row in self.catalogue.stated_pairs("interacts_with", [e.id for e in self.editions]):
            pair = StatedPair(row.passage, row.edition, row.severity)
            for subject in name_forms(row.subject):
                told.setdefault(subject, []).extend((other, pair) for other in name_forms(row.object))
        return {subject: tuple(pairs) for subject, pairs in told.items()}


def narrowed(snapshot: Snapshot, held: Sequence[Edition]) -> Snapshot:
    """A snapshot as those see it who do not see all of it; its id says so, and which part it is."""
    editions = tuple(edition.id for edition in held)
    part = content_id("", *sorted(editions))[:10]
    return replace(snapshot, id=f"{snapshot.id}.{part}", editions=editions)


class OpenShelf:
    """One snapshot opened for reading. Everything asked of it is answered from that snapshot alone."""

    def __init__(
        self, catalogue: Catalogue, snapshot: Snapshot, index: IndexReader, encoder: Encoder | None
    ) -> None:
        self.catalogue = catalogue
        self.snapshot = snapshot
        self.index = index
        #: None when the operator chose none, or the snapshot has no vectors of this encoder yet.
        self.encoder = encoder if encoder is not None and encoder.fingerprint == snapshot.encoder else None
        held = [catalogue.edition(identifier).edition for identifier in snapshot.editions]
        self._held = tuple(held)
        self._told: tuple[date, Mapping[str, Edition]] | None = None
        self._standing: OrderedDict[str, Standing] = OrderedDict()
        self._read: OrderedDict[str, ReadPassage] = OrderedDict()
        self._reading = threading.Lock()
        self.works: dict[str, Work] = {work.id: work for work in catalogue.works()}
        #: Whether this is what a tenant sees of a shelf that holds more.
        self.partial = False

    @property
    def private(self) -> frozenset[str]:
        """The tenants with works of their own on this shelf."""
        return frozenset(self.works[item.work].tenant for item in self._held) - {""}

    def seen_by(self, tenant: str) -> OpenShelf:
        """The shelf as a tenant reads it: everyone's works and its own, as if the others were not there. Index, catalogue
        and encoder are shared; who closes this shelf closes those. ``*`` sees all of it, "" what is everyone's."""
        if tenant == "*" or not self.private - {tenant}:
            return self
        seen = copy(self)
        seen.works = {key: work for key, work in self.works.items() if work.tenant in ("", tenant)}
        seen._held = tuple(item for item in self._held if item.work in seen.works)
        seen.snapshot = narrowed(self.snapshot, seen._held)
        seen._told, seen._standing, seen._read = None, OrderedDict(), OrderedDict()
        seen._reading, seen.partial = threading.Lock(), True
        return seen

    def read(self, identifiers: Iterable[str]) -> dict[str, ReadPassage]:
        """Passages by id, read for searching; the last some thousands read are kept, as a snapshot never changes."""
        wanted = list(identifiers)
        with self._reading:
            held = {item: self._read[item] for item in wanted if item in self._read}
        fresh = self.read_anew([item for item in wanted if item not in held])
        with self._reading:
            for item in wanted:
                if item in fresh:
                    self._read[item] = fresh[item]
                self._read.move_to_end(item)
            while len(self._read) > KEPT_READ:
                self._read.popitem(last=False)
        return held | fresh

    def read_anew(self, identifiers: Sequence[str]) -> dict[str, ReadPassage]:
        passages = self.catalogue.passages_of(identifiers)
        texts = self.catalogue.document_texts({passage.document for passage in passages.values()})
        return {item: read_passage(passage, *texts[passage.document]) for item, passage in passages.items()}

    @property
    def editions(self) -> Mapping[str, Edition]:
        """The snapshot's editions by id, each told which has followed it by now."""
        today = datetime.now(UTC).date()
        if self._told is None or self._told[0] != today:
            self._told = (today, succeeded(self._held, today))
        return self._told[1]

    def standing(self, as_of: date | None = None) -> Standing:
        """What is stated by the editions in force on a day. Raises Unavailable when there is none."""
        editions = self.in_force(as_of)
        known = self.serving(as_of)
        key = set_key(known)
        lists = tuple(edition.id for edition in known if self.names_things(edition))
        with self._reading:
            found = self._standing.pop(key, None) or Standing(self.catalogue, editions, lists)
            self._standing[key] = found
            while len(self._standing) > KEPT_DAYS:
                self._standing.popitem(last=False)
        return found

    def serving(self, as_of: date | None = None) -> tuple[Edition, ...]:
        """The editions in force on a day, and today's lists of names where there was none yet; by work.

        Raises Unavailable when none is in force, NothingInForce of another day.
        """
        self.in_force(as_of)
        today = datetime.now(UTC).date()
        lists = {work.id for work in self.works.values() if work.kind == "terminology"}
        return editions_serving(tuple(self.editions.values()), as_of or today, today, lists)

    def names_things(self, edition: Edition) -> bool:
        """Whether the edition is of a list of names."""
        return self.works[edition.work].kind == "terminology"

    def in_force(self, as_of: date | None = None) -> tuple[Edition, ...]:
        """The editions that answer on a day (today when None). Raises Unavailable when there is none."""
        day = as_of or datetime.now(UTC).date()
        found = editions_in_force(tuple(self.editions.values()), day)
        if not found:
            # To come again helps who asks of today, not who asks of another day.
            kind = Unavailable if as_of is None else NothingInForce
            raise kind(f"no edition on the shelf was in force on {day}", remedy="Run: medrag shelf list")
        return found

    def narrow(
        self, filters: SearchFilters, as_of: date | None = None
    ) -> tuple[tuple[Edition, ...], IndexFilter]:
        """The editions in force that pass the filters, and the filter that keeps the index to them."""
        kept = tuple(edition for edition in self.in_force(as_of) if self.passes(edition, filters))
        allowed: dict[str, tuple[str, ...]] = {"edition": tuple(edition.id for edition in kept)}
        if filters.languages:
            allowed["language"] = filters.languages
        if filters.jurisdictions:
            allowed["jurisdiction"] = filters.jurisdictions
        if filters.codes:
            allowed["code"] = filters.codes
        return kept, IndexFilter(allowed)

    def passes(self, edition: Edition, filters: SearchFilters) -> bool:
        work = self.works[edition.work]
        return (
            (not filters.corpora or work.id in filters.corpora)
            and (not filters.kinds or work.kind in filters.kinds)
            and (not filters.authorities or work.authority in filters.authorities)
        )

    def close(self) -> None:
        self.index.close()
