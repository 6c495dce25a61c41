"""Sources of a card: one place each, one promise of content."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from medrag_ingest.sources import Source, WheelSource

HASH = "b" * 64
WHEEL = {
    "requirement": "open-medicine==0.12.0",
    "filename": "open_medicine-0.12.0-py3-none-any.whl",
    "sha256": HASH,
    "members": ["a/*.md"],
}


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"url": "https://x.org/a%20b.txt", "sha256": HASH}, "a b.txt"),
        ({"url": "https://x.org/dl?id=1", "filename": "a.zip", "sha256": HASH}, "a.zip"),
        ({"url": "https://x.org/a.zip", "pin": "first_fetch"}, "a.zip"),
        ({"file": "sub/a.md", "sha256": HASH}, "a.md"),
        ({"instructions": "Ask them", "filename": "licensed.zip", "sha256": HASH}, "licensed.zip"),
        ({"instructions": "Ask them", "filename": "licensed.zip", "pin": "first_fetch"}, "licensed.zip"),
        ({"wheel": WHEEL}, "open_medicine-0.12.0-py3-none-any.whl"),
    ],
)
def test_sources_that_are_accepted(fields: dict[str, object], name: str) -> None:
    assert Source.model_validate(fields).name == name


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "exactly one of"),
        ({"url": "https://x.org/a", "file": "b", "sha256": HASH}, "exactly one of"),
        ({"url": "https://x.org/a"}, "sha256 is wanted"),
        ({"url": "https://x.org/a", "sha256": HASH, "pin": "first_fetch"}, "in place of sha256"),
        ({"file": "a", "pin": "first_fetch"}, "moving sources"),
        ({"url": "https://x.org/a", "pin": "always"}, "first_fetch"),
        ({"url": "https://x.org/", "sha256": HASH}, "give a filename"),
        ({"url": "file:///etc/passwd", "sha256": HASH}, "http or https"),
        ({"instructions": "Ask", "sha256": HASH}, "filename"),
        ({"url": "https://x.org/a", "filename": "../a", "sha256": HASH}, "bare file name"),
        ({"url": "https://x.org/a", "members": ["../a"], "sha256": HASH}, "relative pattern"),
        ({"url": "https://x.org/a", "members": ["/a"], "sha256": HASH}, "relative pattern"),
        ({"url": "https://x.org/a", "sha256": HASH.upper()}, "pattern"),
        ({"wheel": WHEEL, "sha256": HASH}, "belongs inside wheel"),
        ({"wheel": WHEEL | {"members": []}}, "at least 1"),
        ({"wheel": WHEEL | {"requirement": "open-medicine>=0.1"}}, "pattern"),
        ({"wheel": WHEEL | {"requirement": "--index-url=x"}}, "pattern"),
        (
            {"wheel": WHEEL | {"filename": "other-0.12.0-py3-none-any.whl"}},
            "must start with open_medicine-0.12.0-",
        ),
    ],
)
def test_sources_that_are_refused(fields: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        Source.model_validate(fields)


def test_a_wheel_brings_its_own_patterns_and_hash() -> None:
    source = Source(wheel=WheelSource.model_validate(WHEEL))
    assert (source.patterns, source.expected) == (("a/*.md",), HASH)
