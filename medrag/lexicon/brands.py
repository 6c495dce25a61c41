"""Brands and everyday short names of drugs, each with a source of its own that a person can open."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal, get_args

from medrag.lexicon.tables import Row, read_table

__all__ = ["Brand", "BrandTongue", "brand_names", "load_brands"]

#: ``zh`` is a name of mainland China, ``zh-tw`` one of Taiwan: a brand may be licensed in one place only.
BrandTongue = Literal["en", "zh", "zh-tw"]

COLUMNS: Final = ("name", "language", "drug", "source", "second", "reviewed")


@dataclass(frozen=True, slots=True)
class Brand:
    """A brand or everyday short name of exactly one drug; ``drug`` is the main English name of that drug's row.

    ``source`` confirms this very name (the README beside the table says how each kind of source is opened),
    ``second`` lists further ones with ``|`` between them, or is ``none``; ``reviewed`` is true only after a
    pharmacist or physician has read the row.
    """

    name: str
    language: BrandTongue
    drug: str
    source: str
    second: str
    reviewed: bool


@cache
def load_brands() -> tuple[Brand, ...]:
    """The brands, in the table's order. Raises `IntegrityError` when the table is damaged."""
    return tuple(_brand_of(row) for row in _rows())


def brand_names(drugs: Collection[str]) -> dict[tuple[str, BrandTongue], tuple[str, ...]]:
    """The brands of each drug in each language. Raises `IntegrityError` for a brand of a drug not in ``drugs``."""
    for row in _rows():
        if row["drug"] not in drugs:
            row.refuse("drug", f"{row['drug']!r} is not the main name of a drug in drugs.csv")
    names: dict[tuple[str, BrandTongue], tuple[str, ...]] = {}
    for brand in load_brands():
        key = (brand.drug, brand.language)
        names[key] = (*names.get(key, ()), brand.name)
    return names


def _rows() -> tuple[Row, ...]:
    return read_table("brands.csv", COLUMNS, required=COLUMNS)


def _brand_of(row: Row) -> Brand:
    return Brand(
        name=row["name"],
        language=row.one_of("language", get_args(BrandTongue)),
        drug=row["drug"],
        source=row["source"],
        second=row["second"],
        reviewed=row.one_of("reviewed", ("true", "false")) == "true",
    )
