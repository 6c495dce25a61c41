"""Signs the console's sessions: a cookie that names a key and an hour, and nothing else."""

from __future__ import annotations

import hashlib
import hmac
import time
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers

from medrag_api.security.secret import Secret

__all__ = ["COOKIE", "SESSION_S", "from_our_page", "open_session", "session_key"]

COOKIE: Final = "medrag_session"
#: Seconds a session lasts: a shift.
SESSION_S: Final = 12 * 3600


def open_session(secret: Secret, key: str) -> str:
    """The cookie's value for the holder of a key."""
    told = f"{key}.{int(time.time()) + SESSION_S}"
    return f"{told}.{signature(secret, told)}"


def session_key(secret: Secret, value: str) -> str | None:
    """The id of the key a session was opened with; None when it was not signed here, or is over."""
    told, _, sign = value.rpartition(".")
    key, _, until = told.partition(".")
    if not hmac.compare_digest(sign.encode(), signature(secret, told).encode()):
        return None
    return key if until.isdigit() and time.time() < int(until) else None


def signature(secret: Secret, told: str) -> str:
    return hmac.new(secret.derived("sessions"), told.encode(), hashlib.sha256).hexdigest()


def from_our_page(headers: Headers) -> bool:
    """Whether a browser says that one of our own pages sent this. A browser names the page's origin in everything that
    is not a plain GET (Fetch Standard, 3.1); a request without one is not taken on a cookie's word."""
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc == headers.get("host")
