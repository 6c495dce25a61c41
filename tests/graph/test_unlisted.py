"""What a source's classes leave out, on a graph small enough to read."""

from __future__ import annotations

from medrag_graph.model import Claim, GraphConcept, GraphData, Link
from medrag_graph.unlisted import unlisted_members, unspoken_drugs

DRUGS = [GraphConcept(f"x:{name}", "drug", name, {"en": (name,)}) for name in ("old", "new", "far", "salt")]
GROUP = GraphConcept("x:group", "class", "group", {"en": ("group",)})
LINKS = (
    Link("member_of", "x:old", "x:group", "list@1"),
    Link("member_of", "x:salt", "x:group", "other@1"),
    Link("form_of", "x:salt", "x:new", "other@1"),
)
CLAIM = Claim("a", "list@1", "interacts_with", "x:group", "x:old", "major", "s", "l", "", {}, (), ())
DATA = GraphData("s", (*DRUGS, GROUP), LINKS, (CLAIM,), {})


def test_a_member_only_another_source_counts_is_told_by_its_base() -> None:
    (told,) = unlisted_members(DATA)
    assert (told.edition, told.name, told.listed, told.absent) == ("list@1", "group", 1, ("new",))


def test_a_drug_nobody_speaks_of_is_told() -> None:
    assert unspoken_drugs(DATA, {"x:old", "x:new", "x:far"}) == ("far", "new")
    assert unspoken_drugs(DATA, {"x:old"}) == ()
