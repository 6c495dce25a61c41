"""How fast the shelf is filled: the whole mirror by words alone, and a generated archive of labels that is cut off once."""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import yaml
from generate_labels import write_archive

from medrag.identifiers import sha256_bytes
from medrag.settings import Settings
from medrag_api.wiring import open_workshop
from medrag_ingest.cards import load_cards
from medrag_ingest.manifest import Manifest
from medrag_ingest.pipeline import IngestReport, ingest
from medrag_ingest.rawstore import hash_file
from medrag_ingest.wheel import wheel_cache

__all__ = ["bench_labels", "bench_mirror"]

MIB = 1 << 20


def main() -> None:
    """Command line: ``bench_ingest.py [--mirror FOLDER] [--labels N]``; without a mirror, or with 0 labels, that part is left."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mirror", type=Path, default=mirror_folder())
    parser.add_argument("--labels", type=int, default=50_000)
    parser.add_argument("--scratch", type=Path, help="folder for homes; some GB for 50,000 labels")
    parser.add_argument("--run", nargs=2, metavar=("HOME", "CARD"), help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.run:
        run_labels(Path(chosen.run[0]), Path(chosen.run[1]))
        return
    with tempfile.TemporaryDirectory(dir=chosen.scratch) as folder:
        if chosen.mirror is not None:
            bench_mirror(Path(folder) / "mirror", chosen.mirror)
        else:
            print("no mirror folder: give --mirror or set MEDRAG_MIRROR")
        if chosen.labels:
            bench_labels(Path(folder) / "labels", chosen.labels)


def mirror_folder() -> Path | None:
    named = os.environ.get("MEDRAG_MIRROR", "").split(os.pathsep)[0]
    return Path(named) if named else None


def cpu_seconds() -> float:
    """Of this process and its ended children."""
    return sum(os.times()[:4])


def peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def bench_mirror(home: Path, mirror: Path) -> None:
    """Every reachable card, words alone; then the same again."""
    settings = Settings(home=home, mirror=(mirror, wheel_cache()), encoder="none", offline=True)
    workshop = open_workshop(settings)
    print(f"\nwhole mirror shelf, words alone, {workshop.crew.size} workers")
    print(f"{'card':<26}{'documents':>10}{'passages':>10}{'names':>9}{'seconds':>9}{'passages/s':>12}")
    report, spent, cpu = timed(list(load_cards().values()), home, settings)
    for receipt in report.receipts:
        rate = receipt.passages / receipt.seconds["all"] if receipt.passages else 0
        told = (
            f"{receipt.documents:>10}{receipt.passages:>10}{receipt.names:>9}{receipt.seconds['all']:>9.2f}"
        )
        print(
            f"{receipt.card:<26}{told}{rate:>12.0f}  {'' if receipt.outcome == 'staged' else receipt.outcome}"
        )
    passages = report.snapshot.passages if report.snapshot else 0
    staging = sum(receipt.seconds["all"] for receipt in report.receipts)
    indexing = report.move.seconds.get("words", 0.0)
    print(f"{'staged':<26}{passages:>20}{'':>9}{staging:>9.2f}{passages / staging:>12.0f}")
    print(f"{'cut into words, indexed':<26}{passages:>20}{'':>9}{indexing:>9.2f}{passages / indexing:>12.0f}")
    print(f"{'overall':<26}{passages:>20}{'':>9}{spent:>9.2f}{passages / spent:>12.0f}")
    print(f"CPU {cpu:.1f} s, {passages / cpu:.0f} passages per CPU second; peak RSS {peak_mib():.0f} MiB")
    _, again, _ = timed(list(load_cards().values()), home, settings)
    print(f"the same again: {again:.2f} s")


def timed(cards: list[Manifest], home: Path, settings: Settings) -> tuple[IngestReport, float, float]:
    workshop = open_workshop(settings)
    began, cpu = time.monotonic(), cpu_seconds()
    try:
        report = ingest(cards, workshop, lambda *_: None)
    finally:
        workshop.catalogue.close()
    return report, time.monotonic() - began, cpu_seconds() - cpu


def bench_labels(folder: Path, count: int) -> None:
    """A generated archive, ingested in a process of its own that is killed half-way and started again."""
    folder.mkdir(parents=True)
    archive = folder / "labels.zip"
    write_archive(archive, count, 1, nested=True)
    card = label_card(archive, count)
    print(f"\n{count} generated labels, {archive.stat().st_size / MIB:.0f} MiB archive")
    print(f"{'run':<10}{'labels':>9}{'seconds':>9}{'RSS MiB':>9}")
    show(folder / "home", card, kill_at=count // 2, run="first")
    show(folder / "home", card, kill_at=None, run="resumed")
    shutil.rmtree(folder)


def label_card(archive: Path, count: int) -> Path:
    card = {
        "id": "generated-labels", "title": "Generated labels", "publisher": "medrag", "kind": "label",
        "authority": "label", "jurisdiction": "US", "language": "en", "edition": "1", "published": "2024-01-01",
        "rights": {"licence": "CC0-1.0", "redistributable": True},
        "sources": [
            {"file": archive.name, "sha256": hash_file(archive), "members": ["prescription/*.zip!/*.xml"]}
        ],
        "reader": {"name": "spl"}, "expect": {"documents": count},
    }  # fmt: skip
    path = archive.with_name("card.yaml")
    path.write_text(yaml.safe_dump(card), encoding="utf-8")
    assert Manifest.from_yaml(path).sha256 == sha256_bytes(path.read_bytes())
    return path


def show(home: Path, card: Path, *, kill_at: int | None, run: str) -> None:
    """Runs it in a child and prints what the child tells, up to the kill."""
    child = subprocess.Popen(
        [sys.executable, __file__, "--run", str(home), str(card)], stdout=subprocess.PIPE, text=True
    )
    for line in lines_of(child):
        kind, _, rest = line.partition(" ")
        if kind == "labels":
            labels, seconds, rss = rest.split()
            print(f"{run:<10}{labels:>9}{seconds:>9}{rss:>9}", flush=True)
            if kill_at is not None and int(labels) >= kill_at:
                child.send_signal(signal.SIGKILL)
        else:
            print(f"{run:<10}{rest}", flush=True)
    code = child.wait()
    if kill_at is None and code:
        raise SystemExit(f"the resumed run ended with code {code}")


def lines_of(child: subprocess.Popen[str]) -> Iterator[str]:
    assert child.stdout is not None
    for line in child.stdout:
        yield line.rstrip("\n")


def run_labels(home: Path, card: Path) -> None:
    """The child: ingests, telling every 5,000 labels its time and resident memory."""
    began, told = time.monotonic(), 0

    def progress(stage: str, done: int, total: int | None) -> None:
        nonlocal told
        if stage == "generated-labels" and done // 5000 > told:
            told = done // 5000
            print(f"labels {told * 5000} {time.monotonic() - began:.0f} {resident_mib():.0f}", flush=True)

    cpu = cpu_seconds()
    workshop = open_workshop(Settings(home=home, encoder="none", offline=True))
    report = ingest([Manifest.from_yaml(card)], workshop, progress)
    receipt, spent = report.receipts[0], time.monotonic() - began
    snapshot = report.snapshot.passages if report.snapshot else 0
    print(
        f"told {receipt.outcome}: {receipt.documents} labels, {receipt.passages} passages, {snapshot} published"
    )
    print(f"told resumed {receipt.resumed_members} members; {spent:.0f} s, CPU {cpu_seconds() - cpu:.0f} s")
    words = report.move.seconds.get("words", 0.0)
    print(
        f"told staging {receipt.seconds['all']:.0f} s, index {words:.0f} s; peak RSS {peak_mib():.0f} MiB {receipt.reason}"
    )


def resident_mib() -> float:
    """This process' resident memory now."""
    status = Path("/proc/self/status")
    if not status.exists():
        return peak_mib()
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    main()
