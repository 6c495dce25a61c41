"""``medrag bench``: how fast this machine is at what medrag does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from medrag_api.cli.failing import put_json
from medrag_api.cli.options import door

if TYPE_CHECKING:
    from medrag.settings import Settings

__all__ = ["bench"]


@click.command(short_help="Measure speed on this machine: interactions.")
@click.argument("names", nargs=-1, required=True, type=click.Choice(["interactions"]), metavar="NAME...")
@click.option("--seed", type=int, default=20, show_default=True, help="Of the random regimens.")
@click.option(
    "--seconds", type=click.FloatRange(1, 120), default=5.0, show_default=True, help="For each HTTP load."
)
@door
def bench(names: Sequence[str], seed: int, seconds: float, as_json: bool, settings: Settings) -> None:
    """Measures NAME. interactions: opening the graph, reviews of 2, 5, 12 and 50 random drugs, and POST /interactions
    of 5 drugs beside a route that does nothing, in the same run. Figures, no verdicts."""
    from medrag_api.bench_interactions import bench_interactions

    told = {name: bench_interactions(settings, seed, seconds) for name in names}
    if as_json:
        put_json(told)
        return
    for name, figures in told.items():
        click.echo(name)
        for what, figure in figures.items():
            click.echo(
                f"  {what:<34} {figure:>12,.3f}"
                if isinstance(figure, float)
                else f"  {what:<34} {figure:>12}"
            )
