"""Errors as OpenAI's clients read them, made of the problem documents of every other door."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

__all__ = ["PREFIX", "openai_error", "openai_status"]

#: Addresses that speak this protocol.
PREFIX: Final = "/v1/"
#: By HTTP status; what is not here is invalid_request_error below 500 and server_error above.
TYPES: Final[Mapping[int, str]] = {
    401: "authentication_error",
    403: "permission_error",
    429: "rate_limit_error",
}
CODES: Final[Mapping[int, str]] = {401: "invalid_api_key", 404: "not_found", 429: "rate_limit_exceeded"}


def openai_status(status: int) -> int:
    """OpenAI has one status for a request that is wrong."""
    return 400 if status == 422 else status


def openai_error(problem: Mapping[str, Any]) -> dict[str, Any]:
    """``{"error": {message, type, param, code}}`` of a problem document; ``param`` is the first field it names."""
    status: int = problem["status"]
    fields = problem.get("errors") or []
    param = fields[0]["field"] if fields else None
    told = [f"{item['field']}: {item['problem']}" for item in fields]
    detail = problem["detail"] if len(told) < 2 else f"{problem['detail']} {'; '.join(told)}"
    if len(told) == 1 and told[0].split(": ", 1)[1] not in detail:
        detail = f"{detail} {told[0]}"
    kind = TYPES.get(status, "invalid_request_error" if status < 500 else "server_error")
    code = "model_not_found" if (status, param) == (404, "model") else CODES.get(status)
    return {"error": {"message": detail, "type": kind, "param": param, "code": code}}
