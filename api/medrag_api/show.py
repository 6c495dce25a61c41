"""Shows documents at a terminal, calmly, within 100 columns; the same facts as --json, in the same order."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Mapping, Sequence
from typing import Any, Final

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

__all__ = [
    "show_answer",
    "show_checks",
    "show_history",
    "show_report",
    "show_search",
    "show_shelf",
    "show_trial",
    "show_work",
]

WIDEST: Final = 100
#: Characters that would move the cursor, colour the screen or turn the line around: a document cannot give orders.
UNSEEN: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)

LABELS: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "sources": "Sources",
        "withheld": "Withheld: offered, but not proved by a source",
        "limits": "Limits",
        "edition": "edition",
        "published": "published",
        "retrieved": "retrieved",
        "searched": "Searched",
        "superseded": "superseded by",
    },
    "zh": {
        "sources": "来源",
        "withheld": "未采用（来源未能证实）",
        "limits": "局限",
        "edition": "版本",
        "published": "发布",
        "retrieved": "获取",
        "searched": "已检索",
        "superseded": "已被取代",
    },
    "fr": {
        "sources": "Sources",
        "withheld": "Écarté : proposé, mais non prouvé par une source",
        "limits": "Limites",
        "edition": "édition",
        "published": "publié",
        "retrieved": "obtenu",
        "searched": "Sources consultées",
        "superseded": "remplacé par",
    },
}
MARK: Final = re.compile(r"(?:\[\d+\])+(?=\n|$)")
STATUS_STYLE: Final = {"ok": "green", "warn": "yellow", "fail": "bold red"}


def console() -> Console:
    """stdout, never wider than a page; colours only at a terminal."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    made = Console(highlight=False, emoji=False, markup=False)
    made.width = min(made.width, WIDEST)
    return made


def plain(told: object) -> str:
    """Text as it may be printed."""
    return UNSEEN.sub("\ufffd", str(told))


def put(out: Console, told: str | Text, *, indent: int = 0, style: str = "", after: int = 0) -> None:
    """A paragraph, indented, with empty lines after it."""
    text = told if isinstance(told, Text) else Text(plain(told), style)
    for line in text.wrap(out, max(out.width - indent, 20)):
        line.rstrip()
        out.print(Text(" " * indent) + line)
    for _ in range(after):
        out.print()


def show_answer(answer: Mapping[str, Any]) -> None:
    """The answer, then the sources its numbers name, what was withheld, and its limits."""
    out, words = console(), LABELS[answer["language"]]
    out.print()
    put(out, answer_text(answer), after=1)
    if answer["citations"]:
        put(out, words["sources"], style="bold")
        show_citations(out, answer["citations"], words)
    for item in answer["withheld"]:
        put(out, f"{words['withheld']} ({item['reason']})", style="bold yellow")
        put(out, item["text"], indent=4, after=1)
    basis = answer["basis"]
    for limit in basis["limits"]:
        put(out, f"{words['limits']}: {limit}", style="dim")
    searched = ", ".join(f"{s['id']} {s['edition']}" for s in basis["sources_searched"])
    if searched:
        put(out, f"{words['searched']}: {searched}", style="dim")
    put(out, f"{answer['status']} · {answer['id']} · {basis['snapshot']}", style="dim")


def answer_text(answer: Mapping[str, Any]) -> Text:
    """The words with their statements set off and their numbers quiet."""
    text = Text(plain(answer["answer"]))
    for statement in answer["statements"]:
        text.stylize("bold", statement["start"], statement["end"])
    for mark in MARK.finditer(text.plain):
        text.stylize("cyan", *mark.span())
    return text


def show_citations(out: Console, citations: Sequence[Mapping[str, Any]], words: Mapping[str, str]) -> None:
    """Each document once, with the quotes that stand in it under their numbers."""
    by_document: dict[str, list[Mapping[str, Any]]] = {}
    for citation in citations:
        by_document.setdefault(citation["document"]["id"], []).append(citation)
    for quotes in by_document.values():
        show_document(out, quotes[0]["document"], words)
        for citation in quotes:
            show_quote(out, citation)
        out.print()


