"""``medrag graph``: what the graph holds, how two things are connected in it, how sound it is, and a copy for others."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any

import click

from medrag_api.cli.failing import put_json
from medrag_api.cli.options import door

if TYPE_CHECKING:
    from medrag.settings import Settings
    from medrag_api.desk import Desk
    from medrag_graph.model import GraphConcept

__all__ = ["graph"]


@click.group(short_help="The drug and disease graph: build, stats, path, report, export.")
def graph() -> None:
    """The graph of drugs, classes, diseases and findings of the published snapshot."""


@graph.command("build")
@door
def build(as_json: bool, settings: Settings) -> None:
    """Has the graph where reviews read it: in the home, and on the Bolt server of the settings, which is loaded when it
    does not hold the whole. Publishing does the same."""
    from medrag_api.intake import prepare_graph
    from medrag_api.progress import open_progress
    from medrag_api.wiring import reading_desk

    with open_progress() as progress:
        prepare_graph(settings, progress)
    with reading_desk(settings) as desk:
        graph = desk.graph().snapshot()
    if as_json:
        put_json({"snapshot": desk.shelf.snapshot.id, "graph": graph})
    else:
        click.echo(f"The graph of {desk.shelf.snapshot.id} is in place.")


@graph.command("stats")
@door
def stats(as_json: bool, settings: Settings) -> None:
    """How many concepts, names, links and claims of each kind."""
    from medrag_api.wiring import reading_desk

    with reading_desk(settings) as desk:
        told: dict[str, Any] = {"snapshot": desk.shelf.snapshot.id, "counts": dict(desk.graph().counts())}
    if as_json:
        put_json(told)
        return
    for name, count in told["counts"].items():
        click.echo(f"{count:>9,}  {name}")


@graph.command("path")
@click.argument("one")
@click.argument("other")
@door
def path(one: str, other: str, as_json: bool, settings: Settings) -> None:
    """How the graph gets from ONE to OTHER, drugs or diseases: what sources state, else the shortest chain."""
    from medrag_api.graph_paths import paths_between
    from medrag_api.wiring import reading_desk

    with reading_desk(settings) as desk:
        ends = [named(desk, text) for text in (one, other)]
        found = paths_between(desk, *ends)
    if as_json:
        put_json({"from": ends[0].id, "to": ends[1].id, "paths": found})
        return
    for item in found:
        click.echo(path_line(item))
    if not found:
        click.echo("No path of at most four steps is held. That is no statement about risk.")


def named(desk: Desk, text: str) -> GraphConcept:
    """The drug or disease a text names. Raises NotFound with what is near."""
    from medrag.errors import NotFound, Place
    from medrag_graph.resolve import resolve, resolve_condition

    found = resolve(desk.graph(), text)
    if found.concept is None:
        disease = resolve_condition(desk.graph(), text)
        found = disease if disease.concept is not None else found
    if found.concept is None:
        near = ", ".join(concept.name for concept in found.candidates)
        raise NotFound(
            f"{found.how or 'no such name is held'}" + (f": {near}" if near else ""),
            place=Place(field="name"),
            remedy="Give one of those names" if near else "Check the spelling",
        )
    return found.concept


def path_line(item: dict[str, Any]) -> str:
    """``clarithromycin --member_of (ansm@2020-10)--> macrolides ...``"""
    first, *rest = item["steps"]
    told = str(first["name"])
    for step in rest:
        level = f", {step['severity']}" if "severity" in step else ""
        told += f" --{step['how']} ({step['edition']}{level})--> {step['name']}"
    return told


@graph.command("report")
@door
def report(as_json: bool, settings: Settings) -> None:
    """What joined how, what conflicts and dangles, classes without members, and how far the sources agree."""
    from medrag_api.wiring import read_graph, reading_desk
    from medrag_graph.report import join_report

    with reading_desk(settings) as desk:
        data = replace(read_graph(settings, desk.shelf), snapshot=desk.shelf.snapshot.id)
        made = join_report(data, desk.shelf.catalogue, [item.id for item in desk.shelf.serving()])
    if as_json:
        put_json(made.as_json())
    else:
        from medrag_api.show import WIDEST

        click.echo(made.as_text(min(get_terminal_size().columns, WIDEST)), nl=False)


@graph.command("export")
@click.argument("target", type=click.Path(path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(["graphml", "jsonld", "csv"]),
    help="GraphML, JSON-LD, or a folder of CSV tables [default: by the target's ending, else csv].",
)
@door
def export(target: Path, form: str | None, as_json: bool, settings: Settings) -> None:
    """Writes the graph to TARGET: ids, names, codes, links, claims; of quotes only where they stand."""
    from medrag.errors import Place, Unavailable
    from medrag_api.graph_export import export_graph
    from medrag_api.wiring import read_graph, reading_desk

    chosen = form or {".graphml": "graphml", ".jsonld": "jsonld", ".json": "jsonld"}.get(target.suffix, "csv")
    with reading_desk(settings) as desk:
        data = replace(read_graph(settings, desk.shelf), snapshot=desk.shelf.snapshot.id)
    try:
        files = export_graph(data, chosen, target)
    except OSError as error:
        raise Unavailable(f"cannot write there: {error.strerror}", place=Place(file=str(target))) from error
    told = {"snapshot": data.snapshot, "format": chosen, "target": str(target), "files": files}
    if as_json:
        put_json(told)
        return
    for name, count in files.items():
        click.echo(f"{name}: {count:,}")
