"""Says which page a character of a document stands on, for documents that have pages."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from typing import Final

from medrag.records import Segment

__all__ = ["page_of"]

#: How the locator of a segment begins that leads to a page.
_PAGE: Final = re.compile(r"page:(\d+) ")


def page_of(segments: Sequence[Segment], offset: int) -> int | None:
    """The page, 1-based, of the character at ``offset``; None where the document has none. ``segments`` ascend."""
    at = bisect_right(segments, offset, key=lambda segment: segment.start) - 1
    named = _PAGE.match(segments[at].locator) if at >= 0 else None
    return int(named[1]) if named else None
