"""Settings come from options, then the environment, then a file; and no secret is ever told."""

from __future__ import annotations

from pathlib import Path

import pytest

from medrag.errors import UsageError
from medrag.settings import load_settings, settings_origin


def test_options_win_over_environment_over_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "medrag.toml"
    file.write_text('top_k = 3\ncandidates = 50\nencoder = "none"\n', encoding="utf-8")
    monkeypatch.setenv("MEDRAG_SETTINGS", str(file))
    monkeypatch.setenv("MEDRAG_CANDIDATES", "60")
    monkeypatch.setenv("MEDRAG_MIRROR", "/a:/b")
    told = load_settings(top_k=5)
    assert (told.top_k, told.candidates, told.encoder) == (5, 60, "none")
    assert told.mirror == (Path("/a"), Path("/b"))
    origin = settings_origin(told, top_k=5)
    assert [origin[name][1] for name in ("top_k", "candidates", "encoder", "port")] == [
        "option",
        "environment",
        "file",
        "default",
    ]


@pytest.mark.parametrize(
    ("name", "value"), [("TOP_K", "0"), ("BM25_B", "2"), ("FUSION", "best"), ("PORT", "x")]
)
def test_a_value_out_of_range_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"MEDRAG_{name}", value)
    with pytest.raises(UsageError, match=name.lower()):
        load_settings()


def test_secrets_are_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDRAG_MODEL_KEY", "sk-very-secret")
    monkeypatch.setenv("MEDRAG_GRAPH_URL", "bolt://user:hidden@db:7687/medrag")
    monkeypatch.setenv("MEDRAG_CATALOGUE_URL", "postgresql://user:hidden@db/medrag")
    told = repr(settings_origin(load_settings()))
    assert "very-secret" not in told
    assert "hidden" not in told
    assert "db:7687" in told
