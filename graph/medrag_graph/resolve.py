"""Resolves what people type to concepts: names, brands, salts, strengths and forms, combinations, codes; never a guess."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Final, Literal

from medrag.text.normalise import fold_name, has_han
from medrag_graph.combinations import split_parts
from medrag_graph.common_words import COMMON_WORDS
from medrag_graph.lookalikes import load_lookalikes
from medrag_graph.model import ConceptKind, GraphConcept, GraphStore
from medrag_graph.nearness import MARK, typo_keys
from medrag_graph.products import bare_names
from medrag_graph.salts import MINERALS, split_salt
from medrag_graph.stems import english_forms

__all__ = ["MAX_INPUT", "Resolution", "resolve", "resolve_condition"]

#: Longest name looked at, in code points; the longest name of any source has some 300.
MAX_INPUT: Final = 500
DRUG_KINDS: Final[tuple[ConceptKind, ...]] = ("drug", "class", "food")
DISEASE_KINDS: Final[tuple[ConceptKind, ...]] = ("disease", "finding")
#: Code systems as FHIR and others write them.
SYSTEMS: Final[Mapping[str, str]] = {
    "http://www.nlm.nih.gov/research/umls/rxnorm": "rxnorm",
    "http://fdasis.nlm.nih.gov": "unii",
    "http://www.whocc.no/atc": "atc",
    "https://www.drugbank.ca": "drugbank",
    "http://go.drugbank.com": "drugbank",
    "http://hl7.org/fhir/sid/icd-10": "icd10",
    "http://hl7.org/fhir/sid/icd-10-cm": "icd10",
    "http://purl.obolibrary.org/obo/doid.owl": "doid",
    "http://id.nlm.nih.gov/mesh": "mesh",
}
#: The spelling rules that a typing error does not look like.
ENDINGS: Final = frozenset(
    {"acid", "acid-anion", "of", "inverted", "irregular", "final-e", "ique-ic", "ique-ate"}
)
#: Words of a Latin name that may stand in another order: "acid, acetylsalicylic".
MOST_TURNED: Final = 3
#: Chinese names of drugs have letters too: 维生素D3, 异维A酸.
HAN_NAME: Final = r"[\u4e00-\u9fffa-z\d\u03b1-\u03c9]{6,}"
#: How far, by normalised Damerau-Levenshtein or Jaro-Winkler likeness, a name may be and still be offered.
LEAST_LIKE: Final = 0.75
#: One character of three is a third of a Chinese name.
LEAST_LIKE_HAN: Final = 0.5


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a name stands for. ``candidates`` are for a person to choose from and are never used unasked."""

    input: str
    status: Literal["resolved", "ambiguous", "unresolved"]
    concept: GraphConcept | None = None
    candidates: tuple[GraphConcept, ...] = ()
    #: The parts of a combination product, each to be checked; () for everything else.
    ingredients: tuple[GraphConcept, ...] = ()
    #: What was done to the text to find the name, or why it was not found.
    how: str = ""


def resolve(store: GraphStore, text: str | Mapping[str, str], limit: int = 5) -> Resolution:
    """The drug, class or food that a text names; ``{"code", "system"}`` is looked up by code.

    A combination product comes with its ingredients. Raises Unavailable when the store cannot be read.
    """
    return Resolver(store, DRUG_KINDS, limit).resolve(text)


def resolve_condition(store: GraphStore, text: str | Mapping[str, str], limit: int = 5) -> Resolution:
    """As :func:`resolve`, over diseases and findings."""
    return Resolver(store, DISEASE_KINDS, limit).resolve(text)


