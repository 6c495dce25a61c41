"""Graphs drawn at random for laws: drugs, classes of classes, diseases, claims of several editions."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st
from small_graph import Drawing, TextSources

from medrag.vocabulary import SEVERITY_ORDER
from medrag_graph.interactions import SourceEdition
from medrag_graph.model import GraphData

EDITIONS = ("one@1", "two@1", "three@1")
PREDICATES = ("interacts_with", "no_interaction_with", "contraindicated_in")
#: Real names, so that risk facts and therapeutic classes take part.
NAMES = (
    "warfarin",
    "ibuprofen",
    "naproxen",
    "diclofenac",
    "omeprazole",
    "sertraline",
    "tramadol",
    "clarithromycin",
    "simvastatin",
    "amiodarone",
    "lisinopril",
    "spironolactone",
    "metformin",
    "amlodipine",
    "citalopram",
)


@st.composite
def drawings(draw: st.DrawFn) -> Drawing:
    """Fifteen drugs in up to five classes, three diseases, up to twenty claims."""
    d = Drawing()
    drugs = [
        d.concept(f"d:{at:02d}", "drug", f"{name}|Brand{at}", f"药{at}", f"médicament {at}")
        for at, name in enumerate(NAMES)
    ]
    classes = [d.concept(f"k:{at}", "class", f"class {at}") for at in range(5)]
    diseases = [d.concept(f"i:{at}", "disease", f"disease {at}") for at in range(3)]
    edition = st.sampled_from(EDITIONS)
    for drug in drugs:
        for group in draw(st.lists(st.sampled_from(classes), max_size=2, unique=True)):
            d.link("member_of", drug, group, draw(edition))
    for at, group in enumerate(classes[1:]):
        if draw(st.booleans()):
            d.link("member_of", group, classes[at], draw(edition))
    things = st.sampled_from([*drugs, *classes])
    for _ in range(draw(st.integers(0, 20))):
        predicate = draw(st.sampled_from(PREDICATES))
        d.claim(
            draw(things),
            draw(st.sampled_from(diseases)) if predicate == "contraindicated_in" else draw(things),
            draw(st.sampled_from(SEVERITY_ORDER)),
            draw(edition),
            predicate=predicate,  # type: ignore[arg-type]
            excepted=tuple(draw(st.lists(st.sampled_from(drugs), max_size=1))),
            statement="what the source says",
        )
    return d


@st.composite
def graphs(draw: st.DrawFn) -> GraphData:
    return draw(drawings()).data()


def sources_of(drawing: Drawing) -> TextSources:
    editions = [SourceEdition(edition, *edition.split("@"), date(2020, 1, 1), None) for edition in EDITIONS]
    return TextSources(drawing.texts, editions)
