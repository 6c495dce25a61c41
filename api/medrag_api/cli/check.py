"""``medrag check``: a regimen reviewed against every source held, the patient taken into account."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from medrag.vocabulary import LANGUAGES, SEVERITY_ORDER
from medrag_api.cli.failing import put_json
from medrag_api.cli.options import as_of_option, door
from medrag_api.cli.patient import patient_of, patient_options

if TYPE_CHECKING:
    from medrag.settings import Settings
    from medrag.vocabulary import Language
    from medrag_graph.interactions import InteractionReport, Regimen

__all__ = ["check"]


@click.command(short_help="Check drugs against each other and the patient.")
@click.argument("names", nargs=-1, required=True, metavar="DRUG...")
@patient_options
@as_of_option
@click.option(
    "--minimum-severity",
    type=click.Choice(list(reversed(SEVERITY_ORDER))),
    default="minor",
    help="Least severity shown; what no source grades is always shown [default: minor].",
)
@click.option(
    "--language",
    type=click.Choice(LANGUAGES),
    help="Of headlines and advice [default: of the names typed; with --json English].",
)
@click.option("--all", "whole", is_flag=True, help="Show every finding with every source's words.")
@door
def check(
    names: Sequence[str],
    patient_file: Path | None,
    whole: bool,
    as_json: bool,
    settings: Settings,
    **options: Any,
) -> None:
    """Checks DRUGs, as anyone writes them: generic, brand, with strength, in English, Chinese or French.

    A name is used only when it is known; one that is near is offered. Exit 4 when a name was not resolved, 5 when the
    graph could not be read. Facts about a patient are never stored or logged.
    """
    from medrag_api.wiring import reading_desk

    regimen = regimen_of(names, patient_file, as_json, options)
    with reading_desk(settings) as desk:
        report = desk.review(regimen)
    document = report.as_json()
    if as_json:
        put_json(document)
    else:
        from medrag_api.show_check import show_check

        show_check(document, regimen.language, whole=whole)
    tell_trouble(report)
    raise click.exceptions.Exit(exit_code(report))


def regimen_of(
    names: Sequence[str], patient_file: Path | None, as_json: bool, options: dict[str, Any]
) -> Regimen:
    """The command's words as the request HTTP takes. Raises InputRefused."""
    from medrag_api.requests import InteractionRequest, validated

    told = {
        "drugs": list(names),
        "patient": patient_of(patient_file, options),
        **options,
        "language": options["language"] or ("en" if as_json else language_typed(names)),
    }
    return validated(InteractionRequest, told).record()


def language_typed(names: Sequence[str]) -> Language:
    """Chinese when a name is in Chinese; Latin names are the same in too many languages to tell."""
    from medrag.text.normalise import has_han

    return "zh" if any(has_han(name) for name in names) else "en"


def exit_code(report: InteractionReport) -> int:
    """5 when something needed could not be read, 4 when a name was not resolved, else 0."""
    from medrag.errors import NotFound, Unavailable

    if not report.complete:
        return Unavailable.exit_code
    told = (*report.drugs, *report.conditions, *report.allergies)
    return NotFound.exit_code if any(item.status != "resolved" for item in told) else 0


def tell_trouble(report: InteractionReport) -> None:
    """Why the check is not whole, on stderr, whatever stdout holds."""
    if not report.complete:
        click.echo(f"Unavailable: {report.basis.limits[0]}", err=True)
    for item in report.drugs if report.complete else ():
        if item.status != "resolved":
            offered = ", ".join(concept.name for concept in item.candidates)
            click.echo(
                f"Not resolved: {item.input!r}" + (f"; is it one of: {offered}?" if offered else ""), err=True
            )
