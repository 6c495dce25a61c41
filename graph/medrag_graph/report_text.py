"""Tells a join report in lines for a terminal: what joined, how far sources agree and why, what is loose."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from medrag_graph.agreement import LEVELS, Agreement

if TYPE_CHECKING:
    from medrag_graph.report import JoinReport, SourceJoin

__all__ = ["report_text"]

#: Lines of each list, and names beside a source; the JSON has them all.
SHOWN: Final = 12
NAMED: Final = 4


def report_text(report: JoinReport, width: int) -> str:
    """The report, no line wider than ``width`` columns."""
    lines = list(lines_of(report))
    return "\n".join(part for line in lines for part in wrapped(line, width)) + "\n"


def wrapped(line: str, width: int) -> list[str]:
    indent = " " * (len(line) - len(line.lstrip()) + 2)
    return textwrap.wrap(line, width, subsequent_indent=indent, break_on_hyphens=False) or [""]


def lines_of(report: JoinReport) -> Iterator[str]:
    yield f"Graph of {report.snapshot}"
    yield "  " + ", ".join(f"{n:,} {what}" for what, n in report.counts.items())
    yield from section("What joined how (share with an English name from another source)")
    yield from (source_line(item) for item in report.sources)
    yield from section("Of those, named in claims")
    yield from (source_line(item) for item in report.named_in_claims)
    yield from section("Agreement between sources (Cohen's kappa)")
    for item in report.agreement:
        yield from agreement_lines(item)
    yield from loose_ends(report)


def section(title: str) -> Iterator[str]:
    yield ""
    yield title


def loose_ends(report: JoinReport) -> Iterator[str]:
    kinds = Counter(item.kind.replace("_", " ") for item in report.conflicts)
    told = ", ".join(f"{n:,} {kind}" for kind, n in sorted(kinds.items()))
    yield from section(f"Conflicts of joining: {len(report.conflicts):,}")
    yield f"  {told or 'none'}"
    yield f"  names given to fewer concepts than have them: {report.contested_names:,}"
    dangling = Counter(f"{item.edition}: {item.end} {item.name!r}" for item in report.dangling)
    yield from listing(
        f"Dangling assertions: {len(report.dangling):,}",
        [f"{what} ({n})" if n > 1 else what for what, n in sorted(dangling.items())],
    )
    yield from listing(
        f"Classes without members: {len(report.classes_without_members):,}, "
        f"of which claims name {report.classes_without_members_in_claims:,}",
        report.classes_without_members,
    )
    yield from listing(
        f"Classes that other sources count more drugs in: {len(report.unlisted):,} (nothing is added to them)",
        [
            f"{item.edition} {item.name}: lists {item.listed:,}, not {beside(item.absent)}"
            for item in report.unlisted
        ],
    )
    yield from listing(
        f"Drugs of our table that no source of interactions speaks of: {len(report.unspoken):,}",
        report.unspoken,
    )
    yield from listing(
        f"Drugs without code: {len(report.drugs_without_code):,}, "
        f"of which claims name {report.drugs_without_code_in_claims:,}",
        report.drugs_without_code,
    )


def listing(title: str, names: Sequence[str]) -> Iterator[str]:
    yield from section(title)
    yield from (f"  {name}" for name in names[:SHOWN])
    if len(names) > SHOWN:
        yield f"  and {len(names) - SHOWN:,} more (--json)"


def source_line(item: SourceJoin) -> str:
    how = ", ".join(f"{n:,} by {way}" for way, n in sorted(item.by.items())) or "none"
    missing = f"; without: {beside(item.unjoined)}" if item.unjoined else ""
    return f"  {item.edition} {item.kind}: {item.english:,} of {item.things:,} ({item.share:.1%}); joined {how}{missing}"


def beside(names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMED:,} more" if len(names) > NAMED else ""
    return "; ".join(names[:NAMED]) + more


def agreement_lines(item: Agreement) -> Iterator[str]:
    """What was compared, each kappa with its n, and what keeps it low: read off the same counts."""
    one, other = item.one.partition("@")[0], item.other.partition("@")[0]
    yield f"  {item.one} and {item.other}: {item.drugs:,} drugs in both, {item.pairs:,} pairs of them"
    yield (
        f"    named by {one} {item.named_by_one:,} ({item.by_class_one:,} only through a class), "
        f"by {other} {item.named_by_other:,} ({item.by_class_other:,} only through a class), by both {item.named_by_both:,}: "
        f"{share(item.named_by_both, item.named_by_one)} of {one}'s, "
        f"{share(item.named_by_both, item.named_by_other)} of {other}'s"
    )
    yield (
        f"    named at all: kappa {told(item.listed_kappa)} (n = {item.pairs:,}, all pairs). Low where one source speaks of "
        "whole classes and the other of single drugs: each then names pairs the other leaves out."
    )
    yield (
        f"    level, of pairs both grade: kappa {told(item.level_kappa)}, linearly weighted "
        f"{told(item.level_kappa_weighted)}, major or worse against the rest {told(item.high_kappa)} "
        f"(n = {item.graded_by_both:,})"
    )
    if item.graded_by_both:
        yield (
            f"    {one} grades them {used(sum(row) for row in item.levels)}; "
            f"{other} {used(sum(column) for column in zip(*item.levels, strict=True))}: "
            f"with these totals kappa could be {told(item.level_kappa_greatest)} at most"
        )
        yield f"    rows {one}, columns {other}: {', '.join(LEVELS)}"
        yield from (f"      {level:<16}{''.join(f'{n:>8,}' for n in row)}" for level, row in named_rows(item))


def named_rows(item: Agreement) -> Iterator[tuple[str, tuple[int, ...]]]:
    return zip(LEVELS, item.levels, strict=True)


def used(counts: Iterable[int]) -> str:
    return ", ".join(f"{n:,} {level}" for level, n in zip(LEVELS, counts, strict=True) if n)


def share(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if whole else "none"


def told(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.2f}"
