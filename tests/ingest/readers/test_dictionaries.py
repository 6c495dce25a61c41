"""Name tables inside packages: nothing of them is run, every variant is kept, translations agree or are left out."""

from __future__ import annotations

import bz2
import os
import pickle
from collections import Counter
from pathlib import Path

import pytest

from medrag.errors import DocumentRefused, UsageError
from medrag_ingest.parsed import ParsedDocument
from medrag_ingest.raw import RawFile
from medrag_ingest.readers.dictionaries import read_drug_dictionary, read_faker_names
from medrag_ingest.readers.pickles import load_plain_pickle
from tests.ingest.readers.laws import check_document
from tests.ingest.readers.packaged import counted, golden, wheel_members

NAMES = "drug_named_entity_recognition-2.0.9-py3-none-any.whl"
FAKER = "faker_healthcare_provider-2.5.0-py3-none-any.whl"
TABLES = {
    "drug_variant_to_canonical": {
        "alphamine": ["alphamine"],
        "alphazol": ["alphamine"],
        "xq2": ["alphamine"],
        "blockers": ["blockers"],
    },
    "drug_canonical_to_data": {
        "alphamine": {
            "name": "Alphamine",
            "drugbank_id": "DB00001",
            "medline_plus_id": "a100000",
            "mesh_id": "D000001",
        },
        "blockers": {"name": "Blockers", "mesh_tree": ["D27.505"]},
    },
    "drug_variant_to_variant_data": {"alphazol": {"is_brand": True}, "gone": {"is_brand": False}},
}
GOLDEN_NAMES = [("drugs/0-9", "6a52c1de4bfd"), ("drugs/i", "696b690a2e0e"), ("drugs/z", "a43a53a8dbb8")]


