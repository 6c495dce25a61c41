"""The second judge withholds more, never less, and its absence is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from medrag.answer.proof.judge import Absent, NliJudge, judge_of
from medrag.errors import ModelUnavailable
from medrag.settings import Settings

WORDS = [
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "[MASK]",
    "avoid",
    "ibuprofen",
    "with",
    "warfarin",
    "华",
    "法",
    "林",
]


def save_model(folder: Path, labels: tuple[str, ...]) -> Path:
    """A tiny CrossEncoder with random weights: nothing of it is learnt, everything of it is loaded for real."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    folder.mkdir()
    (folder / "vocab.txt").write_text("\n".join(WORDS) + "\n", encoding="utf-8")
    torch.manual_seed(7)
    config = BertConfig(
        vocab_size=len(WORDS),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=64,
        id2label=dict(enumerate(labels)),
        label2id={label: at for at, label in enumerate(labels)},
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    BertTokenizerFast(vocab_file=str(folder / "vocab.txt")).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_model(tmp_path_factory.mktemp("judge") / "nli", ("contradiction", "entailment", "neutral"))


def test_it_disagrees_from_its_bound_on(model: Path) -> None:
    told = NliJudge(str(model), offline=True).contradiction("avoid ibuprofen", ["ibuprofen with warfarin"])
    assert 0 < told < 1
    below, above = (NliJudge(str(model), at, offline=True) for at in (told * 0.9, min(told * 1.1, 1)))
    assert below.disagrees("avoid ibuprofen", ["ibuprofen with warfarin"])
    assert not above.disagrees("avoid ibuprofen", ["ibuprofen with warfarin"])


def test_the_settings_choose_it(model: Path) -> None:
    assert judge_of(Settings()) is None
    judge = judge_of(Settings(judge=str(model), offline=True))
    assert isinstance(judge, NliJudge) and judge.limit == ""
    assert Settings().fingerprint() != Settings(judge=str(model)).fingerprint()


def test_a_missing_judge_is_told_or_fails(tmp_path: Path) -> None:
    missing = str(tmp_path / "nothing")
    judge = judge_of(Settings(judge=missing, offline=True))
    assert isinstance(judge, Absent) and "second judge" in judge.limit
    assert not judge.disagrees("avoid ibuprofen", ["avoid warfarin"])
    with pytest.raises(ModelUnavailable):
        judge_of(Settings(judge=missing, offline=True, judge_required=True))


def test_a_model_of_other_labels_is_no_judge(tmp_path: Path) -> None:
    other = save_model(tmp_path / "other", ("good", "bad", "ugly"))
    with pytest.raises(ModelUnavailable, match="contradiction"):
        judge_of(Settings(judge=str(other), offline=True, judge_required=True))
