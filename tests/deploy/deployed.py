"""The files of deploy/ as data: containers as they are run, whichever tool runs them."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

__all__ = [
    "CLUSTER",
    "COMPOSE",
    "CONTAINERFILE",
    "DEPLOY",
    "ROOT",
    "Container",
    "compose",
    "composed",
    "instructions",
    "objects",
    "pods",
]

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
CONTAINERFILE = DEPLOY / "Containerfile"
COMPOSE = sorted(DEPLOY.glob("compose*.yaml"))
CLUSTER = sorted((DEPLOY / "kubernetes").glob("*.yaml"))


@dataclass(frozen=True)
class Container:
    """One container: what it runs and what it may."""

    where: str
    name: str
    image: str
    arguments: tuple[str, ...]
    environment: dict[str, str]
    mounts: tuple[str, ...]

    @property
    def is_ours(self) -> bool:
        return self.image.startswith("medrag:")


def instructions(text: str) -> list[tuple[str, str]]:
    """(instruction, what it says) of a container file, lines joined, comments left out."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    return [
        (word.upper(), rest.strip())
        for word, _, rest in (line.partition(" ") for line in joined.splitlines() if line)
    ]


def compose(path: Path) -> dict[str, Any]:
    told: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return told


def composed() -> list[Container]:
    """The containers of every compose file."""
    told = []
    for path in COMPOSE:
        for name, service in compose(path)["services"].items():
            command = service.get("command", ())
            arguments = tuple(shlex.split(command) if isinstance(command, str) else command)
            mounts = [
                item.split(":")[-2 if item.endswith(":ro") else -1] for item in service.get("volumes", ())
            ]
            told.append(
                Container(
                    path.name,
                    name,
                    service["image"],
                    arguments,
                    service.get("environment", {}),
                    tuple(mounts),
                )
            )
    return told


def objects(kind: str = "") -> list[dict[str, Any]]:
    """What the cluster's files declare, of one kind or all."""
    told = [
        item
        for path in CLUSTER
        if path.name != "kustomization.yaml"
        for item in yaml.safe_load_all(path.read_text(encoding="utf-8"))
    ]
    return [item for item in told if not kind or item["kind"] == kind]


def pods() -> list[tuple[str, dict[str, Any]]]:
    """(name, specification) of every pod that is declared, or made from a template."""
    told = []
    for item in objects():
        if item["kind"] in ("Deployment", "StatefulSet"):
            told.append((item["metadata"]["name"], item["spec"]["template"]["spec"]))
        elif item["kind"] == "Pod":
            told.append((item["metadata"]["name"], item["spec"]))
    return told