class Harm:
    """What a hostile pickle would hold."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, ("exit 1",)


def packed(value: object, protocol: int = 4) -> RawFile:
    return RawFile.from_bytes("names.pkl.bz2", bz2.compress(pickle.dumps(value, protocol)))


def read(value: object) -> list[ParsedDocument]:
    documents = list(read_drug_dictionary(packed(value), {}))
    for document in documents:
        check_document(document)
    return documents


@pytest.mark.parametrize("protocol", range(2, 6))
def test_plain_data_comes_back(protocol: int) -> None:
    value = {"a": [1, -2.5, None, True, ("x", "é")], "b": {"c": {}}, "big": 1 << 70}
    assert load_plain_pickle(packed(value, protocol), 10_000) == value


@pytest.mark.parametrize("value", [Harm(), [Harm()], print, Counter, Path("x"), b"bytes", 1j, object()])
@pytest.mark.parametrize("protocol", [2, 4, 5])
def test_anything_else_is_refused_before_it_is_built(value: object, protocol: int) -> None:
    with pytest.raises(DocumentRefused, match=r"names\.pkl\.bz2: not a pickle of plain data"):
        load_plain_pickle(packed(value, protocol), 10_000)


def test_damage_and_size_are_refused() -> None:
    whole = bz2.compress(pickle.dumps({"a": "x" * 5000}))
    for data, why in (
        (whole[:-10], "truncated"),
        (whole + b"more", "follows"),
        (b"no bz2", "not a bz2"),
        (bz2.compress(b"\x80\x04]"), "not a pickle"),
        (bz2.compress(b"."), "not a pickle"),
        (bz2.compress(b"\x80\x04Nr\xff\xff\xff\x7f."), "a memo index"),
        (bz2.compress(b"\x80\x04h\x09."), "not a pickle"),
    ):
        with pytest.raises(DocumentRefused, match=why):
            load_plain_pickle(RawFile.from_bytes("names.pkl.bz2", data), 10_000)
    with pytest.raises(DocumentRefused, match="more than 100 bytes"):
        load_plain_pickle(RawFile.from_bytes("names.pkl.bz2", whole), 100)


def test_names_their_forms_and_kinds() -> None:
    first, second = read(TABLES)
    assert (first.key, second.key) == ("drugs/a", "drugs/b")
    assert first.text == "Alphamine (DB00001, a100000): Alphamine; alphazol; xq2"
    assert [(name.text, name.form, name.concept, name.kind) for name in first.names] == [
        ("Alphamine", "preferred", "drugbank:DB00001", "drug"),
        ("alphazol", "brand", "drugbank:DB00001", "drug"),
        ("xq2", "abbreviation", "drugbank:DB00001", "drug"),
    ]
    assert dict(first.names[0].codes) == {"drugbank": "DB00001", "medlineplus": "a100000"}
    assert [(name.concept, name.kind) for name in second.names] == [("drug_dictionary:blockers", "class")]
    assert counted([first, second])["flags_without_variant"] == 1


@pytest.mark.parametrize(
    "value", [[], {}, {**TABLES, "more": {}}, {**TABLES, "drug_variant_to_canonical": {"a": ["b", "c"]}}]
)
def test_another_shape_is_refused(value: object) -> None:
    with pytest.raises(DocumentRefused):
        read(value)


def test_the_packaged_dictionary(wheels: Path) -> None:
    (raw,) = wheel_members(wheels, NAMES, "drug_named_entity_recognition/drug_ner_dictionary.pkl.bz2")
    documents = list(read_drug_dictionary(raw, {}))
    notes = counted(documents)
    assert (notes["variants"], notes["drugs"], notes["drugs_without_data"]) == (107360, 20095, 25)
    assert (notes["kind_drug"], notes["kind_class"], notes["kind_chemical"], notes["brands"]) == (
        13304,
        532,
        6259,
        138,
    )
    assert golden(documents) == GOLDEN_NAMES
    names = {name.text.casefold(): name for document in documents for name in document.names}
    assert {names[told].concept for told in ("warfarin", "coumadin")} == {"drugbank:DB00682"}
    assert len(names) >= 107360


def module(**tables: object) -> bytes:
    return "\n".join(
        ["from .types import DiseaseData", *(f"{name}: dict = {value!r}" for name, value in tables.items())]
    ).encode()


def diseases(*rows: tuple[str, str, list[str]]) -> dict[str, dict[str, object]]:
    return {name: {"icd10": code, "medications": drugs} for name, code, drugs in rows}


def faker(english: bytes, chinese: bytes) -> list[ParsedDocument]:
    files = [
        RawFile.from_bytes("f.whl", english, member="faker_healthcare/disease_correlations.py"),
        RawFile.from_bytes("f.whl", chinese, member="faker_healthcare/zh_CN/disease_correlations.py"),
    ]
    documents = list(read_faker_names(files, {}))
    for document in documents:
        check_document(document)
    return documents


def test_catalogues_are_joined_by_position() -> None:
    english = module(
        DISEASE_CORRELATIONS=diseases(
            ("Gout", "M10.9", ["Allopurinol", "Exercise", "Statins"]), ("Acne", "L70.0", ["Zinc", "IVIG"])
        ),
        NON_DRUG_INTERVENTIONS=("Exercise",),
    )
    chinese = module(
        DISEASE_CORRELATIONS=diseases(
            ("痛风", "M10.9", ["别嘌醇", "运动", "他汀类"]), ("痤疮", "L70.0", ["锌", "IVIG"])
        )
    )
    first, second = faker(english, chinese)
    assert first.text == "Gout = 痛风 (ICD-10 M10.9)\nAcne = 痤疮 (ICD-10 L70.0)"
    assert [(name.concept, name.language, name.text) for name in first.names][:2] == [
        ("icd10:M10.9", "en", "Gout"),
        ("icd10:M10.9", "zh", "痛风"),
    ]
    assert second.text == "Allopurinol = 别嘌醇\nExercise = 运动\nStatins = 他汀类\nZinc = 锌"
    assert [name.kind for name in second.names if name.language == "zh"] == ["drug", "other", "class", "drug"]
    assert second.notes["terms_untranslated_zh"] == 1
    assert first.segments[0].locator == "lines:2-2"


def test_a_term_of_two_translations_is_left_out() -> None:
    english = module(
        DISEASE_CORRELATIONS=diseases(("Gout", "M10.9", ["Zinc"]), ("Acne", "L70.0", ["Zinc", "Iron"]))
    )
    chinese = module(
        DISEASE_CORRELATIONS=diseases(("痛风", "M10.9", ["锌"]), ("痤疮", "L70.0", ["锌剂", "铁"]))
    )
    _, drugs = faker(english, chinese)
    assert drugs.text == "Iron = 铁"
    assert drugs.notes["terms_of_two_translations"] == 1


@pytest.mark.parametrize(
    "chinese",
    [
        module(DISEASE_CORRELATIONS=diseases(("痛风", "M10.8", ["锌"]))),
        module(DISEASE_CORRELATIONS=diseases(("痛风", "M10.9", ["锌", "铁"]))),
        module(DISEASE_CORRELATIONS=diseases(("痛风", "M10.9", ["锌"]), ("痤疮", "L70.0", []))),
        module(DISEASE_CORRELATIONS=diseases(("痛风", "gout", ["锌"]))),
        b"DISEASE_CORRELATIONS = dict(a=1)",
        b"DISEASE_CORRELATIONS = __import__('os').environ",
        b"DISEASE_CORRELATIONS = (",
        b"DISEASE_CORRELATIONS: dict",
        b"DISEASE_CORRELATIONS = " + b"(" * 5000 + b")" * 5000,
    ],
)
def test_what_does_not_align_or_is_no_literal_is_refused(chinese: bytes) -> None:
    english = module(DISEASE_CORRELATIONS=diseases(("Gout", "M10.9", ["Zinc"])))
    with pytest.raises(DocumentRefused, match=r"zh_CN/disease_correlations\.py"):
        faker(english, chinese)


def test_english_alone_and_other_folders_are_refused() -> None:
    data = module(DISEASE_CORRELATIONS=diseases(("Gout", "M10.9", [])))
    with pytest.raises(UsageError):
        list(
            read_faker_names(
                [RawFile.from_bytes("f.whl", data, member="faker_healthcare/disease_correlations.py")], {}
            )
        )
    with pytest.raises(DocumentRefused, match="de_DE"):
        list(read_faker_names([RawFile.from_bytes("f.whl", data, member="faker_healthcare/de_DE/x.py")], {}))


def test_the_packaged_catalogues(wheels: Path) -> None:
    folder = "faker_healthcare/"
    members = [folder + name for name in ("disease_correlations.py", "clinical_labels.py", "constants.py")]
    members += [
        f"{folder}zh_CN/{name}.py"
        for name in ("__init__", "brand_names", "clinical_labels", "constants", "disease_correlations")
    ]
    first, second = read_faker_names(wheel_members(wheels, FAKER, *members), {})
    assert first.notes == {"diseases": 158}
    assert second.notes == {"terms_untranslated_zh": 5, "kind_class": 48, "kind_drug": 339, "kind_other": 41}
    pairs = {tuple(line.split(" = ")) for line in second.text.splitlines()}
    assert {("Warfarin", "华法林"), ("Metformin", "二甲双胍"), ("Aspirin", "阿司匹林")} <= pairs
