"""Climbs from drugs to everything a claim may name them by: their forms, their products, their classes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from medrag_graph.model import Link, LinkKind
from medrag_graph.stores import GraphHome

__all__ = ["OURS", "Hop", "Path", "Reach", "best_path", "by_class", "climb"]

#: The edition of links from our own tables: they widen every source's classes.
OURS: Final = "medrag"
#: Membership stated by several editions on one path.
MIXED: Final = "*"
#: Longest climb; the deepest class tree held has five floors. Cycles end because no state is entered twice.
HIGHEST: Final = 8


class Hop(NamedTuple):
    """One step up: the concept reached, the link climbed and the edition that states it."""

    id: str
    how: str = ""
    edition: str = ""


Path = tuple[Hop, ...]
#: Concept reached to the edition its memberships rest on ("" when none was needed) to the shortest path.
Reach = Mapping[str, Mapping[str, Path]]


def climb(
    store: GraphHome,
    starts: Mapping[str, Sequence[Path]],
    kinds: Sequence[LinkKind],
    editions: Collection[str] | None,
) -> dict[str, Reach]:
    """For every key, what its starting paths reach by links of ``kinds`` that editions in force, or we, state.

    ``editions`` None climbs every link: what disease is a kind of what does not depend on the day.

    All keys climb together, one read a floor. Of equal length the canonically first path is kept, so the answer does
    not depend on the order of anything.
    """
    reached: dict[str, dict[str, dict[str, Path]]] = {
        key: {path[-1].id: {"": path} for path in sorted(paths)} for key, paths in starts.items()
    }
    floor = [(key, node, "") for key, nodes in reached.items() for node in nodes]
    for _ in range(HIGHEST):
        if not floor:
            break
        links = grouped(store.links_from({node for _, node, _ in floor}, kinds))
        above: list[tuple[str, str, str]] = []
        for key, node, ground in floor:
            path = reached[key][node][ground]
            for link in links.get(node, ()):
                if editions is not None and link.edition != OURS and link.edition not in editions:
                    continue
                state = grounded(ground, link)
                held = reached[key].setdefault(link.target, {})
                if state not in held:
                    held[state] = (*path, Hop(link.target, link.kind, link.edition))
                    above.append((key, link.target, state))
        floor = above
    return dict(reached)


def grouped(links: Iterable[Link]) -> dict[str, list[Link]]:
    """Links by the concept they start at."""
    held: dict[str, list[Link]] = {}
    for link in links:
        held.setdefault(link.source, []).append(link)
    return held


def grounded(ground: str, link: Link) -> str:
    """The edition a path's memberships rest on once it climbs one more link."""
    if link.kind != "member_of" or ground == link.edition or (ground and link.edition == OURS):
        return ground
    return link.edition if ground in ("", OURS) else MIXED


def best_path(paths: Mapping[str, Path], edition: str, class_editions: Collection[str]) -> Path | None:
    """The shortest path a claim of ``edition`` may be reached by.

    A source that lists its own classes' members means those: its class claims reach a drug by its own lists and ours,
    not by another source's class that happens to have the same name.
    """
    allowed = ("", OURS, edition) if edition in class_editions else tuple(paths)
    found = [paths[ground] for ground in allowed if ground in paths]
    return min(found, key=lambda path: (len(path), path), default=None)


def by_class(path: Path) -> bool:
    """Whether a path goes through a class."""
    return any(hop.how == "member_of" for hop in path)
