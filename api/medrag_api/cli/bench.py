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


@click.command(short_help="Measure speed on this machine: interactions, ingest, verify, load.")
@click.argument(
    "names",
    nargs=-1,
    required=True,
    type=click.Choice(["interactions", "ingest", "verify", "load"]),
    metavar="NAME...",
)
@click.option("--seed", type=int, default=20, show_default=True, help="Of the random regimens and notes.")
@click.option(
    "--seconds", type=click.FloatRange(1, 120), default=5.0, show_default=True, help="For each HTTP load."
)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    help="Processes of either HTTP server [default: the cores there are, 2 at most].",
)
@click.option(
    "--passages",
    type=click.IntRange(100, 1_000_000),
    default=30_000,
    show_default=True,
    help="ingest: of the generated shelf.",
)
@click.option(
    "--publishes",
    type=click.IntRange(1, 1000),
    default=100,
    show_default=True,
    help="ingest: publications while threads ask.",
)
@click.option(
    "--threads", type=click.IntRange(1, 64), default=8, show_default=True, help="ingest: that ask meanwhile."
)
@click.option(
    "--requests",
    type=click.IntRange(100, 10_000_000),
    default=200_000,
    show_default=True,
    help="load: over which memory is looked at.",
)
@door
def bench(names: Sequence[str], as_json: bool, settings: Settings, **options: Any) -> None:
    """Measures NAME on this machine. Figures, no verdicts.

    interactions, on the published shelf: opening the graph and the memory it takes; reviews of 2, 5, 12 and 50 random
    drugs with a patient, in a process that has just opened its graph and in one prepared as a server is; POST
    /interactions of 5 drugs beside a route that does nothing, in the same run, with the client's own share of the
    time; and how long "medrag check warfarin ibuprofen" takes from a cold start. The regimens are random and all distinct.

    ingest, on a generated shelf in a temporary folder: rates of staging, indexing and vectors, and of a PDF; what a
    change of 1 % costs in texts encoded and points written, moved or deleted beside the full build; a rollback; and
    how long threads that ask without a pause wait while another process publishes, beside idle.

    verify: the proof of ten composed statements at a time, first read and read again, English, Chinese and French
    quotes; the limit is 20 ms at the 95th percentile; statements a second; and the first proof from a cold start.

    load: POST /interactions of 5 drugs, /search and extractive /ask by 16 clients, with keys and without, beside the same
    work in process; and the server's memory over many requests.
    """
    told = {name: measured(name, settings, options) for name in names}
    if as_json:
        put_json(told)
        return
    for name, figures in told.items():
        click.echo("\n".join((name, *SHOWN[name](figures))))


def measured(name: str, settings: Settings, options: dict[str, Any]) -> dict[str, Any]:
    if name == "ingest":
        from medrag_api.bench_ingest import bench_ingest

        return bench_ingest(
            settings, options["seed"], options["passages"], options["publishes"], options["threads"]
        )
    if name == "verify":
        from medrag_api.bench_verify import bench_verify

        return bench_verify(options["seed"])
    from medrag_api.bench_interactions import bench_interactions, usable_cores

    many = options["workers"] or min(2, usable_cores())
    if name == "load":
        from medrag_api.bench_http import bench_http

        return bench_http(settings, options["seed"], options["seconds"], many, options["requests"])
    return bench_interactions(settings, options["seed"], options["seconds"], many)


def ingest_lines(figures: dict[str, Any]) -> Iterator[str]:
    """The figures as a person reads them."""
    fill, one, crowd, pdf = (figures[name] for name in ("filling", "one_work", "crowd", "pdf"))
    yield f"  shelf         {fill['passages']:,} passages"
    yield f"  staging       {fill['staging_passages_per_s']:,.0f} passages/s"
    yield f"  words, index  {fill['words_and_index_passages_per_s']:,.0f} passages/s (a hashing encoder's vectors with them)"
    if (vectors := figures["vectors"]) is not None:
        yield (
            f"  vectors       {vectors['passages_per_s']:.1f} passages/s, {vectors['share']:.0%} of the encoder alone"
            f" ({vectors['encoder_alone_per_s']:.1f})"
        )
    yield (
        f"  PDF           {pdf['text_pages_per_s']:.1f} pages/s of text, {pdf['with_tables_pages_per_s']:.1f} with tables"
        f" ({pdf['pages']} pages)"
    )
    yield "  change                      encoded          writes        seconds"
    for told, row in (
        ("all of it", fill["full"]),
        ("1 of 100 works", fill["one_work_changed"]),
        ("nothing", fill["unchanged"]),
        ("1 of a work's 100 notes", one["one_document_changed"]),
    ):
        shares = [f"({row[f'{name}_percent']:.1f} %)" if f"{name}_percent" in row else "" for name in COUNTED]
        counts = "  ".join(f"{row[name]:7,} {share:8}" for name, share in zip(COUNTED, shares, strict=True))
        yield f"    {told:23} {counts} {row['seconds']:7.2f}"
    yield f"  rollback      {fill['rollback_ms']:.0f} ms"
    yield (
        f"  crowd         {crowd['publishes']} publications under {crowd['threads']} threads: {crowd['queries_during']:,} answers"
        f" from {crowd['snapshots_seen']} snapshots, {crowd['mixed_answers']} mixed"
    )
    yield (
        f"  query p99     idle {crowd['idle_p99_ms']:.1f} ms, while publishing {crowd['during_p99_ms']:.1f} ms,"
        f" ratio {crowd['p99_ratio']:.2f}"
    )
    yield from (f"  {note}" for note in figures["notes"])


COUNTED = ("encoded", "writes")


def interaction_lines(figures: dict[str, Any]) -> Iterator[str]:
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


def verify_lines(figures: dict[str, Any]) -> Iterator[str]:
    """The figures as a person reads them."""
    for key, what in (
        ("ten_first_read_ms", "first read"),
        ("ten_first_read_process_ms", "first read, this process alone"),
        ("ten_read_again_ms", "read again"),
    ):
        told = figures[key]
        yield f"  ten statements, {what}: p50 {told['p50']:.1f} ms, p95 {told['p95']:.1f} ms"
    kept = "within" if figures["within_limit"] else "OVER"
    yield f"  limit           p95 {figures['limit_ms']:.0f} ms: {kept}"
    yield f"  rate            {figures['statements_per_s']:,} statements/s, first read"
    yield f"  cold start      {figures['cold_start_s']:.2f} s to the first proof, {figures['held_mb']} MB held"


def load_lines(figures: dict[str, Any]) -> Iterator[str]:
    """The figures as a person reads them."""
    yield f"  {figures['workers']} workers, {figures['cores']} cores, 16 clients"
    for path, alone in figures["in_process"].items():
        yield f"  {path:14} in process      p50 {alone['p50_ms']:7.1f}  p95 {alone['p95_ms']:7.1f} ms"
        for name in ("open", "keyed"):
            one = figures[name][path]
            yield (
                f"  {path:14} {name:6} {one['requests_per_s']:8,.0f}/s p50 {one['p50_ms']:7.1f}  p95 {one['p95_ms']:7.1f}"
                f"  p99 {one['p99_ms']:7.1f} ms; client busy {one['client_share']:.0%}"
            )
    held = figures["memory"]
    steps = " ".join(f"{mb:,.0f}" for mb in held["rss_mb"])
    yield f"  memory        {steps} MB over {held['requests']:,} requests ({held['grown_mb']:+.1f})"


SHOWN = {
    "load": load_lines,
    "interactions": interaction_lines,
    "ingest": ingest_lines,
    "verify": verify_lines,
}
