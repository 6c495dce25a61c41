"""The closed lists of words that records, manifests and doors share."""

from __future__ import annotations

from typing import Final, Literal, get_args

__all__ = [
    "AUTHORITIES",
    "KINDS",
    "LANGUAGES",
    "PASSAGE_KINDS",
    "SEVERITY_ORDER",
    "Authority",
    "BlockKind",
    "Kind",
    "Language",
    "PassageKind",
    "Severity",
]

Kind = Literal["label", "guideline", "monograph", "interaction_list", "qa", "terminology"]
Authority = Literal["regulator", "guideline_body", "label", "digest", "reference", "community"]
Language = Literal["en", "zh", "fr"]
PassageKind = Literal["prose", "list", "table_row", "entry"]
BlockKind = Literal["heading", "paragraph", "list_item", "table_header", "table_row", "caption", "entry"]
Severity = Literal["contraindicated", "major", "moderate", "unknown", "minor"]

KINDS: Final[tuple[str, ...]] = get_args(Kind)
AUTHORITIES: Final[tuple[str, ...]] = get_args(Authority)
LANGUAGES: Final[tuple[str, ...]] = get_args(Language)
PASSAGE_KINDS: Final[tuple[str, ...]] = get_args(PassageKind)

#: Most severe first. An ungraded risk ("unknown") stands above a minor one, so that no threshold hides it.
SEVERITY_ORDER: Final[tuple[Severity, ...]] = get_args(Severity)
