"""A pack adds what it says and nothing else, a malformed one is refused by file and field, a removed one leaves nothing."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from medrag.errors import ManifestRefused, NotFound
from medrag.packs import load_packs, pack_cues, pack_fragments, pack_named, packs_fingerprint
from medrag.retrieve.plan import plan_question
from medrag.settings import Settings

WORKED = Path(__file__).parents[2] / "corpora_manifests" / "packs" / "anticoagulation"


def test_the_worked_pack_adds_fragments_intents_and_questions(home: Path) -> None:
    settings = Settings(home=home, packs=(WORKED,))
    pack = pack_named(settings, "anticoagulation")
    assert pack.works == ("ansm", "openmedicine-guidelines", "openmedicine-renal")
    assert [len(pack_fragments(settings, language)) for language in ("en", "zh", "fr")] == [1, 1, 0]
    assert {work for _, work in pack.golden} <= set(pack.works)
    question = "Andexanet for apixaban?"
    assert "overdose" not in plan_question(question).intents
    assert "overdose" in plan_question(question, more=pack_cues(settings)).intents


def test_a_removed_pack_leaves_nothing(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    shutil.copytree(WORKED, folder)
    never, held = Settings(home=home), Settings(home=home, packs=(folder,))
    assert held.fingerprint() != never.fingerprint()
    assert packs_fingerprint(held) != packs_fingerprint(never) == ""
    before = plan_question("Andexanet for apixaban?", more=pack_cues(never))
    plan_question("Andexanet for apixaban?", more=pack_cues(held))
    assert plan_question("Andexanet for apixaban?", more=pack_cues(never)) == before
    assert load_packs(never) == ()
    assert pack_fragments(never, "en") == ()
    assert list(home.iterdir()) == []


def test_a_changed_fragment_changes_the_basis(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    shutil.copytree(WORKED, folder)
    settings = Settings(home=home, packs=(folder,))
    before = settings.fingerprint()
    file = folder / "pack.yaml"
    file.write_text(file.read_text("utf-8").replace("Keep vitamin K", "Hold vitamin K"), "utf-8")
    assert settings.fingerprint() != before


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("colour: red", "colour"),
        ("manifests: [{file: ../../ansm.yaml}]", r"manifests\.0\.file"),
        ("manifests: [ansm]", r"manifests\.0"),
        ("prompts: {de: Hallo}", r"prompts\.de"),
        ("prompts: {en: ''}", r"prompts\.en"),
        ("intents: [{intent: dosage, language: en, cue: x}]", r"intents\.0\.intent"),
        ("intents: [{intent: dose, language: en, cue: '('}]", r"intents\.0\.cue"),
        ("intents: [{intent: dose, language: en, cue: 'x*'}]", r"intents\.0\.cue"),
        ("golden: [{ask: Why so}]", r"golden\.0\.work"),
        ("golden: no", "golden"),
        ("a: [", "line"),
    ],
)
def test_a_malformed_pack_is_refused_by_file_and_field(
    home: Path, tmp_path: Path, line: str, field: str
) -> None:
    (tmp_path / "pack.yaml").write_text(f"id: mine\ntitle: Mine\nabout: A test\n{line}\n", "utf-8")
    with pytest.raises(ManifestRefused, match=rf"pack\.yaml.*{field}"):
        load_packs(Settings(home=home, packs=(tmp_path,)))


def test_missing_and_twice(home: Path, tmp_path: Path) -> None:
    with pytest.raises(ManifestRefused, match=r"nowhere.*MEDRAG_PACKS"):
        load_packs(Settings(home=home, packs=(tmp_path / "nowhere",)))
    shutil.copytree(WORKED, tmp_path / "again")
    with pytest.raises(ManifestRefused, match="two packs"):
        load_packs(Settings(home=home, packs=(WORKED, tmp_path / "again")))
    with pytest.raises(NotFound, match="anticoagulation"):
        pack_named(Settings(home=home, packs=(WORKED,)), "cardiology")
