"""The confined half of the HTML reader: what trafilatura takes for the main text of a page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["parse"]


def parse(data: bytes, order: Mapping[str, Any]) -> dict[str, Any]:
    """Lines of the main text as trafilatura extracts it, generously; none where it finds no main text. Nothing is
    fetched: it is given the page."""
    import trafilatura

    told = trafilatura.extract(
        data.decode("utf-8"),
        output_format="txt",
        include_tables=True,
        include_comments=False,
        include_formatting=False,
        favor_recall=True,
        deduplicate=False,
        with_metadata=False,
    )
    return {"lines": (told or "").splitlines()}
