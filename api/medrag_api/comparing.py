"""Compares two editions of one work for every door: the fitting comparison, with names and advice in the asker's language."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from medrag.catalogue import Catalogue, EditionState
from medrag.catalogue.schema import assertions
from medrag.compare import compare_texts
from medrag.errors import NotFound, Place, Unavailable, UsageError
from medrag.vocabulary import Language
from medrag_api.change_words import WORDS
from medrag_graph.changes import Comparison, Entry, Graded, compare_editions
from medrag_graph.coded import CODED_SCALES
from medrag_graph.interactions.words import name_of
from medrag_graph.resolve import resolve
from medrag_graph.stores import GraphHome

__all__ = ["compare", "named_edition"]

Json = dict[str, Any]


def named_edition(catalogue: Catalogue, name: str) -> EditionState:
    """A whole edition by ``work@label``, published or only staged. Raises UsageError, and NotFound with those held."""
    work, separator, _ = name.partition("@")
    if not separator:
        raise UsageError(f"{name!r} names no edition", remedy="Write work@edition, such as ansm@2020-10")
    held = catalogue.editions(work)
    for state in held:
        if state.edition.id == name and state.state == "sealed":
            return state
    known = ", ".join(state.edition.id for state in held if state.state == "sealed")
    raise NotFound(
        f"no edition {name!r} is held",
        place=Place(field="edition"),
        remedy=f"Held: {known}. Another is taken by: medrag ingest {name}"
        if known
        else "Run: medrag shelf list",
    )


def compare(
    catalogue: Catalogue, old: str, new: str, language: Language, graph: GraphHome | Unavailable
) -> Json:
    """The document of a comparison. ``graph`` gives names; without one they are the source's, and the document says so.

    Raises NotFound, UsageError when the two are of different works, CatalogueUnavailable.
    """
    before, after = named_edition(catalogue, old), named_edition(catalogue, new)
    if before.edition.work != after.edition.work:
        raise UsageError(
            f"{old} and {new} are editions of different works", remedy="Give two editions of one work"
        )
    work = catalogue.work(before.edition.work)
    head: Json = {
        "work": {"id": work.id, "title": work.title, "publisher": work.publisher},
        "before": side_json(before),
        "after": side_json(after),
        "language": language,
        "notes": [],
    }
    if not any(states_interactions(catalogue, name) for name in (old, new)):
        return {**head, "kind": "text", **compare_texts(catalogue, old, new).as_json()}
    told = compare_editions(catalogue, old, new)
    if isinstance(graph, Unavailable):
        head["notes"].append(WORDS["source_names"][language])
    teller = Teller(None if isinstance(graph, Unavailable) else graph, language)
    return {**head, "kind": "interactions", **teller.told(told, spoken=language != work.language)}


def side_json(state: EditionState) -> Json:
    edition = state.edition
    return {
        "id": edition.id,
        "label": edition.label,
        "published": edition.published,
        "valid_from": edition.valid_from.isoformat(),
        "withdrawn": edition.withdrawn,
    }


def states_interactions(catalogue: Catalogue, edition: str) -> bool:
    stated = assertions.c.predicate == "interacts_with"
    return catalogue.first(select(assertions.c.id).where(assertions.c.edition == edition, stated)) is not None


class Teller:
    """Says a comparison in one language."""

    def __init__(self, graph: GraphHome | None, language: Language) -> None:
        self._graph = graph
        self._language = language
        self._names: dict[str, str] = {}

    def told(self, found: Comparison, *, spoken: bool) -> Json:
        """The comparison with names in the language; ``spoken`` adds its advice in our words to the source's."""
        document = found.as_json()
        for change, made in zip(found.changes, document["changes"], strict=True):
            made["names"] = [self.name(change.a), self.name(change.b)]
            for side, entry in (("before", change.before), ("after", change.after)):
                if entry is not None:
                    made[side]["severity"] = entry.severity
                    if spoken:
                        self.speak(made[side], entry)
            for item in made["by_class"]:
                item["names"] = [self.name(item["a"]), self.name(item["b"])]
        for item in document["members"]:
            item["name"] = self.name(item["group"])
        return document

    def speak(self, made: Json, entry: Entry) -> None:
        names = (self.name(entry.a), self.name(entry.b))
        for graded, told in zip(entry.graded, made["graded"], strict=True):
            told["said"] = self.advice(graded, entry, names)

    def advice(self, graded: Graded, entry: Entry, names: tuple[str, str]) -> str:
        """What to do, said from the facts the rules read out of the source's words; "" where they read none."""
        if graded.native_scale not in CODED_SCALES or not graded.management:
            return ""
        from medrag_graph.pddi import read_management
        from medrag_graph.pddi.render import Speaker as Wording
        from medrag_graph.pddi.render import render_management

        facts = read_management(graded.management, graded.severity, entry.a, entry.b)
        said = [sentence.text for sentence in render_management(facts, Wording(self._language, *names))]
        return ("" if self._language == "zh" else " ").join(said)

    def name(self, written: str) -> str:
        """What the graph calls the one thing of that name; else as it is written."""
        if written not in self._names:
            self._names[written] = self.found(written)
        return self._names[written]

    def found(self, written: str) -> str:
        if self._graph is None:
            return written
        concept = resolve(self._graph, written).concept
        return written if concept is None else name_of(concept, self._language)
