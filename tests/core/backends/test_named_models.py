"""Models are named by settings alone: one by the environment, others in the file, in an order, from classes allowed."""

from __future__ import annotations

from pathlib import Path

import pytest
from asking_models import MESSAGES, ask, model

from medrag.backends.counting import bound_tokens
from medrag.backends.named import models_of
from medrag.errors import ModelUnavailable, UsageError
from medrag.settings import Settings, load_settings, settings_origin

FILE = """
answer_models = ["ward", "big"]
[models.big]
url = "https://models.example/v1"
model = "Med-Go-32B"
key_env = "BIG_KEY"
context_tokens = 32768
[models.big.extra]
top_p = 0.9
top_k = 20
[models.ward]
url = "http://127.0.0.1:11434/v1"
model = "qwen"
[models.spare]
url = "http://127.0.0.1:1/v1"
"""


@pytest.fixture
def named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    file = tmp_path / "medrag.toml"
    file.write_text(FILE, encoding="utf-8")
    monkeypatch.setenv("MEDRAG_SETTINGS", str(file))
    return load_settings()


def names(settings: Settings, answerer: str) -> list[str]:
    return [chosen.name for chosen in models_of(settings).pick(answerer)]


def test_several_are_named_and_asked_in_order(named: Settings) -> None:
    assert names(named, "auto") == names(named, "model") == ["ward", "big"]
    assert names(named, "spare") == ["spare"]
    assert names(named, "extractive") == []
    assert models_of(named).names == ("ward", "big", "spare")
    with pytest.raises(UsageError, match=r"no model of that name is configured.*ward, big, spare"):
        models_of(named).pick("gpt")


def test_three_variables_name_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDRAG_MODEL_URL", "http://127.0.0.1:8080/v1/")
    monkeypatch.setenv("MEDRAG_MODEL_KEY", "sk-x")
    assert names(load_settings(), "auto") == ["default"]
    monkeypatch.setenv("MEDRAG_MODEL_NAME", "Qwen/Qwen3-8B")
    (chosen,) = models_of(load_settings()).pick("Qwen/Qwen3-8B")
    assert (chosen.model, chosen.key(), chosen.settings.url) == (
        "Qwen/Qwen3-8B",
        "sk-x",
        "http://127.0.0.1:8080/v1",
    )


def test_none_is_named() -> None:
    assert names(Settings(), "auto") == []
    with pytest.raises(UsageError, match=r"no answering model is configured.*MEDRAG_MODEL_URL"):
        models_of(Settings()).pick("model")


@pytest.mark.parametrize(
    ("told", "problem"),
    [
        ({"models": {"auto": {"url": "http://h/v1"}}}, "cannot name a model"),
        ({"models": {"a b": {"url": "http://h/v1"}}}, "cannot name a model"),
        ({"models": {"m": {"model": "x"}}}, "url is missing"),
        ({"models": {"m": {"url": "ftp://h"}}}, "http://"),
        ({"models": {"m": {"url": "http://me:sk-hidden@h/v1"}}}, "holds no user name"),
        ({"models": {"m": {"url": "http://h", "key_env": "sk-hidden-in-the-wrong-place"}}}, "never the key"),
        ({"models": {"m": {"url": "http://h", "class": "os.system"}}}, "not allowed"),
        ({"models": {"m": {"url": "http://h", "extra": {"api_key": "sk-hidden"}}}}, "may not be set"),
        ({"models": {"m": {"url": "http://h", "reply_tokens": 9000}}}, "less than context_tokens"),
        ({"models": {"m": {"url": "http://h", "speed": 1}}}, "Extra inputs"),
        ({"answer_models": ["m"]}, "no model is named m"),
        ({"model_url": "http://h", "models": {"default": {"url": "http://h"}}}, "both name default"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_without_telling_a_key(
    told: dict[str, object], problem: str
) -> None:
    with pytest.raises(UsageError, match=problem) as refused:
        load_settings(**told)
    assert "hidden" not in str(refused.value)


def test_no_key_is_in_what_is_told_or_hashed() -> None:
    one, two = (
        Settings(models={"m": {"url": "http://h/v1", "key": key}}) for key in ("sk-hidden", "sk-other")
    )
    assert "hidden" not in repr(settings_origin(one))
    assert one.fingerprint() == two.fingerprint()
    assert models_of(one).pick("m")[0].fingerprint == models_of(two).pick("m")[0].fingerprint


def test_a_fingerprint_covers_what_words_depend_on(named: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MEDRAG_SETTINGS")
    plain = model("http://127.0.0.1:1/v1").fingerprint
    for change in ({"temperature": 0.5}, {"model": "x"}, {"extra": {"seed": 7}}, {"reply_tokens": 100}):
        assert model("http://127.0.0.1:1/v1", **change).fingerprint != plain
    assert model("http://127.0.0.1:1/v1", retries=5, total_s=9).fingerprint == plain
    assert named.fingerprint() != Settings().fingerprint()
    assert named.model_copy(update={"answer_models": ("big",)}).fingerprint() != named.fingerprint()


def test_another_class_of_llama_index_answers_where_it_is_allowed() -> None:
    path = "llama_index.core.llms.mock.MockLLM"
    with pytest.raises(UsageError, match="not allowed"):
        load_settings(models={"m": {"class": path}})
    chosen = models_of(Settings(models={"m": {"class": path}}, model_classes=(path,))).pick("m")[0]
    assert not chosen.on_this_machine
    assert "".join(chosen.write(MESSAGES, 30.0)) == " ".join(["text"] * chosen.reply_tokens)


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("llama_index.llms.anthropic.Anthropic", "pip install llama-index-llms-anthropic"),
        ("json.JSONDecoder", "not a class of llama-index"),
        ("json.Nothing", "not a class of llama-index"),
    ],
)
def test_a_class_that_cannot_be_had_is_told(path: str, problem: str) -> None:
    settings = Settings(models={"m": {"class": path}}, model_classes=("json.JSONDecoder", "json.Nothing"))
    told = ask(models_of(settings).pick("m")[0], seconds=30.0)
    assert problem in told.problem


def test_models_at_one_address_share_their_breaker() -> None:
    both = Settings(
        models={
            "a": {"url": "http://127.0.0.1:9/v1", "retries": 0, "breaker_failures": 1},
            "b": {"url": "http://127.0.0.1:9/v1"},
        }
    )
    models = models_of(both)
    assert "cannot be reached" in ask(models.pick("a")[0], 30.0).problem
    assert "left alone" in ask(models.pick("b")[0], 30.0).problem


def test_tokens_are_bounded_by_characters() -> None:
    assert bound_tokens("") == 8
    assert bound_tokens("the risk of bleeding") == 8 + 2 + 2 + 1 + 4
    assert bound_tokens("12.5 mg") == 8 + 4 + 1
    assert bound_tokens("华法林") == 8 + 9
    assert bound_tokens("\ud800") > 8


def test_a_tokenizer_of_the_models_own_counts_exactly(tmp_path: Path) -> None:
    from tokenizers import Tokenizer, models, pre_tokenizers

    made = Tokenizer(models.WordLevel({"warfarin": 0, "?": 1}, unk_token="?"))
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    made.save(str(tmp_path / "tokenizer.json"))
    chosen = model("http://127.0.0.1:1/v1", tokenizer=tmp_path / "tokenizer.json")
    assert chosen.count_tokens("warfarin and aspirin") == 8 + 3
    absent = model("http://127.0.0.1:1/v1", tokenizer=tmp_path / "none.json")
    with pytest.raises(ModelUnavailable, match="does not exist"):
        absent.count_tokens("x")
