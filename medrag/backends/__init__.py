"""Models that write: from settings to endpoints that stream, are bounded in time, size and cost, and fail in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from medrag.backends.named import Models, models_of

__all__ = ["Models", "models_of"]


def __getattr__(name: str) -> Any:
    """Loaded when used: the settings read this package's records before there is anything to make."""
    if name in __all__:
        from medrag.backends import named

        return getattr(named, name)
    raise AttributeError(f"module 'medrag.backends' has no attribute {name!r}")
