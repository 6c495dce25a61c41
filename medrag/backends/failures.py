"""What went wrong with a call, told without a word of what was sent or answered: no key, no question, no evidence."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

__all__ = ["CLIENT_ERRORS", "UNREACHED", "Failure", "failure_of"]

#: What client libraries raise besides their own errors when a server says something they did not expect.
CLIENT_ERRORS: Final = (OSError, ValueError, TypeError, LookupError, AttributeError, RuntimeError)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a call gave no reply, or not a whole one."""

    problem: str
    #: What a person can do about it.
    remedy: str = ""
    #: Whether the same call may do better in a moment.
    again: bool = False
    #: Seconds the endpoint asks to be left alone.
    after: float | None = None
    #: Whether it says something about the endpoint's health; a request it refused does not.
    counts: bool = True


UNREACHED: Final = Failure("it cannot be reached", "Is it running, and is its address right?", again=True)


def failure_of(error: BaseException) -> Failure:
    """The failure behind an exception of a client library. Statuses are told, bodies and messages never: careless servers
    echo what they were sent."""
    import httpx
    import openai

    if isinstance(error, openai.APITimeoutError | httpx.TimeoutException):
        return Failure("it did not answer in time")
    if isinstance(error, openai.APIStatusError):
        return of_status(error.status_code, error.response.headers.get("retry-after"))
    if isinstance(error, openai.APIConnectionError | httpx.ConnectError):
        return UNREACHED
    if isinstance(error, httpx.HTTPError):
        return Failure("its reply broke off")
    if isinstance(error, json.JSONDecodeError | openai.APIResponseValidationError):
        return Failure("its reply is malformed")
    if isinstance(error, openai.APIError):
        return Failure("it failed while it answered")
    return Failure(f"its client failed ({type(error).__name__})")


def of_status(status: int, retry_after: str | None) -> Failure:
    if status in (401, 403):
        return Failure(f"it refuses the key (HTTP {status})", "Set the right key", counts=False)
    if status == 404:
        return Failure("it does not know the model or the address (HTTP 404)", "Check url and model")
    if 300 <= status < 400:
        return Failure(
            f"it sends callers elsewhere (HTTP {status}), which is not followed", "Name its real address"
        )
    again = status in (408, 409, 425, 429) or status >= 500
    return Failure(
        f"it answers HTTP {status}",
        "" if again else "Is the question longer than its context?",
        again=again,
        after=seconds_of(retry_after),
        counts=again,
    )


def seconds_of(retry_after: str | None) -> float | None:
    """Retry-After as RFC 9110, 10.2.3 has it: seconds, or a date. None where it says neither."""
    if retry_after is None:
        return None
    if retry_after.strip().isdigit():
        return float(retry_after)
    try:
        when = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    return max(0.0, (when - datetime.now(UTC)).total_seconds()) if when.tzinfo else None
