"""Shows at a terminal what a librarian's act has done, and what the gate has against a publication."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from rich.text import Text

from medrag_api.show import console, grid, plain, put

if TYPE_CHECKING:
    from medrag_ingest.publishing import Move

__all__ = ["move_json", "show_move", "show_objections", "show_removal", "show_reports", "show_waiting"]

#: Objections that block nothing, shown before the rest are counted.
NOTES_SHOWN: Final = 12


def move_json(move: Move) -> dict[str, Any]:
    """A move of the pointer as --json prints it."""
    return {
        "snapshot": move.snapshot.id if move.snapshot else None,
        "moved": move.moved,
        "editions": list(move.snapshot.editions) if move.snapshot else [],
        "passages": move.snapshot.passages if move.snapshot else 0,
        "objections": [item.as_json() for item in move.objections],
        "index": move.index_json(),
        "seconds": {stage: round(spent, 3) for stage, spent in move.seconds.items()},
    }


def show_move(told: Mapping[str, Any], word: str) -> None:
    """What readers see now."""
    out = console()
    if objections := told.get("objections"):
        show_objections(objections)
    if not told["moved"]:
        put(out, f"Nothing to publish; readers see {told['snapshot'] or 'nothing'}.")
        return
    if told["snapshot"] is None:
        put(out, f"{word} nothing is left for readers to see.", style="bold")
        return
    put(out, f"{word} {told['snapshot']}", style="bold")
    put(out, f"{len(told['editions'])} editions, {told['passages']:,} passages", indent=2)
    for edition in told["editions"]:
        put(out, edition, indent=4)


def show_removal(told: Mapping[str, Any]) -> None:
    """What went, and what readers see now."""
    out = console()
    put(out, f"removed {', '.join(told['removed'])}", style="bold")
    counts = ", ".join(f"{told[name]:,} {name}" for name in ("documents", "passages", "assertions", "names"))
    put(out, counts, indent=2)
    rest = f"{len(told['raw'])} source files, {told['vectors']:,} vectors, {len(told['snapshots'])} snapshots"
    put(out, rest, indent=2)
    put(out, f"readers see {told['snapshot'] or 'nothing'}", indent=2)


def show_objections(objections: Sequence[Mapping[str, Any]]) -> None:
    """What blocks, then what does not."""
    out = console()
    stop = [item for item in objections if item["blocks"]]
    notes = [item for item in objections if not item["blocks"]]
    if stop:
        put(out, f"The gate is shut: {len(stop)} against it", style="bold red")
        for item in stop:
            put(out, line_of(item), indent=2)
    if notes:
        put(out, f"To know: {len(notes)}", style="bold")
        for item in notes[:NOTES_SHOWN]:
            put(out, line_of(item), indent=2)
        if len(notes) > NOTES_SHOWN:
            put(out, f"and {len(notes) - NOTES_SHOWN} more; --json has them all", indent=2)


def line_of(item: Mapping[str, Any]) -> Text:
    where = f", {plain(item['where'])}" if item["where"] else ""
    return Text(f"{item['about']} ({item['kind']}){where}: {plain(item['problem'])}")


def show_reports(told: Mapping[str, Any]) -> None:
    """A line a document, then what to look at, what blocks first."""
    out = console()
    for report in told["reports"]:
        put(out, plain(report["title"] or report["key"]), style="bold")
        tables, bare = report["tables"], sum(not table["header"] for table in report["tables"])
        counts = f"{len(report['pages'])} pages, {len(report['headings'])} headings, {len(tables)} tables"
        put(out, f"{counts} ({bare} without column headers)", indent=2)
        for item in sorted(report["problems"], key=lambda found: not found["blocking"]):
            word = "blocks" if item["blocking"] else "look at"
            kind = item["kind"].replace("_", " ")
            put(out, f"{word}: page {item['page']}, {kind}: {plain(item['words'])}", indent=2)


def show_waiting(told: Mapping[str, Any]) -> None:
    """Editions that are complete and not yet published."""
    out = console()
    if not told["waiting"]:
        put(out, "Nothing waits to be published.")
    table = grid("Waiting", "Published", "Documents", "Passages", "After")
    for item in told["waiting"]:
        table.add_row(
            item["edition"],
            item["published"],
            f"{item['documents']:,}",
            f"{item['passages']:,}",
            item["after"] or "a new work",
        )
    if told["waiting"]:
        out.print(table)
        put(out, "Publish with: medrag shelf publish")
    for item in told["withdrawn"]:
        put(out, f"withdrawn: {item['edition']}: {plain(item['reason'])}")
