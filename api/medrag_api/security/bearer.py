"""Whom a program on this machine acts for, where no request says it: the holder of the key it was given, or everybody."""

from __future__ import annotations

from medrag.errors import Place, UsageError
from medrag.settings import Settings
from medrag_api.security.callers import KeyRing
from medrag_api.security.scopes import Access

__all__ = ["Bearer"]


class Bearer:
    """A key held for a whole process, looked at again with every use. Safe to share between threads.

    It bounds what a program is shown, not what a person is: whoever may read the files of a home may read what they say.
    """

    def __init__(self, settings: Settings, key: str, access: Access, *, without: str) -> None:
        """``access``: what the key must be for. ``without``: the tenant acted for where no key was given."""
        self._key, self._access, self._without = key, access, without
        self._ring = KeyRing(settings)

    def tenant(self) -> str:
        """The tenant whose shelf is seen. Raises UsageError for a key that is not known, stands no more or is not for this,
        Unavailable when the keys cannot be read."""
        if not self._key:
            return self._without
        self._ring.refresh()
        caller = self._ring.caller_of(self._key)
        if caller is None:
            raise refusal("the key is not known, or stands no more")
        if not self._access.lets(caller.scopes):
            raise refusal(f"the key is not for that; it needs: {', '.join(sorted(self._access.scopes))}")
        return caller.tenant

    def close(self) -> None:
        self._ring.close()


def refusal(problem: str) -> UsageError:
    return UsageError(problem, place=Place(field="key"), remedy="Run: medrag keys list")
