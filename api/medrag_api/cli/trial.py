"""``medrag try``: from nothing to two cited answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from medrag_api.cli.failing import put_json
from medrag_api.cli.options import door

if TYPE_CHECKING:
    from medrag.settings import Settings

__all__ = ["try_it"]


@click.command("try", short_help="Fill the starter shelf, then answer two questions.")
@door
def try_it(as_json: bool, settings: Settings) -> None:
    """Puts the starter shelf in place, then asks it one English and one Chinese question.

    Needs a package index (pip's own settings are used) or a mirror folder. The second time it takes seconds.
    """
    from medrag_api.intake import exit_code
    from medrag_api.progress import open_progress
    from medrag_api.trial import run_trial
    from medrag_ingest.cards import starter_cards

    with open_progress() as progress:
        trial = run_trial(list(starter_cards().values()), settings, progress)
    document = trial.as_json()
    if as_json:
        put_json(document)
    else:
        from medrag_api.show import show_trial

        show_trial(document)
    raise click.exceptions.Exit(exit_code(trial.report, everything=False))
