"""Uninstalls from an environment what medrag does not need to run: the lock file holds the tools of those who work on it too."""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, distributions

#: pip fetches the wheels that corpora come in (medrag_ingest.wheel).
KEPT = ("medrag", "torch", "pip", "setuptools")


def canonical(name: str) -> str:
    """PEP 503."""
    return re.sub(r"[-_.]+", "-", name).lower()


def wanted_by(held: Distribution) -> Iterator[str]:
    """Names a distribution requires; those for an extra count only for who asks for it, and are left out here."""
    for told in held.requires or ():
        need, _, marker = told.partition(";")
        if "extra ==" not in marker:
            yield canonical(re.split(r"[\s\[(<>=!~;]", need.strip(), maxsplit=1)[0])


def extras_of(held: Distribution) -> Iterator[tuple[str, str]]:
    """(name, extra) of requirements such as ``pydantic[email]``."""
    for told in held.requires or ():
        found = re.match(r"\s*([A-Za-z0-9._-]+)\s*\[([^\]]+)\]", told)
        if found and "extra ==" not in told.partition(";")[2]:
            for extra in found[2].split(","):
                yield canonical(found[1]), extra.strip()


def needed(installed: dict[str, Distribution], roots: Iterable[str]) -> set[str]:
    """Everything the roots need, with the extras they ask for, whatever the platform."""
    found: set[str] = set()
    waiting = [name for name in roots if name in installed]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        held = installed[name]
        waiting += [other for other in wanted_by(held) if other in installed]
        for other, extra in extras_of(held):
            waiting += [one for one in wanted_with(installed.get(other), extra) if one in installed]
    return found


def wanted_with(held: Distribution | None, extra: str) -> Iterator[str]:
    """What a distribution requires for an extra of it."""
    for told in (held.requires or ()) if held is not None else ():
        need, _, marker = told.partition(";")
        if re.search(rf"extra == ['\"]{re.escape(extra)}['\"]", marker):
            yield canonical(re.split(r"[\s\[(<>=!~;]", need.strip(), maxsplit=1)[0])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dry-run", action="store_true", help="only name them")
    told = parser.parse_args()
    installed = {canonical(held.metadata["Name"]): held for held in distributions()}
    unneeded = sorted(set(installed) - needed(installed, KEPT))
    sys.stdout.write("\n".join(unneeded) + "\n")
    if unneeded and not told.dry_run:
        command = [sys.executable, "-m", "pip", "uninstall", "--yes", "--quiet", *unneeded]
        subprocess.run(command, check=True)  # noqa: S603  our own interpreter, names of what is installed


if __name__ == "__main__":
    main()
