"""Two editions compared: what was raised, what moved, what was only renamed, and that nothing is told twice or lost."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from medrag.text.normalise import fold_name
from medrag.vocabulary import SEVERITY_ORDER, Severity
from medrag_graph.changes.compare import compare_texts
from medrag_graph.changes.entries import EditionText, key_of, letters
from medrag_graph.changes.records import Graded, Quoted, rank


def graded(severity: Severity, management: str = "", mechanism: str = "") -> Graded:
    quote = Quoted("level", severity, "d_1", 0, len(severity), "p_1")
    return Graded(severity, "ansm", severity, "", management, mechanism, (quote,))


def text(
    label: str,
    entries: dict[tuple[str, str], list[Graded]],
    members: dict[str, set[str]] | None = None,
) -> EditionText:
    made = EditionText(f"book@{label}")
    for (one, other), told in entries.items():
        a, b = sorted((key_of(one), key_of(other)))
        made.names |= {key_of(one): one, key_of(other): other}
        made.graded[a, b] = told
    for group, held in (members or {}).items():
        made.names |= {key_of(name): name for name in (group, *held)}
        made.members[key_of(group)] = {key_of(name) for name in held}
    return made


OLD = text(
    "1",
    {
        ("BUPROPION", "TRAMADOL"): [graded("minor")],
        ("WARFARINE", "ASPIRINE"): [graded("contraindicated")],
        ("LITHIUM", "SEL"): [graded("moderate", "Surveiller la lithémie.")],
        ("FER", "THÉ"): [graded("moderate", mechanism="Moins absorbé.")],
        ("bêta-bloquants (sauf esmolol)", "AMIODARONE"): [graded("major")],
        ("IVACAFTOR", "RIFAMPICINE"): [graded("major")],
        ("A", "B"): [graded("minor")],
    },
    {"bêta-bloquants (sauf esmolol)": {"aténolol", "propranolol", "sotalol"}, "CLASSE": {"x", "y"}},
)
NEW = text(
    "2",
    {
        ("Tramadol", "bupropion"): [graded("major"), graded("minor")],
        ("WARFARINE", "ASPIRINE"): [graded("major")],
        ("LITHIUM", "SEL"): [graded("moderate", "Surveiller la\nlithémie chaque semaine.")],
        ("FER", "THÉ"): [graded("moderate", mechanism="Moins bien absorbé.")],
        ("BÊTA-BLOQUANTS (SAUF ESMOLOL) (Y COMPRIS COLLYRES)", "AMIODARONE"): [graded("major")],
        ("IVACAFTOR SEUL", "RIFAMPICINE"): [graded("major")],
        ("ATOMOXÉTINE", "PAROXÉTINE"): [graded("contraindicated")],
    },
    {
        "BÊTA-BLOQUANTS (SAUF ESMOLOL) (Y COMPRIS COLLYRES)": {"aténolol", "propranolol", "sotalol"},
        "IVACAFTOR SEUL": {"ivacaftor"},
        "CLASSE": {"x", "z"},
    },
)


def test_every_kind_of_change_is_told() -> None:
    found = compare_texts(OLD, NEW)
    told = {(change.kind, frozenset((fold_name(change.a), fold_name(change.b)))) for change in found.changes}
    assert told == {
        ("raised", frozenset({"bupropion", "tramadol"})),
        ("lowered", frozenset({"warfarine", "aspirine"})),
        ("management", frozenset({"lithium", "sel"})),
        ("mechanism", frozenset({"fer", "the"})),
        ("added", frozenset({"atomoxetine", "paroxetine"})),
        ("added", frozenset({"ivacaftor seul", "rifampicine"})),
        ("moved", frozenset({"ivacaftor", "rifampicine"})),
        ("removed", frozenset({"a", "b"})),
    }
    assert found.counts["same"] == 1
    (members,) = found.members
    assert (members.group, members.added, members.removed) == ("CLASSE", ("z",), ("y",))


def test_a_class_under_a_new_name_is_the_same_class_and_says_why() -> None:
    (renamed,) = compare_texts(OLD, NEW).renamed
    assert renamed.old == "bêta-bloquants (sauf esmolol)"
    assert renamed.new == "BÊTA-BLOQUANTS (SAUF ESMOLOL) (Y COMPRIS COLLYRES)"
    assert (renamed.members_before, renamed.members_after, renamed.members_shared) == (3, 3, 3)
    assert renamed.partners_shared == 1.0


def test_a_drug_is_never_taken_for_another_of_a_like_name() -> None:
    old = text("1", {("CEFOTETAN", "ALCOOL"): [graded("major")]})
    new = text("2", {("CEFAZOLINE", "ALCOOL"): [graded("major")]})
    found = compare_texts(old, new)
    assert found.renamed == ()
    assert {change.kind for change in found.changes} == {"added", "removed"}


def test_levels_come_first_and_the_gravest_first_of_all() -> None:
    changes = compare_texts(OLD, NEW).changes
    levels = [c for c in changes if c.kind in ("raised", "added", "regraded", "lowered", "removed")]
    assert changes[: len(levels)] == tuple(levels)
    assert [rank(c.gravest) for c in levels] == sorted(rank(c.gravest) for c in levels)


def test_an_added_entry_says_what_the_class_said_before() -> None:
    old = text("1", {("CLASSE", "B"): [graded("minor")]}, {"CLASSE": {"A"}})
    new = replace(
        text("2", {("CLASSE", "B"): [graded("minor")], ("A", "B"): [graded("major")]}, {"CLASSE": {"A"}})
    )
    (change,) = compare_texts(old, new).changes
    assert change.kind == "added"
    assert [(item.a, item.b, item.severity) for item in change.by_class] == [("B", "CLASSE", "minor")]


NAMES = st.sampled_from(["aa", "bb", "cc", "dd", "ee", "ff"])
ENTRIES = st.dictionaries(
    st.tuples(NAMES, NAMES).filter(lambda pair: pair[0] < pair[1]),
    st.lists(
        st.builds(graded, st.sampled_from(SEVERITY_ORDER), st.sampled_from(["", "x", "y"])),
        min_size=1,
        max_size=3,
    ),
    max_size=10,
)


@given(ENTRIES)
def test_an_edition_does_not_differ_from_itself(entries: dict[tuple[str, str], list[Graded]]) -> None:
    found = compare_texts(text("1", entries), text("2", entries))
    assert (found.changes, found.members, found.renamed) == ((), (), ())
    assert found.same == len(entries)


@given(ENTRIES, ENTRIES)
def test_every_pair_is_told_once_and_back_again_it_is_the_other_way_round(
    one: dict[tuple[str, str], list[Graded]], other: dict[tuple[str, str], list[Graded]]
) -> None:
    there = compare_texts(text("1", one), text("2", other))
    back = compare_texts(text("2", other), text("1", one))
    pairs = [frozenset((change.a, change.b)) for change in there.changes]
    assert len(pairs) == len(set(pairs))
    assert len(pairs) + there.same == len(one.keys() | other.keys())
    turned = {"raised": "lowered", "lowered": "raised", "added": "removed", "removed": "added"}
    assert {(turned.get(c.kind, c.kind), c.a, c.b) for c in there.changes} == {
        (c.kind, c.a, c.b) for c in back.changes
    }


def test_spaces_lost_at_a_line_break_are_no_change() -> None:
    assert letters("laposologie.") == letters("la \nposologie")
    assert key_of("adrénergiques- s") == key_of("adrénergiques-s")
