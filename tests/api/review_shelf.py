"""A shelf of one small interaction list beside the sample works, for reviews at the doors."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sample_shelf import OPEN

from medrag.catalogue import Catalogue
from medrag.identifiers import content_id, edition_id, sha256_text
from medrag.records import Assertion, Block, Document, Edition, Passage, Segment, Span, Stated, Work
from medrag.vocabulary import Severity

PAIRS = Work(
    "pair-list",
    "List of pairs",
    "A regulator",
    "interaction_list",
    "regulator",
    "INT",
    "en",
    "https://example.org/p",
    OPEN,
)
#: (subject, object, our severity, the list's own level)
ROWS: tuple[tuple[str, str, Severity, str], ...] = (
    ("warfarin", "ibuprofen", "major", "Avoid"),
    ("clarithromycin", "simvastatin", "contraindicated", "Never"),
    ("lisinopril", "spironolactone", "moderate", "Watch potassium"),
    ("sildenafil", "nitroglycerin", "contraindicated", "Never"),
)


def add_pairs(
    catalogue: Catalogue, work: Work = PAIRS, rows: Sequence[tuple[str, str, Severity, str]] = ROWS
) -> None:
    """One sealed edition: a document with a line for each pair, a passage a line, an assertion on each."""
    edition = edition_id(work.id, "1")
    catalogue.put_work(work)
    day = date(2022, 5, 1)
    catalogue.open_edition(Edition(edition, work.id, "1", "2022-05-01", day, date(2026, 1, 2), "0" * 64))
    lines = [f"{one} with {other}: {level}." for one, other, _, level in rows]
    text = "\n".join(lines)
    digest = sha256_text(text)
    identifier = content_id("d_", edition, "pairs", digest)
    spans = []
    for line in lines:
        start = spans[-1].end + 1 if spans else 0
        spans.append(Span(start, start + len(line)))
    document = Document(
        identifier,
        edition,
        "pairs",
        work.title,
        "en",
        text,
        digest,
        "1" * 64,
        "",
        (Segment(0, len(text), f"chars:0-{len(text)}"),),
        tuple(Block("paragraph", span.start, span.end) for span in spans),
    )
    parts = [
        Passage(
            content_id("p_", identifier, s.start),
            identifier,
            edition,
            n,
            s.start,
            s.end,
            s.of(text),
            "prose",
            (),
            None,
            None,
        )
        for n, s in enumerate(spans)
    ]
    claims = [
        Assertion(
            content_id("a_", identifier, span.start),
            edition,
            "interacts_with",
            one,
            other,
            severity,
            work.id,
            level,
            "",
            {},
            (Stated(identifier, span, "statement"),),
        )
        for (one, other, severity, level), span in zip(rows, spans, strict=True)
    ]
    catalogue.add_batch(edition, [(0, document, parts)], claims)
    catalogue.seal_edition(edition, digest)
