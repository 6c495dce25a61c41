"""``medrag ask``: one question, one answer, every statement with its quotes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from medrag_api.cli.failing import put_json
from medrag_api.cli.options import as_of_option, door, filter_options, filters_of, limit_option
from medrag_api.cli.patient import patient_of, patient_options

if TYPE_CHECKING:
    from medrag.settings import Settings

__all__ = ["ask"]


@click.command(short_help="Answer a question with exact quotes.")
@click.argument("question")
@patient_options
@click.option(
    "--answerer",
    type=click.Choice(["auto", "extractive", "model"]),
    default="auto",
    help="Who answers [default: auto].",
)
@as_of_option
@limit_option
@filter_options
@door
def ask(
    question: str, answerer: str, patient_file: Path | None, as_json: bool, settings: Settings, **options: Any
) -> None:
    """Answers QUESTION, in English, Chinese or French, with exact quotes from the shelf.

    Facts about a patient are never stored or logged. An answer that abstains or refuses is an answer: exit 0.
    """
    from medrag.answer.service import ask as answer_question
    from medrag_api.requests import AskRequest, known_filters, validated
    from medrag_api.reviewing import DeskReviewer
    from medrag_api.schemas import answer_json
    from medrag_api.wiring import reading_all

    told = {
        "question": question,
        "answerer": answerer,
        "filters": filters_of(options),
        "as_of": options.pop("as_of"),
        "top_k": options.pop("top_k"),
        "patient": patient_of(patient_file, options),
    }
    asked = validated(AskRequest, told).record()
    with reading_all(settings) as desk:
        known_filters(desk.shelf, asked.filters)
        document = answer_json(answer_question(desk.shelf, asked, settings, DeskReviewer(desk)))
    if as_json:
        put_json(document)
        return
    from medrag_api.show import show_answer

    show_answer(document)
