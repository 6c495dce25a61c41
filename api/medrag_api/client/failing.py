"""Turns what a server says of a failure into the error medrag itself would raise, and says when to try again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import httpx

from medrag import errors
from medrag.errors import InputRefused, MedragError, NotFound, Place, Unavailable, UsageError
from medrag_api.problems import kind_of

__all__ = ["MOST_WAIT_S", "error_of", "unreachable", "wait_of"]

#: Seconds that are waited at most, whatever the server asks for.
MOST_WAIT_S: Final = 30.0
#: The errors a problem's type names.
NAMED: Final[Mapping[str, type[MedragError]]] = {
    kind_of(error): error
    for error in vars(errors).values()
    if isinstance(error, type) and issubclass(error, MedragError)
}
#: By status, where the type is none of medrag's own errors.
BY_STATUS: Final[Mapping[int, type[MedragError]]] = {404: NotFound, 422: InputRefused}


def error_of(response: httpx.Response) -> MedragError:
    """The error of a response that is none of 2xx. What was sent is in no part of it."""
    problem = problem_of(response)
    kind = str(problem.get("type", "")).rpartition(":")[2]
    fields = problem.get("errors") or [{}]
    default = Unavailable if response.status_code >= 500 or response.status_code == 429 else UsageError
    error = NAMED.get(kind) or BY_STATUS.get(response.status_code, default)
    detail = str(problem.get("detail") or f"the server answered {response.status_code}")
    field = fields[0].get("field")
    told = fields[0].get("problem", "")
    words = detail.rstrip(".") if not told or told in detail else f"{detail} {told}"
    return error(words, place=Place(field=field))


def problem_of(response: httpx.Response) -> dict[str, Any]:
    if "json" not in response.headers.get("content-type", ""):
        return {}
    try:
        told = response.json()
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def wait_of(response: httpx.Response) -> float | None:
    """Seconds after which a request is worth sending again; None where it is not. A server that says when to come back
    (503, 429) has done nothing."""
    after = response.headers.get("retry-after", "")
    if response.status_code not in (429, 503) or not after.isdigit():
        return None
    return min(float(after[:6]), MOST_WAIT_S)


def unreachable(error: httpx.HTTPError) -> Unavailable:
    """The kind of the failure alone: its words may hold an address with a name and a password."""
    return Unavailable(
        f"the server cannot be reached ({type(error).__name__})", remedy="Is medrag serving there?"
    )
