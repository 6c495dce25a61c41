"""The doctor finds what is broken, says what to do, and prints no secret."""

from __future__ import annotations

import json
import shutil
import sqlite3
from datetime import date

import pytest
from click.testing import CliRunner
from sample_shelf import NOTES
from scripted_models import good, refused_url, serving

from medrag.backends.config import ModelSettings
from medrag.catalogue import Catalogue
from medrag.records import Edition
from medrag.settings import Settings
from medrag_api.cli import main
from medrag_api.doctor import Check, check_disk, run_checks
from medrag_ingest.rawstore import RawStore


def checked(settings: Settings) -> dict[str, Check]:
    return {check.name: check for check in run_checks(settings, lambda *_: None)}


def test_a_sound_home_is_ok_but_for_raw_files_never_fetched(stocked: Settings) -> None:
    found = checked(stocked)
    assert {name for name, check in found.items() if check.status == "fail"} == {"raw files"}
    assert found["index"].detail.startswith("5 passages")
    assert found["vectors"].detail.startswith("5,")
    assert "kidney-notes" in found["raw files"].remedy


def test_raw_files_are_read_again(stocked: Settings) -> None:
    store = RawStore(stocked.home)
    store.folder.mkdir()
    store.path("1" * 64).write_bytes(b"other bytes")
    assert checked(stocked)["raw files"].detail.startswith("1 damaged")


def test_a_changed_text_is_found(stocked: Settings) -> None:
    with sqlite3.connect(stocked.home / "catalogue.db") as connection:
        connection.execute("UPDATE documents SET text = replace(text, 'below 30', 'below 90')")
    assert checked(stocked)["documents"].status == "fail"


def test_a_passage_the_index_does_not_know_is_found(stocked: Settings) -> None:
    with sqlite3.connect(stocked.home / "catalogue.db") as connection:
        connection.execute("DELETE FROM passages WHERE rowid = (SELECT min(rowid) FROM passages)")
    found = checked(stocked)["index"]
    assert (found.status, found.detail[:2]) == ("fail", "0 ")
    assert "1 are not in it" in found.detail


def test_a_lost_index_is_found_and_an_unfinished_edition_and_leftovers(stocked: Settings) -> None:
    catalogue = Catalogue(stocked.catalogue)
    begun = Edition("kidney-notes@9", NOTES.id, "9", "2022", date(2022, 1, 1), date(2026, 1, 1), "0" * 64)
    catalogue.open_edition(begun)
    catalogue.close()
    index = next(path for path in (stocked.home / "index").iterdir() if path.is_dir())
    (stocked.home / "index" / "s_gone.building").mkdir()
    for path in (stocked.home / "index").iterdir():
        if path.suffix != ".building":
            shutil.rmtree(path)
    found = checked(stocked)
    assert index.suffix == "" or found
    assert found["index"].status == "fail"
    assert found["unfinished"].status == "warn"
    assert "kidney-notes@9" in found["unfinished"].detail
    assert found["leftovers"].status == "warn"
    assert all(check.remedy for check in found.values() if check.status != "ok")


def test_another_encoder_than_the_snapshots_is_told(stocked: Settings) -> None:
    other = stocked.model_copy(update={"encoder": "none"})
    assert checked(other)["encoder"].status == "ok"
    absent = stocked.model_copy(update={"encoder": "http://127.0.0.1:9/v1"})
    assert checked(absent)["encoder"].status == "fail"


def test_disk_is_looked_at_where_the_home_will_be(settings: Settings) -> None:
    assert "GiB free" in check_disk(settings.home / "not" / "yet").detail


def test_each_model_is_asked_a_question_and_one_that_does_not_answer_fails(settings: Settings) -> None:
    with serving(good("Vitamin K.")) as server:
        models = {
            "ward": {"url": server.url, "key": "sk-hidden", "cost_in": 100.0},
            "down": {"url": refused_url(), "key": "sk-hidden"},
            "unkeyed": {"url": server.url, "key_env": "NO_SUCH_KEY_IS_SET"},
        }
        found = checked(settings.model_copy(update={"models": read_models(models)}))
        assert len(server.asked) == 1
    assert found["model ward"].status == "ok"
    assert "2 received, cost" in found["model ward"].detail
    assert "this machine" in found["model ward"].detail
    assert (found["model down"].status, found["model unkeyed"].status) == ("fail", "fail")
    assert "cannot be reached" in found["model down"].detail
    assert "NO_SUCH_KEY_IS_SET" in found["model unkeyed"].remedy
    assert "hidden" not in str(found)
    assert checked(settings)["models"].status == "ok"


def read_models(told: dict[str, dict[str, object]]) -> dict[str, ModelSettings]:
    return {name: ModelSettings.model_validate(one) for name, one in told.items()}


def test_the_command_exits_5_and_shows_no_secret(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDRAG_MODEL_KEY", "open-sesame")
    for words in (["--json"], []):
        result = CliRunner().invoke(main, ["doctor", "--home", str(settings.home), *words])
        assert result.exit_code == 5
        assert "open-sesame" not in result.output
    told = json.loads(CliRunner().invoke(main, ["doctor", "--home", str(settings.home), "--json"]).stdout)
    assert told["status"] == "fail"
    assert told["settings"]["model_key"] == {"value": "set", "from": "environment"}
    assert told["settings"]["home"]["from"] == "option"
    assert any("medrag try" in check["remedy"] for check in told["checks"])
