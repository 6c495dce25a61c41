"""One document at ``medrag ingest``: the options that say what it is, and its way onto the shelf."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from medrag.vocabulary import AUTHORITIES, KINDS, LANGUAGES
from medrag_api.cli.failing import put_json

if TYPE_CHECKING:
    from medrag.settings import Settings
    from medrag_ingest.pipeline import IngestReport

__all__ = ["description_options", "document_of", "take_document", "tell_report"]

Command = TypeVar("Command", bound=Callable[..., Any])

#: (option, its values or None for words, help); those a document cannot do without are marked.
OPTIONS = (
    ("title", None, "Document: its title (needed)."),
    ("publisher", None, "Document: who published it (needed)."),
    ("published", None, "Document: when, such as 2025-01-31, 2025-01 or 2025 (needed)."),
    ("jurisdiction", None, "Document: ISO country code such as US, or INT (needed)."),
    ("kind", KINDS, "Document: what it is [default: guideline]."),
    ("authority", AUTHORITIES, "Document: who speaks in it [default: by its kind]."),
    ("language", LANGUAGES, "Document: its language [default: en]."),
    ("licence", None, "Document: under which rights it is used [default: not stated]."),
    ("url", None, "Document: where it is published."),
    ("work", None, "Document: the work held that it is an edition of [default: a work of its own]."),
    ("edition", None, "Document: the edition's label [default: the day it was published]."),
    ("tenant", None, "Document: whose private shelf it goes on [default: everyone's]."),
)
NEEDED = ("title", "publisher", "published", "jurisdiction")


def description_options(command: Command) -> Command:
    """``--title`` and the rest."""
    told = click.option("--correction", is_flag=True, help="Document: corrects an edition that is held.")(
        command
    )
    told = click.option(
        "--valid-from",
        type=click.DateTime(["%Y-%m-%d"]),
        help="Document: first day in force [default: published].",
    )(told)
    for name, choices, words in reversed(OPTIONS):
        kind = click.Choice(choices) if choices else None
        told = click.option(f"--{name}", type=kind, help=words)(told)
    return told


def document_of(targets: Sequence[str], described: Mapping[str, Any]) -> Path | None:
    """The one document meant; None when cards are. Raises UsageError when a document is half described."""
    given = [name for name, told in described.items() if told]
    if not given:
        return None
    if len(targets) != 1 or targets[0].endswith((".yaml", ".yml")):
        raise click.UsageError(f"--{given[0]} describes a document: give one file.")
    missing = [f"--{name}" for name in NEEDED if not described[name]]
    if missing:
        raise click.UsageError(f"A document also needs {', '.join(missing)}.")
    return Path(targets[0])


def take_document(
    path: Path, described: Mapping[str, Any], stage_only: bool, as_json: bool, settings: Settings
) -> int:
    """Ingests the document and shows what became of it; the exit code."""
    from medrag_api.intake import exit_code, run_document
    from medrag_api.progress import open_progress
    from medrag_ingest.documents import Description

    told = {name: value for name, value in described.items() if value}
    if "valid_from" in told:
        told["valid_from"] = told["valid_from"].date()
    with open_progress() as progress:
        report, same = run_document(path, Description(**told), settings, progress, stage_only=stage_only)
    if report is None:
        document = {"duplicate_of": same, "published": False}
        put_json(document) if as_json else click.echo(
            f"{path.name}: held already as {same}; nothing was written."
        )
        return 0
    tell_report(report, as_json)
    return exit_code(report, everything=False, stage_only=stage_only)


def tell_report(report: IngestReport, as_json: bool) -> None:
    """What an ingest did, as a document or as lines."""
    document = report.as_json()
    if as_json:
        put_json(document)
        return
    from medrag_api.show import show_report

    show_report(document)
