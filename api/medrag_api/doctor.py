"""Checks everything a home keeps against its own account of it; every line says ok, warn or fail, and what to do."""

from __future__ import annotations

import hashlib
import platform
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Literal

import medrag
from medrag.backends.named import models_of
from medrag.backends.trial import Trial, try_model
from medrag.catalogue import Catalogue
from medrag.catalogue.migrate import HEAD
from medrag.editions import editions_serving
from medrag.errors import IntegrityError, MedragError, NotFound
from medrag.index import open_store
from medrag.index.encoders import open_encoder
from medrag.protocols import IndexReader, IndexStore
from medrag.records import Snapshot
from medrag.settings import Settings
from medrag_api.wiring import name_lists
from medrag_ingest.rawstore import RawStore

__all__ = ["Check", "report_json", "run_checks"]

Status = Literal["ok", "warn", "fail"]
Progress = Callable[[str, int, int | None], None]

#: Free bytes below which an ingest of the starter shelf may not fit, and below which nothing can be written safely.
LOW_DISK, NO_DISK = 2 << 30, 200 << 20
#: Documents read from the catalogue at once.
BATCH: Final = 200
AGAIN: Final = "Ingest its corpus again: medrag ingest"


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the doctor's."""

    name: str
    status: Status
    detail: str
    remedy: str = ""


