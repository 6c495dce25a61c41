"""Says which scope every address needs. What is not in the table opens with no key at all."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from fastapi.routing import iter_route_contexts
from starlette.routing import BaseRoute, compile_path

__all__ = ["ANY_METHOD", "OPEN", "SCOPES", "TABLE", "Access", "Doorplan", "Place", "Scope", "paths_of"]

Scope = Literal["ask", "check", "ingest", "publish", "admin"]
#: Stands for the method where an application of its own takes them all.
ANY_METHOD: Final = "*"
#: Everything a key may be given. ``admin`` may do what all the others may.
SCOPES: Final[tuple[Scope, ...]] = ("ask", "check", "ingest", "publish", "admin")


@dataclass(frozen=True, slots=True)
class Access:
    """What an address asks of a caller."""

    #: One of these is needed; ``admin`` always does.
    scopes: frozenset[str]
    #: Whether all of them are needed.
    every: bool = False
    #: Whether anybody may come, without a key.
    open: bool = False
    #: Whether it holds its line open; such lines are counted before anything is done.
    streams: bool = False
    #: Whether it takes documents, which are larger and take longer to send.
    uploads: bool = False

    def lets(self, held: frozenset[str]) -> bool:
        """Whether these scopes are enough."""
        if self.open or "admin" in held:
            return True
        return self.scopes <= held if self.every else not self.scopes.isdisjoint(held)


def needs(*scopes: Scope, streams: bool = False, uploads: bool = False) -> Access:
    return Access(frozenset(scopes), streams=streams, uploads=uploads)


OPEN: Final = Access(frozenset(), open=True)
#: Any key will do: what a quote stands in, what is held, whether it can be read.
READ: Final = needs("ask", "check", "ingest", "publish")
ASK: Final = needs("ask")
CHECK: Final = needs("check")
#: The two that look things up in passing: names, cards, the graph around a drug.
LOOK: Final = needs("ask", "check")
INGEST: Final = needs("ingest")
PUBLISH: Final = needs("publish")
#: The librarian's desk, whichever half of the work the key is for.
SHELVE: Final = needs("ingest", "publish")
ADMIN: Final = needs("admin")

#: Method and route template to what it needs.
TABLE: Final[Mapping[tuple[str, str], Access]] = {
    ("GET", "/health/live"): OPEN,
    ("GET", "/health/ready"): OPEN,
    ("GET", "/openapi.json"): READ,
    ("GET", "/metrics"): ADMIN,
    # --- asking and checking
    ("POST", "/ask"): ASK,
    ("POST", "/search"): ASK,
    ("GET", "/answers"): ASK,
    ("GET", "/answers/{id}"): ASK,
    ("POST", "/feedback"): LOOK,
    ("POST", "/consultations"): ASK,
    ("GET", "/consultations/{id}"): ASK,
    ("DELETE", "/consultations/{id}"): ASK,
    ("PATCH", "/consultations/{id}/slots"): ASK,
    ("POST", "/consultations/{id}/plan"): ASK,
    ("POST", "/interactions"): CHECK,
    ("GET", "/drugs"): LOOK,
    ("GET", "/drugs/suggest"): LOOK,
    ("GET", "/drugs/{id}"): LOOK,
    # --- the shelf
    ("GET", "/passages/{id}"): READ,
    ("GET", "/documents/{id}/text"): READ,
    ("GET", "/shelf"): READ,
    ("GET", "/shelf/{id}"): READ,
    ("GET", "/shelf/{id}/diff"): READ,
    ("POST", "/ingest"): needs("ingest", uploads=True),
    ("POST", "/shelf/{id}/publish"): PUBLISH,
    ("POST", "/shelf/{id}/withdraw"): PUBLISH,
    ("POST", "/shelf/{id}/rollback"): PUBLISH,
    ("GET", "/jobs"): SHELVE,
    ("GET", "/jobs/{id}"): SHELVE,
    ("DELETE", "/jobs/{id}"): SHELVE,
    ("GET", "/jobs/{id}/events"): needs("ingest", "publish", streams=True),
    # --- the console
    ("GET", "/console/login"): OPEN,
    ("POST", "/console/login"): OPEN,
    ("POST", "/console/logout"): OPEN,
    ("GET", "/console/static/{name}"): OPEN,
    ("GET", "/console/language/{language}"): OPEN,
    ("GET", "/"): LOOK,
    ("POST", "/console/check"): CHECK,
    ("POST", "/console/check/report"): CHECK,
    ("GET", "/console/ask"): ASK,
    ("POST", "/console/ask"): ASK,
    ("POST", "/console/consultations/plan"): ASK,
    ("POST", "/console/consultations/end"): ASK,
    ("GET", "/console/drugs"): LOOK,
    ("GET", "/console/drugs/{id}"): LOOK,
    ("GET", "/console/drugs/{id}/around"): LOOK,
    ("GET", "/console/guidelines"): LOOK,
    ("GET", "/console/documents/{id}"): READ,
    ("GET", "/console/passages/{id}"): READ,
    ("GET", "/console/passages/{id}/page.png"): READ,
    ("GET", "/console/shelf"): SHELVE,
    ("POST", "/console/shelf/ingest"): needs("ingest", uploads=True),
    ("POST", "/console/shelf/publish"): PUBLISH,
    ("POST", "/console/shelf/withdraw"): PUBLISH,
    ("POST", "/console/shelf/rollback"): PUBLISH,
    ("GET", "/console/golden"): SHELVE,
    ("GET", "/console/compared"): SHELVE,
    ("POST", "/console/shelf/examine"): SHELVE,
    ("GET", "/console/jobs/{id}"): SHELVE,
    ("GET", "/console/shelf/{edition}/report"): SHELVE,
    ("GET", "/console/shelf/{work}/diff"): SHELVE,
    ("GET", "/console/operator"): ADMIN,
    ("POST", "/console/operator/level"): ADMIN,
    ("GET", "/console/operator/keys"): ADMIN,
    ("POST", "/console/operator/keys"): ADMIN,
    ("POST", "/console/operator/keys/{id}/replace"): ADMIN,
    ("POST", "/console/operator/keys/{id}/revoke"): ADMIN,
    ("GET", "/console/operator/audit"): ADMIN,
    ("POST", "/console/operator/audit"): ADMIN,
    # --- other doors to the same
    ("POST", "/v1/chat/completions"): ASK,
    ("GET", "/v1/models"): ASK,
    ("GET", "/v1/models/{id}"): ASK,
    # Their standards have clients look before they have a key.
    ("GET", "/cds-services"): OPEN,
    ("POST", "/cds-services/{id}"): CHECK,
    ("POST", "/cds-services/{id}/feedback"): CHECK,
    ("POST", "/fhir/$check-interactions"): CHECK,
    ("GET", "/fhir/metadata"): OPEN,
    # Its tools ask and check, so a key must be for both.
    (ANY_METHOD, "/mcp"): Access(frozenset({"ask", "check"}), every=True),
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a request goes: the route's template, and what it needs; None for a route the table forgot."""

    template: str
    access: Access | None


