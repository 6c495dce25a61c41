"""A graph or shelf that cannot be read is said to be so, for every pair; it is never an empty list."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from asking import ask
from small_graph import Drawing, TextSources

from medrag.errors import GraphUnavailable
from medrag_graph.stores import MemoryGraph

READS = (
    "snapshot",
    "concept",
    "concepts",
    "named",
    "identifiers",
    "links_from",
    "links_to",
    "claims_between",
    "claims_of",
    "holding",
    "claim_editions",
    "class_editions",
)


class Failing(MemoryGraph):
    """A home one of whose reads fails."""

    failing = ""

    def __getattribute__(self, name: str) -> Any:
        if name != "failing" and name == self.failing:
            raise GraphUnavailable("the server went away")
        return super().__getattribute__(name)


@pytest.fixture
def failing(drawing: Drawing) -> Iterator[Failing]:
    home = Failing(drawing.data())
    yield home
    home.failing = ""


def said_unavailable(report: Any) -> bool:
    return (
        not report.complete
        and not report.findings
        and [item.outcome for item in report.pairs] == ["source_unavailable"] * 3
        and all(item.status == "unresolved" and item.how == "source_unavailable" for item in report.drugs)
        and report.basis.limits[0].startswith("Nothing was checked")
    )


@pytest.mark.parametrize("read", READS)
def test_any_read_that_fails_makes_every_pair_source_unavailable(
    failing: Failing, sources: TextSources, read: str
) -> None:
    failing.failing = read
    report = ask(
        failing, sources, "warfarin", {"system": "rxnorm", "code": "5640"}, "metformin",
        patient={"allergies": ["penicillin"]}, conditions=["gastric ulcer"],
    )  # fmt: skip
    if read == "concept":
        # Only made-up combinations ask for a single concept; when nothing asked, nothing failed.
        assert report.complete or said_unavailable(report)
    else:
        assert said_unavailable(report)


def test_a_graph_that_holds_nothing_or_another_snapshot_is_unavailable(
    drawing: Drawing, sources: TextSources
) -> None:
    three = ("warfarin", "ibuprofen", "metformin")
    assert said_unavailable(ask(MemoryGraph(), sources, *three))
    other = ask(MemoryGraph(drawing.data("s_other")), sources, *three)
    assert said_unavailable(other)
    assert "snapshot" in other.basis.limits[0]


def test_quotes_that_cannot_be_read_are_not_left_out(memory: MemoryGraph, sources: TextSources) -> None:
    sources.missing = True
    assert said_unavailable(ask(memory, sources, "warfarin", "ibuprofen", "metformin"))


def test_a_day_before_every_edition_covers_nothing(memory: MemoryGraph, sources: TextSources) -> None:
    report = ask(memory, sources, "warfarin", "ibuprofen", as_of="1999-01-01")
    assert report.basis.sources_searched == ()
    assert [item.outcome for item in report.pairs] == ["not_covered"]


def test_a_snapshot_that_changes_meanwhile_is_read_again(drawing: Drawing, sources: TextSources) -> None:
    class Restless(MemoryGraph):
        asked = 0

        def snapshot(self) -> str | None:
            self.asked += 1
            return "s_between" if self.asked == 2 else super().snapshot()

    home = Restless(drawing.data())
    assert ask(home, sources, "warfarin", "ibuprofen").complete
    assert home.asked == 4