@dataclass(frozen=True, slots=True)
class Resolver:
    """One question to one store."""

    store: GraphStore
    kinds: tuple[ConceptKind, ...]
    limit: int

    def resolve(self, text: str | Mapping[str, str]) -> Resolution:
        if not isinstance(text, str):
            return self.by_code(text)
        shown = text if len(text) <= MAX_INPUT else text[:MAX_INPUT]
        folded = fold_name(shown).replace(MARK, "")
        if not folded or not re.search(r"\w", folded):
            return Resolution(shown, "unresolved", how="the name is empty")
        if len(text) > MAX_INPUT:
            return Resolution(shown, "unresolved", how=f"a name has {MAX_INPUT} characters at most")
        return self.by_name(shown) or self.by_parts(shown) or self.near(shown)

    # --- exactly -----------------------------------------------------------------------------------

    def by_code(self, told: Mapping[str, str]) -> Resolution:
        code, system = str(told.get("code", "")), str(told.get("system", ""))
        known = SYSTEMS.get(system.casefold().rstrip("/"), system.casefold())
        shown = f"{known}:{code}"[:MAX_INPUT]
        key = fold_name(f"{known}:{code.upper().removeprefix('DOID:')}")
        found = self.held([key]).get(key, ()) if code and known else ()
        return self.answer(shown, found, "code") or Resolution(
            shown, "unresolved", how=f"no {' or '.join(self.kinds)} of this code is held"
        )

    def by_name(self, text: str) -> Resolution | None:
        """The first reading of the text, the least taken off it, that is a name."""
        readings = list(dict.fromkeys(read_names(text)))
        held = self.held([key for _, key in readings])
        for how, key in readings:
            if key in COMMON_WORDS and held.get(key):
                return Resolution(
                    text, "ambiguous", None, held[key][: self.limit], (), f"{key!r} is an everyday word too"
                )
            found = self.answer(text, held.get(key, ()), how)
            if found is not None:
                return found
        return None

    def answer(self, text: str, found: Sequence[GraphConcept], how: str) -> Resolution | None:
        """Of one concept, or of forms of one; several are candidates."""
        if not found:
            return None
        found = self.prefer(found)
        bases = {concept.id: self.base(concept) for concept in found}
        single = {base.id: base for base in bases.values()}
        if len(single) > 1:
            return Resolution(
                text, "ambiguous", None, tuple(found[: self.limit]), (), "several have this name"
            )
        concept = next(iter(single.values()))
        told = how if concept.id in bases else f"{how}, salt"
        return Resolution(text, "resolved", concept, (), self.parts(concept), told)

    def prefer(self, found: Sequence[GraphConcept]) -> list[GraphConcept]:
        """Those of the first kind there is: a drug before a class of its name before a food."""
        for kind in self.kinds:
            some = [concept for concept in found if concept.kind == kind]
            if some:
                return some
        return []

    def base(self, concept: GraphConcept) -> GraphConcept:
        """The drug that a salt, ester or preparation is a form of. What our table gives another ATC code than that drug's
        (isosorbide mononitrate beside isosorbide) is a drug by itself, and a mineral's salt stays what it is."""
        seen = {concept.id}
        while fold_name(concept.name).split()[0] not in MINERALS:
            links = self.store.links_from([concept.id], ("form_of",))
            targets = sorted({link.target for link in links} - seen)
            above = self.store.concept(targets[0]) if len(targets) == 1 else None
            if above is None or self.apart(concept, above):
                break
            seen.add(above.id)
            concept = above
        return concept

    @staticmethod
    def apart(concept: GraphConcept, above: GraphConcept) -> bool:
        code = concept.codes.get("atc")
        return code is not None and code != above.codes.get("atc")

    def parts(self, concept: GraphConcept) -> tuple[GraphConcept, ...]:
        links = self.store.links_to([concept.id], ("part_of",))
        held = self.store.concepts(sorted({link.source for link in links}))
        return tuple(self.base(held[identifier]) for identifier in sorted(held))

    def held(self, keys: Iterable[str]) -> dict[str, tuple[GraphConcept, ...]]:
        """Folded name -> the concepts of the wanted kinds."""
        named = self.store.named(sorted(set(keys)))
        concepts = self.store.concepts({item for found in named.values() for item in found})
        return {
            key: tuple(
                concepts[item] for item in found if item in concepts and concepts[item].kind in self.kinds
            )
            for key, found in named.items()
        }

    # --- combinations ------------------------------------------------------------------------------

    def by_parts(self, text: str) -> Resolution | None:
        """A combination that no source names, or names in another order: every part must be a drug by itself."""
        if "drug" not in self.kinds:
            return None
        divided = (split_parts(key) for _, key in bare_names(text))
        told = next((some for some in divided if len(some) > 1), ()) or self.run_together(text)
        if not 1 < len(told) <= 12:
            return None
        found = [self.by_name(part) for part in told]
        parts: dict[str, GraphConcept] = {}
        for item in found:
            if item is None or item.concept is None or item.concept.kind != "drug":
                return None
            parts.update({part.id: part for part in (item.ingredients or (item.concept,))})
        if len(parts) < 2:
            return Resolution(text, "resolved", next(iter(parts.values())), how="parts")
        ordered = tuple(parts[identifier] for identifier in sorted(parts))
        return Resolution(text, "resolved", self.combination(ordered), (), ordered, "parts")

    def run_together(self, text: str) -> tuple[str, ...]:
        """Two Chinese names written as one, 氨氯地平贝那普利: the only division into two drugs, each of three characters
        at least; () when there is none or another."""
        whole = [key for how, key in bare_names(text) if re.fullmatch(HAN_NAME, key)]
        cuts = [(key[:at], key[at:]) for key in dict.fromkeys(whole) for at in range(3, len(key) - 2)]
        held = self.held([part for cut in cuts for part in cut])
        found = [cut for cut in cuts if all(any(c.kind == "drug" for c in held.get(p, ())) for p in cut)]
        return found[0] if len({frozenset(cut) for cut in found}) == 1 else ()

    def combination(self, parts: tuple[GraphConcept, ...]) -> GraphConcept:
        """The product of exactly these parts, or one made up for the purpose, which the store does not hold."""
        wholes = self.store.links_from([part.id for part in parts], ("part_of",))
        for identifier in sorted({link.target for link in wholes}):
            concept = self.store.concept(identifier)
            if concept is not None and {part.id for part in self.parts(concept)} == {
                part.id for part in parts
            }:
                return concept
        name = " / ".join(part.name for part in parts)
        slug = "+".join(re.sub(r"[^a-z0-9]+", "-", part.name.casefold()).strip("-") for part in parts)
        return GraphConcept(f"medrag:{slug}", "drug", name, {"en": (name,)})

    # --- near --------------------------------------------------------------------------------------

    def near(self, text: str) -> Resolution:
        """Names a typing error away, as candidates only."""
        likeness, least = liken(), LEAST_LIKE_HAN if has_han(text) else LEAST_LIKE
        scored: dict[str, tuple[float, GraphConcept]] = {}
        for key in dict.fromkeys(key for _, key in bare_names(text)):
            for concepts in self.held(typo_keys(key)).values():
                for concept in concepts:
                    score = max(likeness(key, fold_name(name)) for name in all_names(concept))
                    if score >= least and score > scored.get(concept.id, (0.0, concept))[0]:
                        scored[concept.id] = score, concept
        ordered = sorted(scored.values(), key=lambda item: (-item[0], item[1].id))
        offered = self.beside([concept for _, concept in ordered[: self.limit]])
        how = "no such name; these are near" if offered else "no such name is held"
        return Resolution(text, "unresolved", None, tuple(offered), (), how)

    def beside(self, offered: list[GraphConcept]) -> list[GraphConcept]:
        """The names that are mistaken for those offered are offered too, within the limit."""
        pairs = load_lookalikes()
        others = [other for c in offered for n in all_names(c) for other in pairs.get(fold_name(n), ())]
        held = self.held(others)
        added = [concept for key in dict.fromkeys(others) for concept in held.get(key, ())]
        fresh = list({c.id: c for c in added if c.id not in {item.id for item in offered}}.values())
        room = max(self.limit - len(fresh), 1)
        return [*offered[:room], *fresh][: self.limit] if fresh else offered


