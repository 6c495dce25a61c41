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
    default="auto",
    show_default=True,
    metavar="auto|extractive|model|NAME",
    help="Who answers: the sources' own words, or a model that is configured, proved by them.",
)
@click.option(
    "--keep",
    "keep_question",
    is_flag=True,
    help="Keep the question's words with its answer, so that it can be asked again; never with a patient's facts.",
)
@as_of_option
@limit_option
@filter_options
@door
def ask(
    question: str, answerer: str, patient_file: Path | None, as_json: bool, settings: Settings, **options: Any
) -> None:
    """Answers QUESTION, in English, Chinese or French, with exact quotes from the shelf.

    Facts about a patient are never stored or logged; other answers are kept for a while, without the question, and
    shown again by medrag replay ID. An answer that abstains or refuses is an answer: exit 0.
    """
    from medrag_api.answering import Answering
    from medrag_api.kept_answers import KeptAnswer, keep_now
    from medrag_api.requests import AskRequest, validated
    from medrag_api.wiring import open_models, reading_all

    told = {
        "question": question,
        "answerer": answerer,
        "filters": filters_of(options),
        "as_of": options.pop("as_of"),
        "top_k": options.pop("top_k"),
        "patient": patient_of(patient_file, options),
        "keep_question": options.pop("keep_question"),
    }
    request = validated(AskRequest, told)
    request.record()
    problems: list[str] = []
    with reading_all(settings) as desk:

        def keep(kept: KeptAnswer | None) -> None:
            problems.append(keep_now(settings, desk.shelf.catalogue, kept))

        models = open_models(settings)
        if request.answerer != "extractive":
            models.prepare()
        document = Answering(settings, models, keep).answer(request, desk)
    problem = "".join(problems)
    if problem:
        click.echo(f"This answer was not kept: {problem}", err=True)
    if as_json:
        put_json(document)
        return
    from medrag_api.show import show_answer

    show_answer(document)