def show_document(out: Console, document: Mapping[str, Any], words: Mapping[str, str]) -> None:
    """Title, publisher, edition, dates, licence, address."""
    title = document["title"]
    put(
        out,
        title if title == document["work_title"] else f"{title} · {document['work_title']}",
        indent=2,
        style="bold",
    )
    facts = [
        document["publisher"],
        f"{words['edition']} {document['edition']}",
        f"{words['published']} {document['published']}",
        f"{words['retrieved']} {document['retrieved']}",
        document["authority"],
        document["licence"],
    ]
    if document["superseded_by"]:
        facts.append(f"{words['superseded']} {document['superseded_by']}")
    put(out, " · ".join(facts), indent=2, style="dim")
    if document["url"]:
        put(out, document["url"], indent=2, style="dim")


def show_quote(out: Console, citation: Mapping[str, Any]) -> None:
    """``[n] “quote”`` and where it stands."""
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(width=4, justify="right", style="cyan")
    grid.add_column()
    start, end = citation["position"]["start"], citation["position"]["end"]
    page = f", p. {citation['page']}" if citation["page"] is not None else ""
    quote = Text(f"“{plain(citation['quote']['exact'])}”")
    grid.add_row(f"[{citation['n']}]", quote)
    grid.add_row("", Text(f"{citation['passage_id']} {start}-{end}{page}", "dim"))
    out.print(Padding(grid, (0, 0, 0, 2), expand=False))


def show_search(found: Mapping[str, Any]) -> None:
    """Passages, best first, each with how it was found."""
    out = console()
    out.print()
    for hit in found["hits"]:
        document = hit["document"]
        ways = ", ".join(f"{way['method']} {way['rank']}" for way in hit["found"])
        put(out, f"{hit['rank']}. {' › '.join([document['title'], *hit['section']])}", style="bold")
        told = f"{document['work']} {document['edition']} · {hit['score']:.3f} ({ways}) · {hit['passage_id']}"
        if hit["folded"]:
            told += f" · {len(hit['folded'])} alike"
        put(out, told, indent=3, style="dim")
        put(out, hit["text"].strip(), indent=3, after=1)
    searched = ", ".join(f"{s['id']} {s['edition']}" for s in found["sources_searched"])
    way = "words alone" if found["degraded"] else "words and vectors"
    put(
        out,
        f"{len(found['hits'])} passages · {way} · {searched or 'no source passes the filters'}",
        style="dim",
    )


def show_shelf(shelf: Mapping[str, Any]) -> None:
    """One line a work."""
    out = console()
    table = grid("work", "edition", "published", "language", "passages", "")
    for work in shelf["works"]:
        for edition in work["editions"]:
            state = "in force" if edition["in_force"] else "kept"
            table.add_row(
                *map(
                    plain,
                    (work["id"], edition["label"], edition["published"], work["language"]),
                ),
                f"{edition['passages']:,}",
                state,
            )
    out.print(table)
    snapshot = shelf["snapshot"]
    way = "words and vectors" if snapshot["encoder"] else "words alone"
    put(
        out,
        f"{snapshot['id']} · {snapshot['created']} · {snapshot['passages']:,} passages · {way}",
        style="dim",
    )


def show_work(work: Mapping[str, Any]) -> None:
    """A work in full."""
    out = console()
    put(out, work["title"], style="bold")
    rights = work["rights"]
    limit = rights["max_quote_chars"]
    facts = {
        "id": work["id"],
        "publisher": work["publisher"],
        "kind": f"{work['kind']}, {work['authority']}, {work['jurisdiction']}, {work['language']}",
        "licence": f"{rights['licence']}" + (f" ({rights['url']})" if rights["url"] else ""),
        "may be passed on": "yes" if rights["redistributable"] else "no, passages only",
        "longest quote": f"{limit:,} characters" if limit else "no limit",
        "address": work["url"] or "none",
    }
    out.print(pairs(facts))
    table = grid("edition", "published", "retrieved", "documents", "passages", "assertions", "names", "")
    for edition in work["editions"]:
        counts = [f"{edition[name]:,}" for name in ("documents", "passages", "assertions", "names")]
        state = edition["withdrawn"] or ("in force" if edition["in_force"] else "kept")
        table.add_row(edition["label"], edition["published"], edition["retrieved"], *counts, plain(state))
    out.print(table)