def read_names(text: str) -> Iterator[tuple[str, str]]:
    """(how, folded name) of every way to read a text as a name, the least changed first."""
    bare = list(bare_names(text))
    yield from bare
    for how, key in bare:
        salt = split_salt(key)
        if salt:
            yield join_how(how, "salt"), salt[0]
    for how, key in bare:
        yield from ((join_how(how, "order"), turned) for turned in turned_names(key))
    for how, key in bare:
        yield from ((join_how(how, f"stem {rule}"), form) for rule, form in french_forms(key))
        salt = split_salt(key)
        if salt:
            yield from ((join_how(how, f"salt, stem {rule}"), form) for rule, form in french_forms(salt[0]))


def french_forms(folded: str) -> Iterator[tuple[str, str]]:
    """English forms by the rules of endings and order. Rules of letters (i and y, f and ph) would mend typing errors,
    which are offered and never used."""
    return ((rule, form) for rule, form in english_forms(folded) if ENDINGS.issuperset(rule.split("+")))


def join_how(how: str, more: str) -> str:
    return more if how == "exact" else f"{how}, {more}"


def turned_names(folded: str) -> Iterator[str]:
    """The words of a short name in every other order, commas left out."""
    words = folded.replace(",", " ").split()
    if 1 < len(words) <= MOST_TURNED:
        yield from (" ".join(order) for order in permutations(words) if " ".join(order) != folded)


def all_names(concept: GraphConcept) -> Iterator[str]:
    for names in concept.names.values():
        yield from names


def liken() -> Callable[[str, str], float]:
    """Likeness of two folded names, 0 to 1: the greater of edit distance and common beginnings."""
    from rapidfuzz.distance import OSA, JaroWinkler

    def likeness(one: str, other: str) -> float:
        if not one or not other:
            return 0.0
        edited: float = OSA.normalized_similarity(one, other)
        return max(edited, JaroWinkler.similarity(one, other) - 0.1)

    return likeness
