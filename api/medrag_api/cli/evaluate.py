"""``medrag eval``: retrieval measured on question sets in a folder."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click

from medrag_api.cli.failing import put_json
from medrag_api.cli.options import door

if TYPE_CHECKING:
    from medrag.settings import Settings

__all__ = ["RUNNER", "evaluate"]

#: ``run_eval(names, data, settings, progress)`` gives a report with ``as_json()`` and ``as_text()``.
RUNNER = "medrag_api.evaluate.command"
#: Where a checkout keeps its reviewed scores.
SCORES = Path("tests/quality/scores.yaml")


@click.command("eval", short_help="Measure retrieval on question sets (BEIR layout).")
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=SCORES.parent,
    show_default=True,
    help="Folder with DIR/NAME/corpus.jsonl[.gz], queries*.jsonl and qrels*.tsv; for the other suites, their YAML files.",
)
@click.option(
    "--scores",
    type=click.Path(dir_okay=False, path_type=Path),
    default=SCORES,
    show_default=True,
    help="Reviewed scores to compare with.",
)
@click.option("--keep", is_flag=True, help="Write this run's scores into that file.")
@door
def evaluate(
    names: Sequence[str], data: Path, scores: Path, keep: bool, as_json: bool, settings: Settings
) -> None:
    """Reports nDCG@10, R@10 and R@100 of bm25, dense and hybrid on each NAME under --data.

    NAME may also be a suite with a file of its own in tests/quality: abstention and abstention_fresh (asked of
    the home's shelf, which should be the starter shelf), dialogue, injections, lies, paraphrases (of
    that shelf's passages), privacy, refusals.
    """
    from medrag_api.progress import open_progress

    with open_progress() as progress:
        report = import_module(RUNNER).run_eval(
            tuple(names), data, settings, progress, scores_file=scores, keep=keep
        )
    if as_json:
        put_json(report.as_json())
    else:
        click.echo(report.as_text())