class Doorplan:
    """Finds the place of a request before it is let in, by the patterns the application's own routing uses."""

    def __init__(self, routes: Sequence[BaseRoute]) -> None:
        self._plain: dict[tuple[str, str], Place] = {}
        self._shaped: list[tuple[re.Pattern[str], str, Place]] = []
        for method, path in paths_of(routes):
            place = Place(path, access_of(method, path))
            self._plain.setdefault((method, path), place)
            if "{" in path or method == ANY_METHOD:
                below = "/{path:path}" if method == ANY_METHOD else ""
                self._shaped.append((compile_path(path + below)[0], method, place))

    def place(self, method: str, path: str) -> Place | None:
        """None where nothing is: an address, or a method of it, that the application does not know."""
        found = self._plain.get((method, path)) or self._plain.get((ANY_METHOD, path))
        if found is not None:
            return found
        for pattern, taken, place in self._shaped:
            if taken in (method, ANY_METHOD) and pattern.match(path):
                return place
        return None

    def methods(self, path: str) -> list[str]:
        """The methods an address takes, by name; none where nothing is."""
        plain = {method for method, held in self._plain if held == path}
        return sorted(plain | {method for pattern, method, _ in self._shaped if pattern.match(path)})


def access_of(method: str, path: str) -> Access | None:
    return TABLE.get((method, path)) or TABLE.get((ANY_METHOD, path))


def paths_of(routes: Sequence[BaseRoute]) -> list[tuple[str, str]]:
    """(method, template) of every route, in order; ``*`` for what is mounted whole. HEAD is a GET without its body."""
    told: list[tuple[str, str]] = []
    for route in iter_route_contexts(routes):
        methods = sorted(set(route.methods or (ANY_METHOD,)) - {"HEAD"})
        told += [(method, str(route.path)) for method in methods]
    return told
