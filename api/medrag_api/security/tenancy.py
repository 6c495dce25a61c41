"""Says what of the shelf a tenant may act on and be told of, for the doors that read the catalogue itself."""

from __future__ import annotations

import re
from typing import Any

from starlette.exceptions import HTTPException

from medrag.catalogue import Catalogue, EditionState
from medrag.errors import NotFound
from medrag.identifiers import split_edition_id

__all__ = ["acts_on_all", "check_owned", "check_seen", "owned_waiting", "seen_states", "told_to"]

GONE = "nothing of that id is on the shelf"


def acts_on_all(catalogue: Catalogue, tenant: str) -> bool:
    """Whether the whole shelf is a tenant's to act on: to who acts for all, and to everyone while nothing is private."""
    return tenant == "*" or (tenant == "" and all(work.tenant == "" for work in catalogue.works()))


def work_in(target: str) -> str:
    return split_edition_id(target)[0] if "@" in target else target


def check_seen(catalogue: Catalogue, tenant: str, target: str) -> None:
    """Raises NotFound unless the work, or the work of the edition, is everyone's or the tenant's own."""
    owner = {work.id: work.tenant for work in catalogue.works()}.get(work_in(target))
    if owner is None or (tenant != "*" and owner not in ("", tenant)):
        raise NotFound(GONE)


def check_owned(catalogue: Catalogue, tenant: str, target: str) -> None:
    """Raises NotFound for what the tenant does not see, and 403 for what is everyone's and not the tenant's."""
    if acts_on_all(catalogue, tenant):
        return
    check_seen(catalogue, tenant, target)
    if catalogue.work(work_in(target)).tenant != tenant:
        raise HTTPException(403)


def seen_states(catalogue: Catalogue, tenant: str) -> list[EditionState]:
    """The editions of the catalogue that a tenant sees, staged ones too."""
    states = catalogue.editions()
    if tenant == "*":
        return states
    owner = {work.id: work.tenant for work in catalogue.works()}
    return [state for state in states if owner[state.edition.work] in ("", tenant)]


def owned_waiting(catalogue: Catalogue, tenant: str) -> list[str]:
    """The complete editions of a tenant's own works that readers do not see yet."""
    current = catalogue.current()
    seen = set(current.editions) if current is not None else set()
    owner = {work.id: work.tenant for work in catalogue.works()}
    return [
        state.edition.id
        for state in catalogue.editions()
        if state.state == "sealed"
        and state.edition.id not in seen
        and state.edition.withdrawn is None
        and owner[state.edition.work] == tenant
    ]


def told_to(catalogue: Catalogue, tenant: str, told: Any) -> Any:
    """A job's result as a tenant is told it: what names another tenant's work, by id or by title, is left out."""
    hidden = [work for work in catalogue.works() if tenant != "*" and work.tenant not in ("", tenant)]
    if not hidden:
        return told
    words = re.compile("|".join(re.escape(word) for work in hidden for word in (work.id, work.title)))
    return without(told, words)


def without(told: Any, words: re.Pattern[str]) -> Any:
    """A JSON document without the items of lists, and the fields, whose text matches."""
    if isinstance(told, list):
        return [without(item, words) for item in told if not words.search(str(item))]
    if isinstance(told, dict):
        kept = {key: value for key, value in told.items() if not words.search(key)}
        return {key: without(value, words) for key, value in kept.items()}
    return "" if isinstance(told, str) and words.search(told) else told
