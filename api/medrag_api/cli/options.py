"""Options that commands share, and the settings they make."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from medrag.vocabulary import KINDS, LANGUAGES

__all__ = ["as_of_option", "door", "filter_options", "filters_of", "limit_option"]

Command = TypeVar("Command", bound=Callable[..., Any])


def door(command: Command) -> Command:
    """``--json`` and ``--home``; the command is given ``as_json`` and ``settings``."""

    @wraps(command)
    def opened(*args: Any, home: Path | None, **options: Any) -> Any:
        from medrag.settings import load_settings

        return command(*args, settings=load_settings(home=home), **options)

    shown = click.option(
        "--json", "as_json", is_flag=True, help="One JSON document on stdout, nothing else."
    )(opened)
    return click.option(  # type: ignore[return-value]
        "--home",
        type=click.Path(file_okay=False, path_type=Path),
        help="Folder of catalogue, raw bytes, index and models [default: MEDRAG_HOME, else the user's data folder].",
    )(shown)


def filter_options(command: Command) -> Command:
    """What limits a search; each may be given several times."""
    for name, choices, words in (
        ("--language", LANGUAGES, "Only sources in this language."),
        ("--jurisdiction", None, "Only sources of this country, such as FR."),
        ("--kind", KINDS, "Only sources of this kind."),
        ("--corpus", None, "Only this work; ids as in: medrag shelf list."),
    ):
        kind = click.Choice(choices) if choices else None
        command = click.option(name, type=kind, multiple=True, help=words)(command)
    return command


def filters_of(options: dict[str, Any]) -> dict[str, list[str]]:
    """The filter options as the ``filters`` of a request; taken out of ``options``."""
    fields = {"corpora": "corpus", "kinds": "kind", "jurisdictions": "jurisdiction", "languages": "language"}
    return {field: list(options.pop(option)) for field, option in fields.items()}


def as_of_option(command: Command) -> Command:
    told = click.option(
        "--as-of",
        type=click.DateTime(["%Y-%m-%d"]),
        callback=lambda _context, _option, value: value.date() if value else None,
        help="Answer from what was in force that day.",
    )
    return told(command)


def limit_option(command: Command) -> Command:
    return click.option("-k", "top_k", type=click.IntRange(1, 50), help="Passages to look at [default: 8].")(
        command
    )