def report_json(checks: Sequence[Check], origins: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    """The checks, the worst of them, and the settings with where each came from."""
    worst = next((s for s in ("fail", "warn") if any(check.status == s for check in checks)), "ok")
    return {
        "status": worst,
        "checks": [asdict(check) for check in checks],
        "settings": {name: {"value": value, "from": origin} for name, (value, origin) in origins.items()},
    }


def run_checks(settings: Settings, progress: Progress) -> list[Check]:
    """Every check that can be made; a check whose ground is missing is not made, and that ground has failed."""
    checks = [check_versions(), check_disk(settings.home)]
    try:
        catalogue = Catalogue(settings.catalogue, create=False)
    except MedragError as error:
        kept = [failed("catalogue", error), check_encoder(settings, None)]
        return [*checks, *kept, *check_models(settings, progress)]
    try:
        kept = list(check_kept(settings, catalogue, progress))
        return [*checks, *kept, *check_models(settings, progress)]
    finally:
        catalogue.close()


def failed(name: str, error: MedragError) -> Check:
    where = str(error.place)
    return Check(name, "fail", f"{where}: {error.problem}" if where else error.problem, error.remedy)


def check_versions() -> Check:
    return Check("versions", "ok", f"medrag {medrag.__version__}, Python {platform.python_version()}")


def check_disk(home: Path) -> Check:
    """Free space where the home is, or will be."""
    there = next(folder for folder in (home, *home.absolute().parents) if folder.exists())
    free = shutil.disk_usage(there).free
    told = f"{free / (1 << 30):.1f} GiB free at {home}"
    if free < LOW_DISK:
        return Check(
            "disk", "fail" if free < NO_DISK else "warn", told, "Free space or set MEDRAG_HOME elsewhere"
        )
    return Check("disk", "ok", told)


def check_kept(settings: Settings, catalogue: Catalogue, progress: Progress) -> Iterator[Check]:
    """What rests on a catalogue that opens."""
    try:
        yield check_catalogue(catalogue)
        yield check_unfinished(catalogue)
        snapshot = catalogue.current()
    except MedragError as error:
        yield failed("catalogue", error)
        return
    yield check_leftovers(settings, catalogue)
    yield check_encoder(settings, snapshot)
    if snapshot is None:
        yield Check("snapshot", "fail", "nothing is published yet", "Run: medrag try")
        return
    told = f"{snapshot.id}, {len(snapshot.editions)} editions, {snapshot.passages:,} passages"
    yield Check("snapshot", "ok", f"{told}, published {snapshot.created:%Y-%m-%d %H:%M} UTC")
    yield from check_index(open_store(settings), catalogue, snapshot)
    yield check_graph(settings, catalogue, snapshot)
    yield from check_texts(catalogue, RawStore(settings.home), snapshot, progress)


def check_catalogue(catalogue: Catalogue) -> Check:
    said = catalogue.check()
    if said != "ok":
        return Check("catalogue", "fail", f"the database says: {said}", "Restore a backup of the catalogue")
    return Check("catalogue", "ok", f"sound, revision {HEAD}")


def check_unfinished(catalogue: Catalogue) -> Check:
    """Editions that a run began and did not end; no reader sees them."""
    open_ones = [state.edition for state in catalogue.editions() if state.state != "sealed"]
    if not open_ones:
        return Check("unfinished", "ok", "every edition is complete")
    works = " ".join(sorted({edition.work for edition in open_ones}))
    told = f"begun and not complete: {', '.join(edition.id for edition in open_ones)}"
    return Check("unfinished", "warn", told, f"Unless a run is at work: medrag ingest {works}")


def check_leftovers(settings: Settings, catalogue: Catalogue) -> Check:
    """What an interrupted run left on disk: half-fetched files, indexes that no kept snapshot names."""
    try:
        named = {snapshot.index for snapshot in catalogue.snapshots()}
        spare = sorted(set(open_store(settings).names()) - named)
    except MedragError as error:
        return failed("leftovers", error)
    folders = (settings.home / "raw", settings.home / "index")
    patterns = (".incoming-*", "*.building")
    spare += [
        path.name
        for folder, want in zip(folders, patterns, strict=True)
        for path in sorted(folder.glob(want))
    ]
    if not spare:
        return Check("leftovers", "ok", "none")
    told = f"{len(spare)} left by a run that did not end: {', '.join(spare[:5])}"
    return Check("leftovers", "warn", told, "The next run that publishes sweeps them")


def check_encoder(settings: Settings, snapshot: Snapshot | None) -> Check:
    """The encoder loads, gives a unit vector, and is the one the snapshot's vectors were made with."""
    try:
        encoder = open_encoder(settings)
        if encoder is None:
            return Check("encoder", "ok", "none is chosen: words alone are searched")
        vector = encoder.encode_query("medrag")
        length = float((vector * vector).sum()) ** 0.5
    except MedragError as error:
        return failed("encoder", error)
    if vector.shape != (encoder.dimension,) or abs(length - 1) > 1e-3:
        told = f"{encoder.fingerprint} gives shape {vector.shape}, length {length:.3f}"
        return Check("encoder", "fail", told, "Set MEDRAG_ENCODER to another, or fetch its files again")
    if snapshot is not None and snapshot.encoder != encoder.fingerprint:
        told = (
            f"loads, but the snapshot's vectors are {snapshot.encoder or 'missing'}; words alone are searched"
        )
        return Check("encoder", "warn", told, "Make them: medrag ingest --all")
    return Check("encoder", "ok", f"{encoder.fingerprint}, {encoder.dimension} dimensions")


def check_models(settings: Settings, progress: Progress) -> Iterator[Check]:
    """Each answering model answers a small question. None is needed: without one the sources answer in their own words; but
    one that is named and does not answer is a failure."""
    models = models_of(settings)
    if not models.names:
        yield Check("models", "ok", "none is named: the sources answer in their own words")
        return
    models.prepare()
    for done, model in enumerate(models.all(), start=1):
        yield tell_trial(try_model(model))
        progress("models", done, len(models.names))


def tell_trial(trial: Trial) -> Check:
    """Time, tokens and place of a model that answered, or why it did not; never its words, nor a key."""
    name = f"model {trial.name}"
    if trial.problem:
        remedy = trial.remedy or "Until it answers, the sources do, in their own words"
        return Check(name, "fail", trial.problem, remedy)
    spent, where = trial.spent, "this machine" if trial.on_this_machine else "another machine"
    told = (
        f"answers from {where}: first words after {trial.first_s:.1f} s, whole after {trial.whole_s:.1f} s, "
        f"{spent.tokens_in:,} tokens sent, {spent.tokens_out:,} received"
    )
    return Check(name, "ok", told + (f", cost {spent.cost:g}" if spent.cost else ""))


def check_index(store: IndexStore, catalogue: Catalogue, snapshot: Snapshot) -> Iterator[Check]:
    """The index opens and holds the catalogue's passages, no more and no fewer."""
    try:
        index = store.open(snapshot.index)
    except MedragError as error:
        yield failed("index", error)
        return
    try:
        yield compare_ids(index, catalogue, snapshot)
        yield check_vectors(index, snapshot)
    except MedragError as error:
        yield failed("index", error)
    finally:
        index.close()


def compare_ids(index: IndexReader, catalogue: Catalogue, snapshot: Snapshot) -> Check:
    held = set(index.ids())
    wanted = set().union(*(catalogue.passage_ids(edition) for edition in snapshot.editions))
    if held == wanted and index.count() == len(wanted):
        return Check("index", "ok", f"{len(held):,} passages, those of the catalogue")
    told = (
        f"{len(wanted - held):,} passages of the catalogue are missing, {len(held - wanted):,} are not in it"
    )
    return Check(
        "index",
        "fail",
        told,
        f"Remove index/{snapshot.index} under MEDRAG_HOME, then: medrag ingest --starter",
    )


def check_vectors(index: IndexReader, snapshot: Snapshot) -> Check:
    made, count = index.count_dense(), index.count()
    if not snapshot.encoder:
        return Check("vectors", "ok", "none: the snapshot was published for words alone")
    if made < count:
        return Check(
            "vectors", "fail", f"{made:,} of {count:,} passages have one", "Run: medrag ingest --all"
        )
    return Check("vectors", "ok", f"{made:,}, one a passage")


def check_graph(settings: Settings, catalogue: Catalogue, snapshot: Snapshot) -> Check:
    """The graph of the snapshot is where reviews read it, whole: in its file, and on the server the settings name."""
    from medrag_graph.cache import graph_file, graph_key
    from medrag_graph.graph_file import read_graph
    from medrag_graph.stores import open_server
    from medrag_graph.stores.protocol import counts_of

    today = datetime.now(UTC).date()
    editions = [catalogue.edition(edition).edition for edition in snapshot.editions]
    key = graph_key(editions_serving(editions, today, today, name_lists(catalogue)))
    try:
        if settings.graph_url:
            with closing(open_server(settings, key)) as home:
                home.check(links=True)
                counts = dict(home.counts())
                return Check("graph", "ok", f"whole on the server, {tell_counts(counts)}")
        file = graph_file(settings.home, key)
        data = read_graph(file, key, key)
    except IntegrityError as error:
        return Check("graph", "warn", f"{error.place}: {error.problem}", "The next review builds it again")
    except MedragError as error:
        return failed("graph", error)
    if data is None:
        return Check(
            "graph", "warn", "not built yet; the first review waits for it", "Run: medrag graph build"
        )
    return Check("graph", "ok", f"whole in its file, {tell_counts(counts_of(data))}")


def tell_counts(counts: Mapping[str, int]) -> str:
    """``37,000 concepts, 28,000 links, 13,000 claims, 247,000 names``."""
    sums = {
        kind: sum(count for name, count in counts.items() if name.split(".")[0] == kind)
        for kind in ("concepts", "links", "claims", "names")
    }
    return ", ".join(f"{count:,} {kind}" for kind, count in sums.items())


def check_texts(
    catalogue: Catalogue, raw: RawStore, snapshot: Snapshot, progress: Progress
) -> Iterator[Check]:
    """Every document against its sha256, and every raw file a document came from against its own."""
    wrong: list[str] = []
    files: dict[str, set[str]] = {}
    read = 0
    try:
        for edition in snapshot.editions:
            keys = [identifier for identifier, *_ in catalogue.document_keys(edition)]
            for start in range(0, len(keys), BATCH):
                for document in catalogue.documents_of(keys[start : start + BATCH]).values():
                    files.setdefault(document.raw_sha256, set()).add(edition.partition("@")[0])
                    if hashlib.sha256(document.text.encode("utf-8")).hexdigest() != document.sha256:
                        wrong.append(f"{edition} {document.key}")
                    read += 1
                progress("documents", read, None)
    except MedragError as error:
        yield failed("documents", error)
        return
    if wrong:
        yield Check(
            "documents", "fail", f"{len(wrong):,} do not match their hash: {', '.join(wrong[:5])}", AGAIN
        )
    else:
        yield Check("documents", "ok", f"{read:,} match their hash")
    yield check_raw(raw, files, progress)


def check_raw(raw: RawStore, files: Mapping[str, set[str]], progress: Progress) -> Check:
    """``files``: sha256 to the works that came from it."""
    missing: list[set[str]] = []
    wrong: list[set[str]] = []
    for done, (sha256, works) in enumerate(sorted(files.items()), start=1):
        try:
            raw.verify(sha256)
        except NotFound:
            missing.append(works)
        except IntegrityError:
            wrong.append(works)
        progress("raw files", done, len(files))
    if wrong or missing:
        named = " ".join(sorted(set().union(*wrong, *missing)))
        told = f"{len(wrong)} damaged and {len(missing)} missing of {len(files):,}, of: {named}"
        return Check("raw files", "fail", told, f"Remove the damaged, then: medrag ingest {named}")
    return Check("raw files", "ok", f"{len(files):,} present, each with its hash")