def show_history(history: Mapping[str, Any]) -> None:
    """Publications, then runs."""
    out = console()
    table = grid("published", "action", "snapshot", "reason")
    for move in history["publications"]:
        here = " (current)" if move["snapshot"] == history["current"] else ""
        table.add_row(move["at"][:19], move["action"], move["snapshot"] + here, plain(move["reason"]))
    out.print(table)
    runs = grid("run", "started", "finished", "outcome")
    for run in history["runs"]:
        runs.add_row(run["id"], run["started"][:19], (run["finished"] or "")[:19], run["outcome"])
    out.print(runs)


def show_report(report: Mapping[str, Any]) -> None:
    """One line a card, what was rejected, and whether the shelf moved."""
    out = console()
    table = grid("card", "edition", "outcome", "documents", "passages", "seconds")
    for receipt in report["receipts"]:
        counts = [f"{receipt[name]:,}" if receipt[name] else "" for name in ("documents", "passages")]
        seconds = f"{receipt['seconds'].get('all', 0.0):.1f}"
        table.add_row(
            receipt["card"], receipt["edition"].partition("@")[2], receipt["outcome"], *counts, seconds
        )
    out.print(table)
    for receipt in report["receipts"]:
        show_trouble(out, receipt)
    index, moved = report["index"], "published" if report["published"] else "unchanged"
    told = f"{moved}: {report['snapshot'] or 'nothing'} · {index['written']:,} passages written to the index"
    put(out, f"{told}, {index['encoded']:,} encoded, {index['reused']:,} vectors reused", style="dim")
    if report["objections"]:
        from medrag_api.show_keeping import show_objections

        show_objections(report["objections"])
    if report["waiting"]:
        put(out, f"Waiting: {', '.join(report['waiting'])}. Publish with: medrag shelf publish")


def show_trouble(out: Console, receipt: Mapping[str, Any]) -> None:
    """Why a card did not arrive, and what of it was left out."""
    if receipt["reason"]:
        put(out, f"{receipt['card']}: {receipt['reason']}", style="yellow")
        if receipt["remedy"]:
            put(out, receipt["remedy"], indent=2)
    if receipt["rejected_count"]:
        put(
            out,
            f"{receipt['card']}: {receipt['rejected_count']:,} items rejected; the receipt names each",
            style="yellow",
        )
    if receipt["lost_characters"]:
        put(
            out,
            f"{receipt['card']}: {receipt['lost_characters']:,} characters were already lost in the source",
        )


def show_trial(trial: Mapping[str, Any]) -> None:
    """What was put on the shelf, then each question with its answer."""
    show_report(trial["ingest"])
    out = console()
    for item in trial["answers"]:
        out.print()
        out.rule(style="dim")
        put(out, item["question"], style="bold cyan")
        show_answer(item["answer"])


def show_checks(report: Mapping[str, Any]) -> None:
    """The doctor's lines, then the settings in force."""
    out = console()
    table = Table.grid(padding=(0, 2, 0, 0))
    for check in report["checks"]:
        told = Text(plain(check["detail"]))
        if check["remedy"]:
            told.append(f"\n{plain(check['remedy'])}", "italic")
        table.add_row(Text(check["status"], STATUS_STYLE[check["status"]]), Text(check["name"], "bold"), told)
    out.print(table)
    out.print()
    settings = grid("setting", "value", "from")
    for name, item in report["settings"].items():
        settings.add_row(name, Text(plain(item["value"]), overflow="fold"), item["from"])
    out.print(settings)
    put(out, report["status"], style=STATUS_STYLE[report["status"]])


def grid(*headings: str) -> Table:
    """A table without lines."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", pad_edge=False)
    for heading in headings:
        right = heading in ("passages", "documents", "assertions", "names", "seconds")
        named = heading in ("work", "card", "edition", "setting", "snapshot", "run")
        table.add_column(
            heading, justify="right" if right else "left", overflow="fold", no_wrap=named or right
        )
    return table


def pairs(facts: Mapping[str, str]) -> RenderableType:
    table = Table.grid(padding=(0, 2, 0, 0))
    for name, told in facts.items():
        table.add_row(Text(name, "dim"), Text(plain(told), overflow="fold"))
    return table
