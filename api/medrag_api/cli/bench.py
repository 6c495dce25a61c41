"""``medrag bench``: how fast this machine is at what medrag does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

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
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    help="Processes of either HTTP server [default: the cores there are, 2 at most].",
)
@door
def bench(
    names: Sequence[str], seed: int, seconds: float, workers: int | None, as_json: bool, settings: Settings
) -> None:
    """Measures NAME on the published shelf. Figures, no verdicts.

    interactions: opening the graph and the memory it takes; reviews of 2, 5, 12 and 50 random drugs with a patient,
    in a process that has just opened its graph and in one prepared as a server is; POST /interactions of 5 drugs
    beside a route that does nothing, in the same run, with the client's own share of the time; and how long
    "medrag check warfarin ibuprofen" takes from a cold start. The regimens are random and all distinct.
    """
    from medrag_api.bench_interactions import bench_interactions, usable_cores

    many = workers or min(2, usable_cores())
    told = {name: bench_interactions(settings, seed, seconds, many) for name in names}
    if as_json:
        put_json(told)
        return
    for name, figures in told.items():
        click.echo("\n".join((name, *lines_of(figures))))


def lines_of(figures: dict[str, Any]) -> Iterator[str]:
    """The figures as a person reads them, worst cases beside what is usual."""
    load, http, cold = figures["load"], figures["http"], figures["cold_command"]
    yield f"  shelf         {figures['graph']['drugs_spoken_of']} drugs that sources speak of; {figures['cores']} cores"
    yield f"  open graph    {load['open_s']:.2f} s (process {load['open_process_s']:.2f} s), {load['rss_mb']:.0f} MB"
    yield f"  prepare       {load['prepare_s']:.2f} s (process {load['prepare_process_s']:.2f} s), once, by a server"
    yield "  review, ms         first reads      warm             process, warm"
    yield "  drugs  pairs       p50     p99      p50     p99      p50     p99"
    for row in figures["reviews_with_patient"]:
        kinds = ("first_reads", "warm", "warm_process")
        told = "  ".join(f"{row[f'{kind}_p50_ms']:7.2f} {row[f'{kind}_p99_ms']:7.2f}" for kind in kinds)
        yield f"  {row['drugs']:5}  {row['pairs']:5}   {told}"
    for key, what in (("check", "5 drugs"), ("trivial", "trivial")):
        one = http[key]
        yield (
            f"  HTTP {what:8} {one['requests_per_s']:8,.0f} requests/s, p50 {one['p50_ms']:.1f} p99 {one['p99_ms']:.1f} ms,"
            f" {one['body_bytes']:,.0f} bytes each; client busy {one['client_share']:.0%}"
        )
    yield f"  HTTP ratio    {http['ratio']:.3f} of the trivial route, {http['workers']} workers"
    yield f"  cold          {cold['p50_s']:.2f} s (process {cold['process_p50_s']:.2f} s): {cold['command']}"
    yield from (f"  {note}" for note in figures["notes"])
